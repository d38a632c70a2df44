import { ofDocument } from './document.js';
import { endpointsOf, isKeycloakShaped, keycloakEndpoints } from './endpoints.js';
import { quietly, within } from './limit.js';
import type { Ask } from './monitor.js';
import { type LogoutOptions, validate } from './request.js';
import { type ClientState, isBusy } from './state.js';
import { check } from './strategies.js';
import { attend, leave, lookAt } from './tabs.js';
import { sendable, sessionKeyOf } from './tokens.js';
import { loadWindows } from './visit.js';
import { read, readFrom } from './wipe.js';

/**
 * Fetches what `logout()` with these options will ask for, while nobody waits: discovery, and what opens windows. A
 * window can open at the first press only where this was done before it. From now on the page also hears when its
 * session is logged out in another tab, and with `monitor` when it has ended anywhere. The element does all this when
 * the page is idle.
 */
export const prepareLogout = (options: LogoutOptions): void => {
  // Misconfigured, or out of reach: a press will tell.
  quietly(() => {
    const request = validate(options);
    const state = attend(request);
    void lookAt(state);
    if (request.mayOpen || request.verify) loadWindows().catch(() => undefined);
    if (request.monitor && isKeycloakShaped(request.authority)) void watch(state);
    return endpointsOf(request, new AbortController().signal);
  })?.catch(() => undefined);
};

/** Once for each client, until the document goes; asks anew where there may be tokens by now. */
const watch = async (state: ClientState): Promise<void> => {
  try {
    state.monitor ??= import('./monitor.js').then(({ monitor }) =>
      monitor(askFor(state), () => {
        if (state.request) void readFrom(state.request).then(({ tokens }) => leave(state, 'remote', tokens));
      }),
    );
    (await state.monitor)();
  } catch {
    state.monitor = undefined; // the file did not come: the next time, perhaps
  }
};

const askFor =
  (state: ClientState): Ask =>
  async () => {
    const { request } = state;
    if (!request?.monitor || state.run || ofDocument('visibilityState') !== 'visible') return null;
    const { authority, clientId, store, timeout } = request;
    return within({ timeout, signal: undefined }, async (signal) => {
      const current = async () => sendable((await read(store, signal)).tokens, authority, clientId);
      const tokens = await current();
      if (!tokens?.accessToken) return null;
      state.key = sessionKeyOf(tokens);
      const answer = await check(request, tokens, keycloakEndpoints(authority), signal);
      // It may have been renewed, or wiped, meanwhile.
      const isLeft = (await current())?.accessToken === tokens.accessToken;
      return isLeft && state.request === request && !isBusy(state) ? [tokens.accessToken, answer] : null;
    });
  };
