import { errors, type Configuration, type RefreshToken } from 'oidc-provider';
import { claimsOf } from './accounts.ts';
import { createProvider, grantEverything, type Profile } from './configuration.ts';
import type { Context } from './http.ts';
import { answerPreflight } from './keycloak/cors.ts';
import { confirmEndSession, endSession } from './keycloak/end-session.ts';
import { endpointPath, type Endpoint, type Realm } from './keycloak/realm.ts';
import { revocation } from './keycloak/revocation.ts';
import { dressTokenResponse, translateTokenErrors } from './keycloak/token-endpoint.ts';
import { handleOf, isExpired, Tokens } from './keycloak/tokens.ts';
import { userinfo } from './keycloak/userinfo.ts';
import type { Store } from './store.ts';

const realmName = 'Arkane';
const mountPath = `/realms/${realmName}`;

/** oidc-provider, made to behave as Keycloak 26 does wherever a logout can see the difference. */
export const keycloakProfile: Profile = {
  mountPath,
  createProvider(parts) {
    const { issuer, store, clients } = parts;
    const tokens = new Tokens(issuer, parts.signingKey);
    const provider = createProvider(parts, '/login-actions/authenticate', configure(store, tokens));
    const realm: Realm = { name: realmName, issuer, provider, store, tokens, clients };
    provider.on('authorization.success', (ctx, response) => {
      Object.assign(response ?? {}, { session_state: ctx.oidc.session?.uid });
    });
    translateTokenErrors(provider, clients);
    provider.use(async (ctx: Context, next) => {
      await answer(ctx, realm, next);
      if (!ctx.get('Origin')) ctx.remove('Access-Control-Allow-Origin');
      else if (ctx.response.get('Access-Control-Allow-Origin')) ctx.set('Access-Control-Allow-Credentials', 'true');
      keepCookiesAsKeycloak(ctx);
    });
    return provider;
  },
};

function configure(store: Store, tokens: Tokens): Configuration {
  // Its cookies stay below the realm's path.
  const cookie = { httpOnly: true, sameSite: 'lax', path: `${mountPath}/` } as const;
  return {
    adapter: (model) => store.adapter(model, model === 'RefreshToken' ? (token) => recordId(tokens, token) : undefined),
    cookies: {
      names: { session: 'arkane_session', interaction: 'arkane_interaction', resume: 'arkane_resume' },
      long: cookie,
      short: { httpOnly: true, sameSite: 'lax' },
    },
    routes: {
      authorization: `${endpointPath}/auth`,
      token: `${endpointPath}/token`,
      userinfo: `${endpointPath}/userinfo`,
      end_session: `${endpointPath}/logout`,
      revocation: `${endpointPath}/revoke`,
      jwks: `${endpointPath}/certs`,
    },
    responseTypes: ['code'],
    features: { dPoP: { enabled: false }, pushedAuthorizationRequests: { enabled: false } },
    claims: { openid: ['sub', 'sid', 'typ', 'azp', 'auth_time'] },
    findAccount: (ctx, sub, token) => {
      if (token?.kind === 'RefreshToken') requireSession(store, token);
      return { accountId: sub, claims: () => ({ ...claimsOf(sub), typ: 'ID', azp: ctx.oidc.client?.clientId }) };
    },
    loadExistingGrant: (ctx) => {
      enterSession(ctx, store);
      return grantEverything(ctx);
    },
    rotateRefreshToken: false,
    expiresWithSession: () => false,
  };
}

/** A refresh token that was not signed here, or has expired, has no record. */
function recordId(tokens: Tokens, token: string): string {
  const payload = tokens.read(token, ['Refresh', 'Offline']);
  return payload && !isExpired(payload) ? handleOf(payload) : '';
}

/** Keycloak's tokens are as good as their session, and their client's place in it. */
function requireSession(store: Store, { sid = '', clientId = '', scopes }: RefreshToken): void {
  const offline = scopes.has('offline_access');
  const session = store.session(sid, { offline });
  if (session?.clients.includes(clientId)) return;
  const online = session ? "Session doesn't have required client" : 'Session not active';
  throw new errors.CustomOIDCProviderError('invalid_grant', offline ? 'Offline user session not found' : online);
}

function enterSession({ oidc }: Context, store: Store): void {
  const { session, client, params, result } = oidc;
  if (!session?.accountId || !client) return;
  const scope = String(params?.scope);
  if (result?.login && !session.authorizations && scope.includes('offline_access')) store.beginOffline(session.uid);
  // oidc-provider has a `sid` for each client, Keycloak one for the session.
  session.ensureClientContainer(client.clientId);
  session.sidFor(client.clientId, session.uid);
}

/** The endpoints that Keycloak answers in its own way; oidc-provider never sees their requests. */
const endpoints: Record<string, Endpoint> = {
  'GET userinfo': userinfo,
  'POST userinfo': userinfo,
  'GET logout': endSession,
  'POST logout': endSession,
  'POST logout/logout-confirm': confirmEndSession,
  'POST revoke': revocation,
};

async function answer(ctx: Context, realm: Realm, next: () => Promise<void>): Promise<void> {
  const name = ctx.path.startsWith(`${endpointPath}/`) ? ctx.path.slice(endpointPath.length + 1) : '';
  const endpoint = endpoints[`${ctx.method} ${name}`];
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
  if (!Array.isArray(cookies) || (isWebKit && !ctx.secure)) return;
  ctx.set(
    'Set-Cookie',
    cookies.map((cookie) => cookie.replace(/; samesite=lax/i, '; samesite=none; secure')),
  );
}
