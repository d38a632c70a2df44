import { wrong } from './errors.js';
import type { WindowMode } from './result.js';
import { oidcClientStorage, type OpenStore, type StorageName, storeFrom, type TokenSource } from './token-store.js';

/** Arkane's own providers. */
export type Environment = 'prod' | 'staging' | 'qa';

const suffixes: Record<Environment, string> = { prod: '', staging: '-staging', qa: '-qa' };

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
  /** `POPUP`, the default, ends the session in the background or in a window; `REDIRECT` goes through the provider and back. */
  windowMode?: WindowMode | null | undefined;
  /**
   * Where REDIRECT ends: an absolute URL. Default: this page, with its query and hash. It is sent to the provider, which must know it, unless there is a `callbackUri`. On another origin nothing is told there.
   */
  redirectUri?: string | null | undefined;
  /** The one return page that is registered at the provider; of this origin, it loads `callback.js`. */
  callbackUri?: string | null | undefined;
  /** After a visible trip to the provider, ask it in the same window whether a session is left. Needs `callbackUri`, registered as a redirect URI too. */
  verify?: boolean | null | undefined;
  /** Where oidc-client-ts keeps the user; read first, wiped in both. Default: `session`. */
  storage?: StorageName | null | undefined;
  /** Milliseconds for the page's `waitUntil`, and again for the provider. Default: 10,000. */
  timeout?: number | null | undefined;
  /**
   * Where the tokens live, when that is not oidc-client-ts's storage: a `UserManager`, a keycloak-js instance, an
   * `AuthenticationInstance` or `AuthenticationResult` of the Arkane SDK, or `{ tokens(), clear() }`.
   */
  tokenStore?: TokenSource | null | undefined;
  /** Notice a session that was ended elsewhere, and log this page out. Keycloak-shaped providers only; from `prepareLogout()` on. */
  monitor?: boolean | null | undefined;
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
  /** Where a trip to the provider ends. */
  returnTo: URL;
  /** Where the provider is to send the browser. */
  postLogoutRedirectUri: string;
  /** A window may open, because there is a page that it can come back to. */
  mayOpen: boolean;
  verify: boolean;
  timeout: number;
  store: OpenStore;
  monitor: boolean;
  params: Record<string, string>;
  signal: AbortSignal | undefined;
}

/** Checks everything that a logout will use. @throws {LogoutError} `configuration`, naming the attribute and the mend. */
export const validate = (options: LogoutOptions): LogoutRequest => {
  const { clientId, authority } = resolveClient(options);
  const windowMode = oneOf('window-mode', ['POPUP', 'REDIRECT'], options.windowMode ?? 'POPUP');
  if (options.signal && typeof options.signal.aborted !== 'boolean') throw wrong('signal: expected an AbortSignal.');
  const storage = oneOf('storage', ['session', 'local'], options.storage ?? 'session');
  const timeout = options.timeout ?? 10_000;
  // A longer delay than 2^31 - 1 fires at once.
  if (typeof timeout !== 'number' || !(timeout > 0 && timeout < 2 ** 31))
    throw wrong('timeout: expected milliseconds.');
  return {
    clientId,
    authority,
    windowMode,
    ...wayBack(options, windowMode),
    verify: Boolean(options.verify),
    timeout,
    store: options.tokenStore == null ? oidcClientStorage(authority, clientId, storage) : storeFrom(options.tokenStore),
    monitor: Boolean(options.monitor),
    params: validParams(options.params ?? {}),
    signal: options.signal ?? undefined,
  };
};

const wayBack = (
  { redirectUri, callbackUri, verify }: LogoutOptions,
  windowMode: WindowMode,
): Pick<LogoutRequest, 'returnTo' | 'postLogoutRedirectUri' | 'mayOpen'> => {
  const { href, origin, pathname } = location;
  const isTrip = windowMode === 'REDIRECT'; // a POPUP that is finished by a redirect stays on this page
  const returnTo = isTrip ? allowedUrl('redirect-uri', redirectUri ?? href) : new URL(href);
  // Providers match letter by letter: what is given is sent as it is, this page without its query.
  let sent = isTrip && redirectUri != null ? redirectUri : origin + pathname;
  if (callbackUri != null) {
    const callback = allowedUrl('callback-uri', callbackUri);
    if (callback.origin !== origin) throw wrong('callback-uri: expected a page of this origin.');
    if (returnTo.origin !== origin) throw wrong('redirect-uri: with callback-uri, expected a page of this origin.');
    sent = callbackUri;
  } else if (verify) throw wrong('verify: set callback-uri, too.');
  return { returnTo, postLogoutRedirectUri: sent.replace(/#.*/, ''), mayOpen: !isTrip && callbackUri != null };
};

/** The client and its issuer. @throws {LogoutError} `configuration`. */
export const resolveClient = ({ clientId, authority, environment }: ClientKey): Client => {
  if (typeof clientId !== 'string' || !clientId.trim()) throw wrong('client-id: missing. Set it to the OAuth client.');
  if (authority == null) {
    const name = oneOf('environment', Object.keys(suffixes) as Environment[], environment ?? 'prod');
    return { clientId, authority: `https://login${suffixes[name]}.arkane.network/auth/realms/Arkane` };
  }
  allowedUrl('authority', authority);
  if (/[?#]/.test(authority)) throw wrong('authority: expected no query.');
  return { clientId, authority };
};

const oneOf = <T extends string>(attribute: string, values: readonly T[], given: unknown): T => {
  const value = values.find((candidate) => candidate.toLowerCase() === String(given).toLowerCase());
  if (!value) throw wrong(`${attribute}: expected ${values.join(' or ')}.`);
  return value;
};

/** Lets only an absolute http(s) URL pass that tokens may be sent to. It is not quoted: there may be a password in it. */
export const allowedUrl = (attribute: string, given: unknown): URL => {
  const url = typeof given === 'string' && !/\s/.test(given) && URL.canParse(given) ? new URL(given) : undefined;
  const isHttp =
    url?.protocol === 'http:' &&
    (/^(.+\.)?localhost$|^127(\.\d+){3}$|^\[::1\]$/.test(url.hostname) ||
      (location.protocol === 'http:' && location.hostname === url.hostname));
  if (url && (isHttp || url.protocol === 'https:') && !url.username && !url.password) return url;
  throw wrong(`${attribute}: expected an https URL without password; http is for loopback.`);
};

const reserved = ['client_id', 'refresh_token', 'id_token_hint', 'post_logout_redirect_uri', 'state'];

const validParams = (params: Record<string, string>): Record<string, string> => {
  const isFit = ([name, value]: [string, unknown]) => typeof value === 'string' && !reserved.includes(name);
  if (typeof params === 'object' && !Array.isArray(params) && Object.entries(params).every(isFit)) return { ...params };
  throw wrong(`params: expected strings, without ${reserved.join(', ')}.`);
};
