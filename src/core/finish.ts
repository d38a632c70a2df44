import { isKeycloakShaped } from './endpoints.js';
import { cancelled, LogoutError, misconfigured, wrong } from './errors.js';
import { type ClientState, isSignIn, latch, settle } from './latch.js';
import { orAborted, within } from './limit.js';
import type { LogoutRequest } from './request.js';
import { type LogoutResult, mayLive, type Outcome, unknown } from './result.js';
import type { Trip } from './resume.js';
import { endSession } from './strategies.js';
import { isEmpty, sendable, type Tokens, type TokenStore } from './token-store.js';
import { openWindow } from './visit.js';
import type { ProviderWindow, Visit } from './window.js';

/** @throws {LogoutError} `cancelled` */
export const throwIfAborted = ({ signal }: LogoutRequest): void => {
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
export const proceed = async (
  request: LogoutRequest,
  state: ClientState,
  popup: Popup,
  signal: AbortSignal,
): Promise<Step | undefined> => {
  const held = await read(request.store, signal);
  throwIfAborted(request);
  const { unfinished } = state;
  if (!unfinished) {
    state.store = request.store;
    return finish(request, state, { ...held, trigger: 'user' }, popup, signal);
  }
  if (!held.outcome && !isSignIn(held.tokens, state))
    return finish(request, state, { ...unfinished, trigger: 'completed' }, popup, signal);
  state.unfinished = undefined;
  return undefined;
};

/** The tokens, or why they cannot be read: that is no reason to keep the user signed in here. */
export const read = async (store: TokenStore, signal: AbortSignal): Promise<Omit<Held, 'trigger'>> => {
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
export const needsTrip = (outcome: Outcome): boolean => mayLive(outcome) && outcome.error?.code !== 'network';

/** A blank window; `null`: blocked. */
export type Popup = ProviderWindow | null | undefined;

/** The result of a logout. */
interface Done {
  result: LogoutResult;
  visit?: never;
  trip?: never;
}

/** What is known as a window sets out. */
export interface Going {
  result: LogoutResult;
  visit: Visit;
  popup: ProviderWindow;
  trip?: never;
}

/** The page is being left, and what comes of it is told elsewhere. */
interface Left {
  trip: Trip;
  visit?: never;
}

/** How far a logout has come. */
export type Step = Done | Going | Left;

/**
 * Wipes first and tells the provider meanwhile: whatever the network does, the tokens are gone. A window that is not
 * needed is closed.
 *
 * @throws {LogoutError} `configuration` when the tokens are not this client's, while nothing is changed yet
 */
const finish = async (
  request: LogoutRequest,
  state: ClientState,
  { trigger, tokens, outcome: known }: Held,
  popup: Popup,
  signal: AbortSignal,
): Promise<Step> => {
  const { windowMode, store, authority, clientId } = request;
  const sent = sendable(tokens, authority, clientId);
  let outcome: Outcome | Trip | Visit = known ?? nothingAsked;
  state.unfinished = { tokens, outcome };
  const mark = () => {
    latch(state, windowMode === 'POPUP'); // after a REDIRECT the page that it ends on knows
  };
  mark();
  const wiped = wipe(store, state.store, signal).finally(mark); // once more: a store may empty all of sessionStorage
  if (!known || mayLive(known)) {
    const isFinishing = trigger === 'completed' && needsTrip(outcome);
    if (windowMode === 'REDIRECT' || (isFinishing && popup === undefined)) {
      const trip = { trigger: trigger === 'user' ? ('return' as const) : trigger, kept: (await wiped)?.message };
      outcome = await within(request, (limited) => endSession(request, sent, limited, trip));
    } else if (popup && (isFinishing || (sent && !isKeycloakShaped(authority)))) {
      outcome = await endSession(request, sent, signal, 'window');
    } else {
      if (sent && !isFinishing) {
        const proved = (outcome = (await endSession(request, sent, signal)) as Outcome);
        if (needsTrip(proved) && !request.signal?.aborted && navigator.userActivation.isActive) {
          popup ??= openWindow(request);
          if (popup) outcome = await endSession(request, sent, signal, 'window');
        }
      }
      if (popup === null && (isFinishing || (sent && mayLive(outcome as Outcome))))
        outcome = unknown('window', new LogoutError('blocked', 'The browser blocked the window.'));
    }
  }
  if ('clientId' in outcome) return { trip: outcome };
  const told = { windowMode, trigger };
  if ('url' in outcome && popup)
    return { result: settle(state, told, unknown('window'), await wiped), visit: outcome, popup };
  popup?.close();
  return { result: settle(state, told, outcome as Outcome, await wiped) };
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
