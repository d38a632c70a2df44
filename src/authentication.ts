import { claimsOf, type Tokens } from './core/tokens.js';

/** The claims of a JWT. Not verified. */
export type TokenParsed = Record<string, unknown> & { sub?: string; exp?: number };

/** The signed-in user, in the fields of keycloak-js. A logout empties them. */
export interface AuthenticationInstance {
  authenticated: boolean;
  /** The user's id at the provider. */
  subject: string | undefined;
  /** The access token. */
  token: string | undefined;
  tokenParsed: TokenParsed | undefined;
  refreshToken: string | undefined;
  refreshTokenParsed: TokenParsed | undefined;
  idToken: string | undefined;
  idTokenParsed: TokenParsed | undefined;
  /** Whether the access token is missing, or has less than `minValidity` seconds left. */
  isTokenExpired(minValidity?: number): boolean;
  /** Forgets the tokens, here and in the token store. The provider is not told. */
  clearToken(): Promise<void>;
}

export interface AuthenticationResult {
  auth?: AuthenticationInstance;
  isAuthenticated: boolean;
  /** Calls back, at once, if a user is signed in. */
  authenticated(callback: (auth: AuthenticationInstance) => void): this;
  /** Calls back, at once, if nobody is. */
  notAuthenticated(callback: (auth?: AuthenticationInstance) => void): this;
}

/** `claimsOf`, but names in every alphabet come out right. */
const parse = (token: string | null | undefined): TokenParsed | undefined => {
  const claims = claimsOf(token);
  const payload = token?.split('.')[1]?.replace(/-/g, '+').replace(/_/g, '/');
  if (!claims || !payload) return undefined;
  const bytes = Uint8Array.from(atob(payload), (character) => character.charCodeAt(0));
  return JSON.parse(new TextDecoder().decode(bytes)) as TokenParsed;
};

/** What an instance says of these tokens. */
export const fieldsOf = (tokens: Tokens | null): Omit<AuthenticationInstance, 'clearToken'> => {
  const { accessToken, refreshToken, idToken, expiresAt } = tokens ?? {};
  const [tokenParsed, refreshTokenParsed, idTokenParsed] = [accessToken, refreshToken, idToken].map(parse);
  // No expiry, or 0 as in old offline tokens, is none.
  const isOver = (expiry: unknown, minValidity = 0) =>
    Number(expiry) > 0 && Number(expiry) - Date.now() / 1000 < minValidity;
  const isTokenExpired = (minValidity?: number) => !accessToken || isOver(expiresAt, minValidity);
  return {
    authenticated: !isTokenExpired() || Boolean(refreshToken && !isOver(refreshTokenParsed?.exp)),
    subject: tokenParsed?.sub ?? idTokenParsed?.sub,
    token: accessToken ?? undefined,
    tokenParsed,
    refreshToken: refreshToken ?? undefined,
    refreshTokenParsed,
    idToken: idToken ?? undefined,
    idTokenParsed,
    isTokenExpired,
  };
};

export const resultOf = (auth: AuthenticationInstance): AuthenticationResult => {
  const isAuthenticated = auth.authenticated;
  return {
    ...(isAuthenticated && { auth }),
    isAuthenticated,
    authenticated(callback) {
      if (isAuthenticated) callback(auth);
      return this;
    },
    notAuthenticated(callback) {
      if (!isAuthenticated) callback();
      return this;
    },
  };
};
