import { drawCurtain, liftCurtain } from './curtain.js';
import { ofDocument } from './document.js';
import { hasEnded, place } from './ended.js';
import { tell } from './events.js';
import { loadedAt, resultOf, see, tokensNow } from './latch.js';
import { orAborted, within } from './limit.js';
import type { LogoutRequest } from './request.js';
import { unknown } from './result.js';
import { type ClientState, stateOf, states } from './state.js';
import { isEmpty, sessionKeyOf } from './tokens.js';
import { type Found, read, wipeHere } from './wipe.js';

/** From now on this page hears when its session is logged out elsewhere, and of sign-ins, as far as its store tells. */
export const attend = (request: LogoutRequest): ClientState => {
  const state = stateOf(request);
  listen();
  if (state.run || state.unfinished?.tokens) return state; // they were in that one's store
  state.request = request;
  state.unlisten?.();
  state.unlisten = request.store.onStored?.((tokens) => {
    see(state, tokens);
  });
  return state;
};

/** Whether somebody is signed in, or has signed in since the logout. */
export const lookAt = async (state: ClientState): Promise<void> => {
  if (!state.request) return;
  const { tokens } = await readFrom(state.request);
  if (!state.run) see(state, tokens);
};

/** In time, where a store may hang. */
const readFrom = ({ store, timeout }: LogoutRequest): Promise<Found> =>
  within({ timeout, signal: undefined }, (signal) => read(store, signal));

let isListening = false;

/** Once a module, not for each element. */
const listen = (): void => {
  if (isListening) return;
  isListening = true;
  addEventListener('storage', ({ key }) => {
    if (key === place) look('other-tab');
  });
  addEventListener('pageshow', ({ persisted }) => {
    if (persisted) look('restored');
  });
  addEventListener('pagehide', () => {
    remember();
    // Whoever is stored when this page is shown again has signed in since.
    for (const { guard } of states.values()) guard?.stop();
  });
  addEventListener('visibilitychange', () => {
    if (ofDocument('visibilityState') === 'visible')
      look('restored'); // it was frozen, perhaps
    else remember();
  });
};

/** The sessions of this page, which may be in no store any more when it is seen again. */
const remember = (): void => {
  for (const state of states.values())
    if (state.request) state.key = sessionKeyOf(tokensNow(state.request.store)) ?? state.key;
};

/** When this document last looked. What was logged out before that is not its own: it would have been told. */
let lookedAt = loadedAt;

const look = (trigger: 'other-tab' | 'restored'): void => {
  const since = lookedAt;
  lookedAt = Date.now();
  for (const state of states.values())
    if (state.request && !state.run) void leaveWhere(state, state.request, trigger, since);
};

/** Logs this page out where its session was logged out elsewhere. */
const leaveWhere = async (
  state: ClientState,
  request: LogoutRequest,
  trigger: 'other-tab' | 'restored',
  since: number,
): Promise<void> => {
  const isOver = (key: string | undefined) => hasEnded(state.name, key, since);
  const { key } = state;
  if (isOver(key) && trigger === 'restored') drawCurtain();
  const { tokens } = await readFrom(request);
  const current = sessionKeyOf(tokens);
  if (state.run) liftCurtain(); // it tells what becomes of it
  if (state.run || !(isOver(key) || isOver(current))) return;
  // Who is in the store may have signed in since, in another session: the page is out of date, they are not.
  const isTheirs = !isEmpty(tokens) && !isOver(current);
  state.key = isOver(current) ? current : key;
  if (!isTheirs) return leave(state, trigger);
  state.key = current;
  tell(state, resultOf({ windowMode: request.windowMode, trigger }, unknown('none')));
};

/** Logs this page out: the session that was last seen in its store has ended. */
export const leave = async (state: ClientState, trigger: 'other-tab' | 'restored' | 'remote'): Promise<void> => {
  if (!state.request || state.run) return;
  state.run = wipeHere(state, state.request, trigger, state.key); // a press meanwhile comes to the same
  const result = await state.run;
  state.run = undefined;
  tell(state, result);
};

/**
 * One logout of a session at a time, among all tabs (Web Locks). Resolves to what lets the next one go; `taken`: another
 * tab is at it, or was while this one waited. Where there are no locks, all of them ask the provider.
 */
export const alone = async (
  state: ClientState,
  key: string | undefined,
  signal: AbortSignal,
): Promise<(() => void) | 'taken' | undefined> => {
  if (!key) return undefined;
  const locked = new Promise<(() => void) | 'taken'>((resolve, reject) => {
    const take = (lock: Lock | null) =>
      new Promise<void>((release) => {
        resolve(lock ? release : 'taken');
        if (!lock || signal.aborted) release();
      });
    navigator.locks.request(`${state.name} ${key}`, { ifAvailable: true }, take).catch(reject);
  });
  const release = await orAborted(locked, signal).catch(() => undefined);
  if (release === 'taken' || !hasEnded(state.name, key, (state.began ?? 0) + 1)) return release;
  release?.();
  return 'taken';
};
