import { css, html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit';
import { LogoutError } from './core/errors.js';
import { ArkaneLoggedOutEvent, ArkaneLoggingOutEvent, ArkaneLogoutErrorEvent } from './core/events.js';
import { logoutFrom } from './core/logout.js';
import type { Environment, LogoutOptions } from './core/request.js';
import { type LogoutResult, type LogoutStatus, statusOf, type WindowMode } from './core/result.js';
import type { StorageName, TokenStore } from './core/token-store.js';
import { wordsFor } from './words.js';

/** What one call of `logout()` may set for itself. */
export type LogoutCall = Pick<LogoutOptions, 'windowMode' | 'signal'>;

/**
 * A button that logs the user out of Arkane, or of another Keycloak realm: it wipes the tokens that the app kept, ends
 * the session at the provider in the background, and says what of that is proved.
 *
 * @tagname arkane-logout
 * @slot - The text of the button; replaces `label`.
 * @slot trigger - A control of the page's own, in place of the button.
 * @csspart button - The button.
 * @cssstate pending - A logout is under way.
 * @cssstate incomplete - Signed out here, but not proved at the provider, or tokens were kept. A press tries again.
 * @cssstate done - Signed out, and the session at the provider is over.
 * @cssstate failed - The element is misconfigured; nothing was changed.
 * @fires {ArkaneLoggingOutEvent} arkane-logging-out - Before anything happens; `preventDefault()` cancels, `waitUntil()` delays. --bubbles --composed --cancelable
 * @fires {ArkaneLoggedOutEvent} arkane-logged-out - The app's own session is over: clean up now. `detail` is a `LogoutResult`. --bubbles --composed
 * @fires {ArkaneLogoutErrorEvent} arkane-logout-error - Nothing was changed by this press. `detail.error` says why. --bubbles --composed
 */
export class ArkaneLogoutElement extends LitElement {
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true };

  static override styles = css`
    :host {
      display: inline-block;
    }
    :host([hidden]) {
      display: none;
    }
    button {
      font: inherit;
    }
    [role='status'] {
      position: absolute;
      width: 1px;
      height: 1px;
      overflow: hidden;
      clip-path: inset(50%);
      white-space: nowrap;
    }
    [role='status']:empty {
      display: none; /* a thousand boxes that say nothing cost as much as the buttons */
    }
  `;

  // Only what is rendered is reactive; the rest is read at the press, and plain fields make a page of many cheap.
  static override properties: PropertyDeclarations = {
    clientId: { attribute: 'client-id', noAccessor: true },
    environment: { noAccessor: true },
    authority: { noAccessor: true },
    windowMode: { attribute: 'window-mode', noAccessor: true },
    storage: { noAccessor: true },
    timeout: { type: Number, noAccessor: true },
    label: {},
    disabled: { type: Boolean, noAccessor: true },
    tokenStore: { attribute: false, noAccessor: true },
    params: { attribute: false, noAccessor: true },
  };

  /** OAuth client. Required. */
  declare clientId: string | null;
  /** Which of Arkane's own providers: `prod`, `staging` or `qa`. */
  declare environment: Environment | null;
  /** Issuer URL of another provider; when set, `environment` is not looked at. */
  declare authority: string | null;
  /** `POPUP`: the session is ended in the background and the page stays. */
  declare windowMode: WindowMode | null;
  /** Where oidc-client-ts keeps the user: `session` or `local`. Read first; both are wiped. */
  declare storage: StorageName | null;
  /** Milliseconds for the page's `waitUntil`, and again for the provider. */
  declare timeout: number | string | null;
  /** Accessible name and text of the button. */
  declare label: string | null;
  /** Where the tokens live, when that is not oidc-client-ts's storage. */
  declare tokenStore: TokenStore | null;
  /** Extra end-session parameters, such as `{ ui_locales: 'nl' }`. */
  declare params: Record<string, string> | null;

  #status: LogoutStatus = 'idle';
  /** The status before a logout that changed nothing. */
  #before: LogoutStatus = 'idle';
  #result: LogoutResult | null = null;
  #internals: ElementInternals | undefined;

  constructor() {
    super();
    this.clientId = this.authority = this.label = this.tokenStore = this.params = null;
    this.environment = 'prod';
    this.windowMode = 'POPUP';
    this.storage = 'session';
    this.timeout = 10_000;
    this.addEventListener('command', this.#onCommand);
  }

  /** Whether presses do nothing. `logout()` still works. */
  get disabled(): boolean {
    return this.hasAttribute('disabled');
  }
  set disabled(value: boolean | null | undefined) {
    this.toggleAttribute('disabled', value ?? false); // undefined would toggle
    this.requestUpdate();
  }

  /** `idle`, `pending`, `incomplete`, `done` or `failed`; also a custom state, such as `:state(done)`. */
  get status(): LogoutStatus {
    return this.#status;
  }

  /** What the last logout did; `null` before one, and from the next `arkane-logging-out` on. */
  get result(): LogoutResult | null {
    return this.#result;
  }

  /**
   * Logs the user out, as a press does. While a logout of the same client runs, its promise is returned.
   *
   * @param options - replaces attributes for this call; `signal` cancels until the tokens are wiped
   * @throws {LogoutError} `configuration` or `cancelled`, as a rejection: nothing was changed
   */
  logout(options?: LogoutCall | null): Promise<LogoutResult> {
    if (!this.hasUpdated) this.performUpdate(); // what was set before the upgrade comes with the first update
    if (this.#status !== 'pending') this.#before = this.#status;
    this.#setStatus('pending');
    let isOurs = false;
    const run = logoutFrom(this.#options(options ?? {}), (event) => {
      isOurs = true;
      // Somebody may have signed in since: what the last logout came to is no longer claimed.
      if (event instanceof ArkaneLoggingOutEvent) {
        this.#before = 'idle';
        this.#result = null;
      }
      if (event instanceof ArkaneLoggedOutEvent) this.#settle(event.detail);
      if (event instanceof ArkaneLogoutErrorEvent) this.#restore(event.detail.error);
      /** @internal (keeps this line out of the manifest, which has the three events by name) */
      return (this.isConnected ? this : document).dispatchEvent(event);
    });
    // A logout that another element or call began: its events go there, its outcome holds here too.
    run.then(
      (result) => {
        if (!isOurs) this.#settle(result);
      },
      (error: unknown) => {
        if (!isOurs) this.#restore(error);
      },
    );
    return run;
  }

  #options({ windowMode = this.windowMode, signal }: LogoutCall): LogoutOptions {
    const { clientId, environment, authority, storage, tokenStore, params } = this;
    // A string, because frameworks set a property to the text that stands in the markup.
    const timeout = this.timeout === null ? null : Number(this.timeout);
    return {
      clientId: clientId ?? '',
      environment,
      authority,
      windowMode,
      storage,
      timeout,
      tokenStore,
      params,
      signal,
    };
  }

  #settle(result: LogoutResult): void {
    this.#result = result;
    this.#setStatus(statusOf(result));
  }

  #restore(error: unknown): void {
    const isMisconfigured = error instanceof LogoutError && error.code === 'configuration';
    this.#setStatus(isMisconfigured && this.#before !== 'incomplete' ? 'failed' : this.#before);
  }

  #setStatus(status: LogoutStatus): void {
    this.#internals ??= this.attachInternals();
    this.#internals.states.delete(this.#status);
    if (status !== 'idle') this.#internals.states.add(status);
    this.#status = status;
    this.requestUpdate();
  }

  #onCommand(event: Event & { command?: string }): void {
    if (event.command === '--logout') this.#onPress(event);
  }

  #onPress(event: Event): void {
    if (event.defaultPrevented) return;
    event.preventDefault(); // a slotted link or submit button does nothing else
    if (!this.disabled) this.logout().catch(() => undefined); // its event has told
  }

  protected override render(): TemplateResult {
    return html`<slot name="trigger" @click=${this.#onPress}
        ><button
          part="button"
          type="button"
          ?disabled=${this.disabled}
          aria-label=${this.label ?? nothing}
          aria-busy=${this.#status === 'pending' ? 'true' : nothing}
        >
          <slot>${this.label ?? 'Log out'}</slot>
        </button></slot
      ><span role="status" lang="en">${wordsFor(this.#status, this.#result)}</span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'arkane-logout': ArkaneLogoutElement;
  }
}
