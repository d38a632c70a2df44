import type { LogoutErrorCode } from './core/errors.js';
import type { LogoutResult, LogoutStatus } from './core/result.js';

/** Everything that the element says. Each may be replaced, to say it in another language. */
export interface Strings {
  /** The button, where neither `label` nor the slot says it. */
  logOut: string;
  /** The button, when the next press finishes a logout. */
  finish: string;
  /** Nobody was signed in. */
  nobody: string;
  pending: string;
  /** A window of the provider's is open. */
  window: string;
  /** Signed out here, and not proved there. */
  incomplete: string;
  /** The provider could not be reached. */
  network: string;
  /** The browser did not let the window open. */
  blocked: string;
  /** A session is left at the provider. */
  alive: string;
  /** Tokens may be left. */
  kept: string;
  done: string;
  /** The provider sent the user back, which proves nothing. */
  returned: string;
  /** Misconfigured. */
  failed: string;
  /** The cover over the page, while a window is open. */
  cover: string;
  show: string;
  cancel: string;
}

export const english: Strings = {
  logOut: 'Log out',
  finish: 'Finish logging out',
  nobody: 'No sign-in was found here.',
  pending: 'Logging out…',
  window: 'You are logged out here. Finish in the window that has opened.',
  incomplete: 'You are logged out here, but your session at the provider may still be open. Press again to finish.',
  network: 'You are logged out here, but the provider could not be reached. Press again to finish.',
  blocked: 'You are logged out here, but your browser did not let a window open. Press again to open it and finish.',
  alive: 'You are logged out here, but still signed in at the provider. Press again to finish.',
  kept: 'This page could not remove everything that it kept of you. Press again to try again.',
  done: 'You are logged out.',
  returned: 'You are logged out here, and the provider has sent you back.',
  failed: 'Nothing was changed: this page is not set up for logging out.',
  cover: 'You are logged out here. Finish in the window that has opened.',
  show: 'Show the window',
  cancel: 'Not now',
};

/** English, and what the page says in its place. */
export const stringsWith = (given: Partial<Strings> | null): Strings => {
  const own = Object.entries(given ?? {}).filter(([, text]) => text); // a button without words would have no name
  return { ...english, ...Object.fromEntries(own) };
};

const codes: Partial<Record<LogoutErrorCode, keyof Strings>> = {
  network: 'network',
  blocked: 'blocked',
  declined: 'alive',
};

const keyFor = (status: LogoutStatus, result: LogoutResult | null): keyof Strings | undefined => {
  if (status === 'idle') return result?.providerSession === 'none' ? 'nobody' : undefined;
  if (status === 'done') return result?.providerSession === 'returned' ? 'returned' : status;
  if (status === 'failed' || status === 'pending') return status;
  if (result?.local === 'kept') return 'kept';
  return (result?.error && codes[result.error.code]) ?? status;
};

/** What the element's live region says. */
export const wordsFor = (status: LogoutStatus, result: LogoutResult | null, strings: Strings): string => {
  const key = keyFor(status, result);
  return key ? strings[key] : '';
};
