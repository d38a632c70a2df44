import type { Endpoints } from './discovery.js';
import { LogoutError } from './errors.js';
import { stateOf } from './latch.js';
import { orAborted, quietly } from './limit.js';
import { post } from './post.js';
import { allowedUrl, type LogoutOptions, type LogoutRequest, validate } from './request.js';
import { withoutSlash } from './token-store.js';
import { loadWindows } from './visit.js';

/** Whether an issuer is Keycloak-shaped: its path ends in `/realms/<name>`. */
export const isKeycloakShaped = (authority: string): boolean => /\/realms\/[^/]+\/?$/.test(new URL(authority).pathname);

/** Keycloak's endpoints, derived from the issuer: no request is needed. */
const keycloakEndpoints = (authority: string): Endpoints => {
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
  request: Pick<LogoutRequest, 'authority' | 'clientId' | 'timeout'>,
  signal: AbortSignal,
): Promise<Endpoints> => {
  const { authority, timeout } = request;
  if (isKeycloakShaped(authority)) return keycloakEndpoints(authority);
  const state = stateOf(request);
  try {
    return await orAborted((state.endpoints ??= discover(authority, timeout)), signal);
  } catch (cause) {
    state.endpoints = undefined;
    throw cause;
  }
};

/**
 * Fetches what `logout()` with these options will ask for, while nobody waits: discovery, and what opens windows. A
 * window can open at the first press only where this was done before it. The element does it when the page is idle.
 */
export const prepareLogout = (options: LogoutOptions): void => {
  // Misconfigured, or out of reach: a press will tell.
  quietly(() => {
    const request = validate(options);
    if (request.mayOpen || request.verify) loadWindows().catch(() => undefined);
    return endpointsOf(request, new AbortController().signal);
  })?.catch(() => undefined);
};

/** The chunk with oidc-client-ts imports nothing of ours, so it is given what it needs. */
const discover = async (authority: string, timeout: number): Promise<Endpoints> =>
  (await import('./discovery.js')).discover(authority, timeout, allowedUrl, LogoutError, post);

/** The URL of a top-level trip to the provider's end-session endpoint (RP-Initiated Logout §2). */
export const endSessionUrl = (endpoint: string, parameters: Record<string, string>): string => {
  const url = new URL(endpoint);
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  if (url.href.length > 6000) url.searchParams.delete('id_token_hint'); // servers refuse long URLs, often at 8 kB
  return url.href;
};
