import type Provider from 'oidc-provider';
import type { KoaContextWithOIDC } from 'oidc-provider';
import type { Store } from './store.ts';
import type { Tokens } from './tokens.ts';

export interface ClientOptions {
  clientId: string;
  /** A trailing `*` matches any rest, as in Keycloak. They serve as post-logout redirect URIs too. */
  redirectUris: string[];
  /** The origins whose pages may read answers. */
  webOrigins: string[];
  /** Whether the client may ask for `offline_access`; default: yes. */
  offline?: boolean;
  /** Seconds; default: the provider's. */
  accessTokenLifespan?: number;
}

/** What the endpoints share. */
export interface Realm {
  name: string;
  issuer: string;
  provider: Provider;
  store: Store;
  tokens: Tokens;
  clients: Map<string, ClientOptions>;
}

export type Context = KoaContextWithOIDC;
export type Endpoint = (ctx: Context, realm: Realm) => Promise<void>;

export const endpointPath = '/protocol/openid-connect';
export const cookiePrefix = 'arkane_';

export function redirectUriAllowed(client: ClientOptions | undefined, uri: string): boolean {
  return (client?.redirectUris ?? []).some((allowed) =>
    allowed.endsWith('*') ? uri.startsWith(allowed.slice(0, -1)) : uri === allowed,
  );
}

/** A form body as a plain record; the endpoints of this profile read nothing else. */
export async function readForm(ctx: Context): Promise<Record<string, string>> {
  if (ctx.method !== 'POST' || !ctx.is('application/x-www-form-urlencoded')) return {};
  let body = '';
  for await (const chunk of ctx.req.setEncoding('utf8')) body += String(chunk);
  return Object.fromEntries(new URLSearchParams(body));
}
