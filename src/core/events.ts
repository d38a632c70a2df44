import type { LogoutError } from './errors.js';
import type { LogoutResult, WindowMode } from './result.js';

const flags = { bubbles: true, composed: true };

/**
 * Dispatched before anything happens: hide what is private.
 * `preventDefault()` cancels the logout, `waitUntil()` delays it.
 */
export class ArkaneLoggingOutEvent extends CustomEvent<{ windowMode: WindowMode }> {
  static readonly type = 'arkane-logging-out';
  readonly #promises: PromiseLike<unknown>[] = [];

  constructor(detail: { windowMode: WindowMode }) {
    super(ArkaneLoggingOutEvent.type, { ...flags, cancelable: true, detail });
  }

  /** What the page asked to wait for. */
  get promises(): readonly PromiseLike<unknown>[] {
    return this.#promises;
  }

  /**
   * Delays the logout until `promise` settles, at most for `timeout` ms. A rejection cancels the logout; a promise
   * that is overdue does not.
   *
   * @throws `InvalidStateError` when called after the event was dispatched, as `ExtendableEvent.waitUntil` does.
   */
  waitUntil(promise: PromiseLike<unknown>): void {
    if (this.eventPhase === Event.NONE)
      throw new DOMException('waitUntil() works only while the event is dispatched.', 'InvalidStateError');
    this.#promises.push(promise);
  }
}

/** Dispatched when the app's own session is over: clean up now. `detail` says what is proved of the provider's. */
export class ArkaneLoggedOutEvent extends CustomEvent<LogoutResult> {
  static readonly type = 'arkane-logged-out';

  constructor(detail: LogoutResult) {
    super(ArkaneLoggedOutEvent.type, { ...flags, detail });
  }
}

/** Dispatched when a press changed nothing: it was misconfigured or cancelled. */
export class ArkaneLogoutErrorEvent extends CustomEvent<{ error: LogoutError }> {
  static readonly type = 'arkane-logout-error';

  constructor(detail: { error: LogoutError }) {
    super(ArkaneLogoutErrorEvent.type, { ...flags, detail });
  }
}

declare global {
  // Not HTMLElementEventMap: that one leaves `document.addEventListener` untyped.
  interface GlobalEventHandlersEventMap {
    'arkane-logging-out': ArkaneLoggingOutEvent;
    'arkane-logged-out': ArkaneLoggedOutEvent;
    'arkane-logout-error': ArkaneLogoutErrorEvent;
  }
}
