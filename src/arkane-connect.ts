import { type AuthenticationInstance, type AuthenticationResult, fieldsOf, resultOf } from './authentication.js';
import { LogoutError, misconfigured } from './core/errors.js';
import { ArkaneLogoutErrorEvent, toDocument } from './core/events.js';
import { isLater, orAborted, whenIdle, within } from './core/limit.js';
import { logoutFrom } from './core/logout.js';
import { prepareLogout } from './core/prepare.js';
import { type Environment, type LogoutOptions, type LogoutRequest, validate } from './core/request.js';
import { type LogoutResult, statusOf } from './core/result.js';
import { resumeLogout, watchLogout } from './core/resume.js';
import type { OpenStore, TokenHolder, TokenSource, TokenStore } from './core/token-store.js';
import { isEmpty, sendable, type Tokens } from './core/tokens.js';
import { coverSaying, loadCover } from './cover.js';
import { english } from './words.js';

export type { AuthenticationInstance, AuthenticationResult, TokenParsed } from './authentication.js';
export { LogoutError, type LogoutResult, type TokenHolder, type Tokens, type TokenSource, type TokenStore };

/** `POPUP` ends the session in the background and the page stays; `REDIRECT` goes through the provider and back. */
export const WindowMode = { POPUP: 'POPUP', REDIRECT: 'REDIRECT' } as const;
export type WindowMode = (typeof WindowMode)[keyof typeof WindowMode];

/** Gives an access token, or nothing where there is none. */
export type BearerTokenProvider = () => string | null | undefined | Promise<string | null | undefined>;

/** Taken, and without effect on a logout. */
type WithoutEffect<T> = { [K in keyof T]?: T[K] | null | undefined };
type OfTheCore = Pick<LogoutOptions, 'authority' | 'callbackUri' | 'storage' | 'tokenStore'>;
interface WithOverlay {
  /** Cover the page while a window is open. */
  useOverlayWithPopup?: boolean | null | undefined;
}

export interface ConstructorOptions
  extends OfTheCore, WithOverlay, WithoutEffect<{ chains: string[]; signUsing: WindowMode }> {
  /** One of Arkane's own providers: `prod`, the default, `staging` or `qa`. */
  environment?: string | null | undefined;
  /** How a logout goes that does not say it itself. Default: `POPUP`. */
  windowMode?: WindowMode | null | undefined;
  /** Asked for the access token of a user whose tokens come without one. Its answer is waited for 2.5 s. */
  bearerTokenProvider?: BearerTokenProvider | null | undefined;
}

/** What one call may set for itself. */
export interface AuthenticationOptions
  extends
    Pick<LogoutOptions, 'redirectUri' | 'windowMode'>,
    WithOverlay,
    WithoutEffect<{ closePopup: boolean; idpHint: string }> {}

/** What `logout()` rejects with. `result` says what was done; where it is missing, nothing was changed. */
export type LogoutFailure = LogoutError & { readonly result?: LogoutResult };

/** What the Arkane SDK's class has for logging out. It signs nobody in. */
export class ArkaneConnect {
  windowMode: WindowMode;
  readonly #client: LogoutOptions;
  readonly #callbackUri: string | null | undefined;
  readonly #isCovered: boolean;
  readonly #bearerTokenProvider: BearerTokenProvider | null | undefined;
  #auth: AuthenticationInstance | undefined;

  constructor(clientId: string, options?: ConstructorOptions | null) {
    const { environment, authority, storage, tokenStore } = options ?? {};
    this.#client = { clientId, environment: environment as Environment, authority, storage, tokenStore };
    this.#callbackUri = options?.callbackUri;
    this.#bearerTokenProvider = options?.bearerTokenProvider;
    this.windowMode = options?.windowMode ?? WindowMode.POPUP;
    this.#isCovered = options?.useOverlayWithPopup ?? false;
    whenIdle(() => {
      prepareLogout({ ...this.#client, windowMode: this.windowMode, callbackUri: this.#callbackUri });
      if (this.#isCovered) loadCover();
    });
  }

  /**
   * Logs the user out. POPUP resolves when nothing is left to do, also where nobody was signed in. REDIRECT leaves the
   * page; it settles where that fails, or where the page is shown again.
   *
   * @throws {LogoutFailure} as a rejection: the end of the session is not proved, or tokens are left, and `result` says
   * more; or `configuration` or `cancelled`
   */
  async logout(options?: AuthenticationOptions | null): Promise<void> {
    let client: LogoutOptions;
    try {
      client = this.#withBearer();
    } catch (error) {
      toDocument(new ArkaneLogoutErrorEvent({ error: error as LogoutError })); // as the core does
      throw error;
    }
    const windowMode = options?.windowMode ?? this.windowMode;
    const redirectUri = options?.redirectUri;
    const isCovered = options?.useOverlayWithPopup ?? this.#isCovered;
    if (isCovered) loadCover(); // in time for a window that opens after the background has been tried
    const result = await logoutFrom(
      { ...client, windowMode, redirectUri, callbackUri: this.#callbackUri },
      toDocument,
      isCovered ? coverSaying(english, 'en') : undefined,
    );
    if (statusOf(result) === 'incomplete') throw failureOf(result);
  }

  /**
   * Looks whether a user is signed in: there is an access or a refresh token that is not expired. Asks nobody. On the
   * page that a REDIRECT comes back to it is to be called before anything else reads the URL.
   *
   * @throws {LogoutError} `configuration` or `timeout`, as a rejection: the tokens cannot be read, or are of another client
   */
  async checkAuthenticated(): Promise<AuthenticationResult> {
    resumeLogout();
    const request = validate(this.#withBearer());
    const auth = (this.#auth ??= this.#newAuth(request));
    const tokens = sendable(await read(request), request.authority, request.clientId);
    // Another one, where the user was logged out while a slow store was read.
    return resultOf(Object.assign(auth, fieldsOf(auth === this.#auth ? tokens : null)));
  }

  /** @throws {LogoutError} `configuration` */
  #withBearer(): LogoutOptions {
    const provider = this.#bearerTokenProvider;
    if (provider == null) return this.#client;
    if (typeof provider !== 'function')
      throw new LogoutError('configuration', 'bearerTokenProvider: expected a function.');
    return { ...this.#client, tokenStore: filledStore(validate(this.#client).store, provider) };
  }

  /** What a logout, whoever asked for it, empties. */
  #newAuth({ clientId, authority, store }: LogoutRequest): AuthenticationInstance {
    const empty = () => Object.assign(auth, fieldsOf(null));
    const clearToken = async () => {
      empty();
      await store.clear();
    };
    const auth = { ...fieldsOf(null), clearToken };
    const watch = new AbortController();
    const forget = () => {
      watch.abort();
      empty();
      this.#auth = undefined; // the next user gets one of their own
    };
    watchLogout(forget, { clientId, authority, signal: watch.signal });
    return auth;
  }
}

/** The same store, but tokens without an access token get the provider's. That one alone could not end a session. */
const filledStore = (store: OpenStore, provider: BearerTokenProvider): OpenStore => {
  const fill = (tokens: Tokens | null | undefined) => {
    if (!tokens || isEmpty(tokens) || tokens.accessToken) return tokens;
    const { idToken, refreshToken } = tokens;
    // No answer, or none in time, is no token: the logout goes on without.
    return within({ timeout: 2500, signal: undefined }, (signal) => orAborted(provider(), signal)).then(
      (accessToken) => ({ idToken, accessToken, refreshToken }),
      () => tokens,
    );
  };
  return {
    ...store,
    tokens() {
      const tokens = store.tokens();
      return isLater(tokens) ? Promise.resolve(tokens).then(fill) : fill(tokens);
    },
  };
};

const read = async (request: LogoutRequest): Promise<Tokens | null> => {
  try {
    return (await within(request, (signal) => orAborted(request.store.tokens(), signal))) ?? null;
  } catch (cause) {
    throw misconfigured(cause, 'tokenStore: tokens() failed.');
  }
};

/** A copy: with the result on it, the result's own error would lead to itself. */
const failureOf = (result: LogoutResult): LogoutFailure => {
  const { error = new LogoutError('unproved', 'The end of the session is not proved.') } = result;
  return Object.assign(new LogoutError(error.code, error.message, { cause: error }), { result });
};
