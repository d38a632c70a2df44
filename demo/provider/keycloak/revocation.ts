import { readForm } from '../http.ts';
import { allowOrigin, answerError, answerUnknownClient, refuseForeignOrigin } from './cors.ts';
import type { Endpoint, Realm } from './realm.ts';
import type { TokenPayload } from './tokens.ts';

/**
 * RFC 7009. At Keycloak a refresh token stands for its client's place in the session: revoking it takes the client out
 * and ends a session that nobody is left in, while the access token of everybody else stays good.
 */
export const revocation: Endpoint = async (ctx, realm) => {
  const form = await readForm(ctx);
  const client = realm.clients.get(form.client_id ?? '');
  if (!client) {
    answerUnknownClient(ctx);
    return;
  }
  if (refuseForeignOrigin(ctx, client)) return;
  const payload = realm.tokens.read(form.token ?? '', ['Refresh', 'Offline', 'Bearer', 'ID']);
  if (payload?.typ === 'ID') {
    answerError(ctx, 400, 'unsupported_token_type', 'Unsupported token type');
  } else if (payload && payload.azp !== client.clientId) {
    answerError(ctx, 400, 'invalid_request', 'Unmatching clients');
  } else if (!payload || !isInSession(payload, realm)) {
    // RFC 7009 §2.2 wants 200 for an unknown token; the body is Keycloak's own.
    answerError(ctx, 200, 'invalid_token', 'Invalid token');
  } else {
    revoke(payload, realm);
    allowOrigin(ctx);
    ctx.status = 200;
    ctx.body = '';
    ctx.remove('Content-Type');
  }
};

function isInSession({ sid, azp, typ, scope }: TokenPayload, { store }: Realm): boolean {
  const offline = typ === 'Offline' || (typ === 'Bearer' && (scope?.split(' ').includes('offline_access') ?? false));
  return store.session(sid, { offline })?.clients.includes(azp) ?? false;
}

function revoke({ typ, jti, sid, azp }: TokenPayload, { store }: Realm): void {
  if (typ === 'Bearer') {
    store.revoke(jti);
    return;
  }
  if (typ === 'Offline') store.detachOffline(sid, azp);
  store.detach(sid, azp);
}
