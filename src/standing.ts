import type { ReactiveElement } from 'lit';
import { LogoutError } from './core/errors.js';
import { ArkaneLoggedOutEvent, ArkaneLoggingOutEvent, ArkaneLogoutErrorEvent } from './core/events.js';
import { isUnfinished, lastResult } from './core/latch.js';
import { quietly } from './core/limit.js';
import type { LogoutOptions } from './core/request.js';
import { isElsewhere, type LogoutResult, type LogoutStatus, statusOf } from './core/result.js';
import { isTold, resumeLogout } from './core/resume.js';

/**
 * Where an element stands: its status and its result, as a press, the way back, a reload in the middle, or somebody's
 * sign-in leaves them. Custom states follow the status.
 */
export class Standing {
  /** As of the last look; `adopt()` looks again. */
  status: LogoutStatus = 'idle';
  result: LogoutResult | null = null;
  /** The status before a logout that changed nothing. */
  #before: LogoutStatus = 'idle';
  /** No logout was asked of this element, and none was adopted. */
  #isFresh = true;
  /** What was adopted last. */
  #seen: LogoutResult | undefined;
  /** Looks whether `incomplete` still holds. */
  #watch: ReturnType<typeof setInterval> | undefined;
  #internals: ElementInternals | undefined;
  readonly #host: ReactiveElement;
  readonly #options: () => LogoutOptions;

  /** @param options - which client the element logs out now */
  constructor(host: ReactiveElement, options: () => LogoutOptions) {
    this.#host = host;
    this.#options = options;
  }

  connect(): void {
    this.#set(this.status); // it may have been disconnected meanwhile
    // Until that is told, it may become known which client this is.
    if (resumeLogout() && !isTold) addEventListener(ArkaneLoggedOutEvent.type, this.adopt, { once: true });
    this.adopt();
  }

  disconnect(): void {
    removeEventListener(ArkaneLoggedOutEvent.type, this.adopt);
    clearInterval(this.#watch);
  }

  /** Takes the result of the way back, or a logout that is not finished, as soon as it is known which client this is. */
  readonly adopt = (): void => {
    const result = resumeLogout();
    const options = this.#options();
    if (this.status === 'incomplete') {
      const known = this.result ? lastResult(options) : isUnfinished(options);
      if (known !== undefined && known !== (this.result ?? true)) this.#reset();
    } else if (this.#isFresh && result && lastResult(options) === result) {
      this.#isFresh = false;
      this.#settle(result);
    } else if (this.#isFresh && this.status === 'idle' && isUnfinished(options)) this.#set('incomplete');
    else if (this.status !== 'pending') this.#adoptElsewhere(lastResult(options));
  };

  /** This page was logged out without a press, here or on another element. */
  #adoptElsewhere(result: LogoutResult | null | undefined): void {
    if (!result || result === this.#seen || !isElsewhere(result.trigger)) return;
    this.#seen = result;
    this.#settle(result);
  }

  /** Goes along with a logout that is asked for. `start` begins it, and hands over what it is about to tell the page. */
  follow(start: (hear: (event: Event) => void) => Promise<LogoutResult>): Promise<LogoutResult> {
    this.adopt();
    this.#isFresh = false;
    if (this.status !== 'pending') this.#before = this.status;
    this.#set('pending');
    // A logout that another element or call began: its events go there, its outcome holds here too.
    let isOurs = false;
    const run = start((event) => {
      isOurs = true;
      this.#hear(event);
    });
    run.then(
      (result) => {
        if (lastResult(this.#options()) !== result) this.#reset();
        else if (!isOurs) this.#settle(result);
      },
      (error: unknown) => {
        if (!isOurs) this.#fail(error);
      },
    );
    return run;
  }

  #hear(event: Event): void {
    // Somebody may have signed in since: what the last logout came to is no longer claimed.
    if (event instanceof ArkaneLoggingOutEvent) {
      this.#before = 'idle';
      this.result = null;
    }
    if (event instanceof ArkaneLoggedOutEvent) this.#settle(event.detail);
    if (event instanceof ArkaneLogoutErrorEvent) this.#fail(event.detail.error);
  }

  /** The logout changed nothing. */
  #fail(error: unknown): void {
    const isMisconfigured = error instanceof LogoutError && error.code === 'configuration';
    this.#set(isMisconfigured && this.#before !== 'incomplete' ? 'failed' : this.#before);
  }

  /** Somebody has signed in: nothing is claimed any more. */
  #reset(): void {
    this.result = null;
    this.#set('idle');
  }

  #settle(result: LogoutResult): void {
    this.result = result;
    this.#set(statusOf(result));
  }

  #set(status: LogoutStatus): void {
    this.#internals ??= quietly(() => this.#host.attachInternals()); // a subclass may have done so: then there are no states
    this.#internals?.states.delete(this.status);
    if (status !== 'idle') this.#internals?.states.add(status);
    this.status = status;
    this.#host.requestUpdate();
    // Until a user signs in, whom oidc-client-ts stores at some time; a page's own store is looked at with the next press.
    clearInterval(this.#watch);
    if (status === 'incomplete' && this.#host.isConnected && !this.#options().tokenStore)
      this.#watch = setInterval(this.adopt, 1000);
  }
}
