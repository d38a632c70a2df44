import type { Endpoints } from './discovery.js';
import { LogoutError } from './errors.js';
import { quietly } from './limit.js';
import type { Client, LogoutRequest } from './request.js';
import { type LogoutResult, type Outcome, unknown } from './result.js';
import type { OpenStore } from './token-store.js';
import { type Tokens, withoutSlash } from './tokens.js';
import type { ProviderWindow } from './window.js';

/** All that the core knows of one client at one provider; one entry for each, in memory only: it may hold tokens. */
export interface ClientState {
  /** Of its marker. */
  name: string;
  /** How this page logs out, as it was prepared or last asked for: where the tokens are, and what a logout that began elsewhere needs. */
  request?: LogoutRequest | undefined;
  /** Ends what listens to the store of `request`. */
  unlisten?: (() => void) | undefined;
  /** The logout that runs now. */
  run?: Promise<LogoutResult> | undefined;
  /** What a logout that is not finished needs to go on: the tokens that the store held, and what came of them. */
  unfinished?: { tokens: Tokens | null; outcome: Outcome } | undefined;
  /** The session that was last seen in the store. */
  key?: string | undefined;
  /** When the last session ended that this page has dealt with, in ms since the epoch; before it was loaded, that is nobody's. */
  dealtWith: number;
  /** Keeps a renewal out that was in flight at the logout. */
  guard?: Guard | undefined;
  loggedOut?: boolean;
  /** A window that is at the provider, as far as is known: the wipe is done, and somebody may sign in meanwhile. */
  popup?: ProviderWindow | undefined;
  /** Tries once more, when the network is back. */
  retry?: (() => void) | undefined;
  /** Asks whether the session still lives. */
  monitor?: Promise<() => void> | undefined;
  /** What was discovered, or is being. */
  endpoints?: Promise<Endpoints> | undefined;
  /** Of the last logout. */
  result?: LogoutResult;
  /** Hears of each logout. */
  watchers: EventTarget;
}

/** What was wiped, and where. */
export interface Guard {
  store: OpenStore;
  isRenewal: (tokens: Tokens) => boolean;
  /** It has been away: a renewal may land later than it would have. */
  extend: () => void;
  stop: () => void;
}

/** When this module was loaded, in ms since the epoch; not `performance.timeOrigin`, which drifts where a computer sleeps. */
export const loadedAt = Date.now();

export const states = new Map<string, ClientState>();

const prefix = 'arkane-logout:';

export const nameOf = ({ authority, clientId }: Client): string =>
  prefix + JSON.stringify([withoutSlash(authority), clientId]);

/** Of the markers of this tab, of documents before this one too. */
export const markers = (): string[] =>
  quietly(() => Object.keys(sessionStorage).filter((name) => name.startsWith(prefix))) ?? [];

/** The client that a marker is of; throws for an entry of somebody else's that begins as ours do. */
export const clientOf = (name: string): [authority: string, clientId: string] =>
  JSON.parse(name.slice(prefix.length)) as [string, string];

/** Whether a logout is under way: asked anew after whatever was awaited. */
export const isBusy = ({ run }: ClientState): boolean => run !== undefined;

/** The one state of a client at a provider. Before a reload of this tab, too, a logout may have been left unfinished. */
export const stateOf = (client: Client): ClientState => {
  const name = nameOf(client);
  let state = states.get(name);
  if (!state) {
    state = { name, dealtWith: loadedAt, watchers: new EventTarget() };
    const error = new LogoutError('unproved', 'A reload came between.');
    if (quietly(() => sessionStorage.getItem(name)))
      state.unfinished = { tokens: null, outcome: unknown('none', error) };
    states.set(name, state);
  }
  return state;
};
