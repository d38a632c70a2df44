import { isKeycloakShaped } from './endpoints.js';
import { cancelled, LogoutError, misconfigured, wrong } from './errors.js';
import {
  ArkaneLoggedOutEvent,
  ArkaneLoggingOutEvent,
  ArkaneLogoutErrorEvent,
  type Dispatch,
  tell,
  toDocument,
} from './events.js';
import { type ClientState, isSignedIn, isSignIn, latch, settle, stateOf } from './latch.js';
import { orAborted, within } from './limit.js';
import { type LogoutOptions, type LogoutRequest, validate } from './request.js';
import { answered, isOpen, type LogoutResult, type Outcome, unknown } from './result.js';
import { shownAgain, type Trip } from './resume.js';
import { endSession } from './strategies.js';
import { isEmpty, sendable, type Tokens, type TokenStore } from './token-store.js';
import { loadWindows, openWindow } from './visit.js';
import type { OpenWindow, Visit } from './window.js';

/**
 * Logs the user out: wipes the app's tokens, ends the session at the provider, and says what of it is proved.
 *
 * One logout at a time runs for each authority and client; a call while one runs returns its promise, whatever its
 * options: its token store is not emptied and its signal not heard. A call after a logout that was not proved goes on where that one stopped. Events go to `document`.
 *
 * @returns what was done: within `timeout` ms after the page's `waitUntil` ended, or, where a window opened, when that
 *   has had its outcome, at most two minutes later
 * @throws {LogoutError} `configuration` or `cancelled`, as a rejection: nothing was changed
 */
export const logout = (options: LogoutOptions): Promise<LogoutResult> => logoutFrom(options, toDocument);

/** Covers the page while a window is open, and answers with what takes the cover away. */
export type Cover = (popup: OpenWindow) => () => void;

/** `logout()`, with its events going where `dispatch` sends them. */
export const logoutFrom = (options: LogoutOptions, dispatch: Dispatch, cover?: Cover): Promise<LogoutResult> => {
  let request: LogoutRequest;
  try {
    request = validate({ ...options }); // whatever a page without types passes
  } catch (error) {
    return Promise.reject(told(error, dispatch));
  }
  const state = stateOf(request);
  if (state.run) {
    state.popup?.show();
    return state.run;
  }
  const { promise, resolve } = Promise.withResolvers<LogoutResult>();
  state.run = promise; // before anything is dispatched, because a listener may ask
  resolve(run(request, state, dispatch, cover));
  return promise;
};

const told = (error: unknown, dispatch: Dispatch): Error => {
  dispatch(new ArkaneLogoutErrorEvent({ error: error as LogoutError }));
  return error as LogoutError;
};

const run = async (
  request: LogoutRequest,
  state: ClientState,
  dispatch: Dispatch,
  cover?: Cover,
): Promise<LogoutResult> => {
  const { authority, mayOpen, timeout, signal } = request;
  let visit: Visit | undefined;
  state.popup?.close(); // what comes of an earlier one does not count any more
  state.popup = undefined;
  try {
    if (mayOpen) loadWindows().catch(() => undefined);
    let step: Step | undefined;
    do {
      if (!state.unfinished) await announce(request, dispatch);
      // In the press's own task, where no host made it wait: later, the browser might not allow it.
      if (state.unfinished ? needsTrip(state.unfinished.outcome) : !isKeycloakShaped(authority))
        state.popup ??= openWindow(request);
      // Little time where a window may follow: a click's activation lasts 5 s.
      const limits = { signal, timeout: mayOpen ? Math.min(timeout, 4000) : timeout };
      step = await within(limits, (limited) => proceed(request, state, limited));
    } while (!step);
    if (!('result' in step)) step = { result: await shownAgain(step), visit };
    const { result } = step;
    ({ visit } = step);
    if (!visit || result.trigger === 'user') tell(state, result, dispatch);
    if (visit) return await follow(request, state, result, visit, dispatch, cover);
    if (result.trigger === 'user' && result.error?.code === 'network' && request.windowMode === 'POPUP')
      retryOnline(request, state, dispatch, cover);
    return result;
  } catch (error) {
    throw told(error, dispatch);
  } finally {
    state.run = undefined;
    if (!visit) state.popup?.close();
  }
};

/** Sends the window to the provider. What comes of it is told, and what comes after that as well. */
const follow = (
  request: LogoutRequest,
  state: ClientState,
  { windowMode, local, error }: LogoutResult,
  visit: Visit,
  dispatch: Dispatch,
  cover?: Cover,
): Promise<LogoutResult> =>
  new Promise((resolve) => {
    const { popup } = state;
    const uncover = popup && cover?.(popup);
    popup?.visit(visit, request, (answer) => {
      uncover?.();
      const isOut = !isSignedIn(state); // else it is their page by now, and not to be cleaned
      const kept = local === 'kept' ? error : undefined;
      const result = settle(state, { windowMode, trigger: 'completed' }, answered('window', answer), kept);
      if (isOut) tell(state, result, dispatch);
      resolve(result);
    });
  });

/** When a lost network is back, it is tried once more; not where somebody pressed, or signed in, since. */
const retryOnline = (request: LogoutRequest, state: ClientState, dispatch: Dispatch, cover?: Cover): void => {
  const retry = () => {
    if (state.run || state.unfinished?.outcome.error?.code !== 'network') return;
    // Nobody pressed: a page that would have to be asked is not asked.
    const quiet: Dispatch = (event) => {
      if (event instanceof ArkaneLoggedOutEvent) dispatch(event);
      else event.preventDefault();
    };
    state.run = run(request, state, quiet, cover);
    state.run.catch(() => undefined);
  };
  addEventListener('online', retry, { once: true });
};

/** Tells the page what is about to happen, and waits for what it asks for. @throws {LogoutError} `cancelled` */
const announce = async (request: LogoutRequest, dispatch: Dispatch): Promise<void> => {
  throwIfAborted(request);
  const event = new ArkaneLoggingOutEvent({ windowMode: request.windowMode });
  dispatch(event);
  if (event.promises.length > 0)
    await within(request, async (signal) => {
      try {
        await orAborted(Promise.all(event.promises), signal);
      } catch (cause) {
        // What is overdue does not stop a logout.
        if (!signal.aborted) throw cancelled('A waitUntil() promise was rejected.', { cause });
      }
    });
  throwIfAborted(request);
  if (event.defaultPrevented) throw cancelled('arkane-logging-out was prevented.');
};

const throwIfAborted = ({ signal }: LogoutRequest): void => {
  if (signal?.aborted) throw cancelled();
};

/** What is known when the wipe begins. */
interface Held extends Pick<LogoutResult, 'trigger'> {
  /** As the store gave them. */
  tokens: Tokens | null;
  /** What is known of the provider's session without asking it, or what was known before. */
  outcome?: Outcome | undefined;
}

/**
 * Takes the tokens and goes to work; after a logout that was not proved, or left tokens, goes on with those of then.
 * `undefined`: a user has, or may have, signed in since, so the page is to be asked first.
 */
const proceed = async (request: LogoutRequest, state: ClientState, signal: AbortSignal): Promise<Step | undefined> => {
  const held = await read(request.store, signal);
  throwIfAborted(request);
  const { unfinished } = state;
  if (!unfinished) {
    state.store = request.store;
    return finish(request, state, { ...held, trigger: 'user' }, signal);
  }
  if (!held.outcome && !isSignIn(held.tokens, state)) {
    state.store ??= request.store; // of a logout before a reload nothing is known
    return finish(request, state, { ...unfinished, trigger: 'completed' }, signal);
  }
  state.unfinished = undefined;
  return undefined;
};

/** The tokens, or why they cannot be read: that is no reason to keep the user signed in here. */
const read = async (store: TokenStore, signal: AbortSignal): Promise<Omit<Held, 'trigger'>> => {
  try {
    // Copied, because what a store hands out may be the very object that its clear() empties.
    const { idToken, accessToken, refreshToken, expiresAt } = (await orAborted(store.tokens(), signal)) ?? {};
    return { tokens: { idToken, accessToken, refreshToken, expiresAt } };
  } catch (cause) {
    const error = misconfigured(cause, 'tokenStore: tokens() failed.');
    return { tokens: null, outcome: unknown('none', error) };
  }
};

const nothingAsked: Outcome = { via: 'none', providerSession: 'none', evidence: 'none' };

/** Whether the background has done what it can; a lost network is tried again as it was. */
const needsTrip = (outcome: Outcome): boolean => isOpen(outcome) && outcome.error?.code !== 'network';

/** A result, or what is known as a window sets out. A `Trip`: the page is being left, and what comes of it is told elsewhere. */
type Step = { result: LogoutResult; visit: Visit | undefined } | Trip;

/**
 * Wipes first and tells the provider meanwhile: whatever the network does, the tokens are gone.
 *
 * @throws {LogoutError} `configuration` when the tokens are not this client's, while nothing is changed yet
 */
const finish = async (
  request: LogoutRequest,
  state: ClientState,
  { trigger, tokens, outcome: known }: Held,
  signal: AbortSignal,
): Promise<Step> => {
  const { windowMode, store } = request;
  const sent = sendable(tokens, request.authority, request.clientId);
  let outcome: Outcome | Trip | Visit = known ?? nothingAsked;
  state.unfinished = { tokens, outcome };
  const mark = () => {
    latch(state, windowMode === 'POPUP'); // after a REDIRECT the page that it ends on knows
  };
  mark();
  const wiped = wipe(store, state.store, signal).finally(mark); // once more: a store may empty all of sessionStorage
  if (!known || isOpen(known)) {
    let isTrip = trigger === 'completed' && needsTrip(outcome);
    if (windowMode === 'REDIRECT' || (isTrip && !request.mayOpen)) {
      const trip = { trigger: trigger === 'user' ? ('return' as const) : trigger, kept: (await wiped)?.message };
      outcome = await within(request, (limited) => endSession(request, sent, limited, trip));
    } else {
      isTrip ||= Boolean(sent && state.popup);
      if (sent && !isTrip) {
        outcome = await endSession(request, sent, signal);
        isTrip = needsTrip(outcome as Outcome);
        if (isTrip && navigator.userActivation.isActive) state.popup = openWindow(request);
      }
      if (isTrip && state.popup) outcome = await endSession(request, sent, signal, 'window');
      else if (isTrip && state.popup === null)
        outcome = unknown('window', new LogoutError('blocked', 'The browser did not let the window open.'));
    }
  }
  if ('clientId' in outcome) return outcome;
  const visit = 'url' in outcome ? outcome : undefined;
  const result = settle(state, { windowMode, trigger }, 'url' in outcome ? unknown('window') : outcome, await wiped);
  return { result, visit };
};

/** Empties the app's store and looks whether all are empty. Resolves to why tokens may be left. */
const wipe = async (
  store: TokenStore,
  former: TokenStore = store,
  signal: AbortSignal,
): Promise<LogoutError | undefined> => {
  try {
    await orAborted(store.clear(), signal);
    // A press may go on with another store than the one that was found full.
    const left = await Promise.all([...new Set([store, former])].map(async (each) => orAborted(each.tokens(), signal)));
    if (left.every(isEmpty)) return undefined;
    return wrong('tokenStore: clear() left tokens behind.');
  } catch (cause) {
    return misconfigured(cause, 'tokenStore: clear() failed.');
  }
};
