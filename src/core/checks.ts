import { post } from './post.js';

/**
 * What userinfo says of an access token. `known`: the provider knows this client in the tokens' session. `gone`: it no
 * longer does. `unclear`: anything else; a 401 alone proves nothing, the token may be expired, revoked or key-bound.
 */
export type TokenCheck = 'known' | 'gone' | 'unclear';

/**
 * Asks the provider's userinfo endpoint about an access token (OpenID Connect Core §5.3). The token goes in the body
 * (RFC 6750 §2.2), because an `Authorization` header would cost a preflight. A check that fails is `unclear`.
 */
export const tokenCheck = async (userinfo: string, accessToken: string, signal: AbortSignal): Promise<TokenCheck> => {
  try {
    const { status, headers } = await post(userinfo, { access_token: accessToken }, signal);
    if (status === 200) return 'known';
    // Keycloak's own word for it; an expired or garbled token answers "Token verification failed".
    const gone = headers.get('www-authenticate')?.includes('error_description="user_session_not_found"');
    return status === 401 && gone ? 'gone' : 'unclear';
  } catch {
    return 'unclear';
  }
};
