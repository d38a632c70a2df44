import { type PropertyDeclarations, ReactiveElement } from 'lit';
import { whenIdle } from './core/limit.js';
import { prepareLogout } from './core/prepare.js';
import type { Environment, LogoutOptions } from './core/request.js';
import type { WindowMode } from './core/result.js';
import type { StorageName, TokenSource } from './core/token-store.js';
import { loadCover } from './cover.js';
import type { Strings } from './words.js';

/** What one call of `logout()` may set for itself. */
export type LogoutCall = Pick<LogoutOptions, 'windowMode' | 'redirectUri' | 'signal'>;

/** What a page sets on the element: which logout it is, prepared while nobody waits, and how it looks. */
export class LogoutAttributes extends ReactiveElement {
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

  constructor() {
    super();
    this.clientId = this.authority = this.redirectUri = this.callbackUri = null;
    this.label = this.params = this.strings = null;
    this.verify = this.monitor = this.useOverlayWithPopup = false;
    this.environment = 'prod';
    this.windowMode = 'POPUP';
    this.storage = 'session';
    this.timeout = 10_000;
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
    if (this.isConnected && this.hasUpdated) prepareLogout(this.optionsFor({}));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#prepare();
  }

  override attributeChangedCallback(name: string, old: string | null, value: string | null): void {
    super.attributeChangedCallback(name, old, value);
    if (this.isConnected && this.hasUpdated) this.#prepare(); // for another provider, perhaps, or now for a window
  }

  /** @internal */
  protected optionsFor({
    windowMode = this.windowMode,
    redirectUri = this.redirectUri,
    signal,
  }: LogoutCall): LogoutOptions {
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
      prepareLogout(this.optionsFor({}));
      if (this.useOverlayWithPopup) loadCover();
    });
  }
}
