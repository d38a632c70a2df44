import { liftEnded } from './ended.js';
import type { LogoutError } from './errors.js';
import { isLater, quietly } from './limit.js';
import { type ClientKey, type LogoutOptions, resolveClient } from './request.js';
import { type LogoutResult, type Outcome, statusOf } from './result.js';
import { type ClientState, clientOf, loadedAt, markers, nameOf, stateOf, states } from './state.js';
import { oidcClientStorage, storeFrom, type TokenStore } from './token-store.js';
import { copyOf, isEmpty, isLeftOf, sessionKeyOf, type Tokens } from './tokens.js';

/** Remembers, over a reload of this tab too, that the user was logged out, and what is left to do. Holds no token. */
export const latch = (state: ClientState, isUnfinished: boolean): void => {
  state.loggedOut = true;
  // Blocked or full: the memory of this document has to do.
  quietly(() => {
    sessionStorage.setItem(state.name, isUnfinished ? 'unfinished' : '');
  });
};

/** What an outcome says to the page. `kept`: why tokens may be left. */
export const resultOf = (
  { windowMode, trigger }: Pick<LogoutResult, 'windowMode' | 'trigger'>,
  outcome: Outcome,
  kept?: LogoutError,
): LogoutResult => {
  const error = outcome.error ?? kept;
  return { windowMode, trigger, ...outcome, local: kept ? 'kept' : 'wiped', ...(error && { error }) };
};

/** The result of an outcome, kept; where that is not enough, the next press goes on from it. */
export const settle = (
  state: ClientState,
  told: Pick<LogoutResult, 'windowMode' | 'trigger'>,
  outcome: Outcome,
  kept?: LogoutError,
): LogoutResult => {
  const result = resultOf(told, outcome, kept);
  state.result = result;
  const tokens = state.unfinished?.tokens ?? null;
  state.unfinished = ['incomplete', 'pending'].includes(statusOf(result)) ? { tokens, outcome } : undefined;
  if (isStillOut(state.name)) latch(state, state.unfinished !== undefined);
  return result;
};

/** Whether the store holds a user whom no logout speaks of: neither left of an unfinished one, nor a renewal that came late. */
export const isSignIn = (tokens: Tokens | null | undefined, { unfinished, guard }: Partial<ClientState>): boolean =>
  !isLeftOf(tokens, unfinished?.tokens) && !(tokens && guard?.isRenewal(tokens));

/** Whether somebody has signed in since, as far as the store tells at once. */
export const isSignedIn = (state: ClientState): boolean =>
  state.request !== undefined && isSignIn(tokensNow(state.request.store), state);

/** Whether somebody has signed in while a window is open: seen before, perhaps, where the store does not answer at once. */
export const hasSuccessor = (state: ClientState): boolean => !state.loggedOut || isSignedIn(state);

/** What the store holds: whoever has signed in, nothing of an earlier logout holds for them. */
export const see = (state: StateOfClient, tokens: Tokens | null | undefined): void => {
  if (!tokens || isEmpty(tokens) || !isSignIn(tokens, state)) return;
  state.key = sessionKeyOf(tokens);
  // What a document held before, and may not have heard of yet, is no sign-in.
  liftEnded(state.name, state.key, state.loggedOut ? Infinity : (state.dealtWith ?? loadedAt) + 1);
  if (state.loggedOut) quietly(() => state.request?.store.onSignIn?.());
  state.guard?.stop();
  if (!state.run) forsake(state);
  delete state.loggedOut;
  quietly(() => {
    sessionStorage.removeItem(state.name);
  });
};

/** What is left of a logout is finished no more. */
export const forsake = (state: Partial<ClientState>): void => {
  state.unfinished = undefined;
  state.popup?.close();
  state.popup = undefined;
};

/** Of a client that no module knows yet, too. */
type StateOfClient = Partial<ClientState> & Pick<ClientState, 'name'>;

/**
 * Whether a logout is under way: true from the call on, also while the page's `waitUntil` is awaited. Synchronous, for
 * router guards. Without a key: for any client of this page.
 *
 * @throws {LogoutError} `configuration` when the key names no client, an unknown environment or a bad authority.
 */
export const isLoggingOut = (key?: ClientKey): boolean =>
  key ? isRunning(states.get(nameOf(resolveClient(key)))) : [...states.values()].some(isRunning);

/** A window may be open for minutes: whoever signs in meanwhile is not being logged out. */
const isRunning = (state?: ClientState): boolean => state?.run !== undefined && !(state.popup && hasSuccessor(state));

/**
 * Whether this tab was logged out, until the next sign-in. Looks for one in oidc-client-ts's storage, or, until a
 * reload, in the token store of the last logout where that answers at once. Without a key: for any client.
 *
 * @throws {LogoutError} `configuration` when the key names no client, an unknown environment or a bad authority.
 */
export const wasLoggedOut = (key?: ClientKey): boolean =>
  (key ? [nameOf(resolveClient(key))] : [...states.keys(), ...markers()]).some(isStillOut);

/** What the last logout of this client came to, here or on the way back, until the next sign-in. `undefined`: misconfigured. */
export const lastResult = (key: ClientKey): LogoutResult | null | undefined =>
  quietly(() => {
    const { result } = stateOf(resolveClient(key));
    return result && (result.local === 'kept' || wasLoggedOut(key)) ? result : null;
  });

/** Whether a logout of this client, here or before a reload, waits for a press that finishes it. `undefined`: misconfigured. */
export const isUnfinished = (options: LogoutOptions): boolean | undefined =>
  quietly(() => {
    const client = resolveClient(options);
    const { run, unfinished } = stateOf(client);
    if (run || !unfinished || !wasLoggedOut(client)) return false;
    const tokens = options.tokenStore && storeFrom(options.tokenStore).tokens();
    // Of a store that takes its time it is not known whether somebody has signed in since.
    return !isLater(tokens) && isEmpty(tokens);
  });

const isStillOut = (name: string): boolean => {
  const state: StateOfClient = states.get(name) ?? { name };
  if (!state.loggedOut && !markers().includes(name)) return false;
  const store = state.request?.store ?? storageOf(name);
  if (!store) return false;
  const tokens = state.run && !state.popup ? null : tokensNow(store);
  if (!tokens || !isSignIn(tokens, state)) return true;
  see(state, tokens);
  return false;
};

/** `undefined` for an entry of somebody else's that begins as ours do. */
const storageOf = (name: string): TokenStore | undefined =>
  quietly(() => oidcClientStorage(...clientOf(name), 'session'));

/** The tokens of a store that answers at once; `null` of any other, and an unreadable user is no sign-in. */
export const tokensNow = (store: TokenStore): Tokens | null | undefined =>
  quietly(() => {
    const tokens = store.tokens();
    return !tokens || isLater(tokens) ? null : copyOf(tokens);
  });
