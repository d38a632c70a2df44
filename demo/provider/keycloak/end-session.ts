import { randomUUID } from 'node:crypto';
import { redirectUriAllowed, type ClientOptions } from '../clients.ts';
import { readForm, type Context } from '../http.ts';
import { answerConfirmation, answerErrorPage, answerLoggedOutPage } from '../pages.ts';
import { allowOrigin, answerError, answerUnknownClient, refuseForeignOrigin } from './cors.ts';
import type { Endpoint, Realm } from './realm.ts';

type Form = Record<string, string>;

/** RP-Initiated Logout §2, and Keycloak's own way in: a POST of the refresh token. */
export const endSession: Endpoint = async (ctx, realm) => {
  ctx.set('Cache-Control', 'no-cache');
  const form = ctx.method === 'POST' ? await readForm(ctx) : Object.fromEntries(new URLSearchParams(ctx.querystring));
  if (ctx.method === 'POST' && form.refresh_token !== undefined) endByToken(ctx, realm, form);
  else await endByBrowser(ctx, realm, form);
};

/** The answer to the confirmation page. */
export const confirmEndSession: Endpoint = async (ctx, realm) => {
  const { session_code: code = '' } = await readForm(ctx);
  const { confirmations } = realm.store;
  if (!confirmations.has(code)) {
    answerErrorPage(ctx, 'Logout failed');
    return;
  }
  const redirect = confirmations.get(code);
  confirmations.delete(code);
  const sid = await browserSession(ctx, realm);
  if (sid) realm.store.endSession(sid);
  answerEnded(ctx, redirect);
};

function endByToken(ctx: Context, realm: Realm, form: Form): void {
  const client = realm.clients.get(form.client_id ?? '');
  if (!client) {
    answerUnknownClient(ctx);
    return;
  }
  if (refuseForeignOrigin(ctx, client)) return;
  // Its expiry does not matter here, nor that it was rotated since.
  const token = realm.tokens.read(form.refresh_token ?? '', ['Refresh', 'Offline']);
  if (!token) {
    answerError(ctx, 400, 'invalid_grant', 'Invalid refresh token');
    return;
  }
  if (token.azp !== client.clientId) {
    const description = "Invalid refresh token. Token client and authorized client don't match";
    answerError(ctx, 400, 'invalid_grant', description);
    return;
  }
  const { store } = realm;
  // An offline token whose offline session is gone ends nothing, and is told 204 all the same.
  if (token.typ === 'Refresh' || store.session(token.sid, { offline: true })) store.endSession(token.sid);
  if (token.typ === 'Offline') store.endOfflineSession(token.sid);
  allowOrigin(ctx);
  ctx.status = 204;
}

async function endByBrowser(ctx: Context, realm: Realm, form: Form): Promise<void> {
  const { id_token_hint: hint, post_logout_redirect_uri: redirectUri, state } = form;
  // An expired ID token is as good a hint as any (RP-Initiated Logout §2).
  const token = hint === undefined ? undefined : realm.tokens.read(hint, ['ID']);
  if (hint !== undefined && (!token || (form.client_id && form.client_id !== token.azp))) {
    answerErrorPage(ctx, 'Invalid parameter: id_token_hint');
    return;
  }
  const clientId = token?.azp ?? form.client_id;
  const problem =
    redirectUri && redirectProblem(clientId, clientId ? realm.clients.get(clientId) : undefined, redirectUri);
  if (problem) {
    answerErrorPage(ctx, problem);
    return;
  }
  const redirect = redirectUri && withState(redirectUri, state);
  const sid = await browserSession(ctx, realm);
  // Only the browser's own session ends without a question.
  if (token && (!sid || sid === token.sid)) {
    realm.store.endSession(token.sid);
    answerEnded(ctx, redirect);
  } else if (!token && !sid && redirect) {
    answerEnded(ctx, redirect);
  } else {
    const code = randomUUID();
    realm.store.confirmations.set(code, redirect);
    answerConfirmation(ctx, `${new URL(realm.issuer).pathname}/protocol/openid-connect/logout/logout-confirm`, code);
  }
}

function redirectProblem(clientId: string | undefined, client: ClientOptions | undefined, uri: string) {
  if (clientId === undefined) return 'Missing parameters: id_token_hint';
  return redirectUriAllowed(client, uri) ? undefined : 'Invalid redirect uri';
}

/** The `sid` of the live session that this request's cookie belongs to. */
async function browserSession(ctx: Context, { provider }: Realm): Promise<string | undefined> {
  const session = await provider.Session.get(ctx);
  return session.accountId ? session.uid : undefined;
}

function answerEnded(ctx: Context, redirect: string | undefined): void {
  if (redirect) {
    ctx.status = 302;
    ctx.set('Location', redirect);
    ctx.body = '';
  } else {
    answerLoggedOutPage(ctx);
  }
}

function withState(uri: string, state: string | undefined): string {
  const url = new URL(uri);
  if (state !== undefined) url.searchParams.set('state', state);
  return url.href;
}
