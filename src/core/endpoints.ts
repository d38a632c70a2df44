import type { Endpoints } from './discovery.js';
import { LogoutError } from './errors.js';
import { orAborted } from './limit.js';
import { post } from './post.js';
import { allowedUrl, type LogoutRequest } from './request.js';
import { stateOf } from './state.js';
import { withoutSlash } from './tokens.js';

/** Whether an issuer is Keycloak-shaped: its path ends in `/realms/<name>`. */
export const isKeycloakShaped = (authority: string): boolean => /\/realms\/[^/]+\/?$/.test(new URL(authority).pathname);

/** Keycloak's endpoints, derived from the issuer: no request is needed. */
export const keycloakEndpoints = (authority: string): Endpoints => {
  const base = `${withoutSlash(authority)}/protocol/openid-connect`;
  return { endSession: `${base}/logout`, authorization: `${base}/auth`, userinfo: `${base}/userinfo` };
};

/**
 * The provider's endpoints: derived where it is Keycloak-shaped, else discovered, once a document.
 *
 * @throws {LogoutError} `timeout`, `refused` or `unsupported`, as a rejection, or what `fetch` rejects with; the next
 *   call asks again
 */
export const endpointsOf = async (
  request: Pick<LogoutRequest, 'authority' | 'clientId' | 'timeout' | 'store'>,
  signal: AbortSignal,
): Promise<Endpoints> => {
  const { authority } = request;
  if (isKeycloakShaped(authority)) return keycloakEndpoints(authority);
  const state = stateOf(request);
  try {
    return await orAborted((state.endpoints ??= discover(request)), signal);
  } catch (cause) {
    state.endpoints = undefined;
    throw cause;
  }
};

/** The chunk with oidc-client-ts imports nothing of ours, so it is given what it needs. */
const discover = async (request: Pick<LogoutRequest, 'authority' | 'timeout' | 'store'>): Promise<Endpoints> =>
  (await import('./discovery.js')).discover(request, allowedUrl, LogoutError, post);

/** The URL of a top-level trip to the provider's end-session endpoint (RP-Initiated Logout §2). */
export const endSessionUrl = (endpoint: string, parameters: Record<string, string>): string => {
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  if (url.href.length > 6000) url.searchParams.delete('id_token_hint'); // servers refuse long URLs, often at 8 kB
  return url.href;
};
