import type { ProfileName } from '../../demo/provider/index.ts';

export type EndpointName = 'auth' | 'token' | 'userinfo' | 'logout' | 'revoke';

/** Where the endpoints lie below the issuer. Written down here, so that no test asks the code under test. */
const paths: Record<ProfileName, Record<EndpointName, string>> = {
  keycloak: {
    auth: '/protocol/openid-connect/auth',
    token: '/protocol/openid-connect/token',
    userinfo: '/protocol/openid-connect/userinfo',
    logout: '/protocol/openid-connect/logout',
    revoke: '/protocol/openid-connect/revoke',
  },
  generic: {
    auth: '/auth',
    token: '/token',
    userinfo: '/me',
    logout: '/session/end',
    revoke: '/token/revocation',
  },
};

/** The URL of an endpoint. */
export type Endpoint = (name: EndpointName, query?: Record<string, string>) => string;

export const endpointsOf =
  (issuer: string, profile: ProfileName): Endpoint =>
  (name, query = {}) => {
    const search = new URLSearchParams(query).toString();
    return `${issuer}${paths[profile][name]}${search && `?${search}`}`;
  };

/** What a test needs of a provider, whichever it is; what it says of sessions comes from the store, not from answers. */
export interface ProviderUnderTest {
  /** The embedded one, or a real Keycloak. */
  name: 'embedded' | 'keycloak';
  /** How it behaves. */
  profile: ProfileName;
  issuer: string;
  endpoint: Endpoint;
  /** The single sign-on session. */
  sessionLives(sid: string): Promise<boolean>;
  offlineSessionLives(sid: string): Promise<boolean>;
  /** The clients that the single sign-on session has signed in, sorted. */
  clientsIn(sid: string): Promise<string[]>;
  /** Whether a `Cookie` header is that of a browser that is signed in. */
  isSignedIn(cookies: string): Promise<boolean>;
  /** The session that a `Cookie` header names, whether or not it lives; `undefined` where it names none. */
  sidIn(cookies: string): string | undefined;
  /** Ends the single sign-on session as an administrator would. */
  endSession(sid: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Signed-in clients; `Brief`'s tokens expire within seconds, `NoReturn` may not be returned to after a logout, `NoOrigin`
 * has no Web Origins.
 */
export const clientIds = ['Arketype', 'Plain', 'Brief', 'NoReturn', 'NoOrigin'] as const;
export type ClientId = (typeof clientIds)[number];

/** Seconds that the tokens of the client `Brief` last. */
export const briefLifespan = 3;
