import { noteEnded } from './ended.js';
import { type LogoutError, misconfigured, wrong } from './errors.js';
import { latch, settle } from './latch.js';
import { orAborted, within } from './limit.js';
import { keepOut } from './renewal.js';
import type { LogoutRequest } from './request.js';
import { type LogoutResult, type Outcome, unknown } from './result.js';
import type { ClientState } from './state.js';
import type { TokenStore } from './token-store.js';
import { isEmpty, type Tokens } from './tokens.js';

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
    // Copied, because what a store hands out may be the very object that its clear() empties.
    const { idToken, accessToken, refreshToken, expiresAt } = (await orAborted(store.tokens(), signal)) ?? {};
    return { tokens: { idToken, accessToken, refreshToken, expiresAt } };
  } catch (cause) {
    const error = misconfigured(cause, 'tokenStore: tokens() failed.');
    return { tokens: null, outcome: unknown('none', error) };
  }
};

/** Empties the app's store and looks whether all are empty. Resolves to why tokens may be left. */
const wipe = async (
  store: TokenStore,
  former: TokenStore = store,
  signal: AbortSignal,
): Promise<LogoutError | undefined> => {
  // A press may go on with another store than the one that was found full.
  const all = [...new Set([store, former])];
  const isWiped = async () => {
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
  store: TokenStore;
  /** Where it is known. */
  key: string | undefined;
  /** Whether somebody is signed in, as far as is known. */
  isHeld: boolean;
  /** Whether other documents are to be told. */
  isNews: boolean;
  /** Whether the next press goes on, after a reload too. */
  isUnfinished: boolean;
}

/** Latches, tells the other tabs, and wipes. Resolves to why tokens may be left. */
export const wipeOut = async (
  state: ClientState,
  { store, key, isHeld, isNews, isUnfinished }: Leaving,
  signal: AbortSignal,
): Promise<LogoutError | undefined> => {
  const at = Date.now();
  const mark = () => {
    latch(state, isUnfinished);
    if (isNews && key) noteEnded(state.name, key, at);
  };
  mark();
  state.key = undefined;
  const watch = isHeld ? keepOut(state, key) : undefined; // a sign-in that is under way is no renewal
  const kept = await wipe(store, state.request?.store, signal);
  mark(); // once more: a store may empty all of the storage
  if (kept) state.guard?.stop();
  else watch?.();
  return kept;
};

/** The session of this document has ended elsewhere: it is wiped here, and nobody is asked. */
export const wipeHere = async (
  state: ClientState,
  request: LogoutRequest,
  trigger: 'other-tab' | 'restored' | 'remote',
  key: string | undefined,
): Promise<LogoutResult> => {
  const { store, windowMode, timeout } = request;
  const leaving = { store, key, isHeld: true, isNews: trigger === 'remote', isUnfinished: false };
  const kept = await within({ timeout, signal: undefined }, (signal) => wipeOut(state, leaving, signal));
  return settle(state, { windowMode, trigger }, unknown('none'), kept);
};
