import type { User } from 'oidc-client-ts';
import { type LogoutError, misconfigured, wrong } from './errors.js';
import { quietly } from './limit.js';

/** What the app holds of a sign-in. */
export interface Tokens {
  idToken?: string | null | undefined;
  accessToken?: string | null | undefined;
  refreshToken?: string | null | undefined;
  /** When the access token expires, in seconds since the epoch. Default: its own `exp`. */
  expiresAt?: number | null | undefined;
}

/** Where an app keeps its tokens, when that is not oidc-client-ts's storage. */
export interface TokenStore {
  /** The tokens of the signed-in user, or `null`. */
  tokens(): Tokens | null | undefined | Promise<Tokens | null | undefined>;
  /** Forgets the user; a promise is awaited. Must leave no token behind, and must not revoke one: a check after a revocation lies. */
  clear(): unknown;
}

/** Which web storage oidc-client-ts keeps its user in. */
export type StorageName = 'session' | 'local';

/** One trailing slash less: issuers are written with and without it. */
export const withoutSlash = (issuer: string): string => issuer.replace(/\/$/, '');

/** The user that oidc-client-ts stored: read from `first` before the other storage, wiped in both. */
export const oidcClientStorage = (authority: string, clientId: string, first: StorageName): TokenStore => {
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
  let user: Partial<User> | null;
  try {
    user = JSON.parse(text ?? 'null') as Partial<User> | null;
  } catch {
    // No `cause`: a JSON error quotes the text, which holds tokens.
    throw wrong('storage: the stored user is not JSON.');
  }
  return {
    idToken: user?.id_token,
    accessToken: user?.access_token,
    refreshToken: user?.refresh_token,
    expiresAt: user?.expires_at,
  };
};

const parts = (tokens: Tokens | null | undefined) => [tokens?.idToken, tokens?.accessToken, tokens?.refreshToken];

/** Whether a store holds nothing that it did not hold before. */
export const isLeftOf = (tokens: Tokens | null | undefined, before: Tokens | null | undefined): boolean =>
  parts(tokens).every((token, index) => token == null || token === parts(before)[index]);

/** Whether a store holds nothing; what is there but malformed counts as held. */
export const isEmpty = (tokens: Tokens | null | undefined): boolean => isLeftOf(tokens, null);

/** The claims of a JWT, or `null` where it is none. Not verified: the provider does that; here it decides what is sent. */
export const claimsOf = (token: string | null | undefined): Record<string, unknown> | null =>
  quietly(() => {
    // Characters beyond ASCII come out wrong; client ids (RFC 6749 appendix A.1) and issuers have none.
    const claims: unknown = JSON.parse(atob(token?.split('.')[1]?.replace(/-/g, '+').replace(/_/g, '/') ?? ''));
    return typeof claims === 'object' ? (claims as Record<string, unknown> | null) : null;
  }) ?? null;

// RFC 6749 appendix A, without the space; and what is left when a missing token was made a string.
const usable = (token: unknown): string | undefined =>
  typeof token === 'string' && /^(?!(undefined|null|NaN)$)[!-~]+$/.test(token) ? token : undefined;

/**
 * The tokens that may be sent to `authority`: malformed ones are left out, and so are those that name
 * another issuer. `null` where the store holds nothing.
 *
 * @throws {LogoutError} `configuration` when the ID token is not of this authority or not for this client.
 */
export const sendable = (tokens: Tokens | null, authority: string, clientId: string): Tokens | null => {
  if (!tokens || isEmpty(tokens)) return null;
  const issuedHere = ({ iss }: Record<string, unknown>) =>
    typeof iss === 'string' && withoutSlash(iss) === withoutSlash(authority);
  const ours = (candidate: unknown) => {
    const token = usable(candidate);
    const claims = claimsOf(token);
    return claims && 'iss' in claims && !issuedHere(claims) ? undefined : token;
  };
  const idToken = usable(tokens.idToken);
  const claims = claimsOf(idToken);
  if (claims) {
    if (!issuedHere(claims)) throw wrong('authority: the ID token is of another. Set it, or environment, to that.');
    // OpenID Connect Core §3.1.3.7: `aud` holds the client, and `azp`, where it is there, is the client.
    if (![claims.aud].flat().includes(clientId) || (claims.azp ?? clientId) !== clientId)
      throw wrong('client-id: the ID token is of another. Set it to that.');
  }
  return {
    idToken: claims ? idToken : undefined,
    accessToken: ours(tokens.accessToken),
    refreshToken: ours(tokens.refreshToken),
    expiresAt: tokens.expiresAt ?? (claimsOf(usable(tokens.accessToken))?.exp as number | undefined),
  };
};
