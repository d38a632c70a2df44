import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { configure } from './configuration.ts';
import { applyKeycloakProfile } from './keycloak-profile.ts';
import type { ClientOptions } from './realm.ts';
import { Store, type SessionSummary } from './store.ts';
import { Tokens } from './tokens.ts';

export type { ClientOptions } from './realm.ts';
export type { SessionSummary } from './store.ts';

export interface ProviderOptions {
  /** The issuer's host name; browsers resolve `*.localhost` themselves. Default: `idp.localhost`. */
  hostname?: string;
  /** On 127.0.0.1; default: a free one. */
  port?: number;
  /** Public clients. */
  clients: ClientOptions[];
  /** Seconds; default: 300. */
  accessTokenLifespan?: number;
  /** Looks at each request first; `true`: it has been answered. Tests plant faults here. */
  front?: (request: IncomingMessage, response: ServerResponse) => boolean | Promise<boolean>;
}

export interface EmbeddedProvider {
  issuer: string;
  /** The single sign-on sessions that live, with the clients in each. */
  sessions(): Promise<SessionSummary[]>;
  offlineSessions(): Promise<SessionSummary[]>;
  /** Ends a session as an administrator would. */
  endSession(sid: string): Promise<void>;
  stop(): Promise<void>;
}

const realmName = 'Arkane';

/** An OpenID provider in this process that keeps everything in memory and answers as Keycloak's realm `Arkane` does. */
export async function startProvider(options: ProviderOptions): Promise<EmbeddedProvider> {
  const { hostname = 'idp.localhost', port = 0, clients, accessTokenLifespan = 300, front } = options;
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const mountPath = `/realms/${realmName}`;
  const issuer = `http://${hostname}:${(server.address() as AddressInfo).port}${mountPath}`;
  const store = new Store();
  const tokens = new Tokens(issuer);
  const provider = new Provider(issuer, configure({ clients, store, tokens, accessTokenLifespan, mountPath }));
  const clientsById = new Map(clients.map((client) => [client.clientId, client]));
  applyKeycloakProfile(provider, { name: realmName, issuer, provider, store, tokens, clients: clientsById });
  serve(server, provider.callback(), mountPath, front);
  return {
    issuer,
    sessions: () => Promise.resolve(store.sessions()),
    offlineSessions: () => Promise.resolve(store.offlineSessions()),
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

/** Everything lies below the realm's path, which oidc-provider must not see. */
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
