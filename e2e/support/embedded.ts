import { startProvider, type EmbeddedProvider, type ProviderOptions } from '../../demo/provider/index.ts';
import { briefLifespan, clientIds, endpointsOf, type ProviderUnderTest } from './provider.ts';

type Passed = 'profile' | 'hostname' | 'port' | 'front' | 'accessTokenLifespan' | 'asks' | 'certificate';

export interface EmbeddedOptions extends Pick<ProviderOptions, Passed> {
  appOrigins: string[];
  /** Of every client but `Plain`; seconds. */
  defaultMaxAge?: number | undefined;
}

/** The pages that a logout may come back to, where the provider wants them one by one. */
const returnPages = [
  '/demo/',
  '/demo/index.html',
  '/demo/callback.html',
  '/demo/sdk.html',
  '/e2e/pages/landing.html',
  '/e2e/pages/headless.html',
  '/e2e/pages/arkane-connect.html',
  '/e2e/pages/bare-return.html',
];

/** The demo's provider, with the clients of the Keycloak realm. */
export async function startEmbedded(options: EmbeddedOptions): Promise<ProviderUnderTest & EmbeddedProvider> {
  const { appOrigins, profile = 'keycloak', defaultMaxAge, ...rest } = options;
  const provider = await startProvider({
    ...rest,
    profile,
    clients: clientIds.map((clientId) => ({
      clientId,
      redirectUris: appOrigins.map((origin) => `${origin}/*`),
      postLogoutRedirectUris:
        clientId === 'NoReturn'
          ? ['http://nowhere.localhost/']
          : appOrigins.flatMap((origin) => returnPages.map((page) => origin + page)),
      webOrigins: clientId === 'NoOrigin' ? [] : appOrigins,
      defaultMaxAge: clientId === 'Plain' ? undefined : defaultMaxAge,
      ...(clientId === 'Brief' && { accessTokenLifespan: briefLifespan }),
    })),
  });
  const find = async (sid: string) => (await provider.sessions()).find(({ sids }) => sids.includes(sid));
  return {
    ...provider,
    name: 'embedded',
    profile,
    endpoint: endpointsOf(provider.issuer, profile),
    sidIn: () => undefined, // its cookies are handles, and its store is the whole truth
    sessionLives: async (sid) => (await find(sid)) !== undefined,
    offlineSessionLives: async (sid) => (await provider.offlineSessions()).some((session) => session.sid === sid),
    clientsIn: async (sid) => (await find(sid))?.clients.toSorted() ?? [],
  };
}
