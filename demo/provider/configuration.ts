import { errors, interactionPolicy, type Configuration, type RefreshToken } from 'oidc-provider';
import { claimsOf } from './accounts.ts';
import { answerErrorPage } from './pages.ts';
import { cookiePrefix, endpointPath, type ClientOptions, type Context } from './realm.ts';
import { signInPath } from './sign-in-page.ts';
import type { Store } from './store.ts';
import { handleOf, isExpired, type Tokens } from './tokens.ts';

/** Keycloak's defaults, in seconds. */
export const refreshTokenLifespan = 1800;
const sessionLifespan = 36_000;

interface Parts {
  clients: ClientOptions[];
  store: Store;
  tokens: Tokens;
  accessTokenLifespan: number;
  /** The path that the provider is mounted at; its cookies stay below, as Keycloak's. */
  mountPath: string;
}

/** oidc-provider, arranged as Keycloak's realm is: its paths, its clients, its lifespans, no consent. */
export function configure({ clients, store, tokens, accessTokenLifespan, mountPath }: Parts): Configuration {
  const lifespan = (clientId: string | undefined) =>
    clients.find((client) => client.clientId === clientId)?.accessTokenLifespan ?? accessTokenLifespan;
  const cookie = { httpOnly: true, sameSite: 'lax', path: `${mountPath}/` } as const;
  return {
    adapter: (model) => store.adapter(model, model === 'RefreshToken' ? (token) => recordId(tokens, token) : undefined),
    clients: clients.map(clientMetadata),
    clientBasedCORS: (_ctx, origin, client) =>
      clients.some(({ clientId, webOrigins }) => clientId === client.clientId && webOrigins.includes(origin)),
    jwks: { keys: [tokens.signingKey] },
    cookies: {
      names: {
        session: `${cookiePrefix}session`,
        interaction: `${cookiePrefix}interaction`,
        resume: `${cookiePrefix}resume`,
      },
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
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      revocation: { enabled: true },
    },
    claims: {
      openid: ['sub', 'sid', 'typ', 'azp', 'auth_time'],
      profile: ['name', 'given_name', 'family_name', 'preferred_username'],
      email: ['email', 'email_verified'],
    },
    // Keycloak puts the claims of `profile` and `email` into the ID token, too.
    conformIdTokenClaims: false,
    // Public clients may use PKCE and need not.
    pkce: { required: () => false },
    findAccount: (ctx, sub, token) => {
      if (token?.kind === 'RefreshToken') requireSession(store, token);
      return { accountId: sub, claims: () => ({ ...claimsOf(sub), typ: 'ID', azp: ctx.oidc.client?.clientId }) };
    },
    loadExistingGrant: (ctx) => grantWithoutConsent(ctx, store),
    interactions: { policy: policyWithoutConsent(), url: (_ctx, { uid }) => `${mountPath}${signInPath}/${uid}` },
    issueRefreshToken: () => true,
    rotateRefreshToken: false,
    expiresWithSession: () => false,
    renderError: (ctx, { error, error_description: description }) => {
      answerErrorPage(ctx, description ?? error);
    },
    ttl: {
      AccessToken: (_ctx, _token, client) => lifespan(client.clientId),
      IdToken: (_ctx, _token, client) => lifespan(client.clientId),
      AuthorizationCode: 60,
      RefreshToken: sessionLifespan,
      Session: sessionLifespan,
      Grant: sessionLifespan,
      Interaction: 1800,
    },
  };
}

function clientMetadata({ clientId, redirectUris, offline = true }: ClientOptions) {
  return {
    client_id: clientId,
    redirect_uris: redirectUris,
    post_logout_redirect_uris: redirectUris,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code' as const],
    token_endpoint_auth_method: 'none' as const,
    scope: `openid profile email${offline ? ' offline_access' : ''}`,
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

/** The consent prompt stays known, because oidc-provider wants it named for `offline_access`; nothing leads to it. */
function policyWithoutConsent() {
  const policy = interactionPolicy.base();
  policy.get('consent')?.checks.clear();
  return policy;
}

async function grantWithoutConsent(ctx: Context, store: Store) {
  const { session, client, params, result, provider } = ctx.oidc;
  if (!session?.accountId || !client) return undefined;
  const scope = String(params?.scope);
  if (result?.login && !session.authorizations && scope.includes('offline_access')) store.beginOffline(session.uid);
  // oidc-provider has a `sid` for each client, Keycloak one for the session.
  session.ensureClientContainer(client.clientId);
  session.sidFor(client.clientId, session.uid);
  const { accountId } = session;
  const grant = new provider.Grant({ accountId, clientId: client.clientId });
  grant.addOIDCScope('openid profile email offline_access');
  await grant.save();
  return grant;
}
