import { orAborted } from './limit.js';

/**
 * Sends tokens to one of the provider's endpoints. They go in a form, so there is no preflight and nothing in a URL;
 * without cookies, because Keycloak would weigh another session's; and to nobody whom the provider redirects to.
 */
export const post = async (
  endpoint: string,
  parameters: Record<string, string>,
  signal: AbortSignal,
  options?: RequestInit,
): Promise<Response> => {
  // A `fetch` that the page has patched may not hear the signal.
  const response = await orAborted(
    fetch(endpoint, {
      method: 'POST',
      body: new URLSearchParams(parameters),
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      keepalive: true, // it outlives the page
      signal,
      ...options,
    }),
    signal,
  );
  response.body?.cancel().catch(() => undefined); // nobody reads it, however long it is
  return response;
};
