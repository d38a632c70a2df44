/**
 * Why a logout did not happen, or could not be proved.
 *
 * - `configuration`: an attribute, option or store is wrong; the message names it and the mend.
 * - `cancelled`: the page or the caller's signal stopped it.
 * - `network`: the provider could not be reached.
 * - `timeout`: our own time limit passed.
 * - `refused`: the provider answered an error.
 * - `blocked`: the browser did not let the window open.
 * - `closed`: the user closed the window, or came back from the provider without an answer.
 * - `declined`: the user stayed signed in at the provider.
 * - `unproved`: the request was sent, but no proof can be read here.
 * - `unsupported`: the provider has no `end_session_endpoint`.
 */
export type LogoutErrorCode =
  | 'configuration'
  | 'cancelled'
  | 'network'
  | 'timeout'
  | 'refused'
  | 'blocked'
  | 'closed'
  | 'declined'
  | 'unproved'
  | 'unsupported';

/** The one error of this package. Its message names the attribute and the mend, and never holds a token. */
export class LogoutError extends Error {
  readonly code: LogoutErrorCode;

  constructor(code: LogoutErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  // Not a field: that would be assigned, which throws where a page has frozen Error.prototype.
  override get name(): 'LogoutError' {
    return 'LogoutError';
  }
}

export const cancelled = (message = 'The signal was aborted.', options?: ErrorOptions): LogoutError =>
  new LogoutError('cancelled', message, options);

export const wrong = (message: string, options?: ErrorOptions): LogoutError =>
  new LogoutError('configuration', message, options);

/** An error of the host's or the browser's as one of ours; what is one already stays as it is. */
export const misconfigured = (cause: unknown, message: string): LogoutError =>
  // Not of JSON that cannot be read: it quotes the text, which may hold tokens.
  cause instanceof LogoutError ? cause : wrong(message, cause instanceof SyntaxError ? {} : { cause });
