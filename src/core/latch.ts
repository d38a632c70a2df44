import type { Endpoints } from './discovery.js';
import { LogoutError } from './errors.js';
import { quietly } from './limit.js';
import { type Client, type ClientKey, type LogoutOptions, resolveClient } from './request.js';
import { type LogoutResult, type Outcome, statusOf, unknown } from './result.js';
import { isEmpty, isLeftOf, oidcClientStorage, type Tokens, type TokenStore, withoutSlash } from './token-store.js';
import type { ProviderWindow } from './window.js';

/** All that the core knows of one client at one provider; one entry for each, in memory only: it may hold tokens. */
export interface ClientState {
  /** Of its marker. */
  name: string;
  /** The logout that runs now. */
  run?: Promise<LogoutResult> | undefined;
  /** What a logout that is not finished needs to go on: the tokens that the store held, and what came of them. */
  unfinished?: { tokens: Tokens | null; outcome: Outcome } | undefined;
  /** Where the last logout found the tokens, so a new sign-in is looked for there. */
  store?: TokenStore;
  loggedOut?: boolean;
  /** A window that is at the provider, as far as is known: the wipe is done, and somebody may sign in meanwhile. */
  popup?: ProviderWindow | undefined;
  /** Tries once more, when the network is back. */
  retry?: (() => void) | undefined;
  /** What was discovered, or is being. */
  endpoints?: Promise<Endpoints> | undefined;
  /** Of the last logout. */
  result?: LogoutResult;
  /** Hears of each logout. */
  watchers: EventTarget;
}

const states = new Map<string, ClientState>();
const prefix = 'arkane-logout:';
const nameOf = ({ authority, clientId }: Client): string =>
  prefix + JSON.stringify([withoutSlash(authority), clientId]);

/** The one state of a client at a provider. Before a reload of this tab, too, a logout may have been left unfinished. */
export const stateOf = (client: Client): ClientState => {
  const name = nameOf(client);
  let state = states.get(name);
  if (!state) {
    state = { name, watchers: new EventTarget() };
    const error = new LogoutError('unproved', 'A reload came between.');
    if (quietly(() => sessionStorage.getItem(name)))
      state.unfinished = { tokens: null, outcome: unknown('none', error) };
    states.set(name, state);
  }
  return state;
};

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

/** Whether the store holds a user whom the unfinished logout does not speak of. */
export const isSignIn = (tokens: Tokens | null | undefined, { unfinished }: Partial<ClientState>): boolean =>
  !isLeftOf(tokens, unfinished?.tokens);

/** Whether somebody has signed in since, as far as the store tells at once. */
export const isSignedIn = (state: ClientState): boolean =>
  state.store !== undefined && isSignIn(tokensNow(state.store), state);

/**
 * Whether a logout is under way: true from the call on, also while the page's `waitUntil` is awaited. Synchronous, for
 * router guards. Without a key: for any client of this page.
 *
 * @throws {LogoutError} `configuration` when the key names no client, an unknown environment or a bad authority.
 */
export const isLoggingOut = (key?: ClientKey): boolean =>
  key ? isRunning(states.get(nameOf(resolveClient(key)))) : [...states.values()].some(isRunning);

/** A window may be open for minutes: whoever signs in meanwhile is not being logged out. */
const isRunning = (state?: ClientState): boolean => state?.run !== undefined && !(state.popup && isSignedIn(state));

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
    const tokens = options.tokenStore?.tokens();
    // Of a store that takes its time it is not known whether somebody has signed in since.
    if (!(tokens instanceof Promise)) return isEmpty(tokens);
    tokens.catch(() => undefined);
    return false;
  });

const markers = (): string[] =>
  quietly(() => Object.keys(sessionStorage).filter((name) => name.startsWith(prefix))) ?? [];

const isStillOut = (name: string): boolean => {
  const state: Partial<ClientState> = states.get(name) ?? {};
  if (!state.loggedOut && !markers().includes(name)) return false;
  const store = state.store ?? storageOf(name);
  if (!store) return false;
  if ((state.run && !state.popup) || !isSignIn(tokensNow(store), state)) return true;
  delete state.loggedOut;
  quietly(() => {
    sessionStorage.removeItem(name);
  });
  return false;
};

/** `undefined` for an entry of somebody else's that begins as ours do. */
const storageOf = (name: string): TokenStore | undefined =>
  quietly(() => {
    const [authority, clientId] = JSON.parse(name.slice(prefix.length)) as [string, string];
    return oidcClientStorage(authority, clientId, 'session');
  });

/** The tokens of a store that answers at once; `null` of any other, and an unreadable user is no sign-in. */
const tokensNow = (store: TokenStore): Tokens | null | undefined =>
  quietly(() => {
    const tokens = store.tokens();
    if (!(tokens instanceof Promise)) return tokens;
    tokens.catch(() => undefined); // nobody waits for it
    return null;
  });
