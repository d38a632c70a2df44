import { alone } from './alone.js';
import { isKeycloakShaped } from './endpoints.js';
import { cancelled, LogoutError } from './errors.js';
import { isSignIn, settle } from './latch.js';
import { within } from './limit.js';
import type { LogoutRequest } from './request.js';
import { type LogoutResult, mayLive, type Outcome, unknown } from './result.js';
import type { Trip } from './resume.js';
import type { ClientState } from './state.js';
import { endSession } from './strategies.js';
import { hold } from './tabs.js';
import { isEmpty, sendable, sessionKeyOf, type Tokens } from './tokens.js';
import { openWindow } from './visit.js';
import type { ProviderWindow, Visit } from './window.js';
import { type Found, read, wipeHere, wipeOut } from './wipe.js';

/** @throws {LogoutError} `cancelled` */
export const throwIfAborted = ({ signal }: LogoutRequest): void => {
  if (signal?.aborted) throw cancelled();
};

/** What is known when the wipe begins; `outcome`: of the provider's session without asking it, or from before. */
type Held = Found & Pick<LogoutResult, 'trigger'>;

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
    hold(state, request);
    return finish(request, state, { ...held, trigger: 'user' }, popup, signal);
  }
  if (!held.outcome && !isSignIn(held.tokens, state))
    return finish(request, state, { ...unfinished, trigger: 'completed' }, popup, signal);
  state.unfinished = undefined;
  return undefined;
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
 * Wipes and tells the provider, where no other tab does: then it only wipes.
 *
 * @throws {LogoutError} `configuration` when the tokens are not this client's, while nothing is changed yet
 */
const finish = async (
  request: LogoutRequest,
  state: ClientState,
  held: Held,
  popup: Popup,
  signal: AbortSignal,
): Promise<Step> => {
  const sent = sendable(held.tokens, request.authority, request.clientId);
  // A store that cannot be read was readable before, perhaps.
  const key = sessionKeyOf(held.tokens) ?? (held.outcome && state.key);
  const release = held.trigger === 'user' ? await alone(state, key, signal) : undefined;
  if (release === 'taken') {
    popup?.close();
    return { result: await wipeHere(state, request, 'other-tab', key, held.tokens) };
  }
  try {
    return await end(request, state, { ...held, sent, key, release }, popup, signal);
  } finally {
    release?.();
  }
};

/** What is known when nothing keeps us from it any more. */
interface Ready extends Held {
  /** What of the tokens may be sent. */
  sent: Tokens | null;
  key: string | undefined;
  /** Lets other tabs go. */
  release: (() => void) | undefined;
}

/** Wipes first and tells the provider meanwhile: whatever the network does, the tokens are gone. A window that is not needed is closed. */
const end = async (
  request: LogoutRequest,
  state: ClientState,
  { trigger, tokens, outcome: known, sent, key, release }: Ready,
  popup: Popup,
  signal: AbortSignal,
): Promise<Step> => {
  const { windowMode, store, authority } = request;
  let outcome: Outcome | Trip | Visit = known ?? nothingAsked;
  state.unfinished = { tokens, outcome };
  const mayRenew = trigger === 'user' && (key !== undefined || !isEmpty(tokens));
  // After a REDIRECT the page that it ends on knows whether it is finished.
  const leaving = { store, key, tokens, mayRenew, isNews: true, isUnfinished: windowMode === 'POPUP' };
  const wiped = wipeOut(state, leaving, signal);
  if (!known || mayLive(known)) {
    const isFinishing = trigger === 'completed' && needsTrip(outcome);
    if (windowMode === 'REDIRECT' || (isFinishing && popup === undefined)) {
      const trip = { trigger: trigger === 'user' ? ('return' as const) : trigger, kept: (await wiped)?.message };
      release?.(); // a page that holds a lock does not go into the back-forward cache
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
