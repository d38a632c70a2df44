import type { LogoutResult, LogoutStatus } from './core/result.js';

const words = {
  idle: '',
  nobody: 'No sign-in was found here.',
  pending: 'Logging out…',
  incomplete: 'You are logged out here, but it is not certain that your session has ended. Press again to try again.',
  kept: 'This page could not remove everything that it kept of you. Press again to try again.',
  done: 'You are logged out.',
  returned: 'You are logged out here, and the provider has sent you back.',
  failed: 'Nothing was changed: this page is not set up for logging out.',
} as const;

/** What the element's live region says. */
export const wordsFor = (status: LogoutStatus, result: LogoutResult | null): string => {
  if (status === 'idle' && result?.providerSession === 'none') return words.nobody;
  if (status === 'done' && result?.providerSession === 'returned') return words.returned;
  return words[status === 'incomplete' && result?.local === 'kept' ? 'kept' : status];
};
