import type Provider from 'oidc-provider';
import { claimsOf } from '../accounts.ts';
import type { ClientOptions } from '../clients.ts';
import type { Context } from '../http.ts';
import { answerError, answerUnknownClient, allowOrigin } from './cors.ts';
import type { Realm } from './realm.ts';
import { newRefreshTokenId, seconds } from './tokens.ts';

/** Seconds; Keycloak's default. */
const refreshTokenLifespan = 1800;

/** Keycloak's words for what oidc-provider says in its error's detail. */
const descriptions: Record<string, string> = {
  'refresh token not found': 'Invalid refresh token',
  'client mismatch': "Invalid refresh token. Token client and authorized client don't match",
};

/** Rewrites oidc-provider's answers of the token endpoint, after it, into Keycloak's. */
export function dressTokenResponse(ctx: Context, realm: Realm): void {
  const { AccessToken: accessToken, RefreshToken: refreshToken, AuthorizationCode: code } = ctx.oidc.entities;
  const client = realm.clients.get(ctx.oidc.client?.clientId ?? '');
  if (ctx.status !== 200 || !accessToken || !refreshToken || !client) return;
  const { accountId: sub, sid = '' } = refreshToken;
  const offline = refreshToken.scopes.has('offline_access');
  // The refresh token outlives the session here; what ends it is the profile's business.
  if (code && offline) realm.store.goOffline(sid, sub, client.clientId);
  const shared = { sub, sid, azp: client.clientId, scope: accessToken.scope ?? '' };
  allowOrigin(ctx);
  ctx.body = {
    ...(ctx.body as object),
    access_token: realm.tokens.sign({
      ...claimsOf(sub),
      ...shared,
      typ: 'Bearer',
      jti: accessToken.jti,
      exp: seconds() + accessToken.expiration,
      aud: 'account',
      auth_time: refreshToken.authTime,
      'allowed-origins': client.webOrigins,
    }),
    refresh_token: realm.tokens.sign({
      ...shared,
      typ: offline ? 'Offline' : 'Refresh',
      jti: newRefreshTokenId(refreshToken.jti),
      aud: realm.issuer,
      ...(!offline && { exp: seconds() + refreshTokenLifespan }),
    }),
    refresh_expires_in: offline ? 0 : refreshTokenLifespan,
    'not-before-policy': 0,
    session_state: sid,
  };
}

/** The same for its errors. */
export function translateTokenErrors(provider: Provider, clients: Map<string, ClientOptions>): void {
  provider.on('grant.error', (ctx, error) => {
    const client = clients.get(ctx.oidc.client?.clientId ?? '');
    const origin = ctx.get('Origin');
    if (client && origin && !client.webOrigins.includes(origin)) {
      ctx.remove('Access-Control-Expose-Headers');
      ctx.status = 403;
      ctx.body = { error: 'Invalid origin' };
      return;
    }
    if (error.error === 'invalid_client') {
      answerUnknownClient(ctx);
      return;
    }
    const isCode = ctx.oidc.params?.grant_type === 'authorization_code' && error.error === 'invalid_grant';
    const description = isCode ? 'Code not valid' : descriptions[error.error_detail ?? ''];
    answerError(ctx, error.statusCode, error.error, description ?? error.error_description ?? '');
  });
}
