import { startProvider, type EmbeddedProvider, type ProviderOptions } from '../../demo/provider/index.ts';
import { briefLifespan, clientIds, type ProviderUnderTest } from './provider.ts';

export interface EmbeddedOptions extends Pick<ProviderOptions, 'hostname' | 'port' | 'front' | 'accessTokenLifespan'> {
  appOrigins: string[];
}

/** The demo's provider, with the clients of the Keycloak realm. */
export async function startEmbedded(options: EmbeddedOptions): Promise<ProviderUnderTest & EmbeddedProvider> {
  const { appOrigins, ...rest } = options;
  const provider = await startProvider({
    ...rest,
    clients: clientIds.map((clientId) => ({
      clientId,
      redirectUris: appOrigins.map((origin) => `${origin}/*`),
      webOrigins: appOrigins,
      ...(clientId === 'Brief' && { accessTokenLifespan: briefLifespan }),
    })),
  });
  const find = async (sid: string) => (await provider.sessions()).find((session) => session.sid === sid);
  return {
    ...provider,
    name: 'embedded',
    sessionLives: async (sid) => (await find(sid)) !== undefined,
    offlineSessionLives: async (sid) => (await provider.offlineSessions()).some((session) => session.sid === sid),
    clientsIn: async (sid) => (await find(sid))?.clients.toSorted() ?? [],
  };
}
