import { noteEnded } from './ended.js';
import { type LogoutError, misconfigured, wrong } from './errors.js';
import { latch, settle } from './latch.js';
import { orAborted, within } from './limit.js';
import { keepOut } from './renewal.js';
import type { LogoutRequest } from './request.js';
import { type LogoutResult, type Outcome, unknown } from './result.js';
import type { ClientState } from './state.js';
import { clearInPassing, type OpenStore, type TokenStore } from './token-store.js';
import { copyOf, isEmpty, type Tokens } from './tokens.js';

/** What a store holds, and what is known without it. */
export interface Found {
  /** As the store gave them. */
  tokens: Tokens | null;
  /** Why they cannot be read. */
  outcome?: Outcome | undefined;
}

/** The tokens, or why they cannot be read: that is no reason to keep the user signed in here. */
export const read = async (store: TokenStore, signal: AbortSignal): Promise<Found> => {
  try {
    return { tokens: copyOf((await orAborted(store.tokens(), signal)) ?? {}) };
  } catch (cause) {
    const error = misconfigured(cause, 'tokenStore: tokens() failed.');
    return { tokens: null, outcome: unknown('none', error) };
  }
};

/** In time, where a store may hang. */
export const readFrom = ({ store, timeout }: LogoutRequest): Promise<Found> =>
  within({ timeout, signal: undefined }, (signal) => read(store, signal));

/** Empties the app's store and looks whether it is empty. Resolves to why tokens may be left. */
const wipe = async (
  store: TokenStore,
  former: TokenStore = store,
  signal: AbortSignal,
): Promise<LogoutError | undefined> => {
  // A press may go on with another store than the one that was found full, and that may never answer.
  const all = [...new Set([former, store])];
  const isWiped = async () => {
    if (former !== store) clearInPassing(former);
    await orAborted(store.clear(), signal);
    return (await Promise.all(all.map(async (each) => orAborted(each.tokens(), signal)))).every(isEmpty);
  };
  try {
    // Twice, because a renewal may have landed in between.
    if ((await isWiped()) || (await isWiped())) return undefined;
    return wrong('tokenStore: clear() left tokens behind.');
  } catch (cause) {
    return misconfigured(cause, 'tokenStore: clear() failed.');
  }
};

/** A session that leaves this document. */
interface Leaving {
  store: OpenStore;
  /** Where it is known. */
  key: string | undefined;
  tokens: Tokens | null;
  /** Whether a renewal may be in flight: not where nobody is signed in, because somebody may just be about to. */
  mayRenew: boolean;
  /** Whether other documents are to be told. */
  isNews: boolean;
  /** Whether the next press goes on, after a reload too. */
  isUnfinished: boolean;
}

/** Latches, tells the other tabs, and wipes. Resolves to why tokens may be left. */
export const wipeOut = async (
  state: ClientState,
  { store, key, tokens, mayRenew, isNews, isUnfinished }: Leaving,
  signal: AbortSignal,
): Promise<LogoutError | undefined> => {
  const at = Date.now();
  state.dealtWith = Math.max(state.dealtWith, at); // the entry that it follows may be of a clock that was set back since
  const mark = () => {
    latch(state, isUnfinished);
    if (isNews && key) noteEnded(state.name, key, at);
  };
  mark();
  state.key = undefined;
  const watch = mayRenew ? keepOut(state, store, key, tokens) : undefined;
  const kept = await wipe(store, state.request?.store, signal);
  mark(); // once more: a store may empty all of the storage
  if (kept) state.guard?.stop();
  else watch?.();
  return kept;
};

/** The session of this document has ended elsewhere: it is wiped here, and nobody is asked. */
export const wipeHere = async (
  state: ClientState,
  { store, windowMode, timeout }: LogoutRequest,
  trigger: 'other-tab' | 'restored' | 'remote',
  key: string | undefined,
  tokens: Tokens | null,
): Promise<LogoutResult> => {
  const leaving = { store, key, tokens, mayRenew: true, isNews: trigger === 'remote', isUnfinished: false };
  state.unfinished = { tokens, outcome: unknown('none') }; // where they cannot be wiped, these are no sign-in
  const kept = await within({ timeout, signal: undefined }, (signal) => wipeOut(state, leaving, signal));
  return settle(state, { windowMode, trigger }, unknown('none'), kept);
};
