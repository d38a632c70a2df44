import { LogoutError } from '../../src/core/errors.js';
import type { Tokens } from '../../src/core/tokens.js';

export type Claims = Record<string, unknown>;

/** A name that no test and no module state has seen. */
export const newClient = (): string => `client-${crypto.randomUUID()}`;
/** `fetch` to it is scripted (provider.ts); a navigation to it leaves the page where it is. */
export const authority = `${location.origin}/no-content/realms/units`;

const base64url = (value: unknown) =>
  btoa(JSON.stringify(value)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');

/** A JWT with these claims; its signature is nobody's. */
export const jwt = (claims: unknown): string => `${base64url({ alg: 'none' })}.${base64url(claims)}.c2lnbmF0dXJl`;

export const now = (): number => Math.floor(Date.now() / 1000);

/** The three tokens of a new session, as Keycloak issues them; a claim that is `undefined` is left out. */
export const tokensOf = (
  clientId: string,
  { id, access, refresh }: { id?: Claims; access?: Claims; refresh?: Claims } = {},
): Required<Tokens> & { idToken: string; accessToken: string; refreshToken: string } => {
  const sid = crypto.randomUUID();
  const expiresAt = now() + 300;
  return {
    idToken: jwt({ iss: authority, aud: clientId, azp: clientId, typ: 'ID', sid, ...id }),
    accessToken: jwt({ iss: authority, typ: 'Bearer', sid, exp: expiresAt, ...access }),
    refreshToken: jwt({ iss: authority, typ: 'Refresh', sid, ...refresh }),
    expiresAt,
  };
};

/** Where oidc-client-ts keeps a user. */
export const storageKey = (clientId: string, issuer = authority): string => `oidc.user:${issuer}:${clientId}`;

/** A user as oidc-client-ts writes it. */
export const userOf = (tokens: Tokens): string =>
  JSON.stringify({
    id_token: tokens.idToken,
    access_token: tokens.accessToken,
    refresh_token: tokens.refreshToken,
    expires_at: tokens.expiresAt,
    token_type: 'Bearer',
    profile: { sub: 'someone' },
  });

/** Signs a user in, in this tab's storage. */
export const signIn = (clientId: string, tokens: Tokens = tokensOf(clientId), storage = sessionStorage): Tokens => {
  storage.setItem(storageKey(clientId), userOf(tokens));
  return tokens;
};

export const isSignedIn = (clientId: string): boolean =>
  [sessionStorage, localStorage].some((storage) =>
    [authority, `${authority}/`].some((issuer) => storage.getItem(storageKey(clientId, issuer)) !== null),
  );

/** What a promise was rejected with; that it is a `LogoutError` is part of every promise here. */
export const failure = async (promise: Promise<unknown>): Promise<LogoutError> => {
  try {
    await promise;
  } catch (error) {
    if (error instanceof LogoutError) return error;
    throw new Error('It was rejected with something else than a LogoutError.', { cause: error });
  }
  throw new Error('It was not rejected.');
};
