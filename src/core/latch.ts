import type { Endpoints } from './endpoints.js';
import type { ProviderWindow } from './window.js';
import { LogoutError } from './errors.js';
import { quietly } from './limit.js';
import { type Client, type ClientKey, resolveClient } from './request.js';
import { type LogoutResult, type Outcome, statusOf, unknown } from './result.js';
import { isLeftOf, oidcClientStorage, type Tokens, type TokenStore, withoutSlash } from './token-store.js';

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
  /** The window of the last logout: open, or given up and still listened to. */
  popup?: ProviderWindow | null | undefined;
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
  const unfinished = quietly(() => sessionStorage.getItem(name))
    ? {
        tokens: null,
        outcome: unknown('none', new LogoutError('unproved', 'Not finished before the page was loaded.')),
      }
    : undefined;
  const state = states.get(name) ?? { name, watchers: new EventTarget(), unfinished };
  states.set(name, state);
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

/** The result of an outcome; where that is not enough, the next press goes on from it. `kept`: why tokens may be left. */
export const settle = (
  state: ClientState,
  { windowMode, trigger }: Pick<LogoutResult, 'windowMode' | 'trigger'>,
  outcome: Outcome,
  kept?: LogoutError,
): LogoutResult => {
  const error = outcome.error ?? kept;
  const local = kept ? 'kept' : 'wiped';
  const result: LogoutResult = { windowMode, trigger, ...outcome, local, ...(error && { error }) };
  state.result = result;
  const tokens = state.unfinished?.tokens ?? null;
  state.unfinished = /^(incomplete|pending)/.test(statusOf(result)) ? { tokens, outcome } : undefined;
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
  key
    ? states.get(nameOf(resolveClient(key)))?.run !== undefined
    : [...states.values()].some(({ run }) => run !== undefined);

/**
 * Whether this tab was logged out, until the next sign-in. Looks for one in oidc-client-ts's storage, or, until a
 * reload, in the token store of the last logout where that answers at once. Without a key: for any client.
 *
 * @throws {LogoutError} `configuration` when the key names no client, an unknown environment or a bad authority.
 */
export const wasLoggedOut = (key?: ClientKey): boolean =>
  (key ? [nameOf(resolveClient(key))] : [...states.keys(), ...markers()]).some(isStillOut);

/** What the last logout of this client came to, here or on the way back, until the next sign-in. */
export const lastResult = (key: ClientKey): LogoutResult | undefined =>
  quietly(() => {
    const { result } = stateOf(resolveClient(key));
    return result && (result.local === 'kept' || wasLoggedOut(key)) ? result : undefined;
  });

/** Whether a logout of this client, here or before a reload, is to be finished by the next press. */
export const isUnfinished = (key: ClientKey): boolean =>
  quietly(() => stateOf(resolveClient(key)).unfinished !== undefined && wasLoggedOut(key)) ?? false;

const markers = (): string[] =>
  quietly(() => Object.keys(sessionStorage).filter((name) => name.startsWith(prefix))) ?? [];

const isStillOut = (name: string): boolean => {
  const state: Partial<ClientState> = states.get(name) ?? {};
  if (!state.loggedOut && !markers().includes(name)) return false;
  const store = state.store ?? storageOf(name);
  if (!store) return false;
  if (state.run || !isSignIn(tokensNow(store), state)) return true;
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
