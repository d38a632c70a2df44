import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ClientOptions } from './clients.ts';
import type { Profile } from './configuration.ts';
import { genericProfile } from './generic-profile.ts';
import { keycloakProfile } from './keycloak-profile.ts';
import { SigningKey } from './signing-key.ts';
import { Store, type SessionSummary } from './store.ts';

export type { ClientOptions } from './clients.ts';
export type { SessionSummary } from './store.ts';

const profiles = {
  /** As Keycloak's realm `Arkane` answers. */
  keycloak: keycloakProfile,
  /** oidc-provider as it comes. */
  generic: genericProfile,
} satisfies Record<string, Profile>;

export type ProfileName = keyof typeof profiles;

export interface ProviderOptions {
  /** Which provider to be like; default: `keycloak`. */
  profile?: ProfileName;
  /** The issuer's host name; browsers resolve `*.localhost` themselves. Default: `idp.localhost`. */
  hostname?: string;
  /** On 127.0.0.1; default: a free one. */
  port?: number;
  /** Public clients. */
  clients: ClientOptions[];
  /** Seconds; default: 300. */
  accessTokenLifespan?: number;
  /** Generic profile: whether a user who is logged out is asked. Else its page submits itself. Default: asked. */
  asks?: boolean;
  /** To speak https, and with cookies that travel cross-site (`SameSite=None`). */
  certificate?: Certificate | undefined;
  /** Looks at each request first; `true`: it has been answered. Tests plant faults here. */
  front?: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
}

/** PEM. */
export interface Certificate {
  key: string;
  cert: string;
}

export interface EmbeddedProvider {
  issuer: string;
  /** The single sign-on sessions that live, with the clients in each. */
  sessions(): Promise<SessionSummary[]>;
  /** Keycloak's; the generic profile has none. */
  offlineSessions(): Promise<SessionSummary[]>;
  /** Whether a `Cookie` header is that of a browser that is signed in. */
  isSignedIn(cookies: string): Promise<boolean>;
  /** Ends the session that carries this `sid`, as an administrator would. */
  endSession(sid: string): Promise<void>;
  stop(): Promise<void>;
}

/** An OpenID provider in this process that keeps everything in memory. */
export async function startProvider(options: ProviderOptions): Promise<EmbeddedProvider> {
  const { profile = 'keycloak', hostname = 'idp.localhost', port = 0, accessTokenLifespan = 300 } = options;
  const { asks = true, certificate, front } = options;
  const server = certificate ? createSecureServer(certificate) : createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const { mountPath, createProvider } = profiles[profile];
  const issuer = `http${certificate ? 's' : ''}://${hostname}:${(server.address() as AddressInfo).port}${mountPath}`;
  const store = new Store();
  const clients = new Map(options.clients.map((client) => [client.clientId, client]));
  const signingKey = new SigningKey();
  const provider = createProvider({ issuer, clients, store, signingKey, accessTokenLifespan, asks });
  serve(server, provider.callback(), mountPath, front);
  return {
    issuer,
    sessions: () => Promise.resolve(store.sessions()),
    offlineSessions: () => Promise.resolve(store.offlineSessions()),
    isSignedIn: (cookies) => {
      const named = new Map(cookies.split('; ').map((cookie) => cookie.split('=') as [string, string]));
      return Promise.resolve(store.isSignedIn(named.get(provider.cookieName('session')) ?? ''));
    },
    endSession: (sid) => {
      store.endSession(sid);
      return Promise.resolve();
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** Everything lies below the issuer's path, which oidc-provider must not see. */
function serve(server: Server, callback: Listener, mountPath: string, front: ProviderOptions['front']): void {
  const handle: Listener = async (request, response) => {
    if (front && (await front(request, response))) return;
    if (!request.url?.startsWith(`${mountPath}/`)) {
      response.writeHead(404).end();
      return;
    }
    // As Express does it: oidc-provider learns from the difference where it is mounted.
    Object.assign(request, { originalUrl: request.url, url: request.url.slice(mountPath.length) });
    await callback(request, response);
  };
  server.on('request', (request, response) => {
    handle(request, response).catch((error: unknown) => {
      // A fault in a test's own `front` shows as a broken connection, and is told.
      console.error(error);
      response.destroy();
    });
  });
}
