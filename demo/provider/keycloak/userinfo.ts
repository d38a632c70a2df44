import { claimsOf } from '../accounts.ts';
import { readForm, type Context } from '../http.ts';
import { allowOrigin, refuseForeignOrigin } from './cors.ts';
import type { Endpoint, Realm } from './realm.ts';
import { isExpired } from './tokens.ts';

/** OpenID Connect Core §5.3, with Keycloak's answers: first the token, then its scope, then its session. */
export const userinfo: Endpoint = async (ctx, realm) => {
  const [, inHeader] = /^Bearer (.+)$/i.exec(ctx.get('Authorization')) ?? [];
  const { access_token: inForm } = await readForm(ctx);
  const refuse = refusal(ctx, realm);
  ctx.set('Cache-Control', 'no-store');
  if (inHeader && inForm) {
    refuse(400, 'invalid_request', 'More than one method used for including an access token');
    return;
  }
  const token = inHeader ?? inForm;
  if (!token) {
    refuse(401);
    return;
  }
  const payload = realm.tokens.read(token, ['Bearer']);
  if (!payload || isExpired(payload) || realm.store.isRevoked(payload.jti)) {
    refuse(401, 'invalid_token', 'Token verification failed');
    return;
  }
  if (refuseForeignOrigin(ctx, realm.clients.get(payload.azp))) return;
  const scopes = payload.scope?.split(' ') ?? [];
  if (!scopes.includes('openid')) {
    refuse(403, 'insufficient_scope', 'Missing openid scope');
    return;
  }
  const session = realm.store.session(payload.sid, { offline: scopes.includes('offline_access') });
  if (!session?.clients.includes(payload.azp)) {
    refuse(401, 'invalid_token', 'user_session_not_found');
    return;
  }
  allowOrigin(ctx);
  ctx.body = claimsOf(session.account);
};

function refusal(ctx: Context, { name }: Realm) {
  return (status: number, error?: string, description?: string) => {
    const details = error ? `, error="${error}", error_description="${description ?? ''}"` : '';
    allowOrigin(ctx, ['WWW-Authenticate']);
    ctx.status = status;
    ctx.set('WWW-Authenticate', `Bearer realm="${name}"${details}`);
    ctx.type = 'text/plain;charset=utf-8';
    ctx.body = '';
  };
}
