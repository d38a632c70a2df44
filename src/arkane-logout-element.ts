import { type PropertyDeclarations, type PropertyValues, ReactiveElement } from 'lit';
import { toDocument } from './core/events.js';
import { whenIdle } from './core/limit.js';
import { type Cover, logoutFrom } from './core/logout.js';
import { prepareLogout } from './core/prepare.js';
import type { Environment, LogoutOptions } from './core/request.js';
import type { LogoutResult, LogoutStatus, WindowMode } from './core/result.js';
import type { StorageName, TokenSource } from './core/token-store.js';
import { coverSaying, loadCover } from './cover.js';
import { Standing } from './standing.js';
import { styles, View } from './view.js';
import { type Strings, stringsWith, wordsFor } from './words.js';

/** What one call of `logout()` may set for itself. */
export type LogoutCall = Pick<LogoutOptions, 'windowMode' | 'redirectUri' | 'signal'>;

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
export class ArkaneLogoutElement extends ReactiveElement {
  static override shadowRootOptions: ShadowRootInit = { ...ReactiveElement.shadowRootOptions, delegatesFocus: true };

  static override styles = styles;

  // Only what is rendered is reactive; the rest is read at the press, and plain fields make a page of many cheap.
  static override properties: PropertyDeclarations = {
    clientId: { attribute: 'client-id', noAccessor: true },
    environment: { noAccessor: true },
    authority: { noAccessor: true },
    windowMode: { attribute: 'window-mode', noAccessor: true },
    redirectUri: { attribute: 'redirect-uri', noAccessor: true },
    callbackUri: { attribute: 'callback-uri', noAccessor: true },
    verify: { type: Boolean, noAccessor: true },
    monitor: { type: Boolean, noAccessor: true },
    useOverlayWithPopup: { type: Boolean, attribute: 'use-overlay-with-popup', noAccessor: true },
    storage: { noAccessor: true },
    timeout: { type: Number, noAccessor: true },
    label: {},
    disabled: { type: Boolean, noAccessor: true },
    tokenStore: { attribute: false, noAccessor: true },
    params: { attribute: false, noAccessor: true },
    strings: { attribute: false },
  };

  /** OAuth client. Required. */
  declare clientId: string | null;
  /** Which of Arkane's own providers: `prod`, `staging` or `qa`. */
  declare environment: Environment | null;
  /** Issuer URL of another provider; when set, `environment` is not looked at. */
  declare authority: string | null;
  /** `POPUP` ends the session in the background, or in a window, and the page stays; `REDIRECT` goes through the provider and back. */
  declare windowMode: WindowMode | null;
  /** Where REDIRECT ends: an absolute URL. Default: this page. No effect in POPUP. */
  declare redirectUri: string | null;
  /** The one return page that is registered at the provider; of this origin, it loads `callback.js`. A window needs it. */
  declare callbackUri: string | null;
  /** After a visible trip to the provider, ask it in the same window whether a session is left. Needs `callbackUri`, registered as a redirect URI too. */
  declare verify: boolean | null;
  /** Notice a session that was ended elsewhere, and log this page out. Keycloak-shaped providers only. */
  declare monitor: boolean | null;
  /** Cover the page while a window is open. */
  declare useOverlayWithPopup: boolean | null;
  /** Where oidc-client-ts keeps the user: `session` or `local`. Read first; both are wiped. */
  declare storage: StorageName | null;
  /** Milliseconds for the page's `waitUntil`, and again for the provider. */
  declare timeout: number | string | null;
  /** Accessible name and text of the button. */
  declare label: string | null;
  /** Extra end-session parameters, such as `{ ui_locales: 'nl' }`. */
  declare params: Record<string, string> | null;
  /** What the element says, where it is not to be English, such as `{ logOut: 'Afmelden' }`. */
  declare strings: Partial<Strings> | null;

  #tokenStore: TokenSource | null = null;
  readonly #standing = new Standing(this, () => this.#options({}));
  /** A window is at the provider. */
  #isAway = false;
  #view: View | undefined;

  constructor() {
    super();
    this.clientId = this.authority = this.redirectUri = this.callbackUri = null;
    this.label = this.params = this.strings = null;
    this.verify = this.monitor = this.useOverlayWithPopup = false;
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

  /**
   * Where the tokens live, when that is not oidc-client-ts's storage: a `UserManager`, a keycloak-js instance, an
   * `AuthenticationInstance` or `AuthenticationResult` of the Arkane SDK, or `{ tokens(), clear() }`.
   */
  get tokenStore(): TokenSource | null {
    return this.#tokenStore;
  }
  set tokenStore(value: TokenSource | null | undefined) {
    this.#tokenStore = value ?? null;
    // Now, not when the page is idle: a guard may ask whether somebody has signed in.
    if (this.isConnected && this.hasUpdated) prepareLogout(this.#options({}));
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
    this.#prepare();
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value);
    if (this.isConnected && this.hasUpdated) this.#prepare(); // for another provider, perhaps, or now for a window
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
        this.#options(options ?? {}),
        (event) => {
          hear(event);
          /** @internal (keeps this line out of the manifest, which has the three events by name) */
          return this.isConnected ? this.dispatchEvent(event) : toDocument(event);
        },
        this.#cover,
      ),
    );
  }

  #options({ windowMode = this.windowMode, redirectUri = this.redirectUri, signal }: LogoutCall): LogoutOptions {
    const { clientId, environment, authority, callbackUri, verify, monitor, storage, tokenStore, params } = this;
    // A string, because frameworks set a property to the text that stands in the markup.
    const timeout = this.timeout === null ? null : Number(this.timeout);
    return {
      clientId: clientId ?? '',
      environment,
      authority,
      windowMode,
      redirectUri,
      callbackUri,
      verify,
      monitor,
      storage,
      timeout,
      tokenStore,
      params,
      signal,
    };
  }

  #prepare(): void {
    whenIdle(() => {
      prepareLogout(this.#options({}));
      if (this.useOverlayWithPopup) loadCover();
    });
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
