import { see } from './latch.js';
import { orAborted, within } from './limit.js';
import type { ClientState, Guard } from './state.js';
import { clearInPassing, type OpenStore } from './token-store.js';
import { claimsOf, isEmpty, partsOf, sessionKeyOf, type Tokens } from './tokens.js';

/** How long a renewal that was in flight may take to land, ms: as long as oidc-client-ts's own limit for one. */
const least = 10_000;
const step = 250;
/** What another document stores can be read before its event comes, ms: up to 34 measured. */
const behind = 100;

/**
 * Keeps renewals out that were in flight as the store was wiped: whoever is stored there in the session `key`, by
 * this document, until the logout has ended and for at least 10 s, is one, and is wiped again.
 *
 * @returns begins to look for them in a store that does not tell; before, `clear()` may be at work
 */
export const keepOut = (
  state: ClientState,
  store: OpenStore,
  key: string | undefined,
  former: Tokens | null,
): (() => void) => {
  state.guard?.stop();
  let end = Date.now() + least;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const subject = claimsOf(former?.idToken)?.sub;
  /** What other documents have stored meanwhile: a sign-in, or a renewal that is theirs to keep out. */
  const theirs: string[] = [];
  const onStorage = ({ newValue }: StorageEvent) => {
    if (newValue) theirs.push(newValue);
  };
  const check = (tokens: Tokens | null | undefined) => {
    if (!tokens || isEmpty(tokens)) return;
    if (!guard.isRenewal(tokens)) see(state, tokens);
    else if (!theirs.some((value) => partsOf(tokens).some((token) => token && value.includes(token))))
      clearInPassing(store);
  };
  const unlisten = store.onStored?.(check);
  const look = async () => {
    try {
      const limits = { timeout: least, signal: undefined };
      const tokens = store.onStored ? null : await within(limits, (signal) => orAborted(store.tokens(), signal));
      await new Promise((resolve) => setTimeout(resolve, behind));
      if (state.guard === guard) check(tokens);
    } finally {
      if (Date.now() > end && !(state.run && !state.popup)) guard.stop();
      else if (state.guard === guard) wait();
    }
  };
  const wait = () => {
    timer = setTimeout(() => {
      look().catch(() => undefined);
    }, step);
  };
  const guard: Guard = {
    store,
    isRenewal(tokens) {
      const now = sessionKeyOf(tokens);
      if (now && key) return now === key;
      // A renewal may come without an ID token, and that without a session: then it is of the same user.
      return (claimsOf(tokens.idToken)?.sub ?? subject) === subject;
    },
    extend() {
      end = Date.now() + least;
    },
    stop() {
      clearTimeout(timer);
      unlisten?.();
      removeEventListener('storage', onStorage);
      if (state.guard === guard) state.guard = undefined;
    },
  };
  state.guard = guard;
  addEventListener('storage', onStorage);
  return wait;
};
