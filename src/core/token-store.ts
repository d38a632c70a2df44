import type { OidcMetadata, User, UserManager } from 'oidc-client-ts';
import { type LogoutError, misconfigured, wrong } from './errors.js';
import { quietly } from './limit.js';
import { isEmpty, type Tokens, withoutSlash } from './tokens.js';

/** Where an app keeps its tokens. */
export interface TokenStore {
  /** The tokens of the signed-in user, or `null`. */
  tokens(): Tokens | null | undefined | Promise<Tokens | null | undefined>;
  /** Forgets the user; a promise is awaited. Must leave no token behind, and must not revoke one: a check after a revocation lies. */
  clear(): unknown;
}

/** What a logout needs of keycloak-js's instance, and of the `AuthenticationInstance` of the Arkane SDK. */
export interface TokenHolder {
  authenticated?: boolean | undefined;
  /** The access token. */
  token?: string | undefined;
  refreshToken?: string | undefined;
  idToken?: string | undefined;
  clearToken?: (() => unknown) | undefined;
}

/** What a logout needs of the `AuthenticationResult` of the Arkane SDK. */
export interface HolderResult {
  isAuthenticated: boolean;
  auth?: TokenHolder | undefined;
}

/** Whatever holds an app's tokens; `UserManager` is oidc-client-ts's. */
export type TokenSource = TokenStore | UserManager | TokenHolder | HolderResult;

/** A store as the core sees it. */
export interface OpenStore extends TokenStore {
  /** Calls `hear` with the tokens of each user who is stored. Returns what ends that. */
  onStored?: (hear: (tokens: Tokens) => void) => () => void;
  /** Somebody has signed in after a `clear()`: what that has stopped goes on. */
  onSignIn?: () => void;
  /** The provider's metadata, where the app has them already. */
  metadata?: () => Promise<Partial<OidcMetadata>>;
}

/** Nobody waits for it, or hears where it fails. */
export const clearInPassing = (store: TokenStore): void => {
  Promise.resolve(quietly(() => store.clear())).catch(() => undefined);
};

/** @throws {LogoutError} `configuration`. */
export const storeFrom = (source: TokenSource): OpenStore => {
  const given = Object(source) as Partial<Record<string, unknown>>;
  const has = (...names: string[]) => names.every((name) => typeof given[name] === 'function');
  if (has('tokens', 'clear')) {
    const store = source as TokenStore;
    return { tokens: () => store.tokens(), clear: () => store.clear() };
  }
  if (has('getUser', 'removeUser', 'stopSilentRenew')) return userManagerStore(source as UserManager);
  const { isAuthenticated, auth } = given as Partial<HolderResult>;
  if (typeof isAuthenticated === 'boolean' && (auth ?? !isAuthenticated)) return holderStore(auth ?? {});
  if (typeof given.authenticated === 'boolean' || has('clearToken')) return holderStore(source as TokenHolder);
  throw wrong('tokenStore: expected a UserManager, a keycloak-js instance, or an object with tokens() and clear().');
};

const userManagerStore = (manager: UserManager): OpenStore => ({
  tokens: async () => tokensOf(await manager.getUser()),
  clear() {
    manager.stopSilentRenew(); // and its retries: one of them would sign the user in again
    return manager.removeUser();
  },
  onStored: (hear) =>
    manager.events.addUserLoaded((user) => {
      hear(tokensOf(user));
    }),
  onSignIn() {
    if (manager.settings.automaticSilentRenew) manager.startSilentRenew();
  },
  metadata: () => manager.metadataService.getMetadata(),
});

const personal = /token|profile|userInfo|subject|sessionId/i;

const holderStore = (holder: TokenHolder): OpenStore => ({
  tokens: () => ({ idToken: holder.idToken, accessToken: holder.token, refreshToken: holder.refreshToken }),
  async clear() {
    // keycloak-js would leave for the sign-in page.
    if ('loginRequired' in holder) holder.loginRequired = false;
    await holder.clearToken?.();
    // keycloak-js looks at the access token only, and others have no clearToken().
    for (const [name, value] of Object.entries(holder))
      if (personal.test(name) && typeof value !== 'function') Reflect.deleteProperty(holder, name);
    if (holder.authenticated) holder.authenticated = false;
  },
});

/** Which web storage oidc-client-ts keeps its user in. */
export type StorageName = 'session' | 'local';

/** The user that oidc-client-ts stored: read from `first` before the other storage, wiped in both. */
export const oidcClientStorage = (authority: string, clientId: string, first: StorageName): OpenStore => {
  const issuer = withoutSlash(authority);
  const names = [issuer, `${issuer}/`].map((written) => `oidc.user:${written}:${clientId}`);
  // Getters, because a page whose storage is blocked throws on the mere mention of it.
  const storages = [() => sessionStorage, () => localStorage];
  if (first === 'local') storages.reverse();
  /** The first tokens that `look` finds. A place that fails hides no other; it is told where none had any. */
  const firstIn = (look: (storage: Storage, name: string) => Tokens | null): Tokens | null => {
    let failure: LogoutError | undefined;
    for (const storage of storages)
      for (const name of names)
        try {
          const tokens = look(storage(), name);
          if (!isEmpty(tokens)) return tokens;
        } catch (cause) {
          failure ??= misconfigured(cause, 'storage: not allowed by the browser.');
        }
    if (failure) throw failure;
    return null;
  };
  return {
    tokens: () => firstIn((storage, name) => parseUser(storage.getItem(name))),
    clear() {
      firstIn((storage, name) => {
        storage.removeItem(name);
        return null;
      });
    },
  };
};

const parseUser = (text: string | null): Tokens => {
  try {
    return tokensOf(JSON.parse(text ?? 'null') as Partial<User> | null);
  } catch {
    // No `cause`: a JSON error quotes the text, which holds tokens.
    throw wrong('storage: the stored user is not JSON.');
  }
};

const tokensOf = (user: Partial<User> | null): Tokens => ({
  idToken: user?.id_token,
  accessToken: user?.access_token,
  refreshToken: user?.refresh_token,
  expiresAt: user?.expires_at,
});
