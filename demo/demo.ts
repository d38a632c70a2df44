// The demo page and two OpenID providers of its own, all on free ports of loopback.
import { type EmbeddedProvider, type ProfileName, startProvider } from './provider/index.ts';
import { type App, type AppOptions, startApp } from './server.ts';

export interface Demo {
  app: App;
  providers: Record<ProfileName, EmbeddedProvider>;
  stop(): Promise<void>;
}

const clientId = 'Arketype';
/** The pages that a logout may come back to: most providers want them one by one. */
const pages = ['', 'index.html', 'callback.html', 'sdk.html'];

export async function startDemo(options: Pick<AppOptions, 'firstScript' | 'keepScripts'> = {}): Promise<Demo> {
  const started: { config?: object } = {};
  const app = await startApp({ ...options, config: () => started.config ?? {} });
  const start = (profile: ProfileName) =>
    startProvider({
      profile,
      hostname: `${profile}.localhost`, // cookies do not know ports
      clients: [
        {
          clientId,
          redirectUris: [`${app.origin}/*`],
          postLogoutRedirectUris: pages.map((page) => `${app.origin}/demo/${page}`),
          webOrigins: [app.origin],
        },
      ],
    });
  const providers = { keycloak: await start('keycloak'), generic: await start('generic') };
  started.config = {
    clientId,
    authority: providers.keycloak.issuer,
    providers: { keycloak: providers.keycloak.issuer, generic: providers.generic.issuer },
  };
  return {
    app,
    providers,
    async stop() {
      await Promise.all([app.stop(), providers.keycloak.stop(), providers.generic.stop()]);
    },
  };
}
