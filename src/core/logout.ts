import { LogoutError, misconfigured } from './errors.js';
import { ArkaneLoggedOutEvent, ArkaneLoggingOutEvent, ArkaneLogoutErrorEvent } from './events.js';
import { type ClientState, isSignIn, latch, stateOf } from './latch.js';
import { orAborted, within } from './limit.js';
import { type LogoutOptions, type LogoutRequest, validate } from './request.js';
import { type LogoutResult, type Outcome, statusOf } from './result.js';
import { endInBackground } from './strategies.js';
import { isEmpty, sendable, type Tokens, type TokenStore } from './token-store.js';

/** Tells the page of an event. */
export type Dispatch = (event: Event) => unknown;

/**
 * Logs the user out: wipes the app's tokens, ends the session at the provider, and says what of it is proved.
 *
 * One logout at a time runs for each authority and client; a call while one runs returns its promise, whatever its
 * options: its token store is not emptied and its signal not heard. A call after a logout that was not proved goes on where that one stopped. Events go to `document`.
 *
 * @returns what was done, within `timeout` ms after the page's `waitUntil` ended
 * @throws {LogoutError} `configuration` or `cancelled`, as a rejection: nothing was changed
 */
export const logout = (options: LogoutOptions): Promise<LogoutResult> =>
  logoutFrom(options, (event) => document.dispatchEvent(event));

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
    let result = state.unfinished && (await within(request, (signal) => goOn(request, state, signal)));
    if (!result) {
      await announce(request, dispatch);
      result = await within(request, (signal) => begin(request, state, signal));
    }
    dispatch(new ArkaneLoggedOutEvent(result));
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
        if (!signal.aborted) throw new LogoutError('cancelled', 'A waitUntil() promise was rejected.', { cause });
      }
    });
  throwIfAborted(request);
  if (event.defaultPrevented) throw new LogoutError('cancelled', 'The page prevented arkane-logging-out.');
};

const throwIfAborted = ({ signal }: LogoutRequest): void => {
  if (signal?.aborted) throw new LogoutError('cancelled', 'The signal was aborted before anything was changed.');
};

/** What is known when the wipe begins. */
interface Held extends Pick<LogoutResult, 'trigger'> {
  /** As the store gave them. */
  tokens: Tokens | null;
  /** What is known of the provider's session without asking it, or what was known before. */
  outcome?: Outcome | undefined;
}

/** A first press: takes the tokens and goes to work. */
const begin = async (request: LogoutRequest, state: ClientState, signal: AbortSignal): Promise<LogoutResult> => {
  const held = await read(request.store, signal);
  throwIfAborted(request);
  state.store = request.store;
  return finish(request, state, { ...held, trigger: 'user' }, signal);
};

/** A press after a logout that was not proved, or left tokens. `undefined` where a user has, or may have, signed in since. */
const goOn = async (
  request: LogoutRequest,
  state: ClientState,
  signal: AbortSignal,
): Promise<LogoutResult | undefined> => {
  const { tokens, outcome: unreadable } = await read(request.store, signal);
  throwIfAborted(request);
  if (!unreadable && !isSignIn(tokens, state) && state.unfinished)
    return finish(request, state, { ...state.unfinished, trigger: 'completed' }, signal);
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
    const error = misconfigured(cause, 'tokenStore: tokens() failed, so the provider could not be asked.');
    return { tokens: null, outcome: { via: 'none', providerSession: 'unknown', evidence: 'none', error } };
  }
};

const nothingAsked: Outcome = { via: 'none', providerSession: 'none', evidence: 'none' };

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
): Promise<LogoutResult> => {
  const sent = sendable(tokens, request.authority, request.clientId);
  latch(request);
  const wiped = wipe(request.store, state.store, signal);
  const isOpen = !known || known.providerSession === 'unknown';
  const outcome = sent && isOpen ? await endInBackground(request, sent, signal) : (known ?? nothingAsked);
  const kept = await wiped;
  const error = outcome.error ?? kept;
  const result: LogoutResult = {
    windowMode: request.windowMode,
    trigger,
    ...outcome,
    local: kept ? 'kept' : 'wiped',
    ...(error && { error }),
  };
  state.unfinished = statusOf(result) === 'incomplete' ? { tokens, outcome } : undefined;
  return result;
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
    return new LogoutError('configuration', 'tokenStore: clear() left tokens behind. Make it remove all of them.');
  } catch (cause) {
    return misconfigured(cause, 'tokenStore: the tokens could not be removed, some may be left.');
  }
};
