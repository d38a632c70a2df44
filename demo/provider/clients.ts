import type { ClientMetadata } from 'oidc-provider';

/** A public client. */
export interface ClientOptions {
  clientId: string;
  /** A trailing `*` matches any rest, as in Keycloak. There they serve as post-logout redirect URIs too. */
  redirectUris: string[];
  /** Generic profile: matched exactly, as most providers do. Default: the redirect URIs without a `*`. */
  postLogoutRedirectUris?: string[];
  /** The origins whose pages may read answers. */
  webOrigins: string[];
  /** Whether the client may ask for `offline_access`; default: yes. */
  offline?: boolean;
  /** Seconds; default: the provider's. */
  accessTokenLifespan?: number;
  /** Seconds after which the client wants its user to sign in anew (OpenID Connect Registration §2). */
  defaultMaxAge?: number | undefined;
}

export function redirectUriAllowed(client: ClientOptions | undefined, uri: string): boolean {
  return (client?.redirectUris ?? []).some((allowed) =>
    allowed.endsWith('*') ? uri.startsWith(allowed.slice(0, -1)) : uri === allowed,
  );
}

export function metadataOf(client: ClientOptions): ClientMetadata {
  const { clientId, redirectUris, postLogoutRedirectUris, offline = true, defaultMaxAge } = client;
  return {
    client_id: clientId,
    redirect_uris: redirectUris,
    post_logout_redirect_uris: postLogoutRedirectUris ?? redirectUris.filter((uri) => !uri.endsWith('*')),
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    ...(defaultMaxAge !== undefined && { default_max_age: defaultMaxAge }),
    scope: `openid profile email${offline ? ' offline_access' : ''}`,
  };
}
