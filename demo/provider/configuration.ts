import Provider, { interactionPolicy, type Configuration, type Grant } from 'oidc-provider';
import { claimsByScope, claimsOf } from './accounts.ts';
import { metadataOf, redirectUriAllowed, type ClientOptions } from './clients.ts';
import type { Context } from './http.ts';
import { answerErrorPage } from './pages.ts';
import { signInPage } from './sign-in-page.ts';
import type { SigningKey } from './signing-key.ts';
import type { Store } from './store.ts';

/** What a profile's provider is made from. */
export interface Parts {
  issuer: string;
  clients: Map<string, ClientOptions>;
  store: Store;
  signingKey: SigningKey;
  /** Seconds. */
  accessTokenLifespan: number;
  /** Whether a logout is the user's to confirm, where the profile leaves it open. */
  asks: boolean;
}

/** A kind of provider: which paths, which answers. */
export interface Profile {
  /** The path of the issuer, below which everything lies; empty: at the root. */
  mountPath: string;
  createProvider: (parts: Parts) => Provider;
}

/** Seconds; Keycloak's default. */
const sessionLifespan = 36_000;

/** An oidc-provider with what the profiles share, and what is a profile's own. */
export function createProvider(parts: Parts, signInPath: string, own: Configuration): Provider {
  const shared = configure(parts, signInPath);
  const provider = new Provider(parts.issuer, {
    ...shared,
    ...own,
    features: { ...shared.features, ...own.features },
    claims: { ...shared.claims, ...own.claims },
  });
  Object.assign(provider.Client.prototype, {
    // The tests look the tokens' session up by it. oidc-provider has it only for clients with a back-channel logout.
    includeSid: () => true,
    // The wildcards of Keycloak, for which oidc-provider has no option.
    redirectUriAllowed(this: { clientId: string }, uri: string) {
      return redirectUriAllowed(parts.clients.get(this.clientId), uri);
    },
  });
  provider.use(async (ctx: Context, next) => {
    if (ctx.path.startsWith(`${signInPath}/`)) await signInPage(ctx, provider);
    else await next();
  });
  return provider;
}

function configure(parts: Parts, signInPath: string) {
  const { issuer, clients, store, signingKey, accessTokenLifespan } = parts;
  const lifespan = (clientId: string | undefined) =>
    clients.get(clientId ?? '')?.accessTokenLifespan ?? accessTokenLifespan;
  return {
    adapter: (model) => store.adapter(model),
    clients: Array.from(clients.values(), metadataOf),
    clientBasedCORS: (_ctx, origin, { clientId }) => clients.get(clientId)?.webOrigins.includes(origin) ?? false,
    jwks: { keys: [signingKey.toJWK()] },
    features: {
      devInteractions: { enabled: false },
      // What oidc-provider does as it comes, but for a notice on the console.
      revocation: { enabled: true, allowedPolicy: (_ctx, { clientId }, token) => token.clientId === clientId },
    },
    claims: claimsByScope,
    // The demo page shows the claims of `profile` and `email`; Keycloak puts them into the ID token, too.
    conformIdTokenClaims: false,
    // Public clients may use PKCE and need not: the tests' flows by hand do not.
    pkce: { required: () => false },
    findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => claimsOf(sub) }),
    interactions: { policy: policyWithoutConsent(), url: (_ctx, { uid }) => `${issuer}${signInPath}/${uid}` },
    // Not for `offline_access` alone: an app without it has something to revoke after a logout, too (RFC 7009).
    issueRefreshToken: () => true,
    renderError: (ctx, { error, error_description: description }) => {
      answerErrorPage(ctx, description ?? error, ctx.status);
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
  } satisfies Configuration;
}

/** The consent prompt stays known, because oidc-provider wants it named for `offline_access`; nothing leads to it. */
function policyWithoutConsent() {
  const policy = interactionPolicy.base();
  policy.get('consent')?.checks.clear();
  return policy;
}

/** What a user would consent to, if asked: everything. */
export async function grantEverything({ oidc }: Context): Promise<Grant | undefined> {
  const { provider, session, client } = oidc;
  if (!session?.accountId || !client) return undefined;
  const grant = new provider.Grant({ accountId: session.accountId, clientId: client.clientId });
  grant.addOIDCScope('openid profile email offline_access');
  await grant.save();
  return grant;
}
