import { type PropertyValues, ReactiveElement } from 'lit';
import { LogoutAttributes, type LogoutCall } from './attributes.js';
import { toDocument } from './core/events.js';
import { type Cover, logoutFrom } from './core/logout.js';
import type { LogoutResult, LogoutStatus } from './core/result.js';
import { coverSaying } from './cover.js';
import { Standing } from './standing.js';
import { styles, View } from './view.js';
import { stringsWith, wordsFor } from './words.js';

/**
 * A button that logs the user out of Arkane, or of any OpenID provider: it wipes the tokens that the app kept, ends the
 * session at the provider, in the background, in a window or by going there and back, and says what of that is proved.
 *
 * @tagname arkane-logout
 * @slot - The text of the button; replaces `label`.
 * @slot trigger - A control of the page's own, in place of the button.
 * @csspart button - The button.
 * @cssstate pending - A logout is under way.
 * @cssstate incomplete - Signed out here, but not proved at the provider, or tokens were kept. A press finishes it.
 * @cssstate done - Signed out; the session at the provider is over, or the provider sent the browser back.
 * @cssstate failed - The element is misconfigured; nothing was changed.
 * @fires {ArkaneLoggingOutEvent} arkane-logging-out - Before anything happens; `preventDefault()` cancels, `waitUntil()` delays. --bubbles --composed --cancelable
 * @fires {ArkaneLoggedOutEvent} arkane-logged-out - The app's own session is over: clean up now. `detail` is a `LogoutResult`. --bubbles --composed
 * @fires {ArkaneLogoutErrorEvent} arkane-logout-error - Nothing was changed by this press. `detail.error` says why. --bubbles --composed
 */
export class ArkaneLogoutElement extends LogoutAttributes {
  static override shadowRootOptions: ShadowRootInit = { ...ReactiveElement.shadowRootOptions, delegatesFocus: true };

  static override styles = styles;

  readonly #standing = new Standing(this, () => this.optionsFor({}));
  /** A window is at the provider. */
  #isAway = false;
  #view: View | undefined;

  constructor() {
    super();
    this.addEventListener('command', this.#onCommand);
  }

  /** `idle`, `pending`, `incomplete`, `done` or `failed`; also a custom state, such as `:state(done)`. */
  get status(): LogoutStatus {
    this.#standing.adopt();
    return this.#standing.status;
  }

  /** What the last logout did, the way back included; `null` before one, and from the next `arkane-logging-out` on. */
  get result(): LogoutResult | null {
    this.#standing.adopt();
    return this.#standing.result;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#standing.connect();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#standing.disconnect();
  }

  /**
   * Logs the user out, as a press does. While a logout of the same client runs, its promise is returned.
   *
   * @param options - replaces attributes for this call; `signal` cancels until the tokens are wiped
   * @throws {LogoutError} `configuration` or `cancelled`, as a rejection: nothing was changed
   */
  logout(options?: LogoutCall | null): Promise<LogoutResult> {
    if (!this.hasUpdated) this.performUpdate(); // what was set before the upgrade comes with the first update
    return this.#standing.follow((hear) =>
      logoutFrom(
        this.optionsFor(options ?? {}),
        (event) => {
          hear(event);
          /** @internal (keeps this line out of the manifest, which has the three events by name) */
          return this.isConnected ? this.dispatchEvent(event) : toDocument(event);
        },
        this.#cover,
      ),
    );
  }

  get #lang(): string {
    return this.strings ? '' : 'en';
  }

  readonly #cover: Cover = (popup) => {
    const toggle = (isAway: boolean) => {
      this.#isAway = isAway;
      this.requestUpdate();
    };
    toggle(true);
    const uncover = this.useOverlayWithPopup ? coverSaying(stringsWith(this.strings), this.#lang)(popup) : undefined;
    return () => {
      toggle(false);
      uncover?.();
    };
  };

  #onCommand(event: Event & { command?: string }): void {
    if (event.command === '--logout') this.#onPress(event);
  }

  #onPress(event: Event): void {
    if (event.defaultPrevented) return;
    event.preventDefault(); // a slotted link or submit button does nothing else
    if (!this.disabled) this.logout().catch(() => undefined); // its event has told
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const root = super.createRenderRoot();
    this.#view = new View(root, (event) => {
      this.#onPress(event);
    });
    return root;
  }

  protected override update(changed: PropertyValues): void {
    super.update(changed);
    const { status, result } = this.#standing;
    const strings = stringsWith(this.strings);
    const isBusy = status === 'pending';
    this.#view?.show({
      label: this.label,
      text: status === 'incomplete' || (isBusy && result) ? strings.finish : strings.logOut,
      isDisabled: this.disabled,
      isBusy,
      words: this.#isAway ? strings.window : wordsFor(status, result, strings),
      lang: this.#lang,
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'arkane-logout': ArkaneLogoutElement;
  }
}
