import type { LogoutError } from './errors.js';

/** `POPUP` ends the session in the background and the page stays; `REDIRECT` goes through the provider and back. */
export type WindowMode = 'POPUP' | 'REDIRECT';

/** What a logout did, and how much of it is proved. */
export interface LogoutResult {
  windowMode: WindowMode;
  /**
   * `user`: a press or a call. `return`: the way back of a REDIRECT. `completed`: a later press or call that went on
   * where the first one stopped, also by a redirect. `restored`: a page that left by REDIRECT is shown again, and the
   * logout was told elsewhere; nothing is known here of the provider.
   */
  trigger: 'user' | 'return' | 'completed' | 'restored';
  /** The strategy that had the last word. */
  via: 'token' | 'hint' | 'redirect' | 'none';
  /**
   * `ended`: proved, by `evidence`. `returned`: the provider sent the browser back with our `state`, which is no proof:
   * its page may have been answered "stay signed in". `unknown`: not reached, or not provable; `error` says why.
   * `none`: POPUP without tokens, so nothing was asked of the provider.
   */
  providerSession: 'ended' | 'returned' | 'unknown' | 'none';
  /**
   * `logout-response`: the provider confirmed that the tokens' session is over.
   * `token-check`: it knew this client in the tokens' session, was asked to end it, and no longer does.
   * `return`: it sent the browser back with our `state`.
   */
  evidence: 'logout-response' | 'token-check' | 'return' | 'none';
  /** `kept`: the app's own store could not be emptied; tokens may be left in it. */
  local: 'wiped' | 'kept';
  /** Why the session is `unknown`; where it is not, why tokens were `kept`. Absent when all went well. */
  error?: LogoutError;
}

/** What the provider's side of a logout came to: a result without the page's side. */
export type Outcome = Pick<LogoutResult, 'via' | 'providerSession' | 'evidence' | 'error'>;

/** Where an element stands; `incomplete`: signed out here, but not proved there, or tokens were kept. */
export type LogoutStatus = 'idle' | 'pending' | 'incomplete' | 'done' | 'failed';

/** The status that a result leaves behind. */
export const statusOf = ({ trigger, local, providerSession }: LogoutResult): LogoutStatus => {
  if (local === 'kept') return 'incomplete';
  if (trigger === 'restored' || providerSession === 'none') return 'idle';
  return providerSession === 'unknown' ? 'incomplete' : 'done';
};

/** A session of which nothing is known, or nothing is proved: `error` says why. */
export const unknown = (via: Outcome['via'], error?: LogoutError): Outcome => ({
  via,
  providerSession: 'unknown',
  evidence: 'none',
  ...(error && { error }),
});
