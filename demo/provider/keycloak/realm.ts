import type Provider from 'oidc-provider';
import type { ClientOptions } from '../clients.ts';
import type { Context } from '../http.ts';
import type { Store } from '../store.ts';
import type { Tokens } from './tokens.ts';

/** What Keycloak's endpoints share. */
export interface Realm {
  name: string;
  issuer: string;
  provider: Provider;
  store: Store;
  tokens: Tokens;
  clients: Map<string, ClientOptions>;
}

export type Endpoint = (ctx: Context, realm: Realm) => Promise<void>;

export const endpointPath = '/protocol/openid-connect';
