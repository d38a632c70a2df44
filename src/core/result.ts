import type { LogoutError } from './errors.js';

/** `POPUP` ends the session in the background and the page stays; `REDIRECT`, not in this version, goes through it and back. */
export type WindowMode = 'POPUP' | 'REDIRECT';

/** What a logout did, and how much of it is proved. */
export interface LogoutResult {
  windowMode: WindowMode;
  /** `user`: a press or a call; `completed`: a later press or call that went on where the first one stopped. */
  trigger: 'user' | 'completed';
  /** The strategy that had the last word. */
  via: 'token' | 'hint' | 'none';
  /**
   * `ended`: proved, by `evidence`. `unknown`: not reached, or not provable; `error` says why.
   * `none`: there were no tokens, so nothing was asked of the provider.
   */
  providerSession: 'ended' | 'unknown' | 'none';
  /**
   * `logout-response`: the provider confirmed that the tokens' session is over.
   * `token-check`: it knew this client in the tokens' session, was asked to end it, and no longer does.
   */
  evidence: 'logout-response' | 'token-check' | 'none';
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
export const statusOf = ({ local, providerSession }: LogoutResult): LogoutStatus => {
  if (local === 'kept' || providerSession === 'unknown') return 'incomplete';
  return providerSession === 'ended' ? 'done' : 'idle';
};
