import { see } from './latch.js';
import { quietly } from './limit.js';
import type { ClientState } from './state.js';

/** How long a renewal that was in flight may take to land, ms: as long as oidc-client-ts's own limit for one. */
const least = 10_000;
const step = 250;

/**
 * Keeps renewals out that were in flight as the store was wiped: whoever is stored in the session `key`, in this
 * document, until the logout has ended and for at least 10 s, is one, and is wiped again.
 *
 * @returns begins to look for them in a store that does not tell; before, `clear()` may be at work
 */
export const keepOut = (state: ClientState, key: string | undefined): (() => void) => {
  state.guard?.stop();
  const store = state.request?.store;
  const end = Date.now() + least;
  let timer: ReturnType<typeof setInterval> | undefined;
  let isLooking = false;
  const stop = () => {
    clearInterval(timer);
    removeEventListener('storage', onStorage);
    if (state.guard === guard) state.guard = undefined;
  };
  // Another tab's sign-in; its renewals are its own to keep out.
  const onStorage = (event: StorageEvent) => {
    if (store?.isStoredElsewhere?.(event)) stop();
  };
  const guard = (state.guard = { key, stop });
  const look = async () => {
    if (Date.now() > end && !(state.run && !state.popup)) stop();
    else if (store && !store.onStored && !isLooking) {
      isLooking = true; // a store may take its time
      const tokens = await store.tokens();
      await new Promise((resolve) => setTimeout(resolve)); // the event of what another tab stored is on its way
      isLooking = false;
      if (state.guard === guard) see(state, tokens);
    }
  };
  addEventListener('storage', onStorage);
  return () => {
    timer = setInterval(() => {
      quietly(look)?.catch(() => undefined);
    }, step);
  };
};
