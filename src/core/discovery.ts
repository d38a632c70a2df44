import { ErrorTimeout, MetadataService, type OidcMetadata, OidcClientSettingsStore } from 'oidc-client-ts';
import type { LogoutError } from './errors.js';
import type { post as Post } from './post.js';
import type { LogoutRequest } from './request.js';
import type { Tokens } from './tokens.js';

/** Where a provider is asked. */
export interface Endpoints {
  endSession: string;
  /** Where the session check asks. */
  authorization?: string | undefined;
  /** Only where a token check can prove something. */
  userinfo?: string | undefined;
  /**
   * RFC 7009 §2, only where the provider's logout does not end the tokens itself; best effort, nobody waits for it.
   */
  revoke?: ((tokens: Tokens | null, request: Pick<LogoutRequest, 'clientId' | 'timeout'>) => void) | undefined;
}

/**
 * Reads the provider's metadata (OpenID Connect Discovery §4), and holds it to what we ask of an `authority`.
 *
 * @throws {LogoutError} `timeout`, `refused` or `unsupported`; a `TypeError` where the network failed
 */
export const discover = async (
  request: Pick<LogoutRequest, 'authority' | 'timeout' | 'store'>,
  allowedUrl: (attribute: string, url: unknown) => URL,
  Failure: typeof LogoutError,
  post: typeof Post,
): Promise<Endpoints> => {
  const { authority } = request;
  const metadata = await read(request, Failure);
  // §4.3: else anybody's document could send the ID token anywhere.
  if (withoutSlash(metadata.issuer) !== withoutSlash(authority))
    throw new Failure('refused', 'The provider’s metadata names another issuer than authority.');
  const allowed = (name: 'end_session_endpoint' | 'authorization_endpoint' | 'revocation_endpoint') => {
    if (metadata[name] == null) return undefined;
    try {
      return allowedUrl(name, metadata[name]).href;
    } catch (cause) {
      throw new Failure('refused', `The provider’s metadata names a ${name} that must not be used.`, { cause });
    }
  };
  const endSession = allowed('end_session_endpoint');
  if (!endSession) throw new Failure('unsupported', 'The provider has no end_session_endpoint.');
  const revocation = allowed('revocation_endpoint');
  return {
    endSession,
    authorization: allowed('authorization_endpoint'),
    revoke: revocation === undefined ? undefined : revokeAt(revocation, post),
  };
};

/** RFC 7009 §2; best effort, and nobody waits for it. */
const revokeAt =
  (endpoint: string, post: typeof Post): Endpoints['revoke'] =>
  (tokens, { clientId, timeout }) => {
    const token = tokens?.refreshToken;
    if (!token) return;
    const parameters = { client_id: clientId, token, token_type_hint: 'refresh_token' };
    post(endpoint, parameters, AbortSignal.timeout(timeout)).catch(() => undefined);
  };

const read = async (
  { authority, timeout, store }: Pick<LogoutRequest, 'authority' | 'timeout' | 'store'>,
  Failure: typeof LogoutError,
): Promise<Partial<OidcMetadata>> => {
  const settings = new OidcClientSettingsStore({
    authority,
    client_id: '',
    redirect_uri: '',
    requestTimeoutInSeconds: timeout / 1000, // a request that hangs would hold up the next one of its kind
  });
  const { promise: late, reject } = Promise.withResolvers<never>();
  const overdue = () => new Failure('timeout', 'The provider’s metadata did not come in time.');
  // oidc-client-ts's own limit ends when the headers have come.
  const timer = setTimeout(() => {
    reject(overdue());
  }, timeout);
  try {
    const metadata = store.metadata?.() ?? new MetadataService(settings).getMetadata();
    return await Promise.race([metadata, late]);
  } catch (cause) {
    if (cause instanceof TypeError || cause instanceof Failure) throw cause;
    if (cause instanceof ErrorTimeout) throw overdue();
    throw new Failure('refused', 'The provider did not answer with its metadata.', { cause });
  } finally {
    clearTimeout(timer);
  }
};

const withoutSlash = (issuer: unknown) => String(issuer).replace(/\/$/, '');
