import { ofDocument } from './document.js';
import { endedSince, place } from './ended.js';
import { forsake, see, tokensNow } from './latch.js';
import { isLater, quietly } from './limit.js';
import type { LogoutRequest } from './request.js';
import type { LogoutResult } from './result.js';
import { type ClientState, isBusy, stateOf, states } from './state.js';
import { drawCurtain, tell } from './tell.js';
import { isEmpty, sessionKeyOf, type Tokens } from './tokens.js';
import { readFrom, wipeHere } from './wipe.js';

/** This is how the page logs out from now on, and its store is where a sign-in is looked for. */
export const hold = (state: ClientState, request: LogoutRequest): void => {
  state.request = request;
  state.unlisten?.();
  state.unlisten = request.store.onStored?.((tokens) => {
    see(state, tokens);
  });
};

/** From now on this page hears when its session is logged out elsewhere, and of sign-ins, as far as its store tells. */
export const attend = (request: LogoutRequest): ClientState => {
  const state = stateOf(request);
  listen();
  if (!state.run && !state.unfinished?.tokens) hold(state, request); // else they are, or were, in another's store
  return state;
};

/** Whether somebody is signed in, or has signed in since the logout. */
export const lookAt = async (state: ClientState): Promise<void> => {
  if (!state.request) return;
  const { tokens } = await readFrom(state.request);
  if (!state.run) see(state, tokens);
};

let isListening = false;

/** Once a module, not for each element. */
const listen = (): void => {
  if (isListening) return;
  isListening = true;
  addEventListener('storage', ({ key }) => {
    if (key === place) look('other-tab');
  });
  addEventListener('pagehide', remember);
  addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    for (const { guard } of states.values()) {
      const tokens = quietly(() => guard?.store.tokens());
      // Whoever is stored by now has signed in on a later page, perhaps; a renewal that waited in the cache lands now.
      const isAway = guard?.store.onStored ?? (!isLater(tokens) && isEmpty(tokens));
      guard?.[isAway ? 'extend' : 'stop']();
    }
    look('restored');
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

const look = (trigger: 'other-tab' | 'restored'): void => {
  for (const state of states.values()) void catchUp(state, trigger);
};

/** Logs this page out where its session was logged out elsewhere since it last looked. */
export const catchUp = async (state: ClientState, trigger: 'other-tab' | 'restored'): Promise<void> => {
  const { request, key } = state;
  if (!request || state.run) return; // which catches up when it is over
  const { keys, newest } = endedSince(state.name, state.dealtWith);
  const isOver = (session: string | undefined) => session !== undefined && keys.includes(session);
  if (keys.length === 0) {
    if (state.loggedOut && trigger === 'restored') await lookAt(state); // for a sign-in elsewhere
    return;
  }
  const wasOver = isOver(key);
  if (wasOver && trigger === 'restored') drawCurtain(true);
  const { tokens } = await readFrom(request);
  const current = sessionKeyOf(tokens);
  if (isBusy(state) || newest <= state.dealtWith) {
    if (wasOver) drawCurtain(false); // a logout deals with it, or has
    return;
  }
  state.dealtWith = newest;
  if (!wasOver && !isOver(current)) return;
  if (isEmpty(tokens) || isOver(current)) {
    state.key = current ?? key;
    await leave(state, trigger, tokens);
  } else {
    drawCurtain(true);
    location.reload(); // for whoever has signed in since, in another session
  }
};

/** Logs this page out: the session that was last seen in its store has ended. */
export const leave = async (
  state: ClientState,
  trigger: 'other-tab' | 'restored' | 'remote',
  tokens: Tokens | null,
): Promise<void> => {
  if (!state.request || state.run) return;
  forsake(state);
  let result: LogoutResult;
  try {
    state.run = wipeHere(state, state.request, trigger, state.key, tokens); // a press meanwhile comes to the same
    result = await state.run;
  } finally {
    state.run = undefined;
  }
  tell(state, result);
  await catchUp(state, 'other-tab');
};
