import { ofDocument } from './document.js';
import { wrong } from './errors.js';
import { ArkaneLoggedOutEvent } from './events.js';
import { isSignedIn, resultOf, settle, wasLoggedOut } from './latch.js';
import { quietly } from './limit.js';
import { type ClientKey, type LogoutRequest, resolveClient, validate } from './request.js';
import { type Answer, answered, type LogoutResult, type Outcome, unknown } from './result.js';
import { stateOf } from './state.js';
import { attend, lookAt } from './tabs.js';
import { drawCurtain, tell } from './tell.js';
import type { SessionCheck } from './window.js';

/** What is known before a trip. */
export interface TripStart extends Pick<LogoutResult, 'trigger'> {
  /** Why the app's store may still hold tokens. */
  kept: string | undefined;
}

/** A trip to the provider in this tab. Lies in `sessionStorage` while it lasts, and holds no token. */
export interface Trip extends TripStart, Pick<LogoutResult, 'windowMode'> {
  clientId: string;
  authority: string;
  /** What the provider is to send back. */
  state: string;
  /** Where the user ends up. */
  url: string;
  /** The session check that follows, where there is one. */
  check?: SessionCheck | undefined;
  /** What the callback page has read: it has seen the state, and then the check's. */
  answered?: Answer;
}

/** `callback.ts`, which imports nothing, has the same name. */
const name = 'arkane-logout-trip';
/** The last trip that ended, by its state. In `localStorage`, because a page back from Firefox's cache sees an old `sessionStorage`. */
const ended = 'arkane-logout-trip-ended';

const stored = (): Trip | null =>
  quietly(() => JSON.parse(sessionStorage.getItem(name) ?? 'null') as Trip | null) ?? null;

const hasEnded = ({ state }: Trip): boolean => quietly(() => localStorage.getItem(ended)) === state;

/** Notes a trip down, and says what the provider is to know of it (RP-Initiated Logout §2). */
export const depart = (
  { windowMode, clientId, authority, returnTo, postLogoutRedirectUri }: LogoutRequest,
  start: TripStart,
  check?: SessionCheck,
): [Trip, Record<string, string>] => {
  resumeLogout(); // its own return is to be read before a new one is awaited
  const state = crypto.getRandomValues(new Uint32Array(4)).join('-'); // randomUUID() is missing on plain http
  const trip: Trip = { ...start, windowMode, clientId, authority, state, url: returnTo.href, check };
  // A page of another origin could not know the state, and is told nothing. Nor is one whose storage is blocked or full.
  const isNoted =
    returnTo.origin === location.origin &&
    quietly(() => {
      sessionStorage.setItem(name, JSON.stringify(trip));
      return true;
    });
  return [trip, { post_logout_redirect_uri: postLogoutRedirectUri, ...(isNoted && { state }) }];
};

/** The trip is over, or did not begin. */
export const forget = (): void => {
  const trip = stored();
  quietly(() => {
    sessionStorage.removeItem(name);
    if (trip) localStorage.setItem(ended, trip.state);
  });
};

const conclude = (trip: Trip, outcome: Outcome): LogoutResult =>
  settle(stateOf(trip), trip, outcome, trip.kept ? wrong(trip.kept) : undefined);

const outcomeOf = (answer: Answer | undefined): Outcome => answered('redirect', answer ?? 'closed');

/** Waits until this document, which has left on a trip, is shown again by the Back button: what became of it. */
export const shownAgain = async (departed: Trip): Promise<LogoutResult> => {
  await new Promise((resolve) => {
    addEventListener('pageshow', resolve, { once: true });
  });
  const trip = stored();
  // Told elsewhere, or nowhere: all that is known here is that this page is out of date.
  if (trip?.state !== departed.state || hasEnded(trip)) {
    drawCurtain(true);
    const told = { ...departed, trigger: 'restored' as const };
    return isSignedIn(stateOf(departed)) ? resultOf(told, unknown('none')) : conclude(told, unknown('none'));
  }
  forget();
  return conclude(departed, outcomeOf(trip.answered));
};

let resumed: LogoutResult | null | undefined;
/** Whether the page has heard of it. */
export let isTold = false;

/**
 * The way back of a REDIRECT: what the trip came to that this tab was on, or `null`. Looks at the URL once a document
 * and cleans it; `arkane-logged-out` is dispatched on `document` in the first task after `load`. Only a `state` that
 * this tab stored counts, once: another's is left alone. The element calls it; a page without one does so itself,
 * before whatever else reads the URL.
 */
export const resumeLogout = (): LogoutResult | null =>
  resumed === undefined ? (resumed = quietly(comeBack) ?? null) : resumed; // what is stored may not be ours

const comeBack = (): LogoutResult | null => {
  const trip = stored();
  if (!trip) return null;
  const isBack = new URLSearchParams(location.search).has('state', trip.state);
  if (isBack) cleanUrl(trip);
  // A frame of the page, which may load while that leaves, is not where the user comes back.
  else if (window !== top && !(trip.answered && trip.url === location.href)) return null;
  // Ended long ago, or somebody signed in since, on a page that did not look.
  const isLate = (!isBack && hasEnded(trip)) || !(trip.kept ?? wasLoggedOut(trip));
  forget();
  if (isLate) return null;
  const result = conclude(trip, outcomeOf(trip.answered ?? (isBack ? 'returned' : undefined)));
  const announce = () =>
    setTimeout(() => {
      isTold = true;
      tell(stateOf(trip), result);
    });
  if (ofDocument('readyState') === 'complete') announce();
  else addEventListener('load', announce, { once: true });
  return result;
};

/** Takes our parameter out, and puts the query and hash back that the user left with. */
const cleanUrl = ({ state, url }: Trip): void => {
  const here = new URL(location.href);
  here.searchParams.delete('state', state);
  // Where the app's server has led elsewhere, that page's own address stays.
  history.replaceState(history.state, '', new URL(url).pathname === here.pathname ? url : here);
};

/**
 * Calls `listener` whenever this client was logged out on this page, however it came about, the way back of a REDIRECT
 * included, until `signal` aborts. What was told before is not repeated: `resumeLogout()` has it.
 *
 * @throws {LogoutError} `configuration` when the key names no client, an unknown environment or a bad authority.
 */
export const watchLogout = (
  listener: (result: LogoutResult) => void,
  { signal, ...key }: ClientKey & { signal?: AbortSignal | undefined },
): void => {
  const state = stateOf(resolveClient(key));
  if (!state.request) void lookAt(attend(validate(key)));
  state.watchers.addEventListener(
    ArkaneLoggedOutEvent.type,
    (event) => {
      listener((event as CustomEvent<LogoutResult>).detail);
    },
    signal && { signal },
  );
  resumeLogout();
};
