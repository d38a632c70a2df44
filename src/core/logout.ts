import { cancelled, type LogoutError, misconfigured, wrong } from './errors.js';
import { ArkaneLoggingOutEvent, ArkaneLogoutErrorEvent, type Dispatch, tell, toDocument } from './events.js';
import { type ClientState, isSignIn, latch, settle, stateOf } from './latch.js';
import { orAborted, within } from './limit.js';
import { type LogoutOptions, type LogoutRequest, validate } from './request.js';
import { type LogoutResult, type Outcome, unknown } from './result.js';
import { shownAgain, type Trip } from './resume.js';
import { endSession } from './strategies.js';
import { isEmpty, sendable, type Tokens, type TokenStore } from './token-store.js';

/**
 * Logs the user out: wipes the app's tokens, ends the session at the provider, and says what of it is proved.
 *
 * One logout at a time runs for each authority and client; a call while one runs returns its promise, whatever its
 * options: its token store is not emptied and its signal not heard. A call after a logout that was not proved goes on where that one stopped. Events go to `document`.
 *
 * @returns what was done, within `timeout` ms after the page's `waitUntil` ended
 * @throws {LogoutError} `configuration` or `cancelled`, as a rejection: nothing was changed
 */
export const logout = (options: LogoutOptions): Promise<LogoutResult> => logoutFrom(options, toDocument);

/** `logout()`, with its events going where `dispatch` sends them. */
export const logoutFrom = (options: LogoutOptions, dispatch: Dispatch): Promise<LogoutResult> => {
  let request: LogoutRequest;
  try {
    request = validate({ ...options }); // whatever a page without types passes
  } catch (error) {
    return Promise.reject(told(error, dispatch));
  }
  const state = stateOf(request);
  if (state.run) return state.run;
  const { promise, resolve } = Promise.withResolvers<LogoutResult>();
  state.run = promise; // before anything is dispatched, because a listener may ask
  resolve(run(request, state, dispatch));
  return promise;
};

const told = (error: unknown, dispatch: Dispatch): Error => {
  dispatch(new ArkaneLogoutErrorEvent({ error: error as LogoutError }));
  return error as LogoutError;
};

const run = async (request: LogoutRequest, state: ClientState, dispatch: Dispatch): Promise<LogoutResult> => {
  try {
    let result: LogoutResult | Trip | undefined;
    do {
      if (!state.unfinished) await announce(request, dispatch);
      result = await within(request, (signal) => proceed(request, state, signal));
    } while (!result);
    if ('state' in result) result = await shownAgain(result);
    tell(state, result, dispatch);
    return result;
  } catch (error) {
    throw told(error, dispatch);
  } finally {
    state.run = undefined;
  }
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
const proceed = async (
  request: LogoutRequest,
  state: ClientState,
  signal: AbortSignal,
): Promise<LogoutResult | Trip | undefined> => {
  const held = await read(request.store, signal);
  throwIfAborted(request);
  const { unfinished } = state;
  if (!unfinished) {
    state.store = request.store;
    return finish(request, state, { ...held, trigger: 'user' }, signal);
  }
  if (!held.outcome && !isSignIn(held.tokens, state))
    return finish(request, state, { ...unfinished, trigger: 'completed' }, signal);
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

/**
 * Wipes first and tells the provider meanwhile: whatever the network does, the tokens are gone. A `Trip`: the
 * page is being left, and what comes of it is told elsewhere.
 *
 * @throws {LogoutError} `configuration` when the tokens are not this client's, while nothing is changed yet
 */
const finish = async (
  request: LogoutRequest,
  state: ClientState,
  { trigger, tokens, outcome: known }: Held,
  signal: AbortSignal,
): Promise<LogoutResult | Trip> => {
  const sent = sendable(tokens, request.authority, request.clientId);
  latch(request);
  const wiped = wipe(request.store, state.store, signal).finally(() => {
    latch(request); // once more: a store may empty all of sessionStorage
  });
  let outcome: Outcome | Trip = known ?? nothingAsked;
  state.unfinished = { tokens, outcome };
  if (!known || known.providerSession === 'unknown') {
    // What could not be reached is tried again as it was; what could not be proved needs a trip to the provider.
    const isTrip = trigger === 'completed' && known?.error?.code !== 'network';
    if (isTrip || request.windowMode === 'REDIRECT') {
      const trip = { trigger: trigger === 'user' ? ('return' as const) : trigger, kept: (await wiped)?.message };
      outcome = await within(request, (limited) => endSession(request, sent, limited, trip));
    } else if (sent) outcome = await endSession(request, sent, signal);
  }
  if ('state' in outcome) return outcome;
  return settle(state, { windowMode: request.windowMode, trigger }, outcome, await wiped);
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
