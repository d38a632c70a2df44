import { LogoutError } from './errors.js';

/** `POPUP` ends the session in the background or in a window and the page stays; `REDIRECT` goes through the provider and back. */
export type WindowMode = 'POPUP' | 'REDIRECT';

/** What a logout did, and how much of it is proved. */
export interface LogoutResult {
  windowMode: WindowMode;
  /**
   * `user`: a press or a call. `return`: the way back of a REDIRECT. `completed`: what went on where a press stopped: its
   * window, a later press or call, also by a redirect, or a network that came back. `other-tab`: the session was logged out in
   * another tab. `remote`: it was ended elsewhere, and `monitor` noticed. `restored`: a page from the back-forward cache, or
   * a frozen tab, is shown again, and its session was logged out meanwhile; it is reloaded unless the event is prevented.
   * With these three nothing was asked of the provider.
   */
  trigger: 'user' | 'return' | 'completed' | 'other-tab' | 'remote' | 'restored';
  /** The strategy that had the last word. */
  via: 'token' | 'hint' | 'window' | 'redirect' | 'none';
  /**
   * `ended`: proved, by `evidence`. `returned`: the provider sent the browser back with our `state`, which is no proof:
   * its page may have been answered "stay signed in". `alive`: proved by `session-check`, a session is left.
   * `unknown`: not reached, or not provable; `error` says why, and without one a window is open.
   * `none`: POPUP without tokens, so nothing was asked of the provider.
   */
  providerSession: 'ended' | 'returned' | 'alive' | 'unknown' | 'none';
  /**
   * `logout-response`: the provider confirmed that the tokens' session is over.
   * `token-check`: it knew this client in the tokens' session, was asked to end it, and no longer does.
   * `session-check`: it was asked whether it would sign this client in without asking the user.
   * `return`: it sent the browser back with our `state`.
   */
  evidence: 'logout-response' | 'token-check' | 'session-check' | 'return' | 'none';
  /** `kept`: the app's own store could not be emptied; tokens may be left in it. */
  local: 'wiped' | 'kept';
  /** Why the session is `alive` or `unknown`; where it is not, why tokens were `kept`. Absent when all went well. */
  error?: LogoutError;
}

/** What the provider's side of a logout came to: a result without the page's side. */
export type Outcome = Pick<LogoutResult, 'via' | 'providerSession' | 'evidence' | 'error'>;

/** Where an element stands; `incomplete`: signed out here, but not proved there, or tokens were kept. */
export type LogoutStatus = 'idle' | 'pending' | 'incomplete' | 'done' | 'failed';

/** Whether a logout was begun, and told, elsewhere. */
export const isElsewhere = (trigger: LogoutResult['trigger']): boolean =>
  ['other-tab', 'remote', 'restored'].includes(trigger);

/** The status that a result leaves behind. */
export const statusOf = ({ trigger, local, providerSession, error }: LogoutResult): LogoutStatus => {
  if (local === 'kept') return 'incomplete';
  if (isElsewhere(trigger) || providerSession === 'none') return 'idle';
  if (!mayLive({ providerSession })) return 'done';
  return error ? 'incomplete' : 'pending'; // nothing went wrong, and nothing is known: a window is open
};

/** Whether the session may live on. */
export const mayLive = ({ providerSession }: Pick<Outcome, 'providerSession'>): boolean =>
  providerSession === 'unknown' || providerSession === 'alive';

/** A session of which nothing is known, or nothing is proved: `error` says why. */
export const unknown = (via: Outcome['via'], error?: LogoutError): Outcome => ({
  via,
  providerSession: 'unknown',
  evidence: 'none',
  ...(error && { error }),
});

/**
 * What the return page read of the provider's answer: it came back, and the session check, where there was one, said
 * that the session is over, or is not. `callback.ts`, which imports nothing, reads it.
 */
export type Answer = 'returned' | 'ended' | 'alive';

/** What a visible trip to the provider came to; without an answer, why there is none. */
export const answered = (via: Outcome['via'], answer: Answer | 'closed' | 'timeout' | 'cancelled'): Outcome => {
  if (answer === 'returned') return { via, providerSession: answer, evidence: 'return' };
  if (answer === 'ended') return { via, providerSession: answer, evidence: 'session-check' };
  return answer === 'alive'
    ? {
        via,
        providerSession: answer,
        evidence: 'session-check',
        error: new LogoutError('declined', 'A session is left.'),
      }
    : unknown(via, new LogoutError(answer, 'No answer came back.'));
};
