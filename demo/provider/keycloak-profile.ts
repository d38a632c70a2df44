import type Provider from 'oidc-provider';
import { answerPreflight } from './cors.ts';
import { confirmEndSession, endSession } from './end-session.ts';
import { endpointPath, redirectUriAllowed, type Context, type Endpoint, type Realm } from './realm.ts';
import { revocation } from './revocation.ts';
import { signInPage, signInPath } from './sign-in-page.ts';
import { dressTokenResponse, translateTokenErrors } from './token-endpoint.ts';
import { userinfo } from './userinfo.ts';

/** The endpoints that Keycloak answers in its own way; oidc-provider never sees their requests. */
const endpoints: Record<string, Endpoint> = {
  'GET userinfo': userinfo,
  'POST userinfo': userinfo,
  'GET logout': endSession,
  'POST logout': endSession,
  'POST logout/logout-confirm': confirmEndSession,
  'POST revoke': revocation,
};

/** Makes an oidc-provider behave as Keycloak 26 does wherever a logout can see the difference. */
export function applyKeycloakProfile(provider: Provider, realm: Realm): void {
  const allowed = (uri: string, clientId: string) => redirectUriAllowed(realm.clients.get(clientId), uri);
  // Keycloak matches redirect URIs by wildcard, and puts a `sid` into every token.
  Object.assign(provider.Client.prototype, {
    includeSid: () => true,
    redirectUriAllowed(this: { clientId: string }, uri: string) {
      return allowed(uri, this.clientId);
    },
  });
  provider.on('authorization.success', (ctx, response) => {
    Object.assign(response ?? {}, { session_state: ctx.oidc.session?.uid });
  });
  translateTokenErrors(provider, realm.clients);
  provider.use(async (ctx: Context, next) => {
    await answer(ctx, realm, next);
    if (!ctx.get('Origin')) ctx.remove('Access-Control-Allow-Origin');
    else if (ctx.response.get('Access-Control-Allow-Origin')) ctx.set('Access-Control-Allow-Credentials', 'true');
    keepCookiesAsKeycloak(ctx);
  });
}

async function answer(ctx: Context, realm: Realm, next: () => Promise<void>): Promise<void> {
  const name = ctx.path.startsWith(`${endpointPath}/`) ? ctx.path.slice(endpointPath.length + 1) : '';
  const endpoint = ctx.path.startsWith(`${signInPath}/`) ? signInPage : endpoints[`${ctx.method} ${name}`];
  if (ctx.method === 'OPTIONS' && name) {
    answerPreflight(ctx, name);
  } else if (endpoint) {
    await endpoint(ctx, realm);
  } else {
    if (name === 'auth') readScopeAsKeycloak(ctx, realm);
    await next();
    if (name === 'token') dressTokenResponse(ctx, realm);
  }
}

/**
 * Keycloak gives every client the scopes `profile` and `email`, asked for or not; and oidc-provider drops
 * `offline_access` unless consent is asked for.
 */
function readScopeAsKeycloak(ctx: Context, { issuer }: Realm): void {
  const { scope, prompt } = ctx.query;
  if (typeof scope !== 'string') return;
  const scopes = new Set([...scope.split(' '), 'profile', 'email']);
  const asksForOffline = scopes.has('offline_access') && prompt === undefined;
  ctx.query = { ...ctx.query, scope: [...scopes].join(' '), ...(asksForOffline && { prompt: 'consent' }) };
  // oidc-provider compares the two to learn where it is mounted.
  Object.assign(ctx.req, { originalUrl: new URL(issuer).pathname + ctx.url });
}

/** On loopback Keycloak lets its cookies travel cross-site, but not in WebKit, which keeps no `Secure` cookie over http. */
function keepCookiesAsKeycloak(ctx: Context): void {
  const cookies = ctx.response.headers['set-cookie'];
  const agent = ctx.get('User-Agent');
  const isWebKit = agent.includes('Safari/') && !/Chrom(?:e|ium)\//.test(agent);
  if (!Array.isArray(cookies) || isWebKit) return;
  ctx.set(
    'Set-Cookie',
    cookies.map((cookie) => cookie.replace(/; samesite=lax/i, '; samesite=none; secure')),
  );
}
