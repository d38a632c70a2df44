import type { Grant } from 'oidc-provider';
import { createProvider, grantEverything, type Profile } from './configuration.ts';
import type { Context } from './http.ts';
import { answerSelfSubmittingPage, answerSignOutPage, answerSignedOutPage } from './pages.ts';

/**
 * oidc-provider as it comes: its paths and cookies, its logout with the page that asks, opaque tokens, a `sid` for each
 * client. Ours are the pages' look, and that nobody is asked for consent.
 */
export const genericProfile: Profile = {
  mountPath: '',
  createProvider: (parts) =>
    createProvider(parts, '/interaction', {
      features: {
        rpInitiatedLogout: {
          logoutSource: parts.asks ? answerSignOutPage : answerSelfSubmittingPage,
          postLogoutSuccessSource: answerSignedOutPage,
        },
      },
      loadExistingGrant,
      ...(parts.issuer.startsWith('https:') && { cookies: { long: crossSite, short: crossSite } }),
    }),
};

const crossSite = { httpOnly: true, sameSite: 'none', secure: true } as const;

/** One for each client in a session, as oidc-provider has it; a logout or a revocation takes it away. */
async function loadExistingGrant(ctx: Context): Promise<Grant | undefined> {
  const { provider, session, client } = ctx.oidc;
  const id = client && session?.grantIdFor(client.clientId);
  const existing = id ? await provider.Grant.find(id) : undefined;
  return existing ?? grantEverything(ctx);
}
