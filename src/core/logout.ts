import { isKeycloakShaped } from './endpoints.js';
import { cancelled, type LogoutError, misconfigured } from './errors.js';
import {
  ArkaneLoggedOutEvent,
  ArkaneLoggingOutEvent,
  ArkaneLogoutErrorEvent,
  type Dispatch,
  toDocument,
} from './events.js';
import { type Going, needsTrip, type Popup, proceed, type Step, throwIfAborted } from './finish.js';
import { hasSuccessor, isSignedIn, isSignIn, resultOf, settle } from './latch.js';
import { orAborted, quietly, within } from './limit.js';
import { type LogoutOptions, type LogoutRequest, validate } from './request.js';
import { answered, type LogoutResult } from './result.js';
import { shownAgain } from './resume.js';
import type { ClientState } from './state.js';
import { attend, catchUp } from './tabs.js';
import { tell } from './tell.js';
import { loadWindows, openWindow } from './visit.js';
import type { OpenWindow } from './window.js';
import { readFrom } from './wipe.js';

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
    return Promise.reject(told(misconfigured(error, 'options: they cannot be read.'), dispatch));
  }
  const state = attend(request);
  const { run: running, popup } = state;
  if (running) {
    if (!popup || !hasSuccessor(state)) {
      popup?.show();
      return running;
    }
    popup.cancel(); // it is of a user who is gone
    return running.then(() => logoutFrom(options, dispatch, cover));
  }
  return begin(request, state, dispatch, cover);
};

const begin = (...[request, state, dispatch, cover]: Parameters<typeof run>): Promise<LogoutResult> => {
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
  const { authority, mayOpen, timeout } = request;
  let popup: Popup;
  state.popup?.close(); // what comes of an earlier one does not count any more
  state.popup = undefined;
  try {
    if (mayOpen) loadWindows().catch(() => undefined);
    let step: Step | undefined;
    do {
      throwIfAborted(request);
      if (!state.unfinished) await announce(request, dispatch);
      // In the press's own task, where no host made it wait: later, the browser might not allow it.
      const goesOn = state.unfinished && !isSignedIn(state) ? needsTrip(state.unfinished.outcome) : undefined;
      if (goesOn ?? !isKeycloakShaped(authority)) popup ??= openWindow(request);
      // Little time where a window may follow: a click's activation lasts 5 s.
      const limits = { ...request, timeout: mayOpen ? Math.min(timeout, 4000) : timeout };
      step = await within(limits, (limited) => proceed(request, state, popup, limited));
    } while (!step);
    const result = step.trip ? await shownAgain(step.trip) : step.result;
    if (!step.visit || result.trigger === 'user') tell(state, result, dispatch);
    if (result.error?.code !== 'network') stopRetrying(state);
    if (step.visit) return await follow(request, state, step, dispatch, cover);
    if (result.trigger === 'user' && result.error?.code === 'network' && result.windowMode === 'POPUP')
      retryOnline(request, state, dispatch);
    return result;
  } catch (error) {
    popup?.close();
    throw told(error, dispatch);
  } finally {
    state.run = undefined;
    void catchUp(state, 'other-tab');
  }
};

/** Sends the window to the provider. What comes of it is told, and what comes after that as well. */
const follow = (
  request: LogoutRequest,
  state: ClientState,
  { result: { windowMode, local, error }, visit, popup }: Going,
  dispatch: Dispatch,
  cover?: Cover,
): Promise<LogoutResult> =>
  new Promise((resolve) => {
    state.popup = popup;
    const uncover = quietly(() => cover?.(popup));
    const conclude = async (answer: Parameters<typeof answered>[1], isLate: boolean) => {
      const { tokens } = await readFrom(request);
      if (isLate && state.run) return; // another press has taken over
      const told = { windowMode, trigger: 'completed' } as const;
      const outcome = answered('window', answer);
      const kept = local === 'kept' ? error : undefined;
      // Who signed in meanwhile has the page by now: it is not to be cleaned.
      const isTheirs = isSignIn(tokens, state);
      const result = isTheirs ? resultOf(told, outcome, kept) : settle(state, told, outcome, kept);
      if (isTheirs) state.unfinished = undefined;
      else tell(state, result, dispatch);
      resolve(result);
    };
    popup.visit(visit, request, (answer, isLate) => {
      quietly(() => uncover?.());
      if (popup.isOver) state.popup = undefined;
      void conclude(answer, isLate);
    });
  });

/** When a lost network is back, it is tried again, once; not where somebody pressed, or signed in, since. */
const retryOnline = (request: LogoutRequest, state: ClientState, dispatch: Dispatch): void => {
  const retry = () => {
    const isStopped = request.signal?.aborted ?? false;
    if (isStopped || state.run || state.unfinished?.outcome.error?.code !== 'network' || isSignedIn(state)) return;
    // Nobody pressed: no window may open, and a page that would have to be asked is not asked.
    const quiet: Dispatch = (event) => {
      if (event instanceof ArkaneLoggedOutEvent) dispatch(event);
      else event.preventDefault();
    };
    begin({ ...request, mayOpen: false }, state, quiet).catch(() => undefined);
  };
  stopRetrying(state); // one listener, however often the network fails
  addEventListener('online', (state.retry = retry), { once: true });
};

const stopRetrying = ({ retry }: ClientState): void => {
  if (retry) removeEventListener('online', retry);
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
