import { wrong } from './errors.js';
import { quietly } from './limit.js';

/** What the app holds of a sign-in. */
export interface Tokens {
  idToken?: string | null | undefined;
  accessToken?: string | null | undefined;
  refreshToken?: string | null | undefined;
  /** When the access token expires, in seconds since the epoch. Default: its own `exp`. */
  expiresAt?: number | null | undefined;
}

/** One trailing slash less: issuers are written with and without it. */
export const withoutSlash = (issuer: string): string => issuer.replace(/\/$/, '');

/** Its three tokens, where there are any. */
export const partsOf = (tokens: Tokens | null | undefined): Tokens['idToken'][] => [
  tokens?.idToken,
  tokens?.accessToken,
  tokens?.refreshToken,
];

/** A copy: what a store hands out may be the very object that its `clear()` empties, or throw when it is read. */
export const copyOf = ({ idToken, accessToken, refreshToken, expiresAt }: Tokens): Tokens => ({
  idToken,
  accessToken,
  refreshToken,
  expiresAt,
});

/** Whether a store holds nothing that it did not hold before. */
export const isLeftOf = (tokens: Tokens | null | undefined, before: Tokens | null | undefined): boolean =>
  partsOf(tokens).every((token, index) => token == null || token === partsOf(before)[index]);

/** Whether a store holds nothing; what is there but malformed counts as held. */
export const isEmpty = (tokens: Tokens | null | undefined): boolean => isLeftOf(tokens, null);

/** The claims of a JWT, or `null` where it is none. Not verified: the provider does that; here it decides what is sent. */
export const claimsOf = (token: string | null | undefined): Record<string, unknown> | null =>
  quietly(() => {
    // Characters beyond ASCII come out wrong; client ids (RFC 6749 appendix A.1) and issuers have none.
    const claims: unknown = JSON.parse(atob(token?.split('.')[1]?.replace(/-/g, '+').replace(/_/g, '/') ?? ''));
    return typeof claims === 'object' ? (claims as Record<string, unknown> | null) : null;
  }) ?? null;

/**
 * Which session the tokens are of: the ID token's `sid` (OpenID Connect Front-Channel Logout §3), else `sub` with
 * `auth_time`; as a short digest, because it is kept after the logout, and is to name nobody. `undefined`: not known.
 */
export const sessionKeyOf = (tokens: Tokens | null | undefined): string | undefined => {
  const { sid, sub, auth_time: signedInAt } = claimsOf(tokens?.idToken) ?? {};
  const session = sid ?? (sub && signedInAt ? [sub, signedInAt] : undefined);
  return session && digest(JSON.stringify(session));
};

/** FNV-1a, 32 bits: not for secrets, of which a session key is none. */
const digest = (text: string): string => {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(36);
};

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
