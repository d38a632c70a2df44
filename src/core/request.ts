import { isKeycloakShaped } from './endpoints.js';
import { LogoutError } from './errors.js';
import type { WindowMode } from './result.js';
import { oidcClientStorage, type StorageName, type TokenStore } from './token-store.js';

/** Arkane's own providers. */
const environments = {
  prod: 'https://login.arkane.network/auth/realms/Arkane',
  staging: 'https://login-staging.arkane.network/auth/realms/Arkane',
  qa: 'https://login-qa.arkane.network/auth/realms/Arkane',
} as const;

export type Environment = keyof typeof environments;

/** Which client at which provider. One logout at a time runs for each. */
export interface ClientKey {
  /** OAuth client. */
  clientId: string;
  /** Issuer URL; when set, `environment` is not looked at. */
  authority?: string | null | undefined;
  /** One of Arkane's own providers. Default: `prod`. */
  environment?: Environment | null | undefined;
}

/** What to log out of, and how. The attributes of the element have the same names. */
export interface LogoutOptions extends ClientKey {
  /** `POPUP`, the default, ends the session in the background. `REDIRECT` is not in this version. */
  windowMode?: WindowMode | null | undefined;
  /** Where oidc-client-ts keeps the user; read first, wiped in both. Default: `session`. */
  storage?: StorageName | null | undefined;
  /** Milliseconds for the page's `waitUntil`, and again for the provider. Default: 10,000. */
  timeout?: number | null | undefined;
  /** Where the tokens live, when that is not oidc-client-ts's storage. */
  tokenStore?: TokenStore | null | undefined;
  /** Extra end-session parameters, such as `ui_locales` (RP-Initiated Logout §2). */
  params?: Record<string, string> | null | undefined;
  /** Cancels the logout until the tokens are wiped; later it cuts the wait for the provider short. */
  signal?: AbortSignal | null | undefined;
}

/** A client at its provider. */
export interface Client {
  clientId: string;
  authority: string;
}

/** Options that passed validation. */
export interface LogoutRequest extends Client {
  windowMode: WindowMode;
  timeout: number;
  store: TokenStore;
  params: Record<string, string>;
  signal: AbortSignal | undefined;
}

const wrong = (message: string) => new LogoutError('configuration', message);

/** Checks everything that a logout will use. @throws {LogoutError} `configuration`, naming the attribute and the mend. */
export const validate = (options: LogoutOptions): LogoutRequest => {
  const { clientId, authority } = resolveClient(options);
  const windowMode = oneOf('window-mode', ['POPUP', 'REDIRECT'], options.windowMode ?? 'POPUP');
  if (windowMode === 'REDIRECT')
    throw wrong('window-mode: REDIRECT is not in this version. Use POPUP, which ends the session in the background.');
  if (options.signal && typeof options.signal.aborted !== 'boolean') throw wrong('signal: expected an AbortSignal.');
  const storage = oneOf('storage', ['session', 'local'], options.storage ?? 'session');
  const timeout = options.timeout ?? 10_000;
  // A longer delay than 2^31 - 1 fires at once.
  if (typeof timeout !== 'number' || !(timeout > 0 && timeout < 2 ** 31))
    throw wrong('timeout: expected a number of milliseconds over 0, such as 10000.');
  return {
    clientId,
    authority,
    windowMode,
    timeout,
    store: storeFrom(options.tokenStore) ?? oidcClientStorage(authority, clientId, storage),
    params: validParams(options.params ?? {}),
    signal: options.signal ?? undefined,
  };
};

/** The client and its issuer. @throws {LogoutError} `configuration`. */
export const resolveClient = ({ clientId, authority, environment }: ClientKey): Client => {
  if (typeof clientId !== 'string' || !clientId.trim())
    throw wrong('client-id: missing. Set it to the OAuth client that the user signed in with.');
  if (authority == null) {
    const name = oneOf('environment', Object.keys(environments) as Environment[], environment ?? 'prod');
    return { clientId, authority: environments[name] };
  }
  allowedUrl('authority', authority);
  if (/[?#]/.test(authority)) throw wrong('authority: an issuer has no query and no fragment. Leave them out.');
  if (!isKeycloakShaped(authority))
    throw wrong('authority: expected a Keycloak realm, …/realms/<name>. Other providers are not in this version.');
  return { clientId, authority };
};

const oneOf = <T extends string>(attribute: string, values: readonly T[], given: unknown): T => {
  const value = values.find((candidate) => candidate.toLowerCase() === String(given).toLowerCase());
  if (!value) throw wrong(`${attribute}: "${String(given)}" is not known. Use one of: ${values.join(', ')}.`);
  return value;
};

/** Lets only an absolute http(s) URL pass that tokens may be sent to. */
const allowedUrl = (attribute: string, given: unknown): void => {
  const url = typeof given === 'string' && !/\s/.test(given) && URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) throw wrong(`${attribute}: expected an absolute https URL.`);
  // Not quoted in the message: there may be a password in it.
  if (url.username || url.password) throw wrong(`${attribute}: a URL with a user name or a password. Leave them out.`);
  const loopback = /^(.+\.)?localhost$|^127(\.\d+){3}$|^\[::1\]$/.test(url.hostname);
  const asThePage = location.protocol === 'http:' && location.hostname === url.hostname;
  if (url.protocol === 'http:' && !loopback && !asThePage)
    throw wrong(`${attribute}: http is only for loopback hosts. Use https.`);
};

const storeFrom = (store: TokenStore | null | undefined): TokenStore | undefined => {
  if (store == null) return undefined;
  if (typeof store.tokens !== 'function' || typeof store.clear !== 'function')
    throw wrong('tokenStore: expected an object with the functions tokens() and clear().');
  return store;
};

const reserved = ['client_id', 'refresh_token', 'id_token_hint', 'post_logout_redirect_uri', 'state'];

const validParams = (params: Record<string, string>): Record<string, string> => {
  if (typeof params !== 'object' || Array.isArray(params)) throw wrong('params: expected an object of strings.');
  for (const [name, value] of Object.entries(params)) {
    if (reserved.includes(name)) throw wrong(`params: ${name} is set by the logout itself. Leave it out.`);
    if (typeof value !== 'string') throw wrong(`params: ${name} is not a string.`);
  }
  return { ...params };
};
