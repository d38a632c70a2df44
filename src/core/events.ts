import { ofDocument } from './document.js';
import type { LogoutError } from './errors.js';
import type { LogoutResult, WindowMode } from './result.js';

const flags = { bubbles: true, composed: true };

/**
 * Dispatched before anything happens: hide what is private.
 * `preventDefault()` cancels the logout, `waitUntil()` delays it.
 */
export class ArkaneLoggingOutEvent extends CustomEvent<{ windowMode: WindowMode }> {
  static readonly type = 'arkane-logging-out';
  /** What the page asked to wait for. @internal */
  readonly promises: PromiseLike<unknown>[] = [];

  constructor(detail: { windowMode: WindowMode }) {
    super(ArkaneLoggingOutEvent.type, { ...flags, cancelable: true, detail });
  }

  /**
   * Delays the logout until `promise` settles, at most for `timeout` ms. A rejection cancels the logout; a promise
   * that is overdue does not.
   *
   * @throws `InvalidStateError` when called after the event was dispatched, as `ExtendableEvent.waitUntil` does
   */
  waitUntil(promise: PromiseLike<unknown>): void {
    if (this.eventPhase === Event.NONE) throw new DOMException('Too late.', 'InvalidStateError');
    this.promises.push(promise);
  }
}

/**
 * Dispatched when the app's own session is over: clean up now. `detail` says what is proved of the provider's. With
 * `trigger: 'restored'` the page is hidden and reloaded afterwards; `preventDefault()` shows it instead.
 */
export class ArkaneLoggedOutEvent extends CustomEvent<LogoutResult> {
  static readonly type = 'arkane-logged-out';

  constructor(detail: LogoutResult) {
    super(ArkaneLoggedOutEvent.type, { ...flags, detail, cancelable: detail.trigger === 'restored' });
  }
}

/** Dispatched when a press changed nothing: it was misconfigured or cancelled. */
export class ArkaneLogoutErrorEvent extends CustomEvent<{ error: LogoutError }> {
  static readonly type = 'arkane-logout-error';

  constructor(detail: { error: LogoutError }) {
    super(ArkaneLogoutErrorEvent.type, { ...flags, detail });
  }
}

/** Where events go. */
export type Dispatch = (event: Event) => unknown;

export const toDocument: Dispatch = (event) => ofDocument('dispatchEvent').call(document, event);

declare global {
  // Not HTMLElementEventMap: that one leaves `document.addEventListener` untyped.
  interface GlobalEventHandlersEventMap {
    'arkane-logging-out': ArkaneLoggingOutEvent;
    'arkane-logged-out': ArkaneLoggedOutEvent;
    'arkane-logout-error': ArkaneLogoutErrorEvent;
  }
}
