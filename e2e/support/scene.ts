/** A browser, the demo app and a provider, and the two truths that a case ends with. */
import { setTimeout as sleep } from 'node:timers/promises';
import { type App, type AppOptions, startApp } from '../../demo/server.ts';
import type { LogoutErrorCode, LogoutResult } from '../../src/index.ts';
import { certificate } from './certificate.ts';
import { type Browser, type Engine, open, type OpenOptions, type Page } from './drivers.ts';
import { startEmbedded } from './embedded.ts';
import { payloadOf, send, type SignInTokens } from './http-sign-in.ts';
import { startKeycloak } from './keycloak.ts';
import type { ClientId, EndpointName, ProviderUnderTest } from './provider.ts';

/** What a page heard, with errors as plain data. */
export interface Heard {
  type: string;
  /** ms since the press. */
  after: number;
  /** Of the page that heard it. */
  url: string;
  detail: Omit<LogoutResult, 'error'> & { error?: { name: string; code: LogoutErrorCode; message: string } };
}

/** oidc-client-ts's own form of a signed-in user. */
export interface StoredUser {
  id_token: string;
  access_token: string;
  refresh_token?: string;
  token_type: string;
  scope: string;
  profile: Record<string, unknown>;
  expires_at: number;
}

/** Whether the tokens' session lives, by the provider's own store, and what the provider says of the browser. */
export interface Truths {
  tokensSession: 'over' | 'alive' | 'alive, without this client';
  browser: 'over' | 'alive';
}

const truthIn: Record<string, Truths['browser']> = {
  login_required: 'over',
  code: 'alive',
  consent_required: 'alive',
  interaction_required: 'alive',
  account_selection_required: 'alive',
};

/** What an answer to `prompt=none` tells of the browser: every other refusal knows who is there (OpenID Connect Core §3.1.2.6). */
export function browserBy(answer: string): Truths['browser'] {
  const truth = truthIn[answer];
  if (!truth) throw new Error(`the provider did not tell of the browser: ${answer}`);
  return truth;
}

export interface World {
  app: App;
  /** Another origin that leads to the app's server and is registered at the provider too. */
  elsewhere: string;
  provider: ProviderUnderTest;
  /** Who isolates their pages from windows of another origin (Cross-Origin-Opener-Policy). */
  isolated: { app: boolean; provider: boolean };
  /** The cookies that came with the last request to sign in silently. */
  cookies(): string;
  /** Keeps requests whose address contains this, at the provider and of the app's pages, until they are let go. */
  hold(part: string): Hold;
  stop(): Promise<void>;
}

export interface Hold {
  /** Somebody has asked. */
  asked: Promise<unknown>;
  letGo: () => void;
}

export type WorldOptions = Omit<Partial<Parameters<typeof startEmbedded>[0]>, 'certificate'> & {
  /** Default: a real Keycloak when KEYCLOAK is set, else the embedded provider. The generic profile is always embedded. */
  real?: boolean;
  /** Keycloak: whether a refresh token is good for one use. */
  rotates?: boolean;
  /** Over https, with cookies that travel cross-site. */
  https?: boolean;
  /** What every page runs first; `null`: nothing. Default: e2e/pages/recorder.ts. */
  firstScript?: string | null;
  /** As the app's server knows them: changes modules on their way; looks at what browsers ask. */
  alter?: AppOptions['alter'];
  watch?: AppOptions['watch'];
};

/** An app and a provider. */
export async function startWorld({
  real = !!process.env.KEYCLOAK,
  https = false,
  firstScript = '/e2e/pages/recorder.ts',
  alter,
  watch,
  rotates,
  ...options
}: WorldOptions = {}): Promise<World> {
  const tls = https ? { certificate: await certificate() } : {};
  const state: { provider?: ProviderUnderTest; cookies?: string } = {};
  const isolated = { app: false, provider: false };
  const holds = new Map<string, { ask: () => void; gate: Promise<unknown> }>();
  const passes = async (url = '') => {
    for (const [part, { ask, gate }] of holds)
      if (url.includes(part)) {
        ask();
        await gate;
      }
  };
  const app = await startApp({
    ...tls,
    alter,
    watch,
    config: () => ({ authority: state.provider?.issuer, clientId: 'Arketype' }),
    ...(firstScript !== null && { firstScript }),
    keepScripts: true,
    async pageHeaders(path) {
      await passes(path);
      return isolated.app ? { 'cross-origin-opener-policy': 'same-origin' } : {};
    },
  });
  const start = real && options.profile !== 'generic' ? startKeycloak : startEmbedded;
  const elsewhere = app.origin.replace('app.', 'elsewhere.');
  const provider = await start({
    ...options,
    ...tls,
    rotates,
    async front(request, response) {
      if (request.url?.includes('prompt=none')) state.cookies = request.headers.cookie ?? '';
      await passes(request.url);
      if (isolated.provider) response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      return options.front?.(request, response) ?? false;
    },
    appOrigins: [app.origin, elsewhere],
  });
  state.provider = provider;
  return {
    app,
    elsewhere,
    provider,
    isolated,
    cookies: () => state.cookies ?? '',
    hold(part) {
      const [asked, gate] = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()];
      holds.set(part, {
        ask() {
          asked.resolve(true);
        },
        gate: gate.promise,
      });
      const letGo = () => {
        holds.delete(part);
        gate.resolve(true);
      };
      return { asked: asked.promise, letGo };
    },
    async stop() {
      await provider.stop();
      await app.stop();
    },
  };
}

type StorageKind = 'sessionStorage' | 'localStorage';

export class Scene {
  readonly browser: Browser;
  readonly world: World;

  constructor(browser: Browser, world: World) {
    this.browser = browser;
    this.world = world;
  }

  static async open(engine: Engine, world: World, options?: OpenOptions): Promise<Scene> {
    return new Scene(await open(engine, options), world);
  }

  /** Where oidc-client-ts keeps a user. */
  storageKey(clientId = 'Arketype'): string {
    return `oidc.user:${this.world.provider.issuer}:${clientId}`;
  }

  /** The demo page, with attributes set on its element. */
  async open(route: string, attributes: Record<string, string>, origin = this.world.app.origin): Promise<void> {
    await this.browser.goto(`${origin}/demo/index.html${route}`);
    await this.ready();
    await this.browser.evaluate((set) => {
      const element = document.querySelector('arkane-logout')!;
      for (const [name, value] of Object.entries(set)) element.setAttribute(name, value);
      element.hidden = false;
    }, attributes);
  }

  /** The demo page. */
  async visit(origin = this.world.app.origin): Promise<void> {
    await this.browser.goto(`${origin}/demo/index.html`);
    await this.ready();
  }

  /** Signs in as a user does: with the demo's button and the provider's page. */
  async signIn(): Promise<StoredUser> {
    await this.visit();
    await this.browser.click('#sign-in');
    const where = () =>
      this.browser.evaluate(() =>
        document.querySelector('#kc-login') ? 'form' : document.querySelector('#signed-in:not([hidden])') && 'page',
      );
    if ((await this.browser.until(where, 'the sign-in')) === 'form') {
      await this.#fillIn('alice');
      await this.browser.until(async () => (await where()) === 'page', 'the way back');
    }
    await this.ready();
    const user = await this.storedUser();
    if (!user) throw new Error('nobody is signed in');
    return user;
  }

  async #isBack(): Promise<boolean> {
    return (await this.browser.url()).startsWith(this.world.app.origin);
  }

  /** Not by keys and mouse, as e2e/page/demo.test.ts does once: they would be half of what a sign-in costs. */
  async #fillIn(name: string): Promise<void> {
    const fill = () =>
      this.browser.evaluate((name) => {
        const [username, password, button] = ['username', 'password', 'kc-login'].map((id) =>
          document.querySelector<HTMLInputElement>(`#${id}`),
        );
        if (!username || !password || !button) return false;
        // The answer of a page that is being left may be lost, and a second press would be a second session.
        if (button.dataset.pressed) return true;
        button.dataset.pressed = 'yes';
        username.value = password.value = name;
        setTimeout(() => {
          button.click();
        });
        return true;
      }, name);
    await this.browser.until(async () => (await fill()) || (await this.#isBack()), 'the sign-in page');
  }

  /** A code flow by hand, for what the demo does not do: another scope, another client. Leaves the demo page. */
  async tokensFor(
    clientId: ClientId,
    { scope = 'openid', username = 'alice' }: { scope?: string | undefined; username?: string | undefined } = {},
  ): Promise<StoredUser> {
    const redirect_uri = `${this.world.app.origin}/e2e/pages/landing.html`;
    const query = { client_id: clientId, redirect_uri, scope, response_type: 'code', state: 'by-hand' };
    await this.browser.goto(this.world.provider.endpoint('auth', query));
    if (!(await this.#isBack())) await this.#fillIn(username);
    const code = (await this.#landed('by-hand')).get('code') ?? '';
    const tokens = await this.post<SignInTokens>('token', {
      grant_type: 'authorization_code',
      client_id: clientId,
      redirect_uri,
      code,
    });
    return {
      ...tokens,
      token_type: 'Bearer',
      profile: payloadOf(tokens.id_token),
      expires_at: Math.floor(Date.now() / 1000) + tokens.expires_in,
    };
  }

  /** Signs in by hand, and keeps the user for the page that is opened next; `change`: not all of it, perhaps. */
  async signInByHand(change: (user: StoredUser) => object = (user) => user): Promise<StoredUser> {
    const user = await this.tokensFor('Arketype');
    await this.keep(change(user));
    return user;
  }

  /** A form, posted by none of the browser's pages: of no origin, without cookies. Rejects where it is refused. */
  async post<T>(endpoint: EndpointName, form: Record<string, string>): Promise<T> {
    const { status, headers, body } = await send(this.world.provider.endpoint(endpoint), { form });
    if (status >= 400) throw new Error(`${endpoint}: ${status} ${body}`);
    return (headers['content-type']?.includes('json') && body ? JSON.parse(body) : null) as T;
  }

  async #landed(state: string): Promise<URLSearchParams> {
    const { browser } = this;
    const isThere = (url: string) =>
      url.includes('/e2e/pages/landing.html?') && new URL(url).searchParams.get('state') === state;
    await browser.until(async () => isThere(await browser.url()), 'the landing page');
    return new URL(await browser.url()).searchParams;
  }

  /** Puts a user where oidc-client-ts would, from any page of the app. */
  keep(user: object, clientId = 'Arketype'): Promise<void> {
    return this.#keepIn(this.browser, user, 'sessionStorage', clientId);
  }

  #keepIn(page: Page, user: object, storage: StorageKind, clientId = 'Arketype'): Promise<void> {
    return page.evaluate(
      ({ key, user, storage }) => {
        window[storage].setItem(key, JSON.stringify(user));
      },
      { key: this.storageKey(clientId), user, storage },
    );
  }

  /** The demo page in this tab, or another, of a user who is kept there; after what the element does when the page is idle. */
  async openWith(user: object, page: Page = this.browser, storage: StorageKind = 'sessionStorage'): Promise<void> {
    const { origin } = this.world.app;
    await page.goto(`${origin}/e2e/pages/landing.html`);
    await this.#keepIn(page, user, storage);
    await page.goto(`${origin}/demo/index.html`);
    await this.ready(page);
    await sleep(150);
  }

  /** The same on the demo page, whose element then logs that client out. */
  async store(
    user: object,
    { origin, clientId = 'Arketype' }: { origin?: string; clientId?: ClientId } = {},
  ): Promise<void> {
    await this.visit(origin);
    await this.keep(user, clientId);
    await this.browser.evaluate((clientId) => {
      const element = document.querySelector('arkane-logout')!;
      element.clientId = clientId;
      element.hidden = false;
    }, clientId);
  }

  storedUser(clientId = 'Arketype'): Promise<StoredUser | null> {
    return this.browser.evaluate(
      (key) => JSON.parse(sessionStorage.getItem(key) ?? localStorage.getItem(key) ?? 'null') as StoredUser | null,
      this.storageKey(clientId),
    );
  }

  /** Waits until the page is ready, where it is the demo's: what it still fetches would fail when it is left. */
  async ready(page: Page = this.browser): Promise<void> {
    const isReady = () => document.body.dataset.ready !== undefined || !location.pathname.startsWith('/demo/');
    await page.until(() => page.evaluate(isReady), 'the demo page');
  }

  /** What the pages of this origin recorded (e2e/pages/recorder.ts). */
  #recorded(): Promise<Recorded> {
    return this.browser.evaluate(
      () => JSON.parse(localStorage.getItem('e2e-recorded') ?? '{"heard":[],"mishaps":[],"fetched":[]}') as Recorded,
    );
  }

  /** Every event so far. */
  async heard(): Promise<Heard[]> {
    return (await this.#recorded()).heard;
  }

  /** What must not happen: errors, unhandled rejections, violations of the policy. */
  async mishaps(): Promise<string[]> {
    return (await this.#recorded()).mishaps;
  }

  /** Every URL that a page fetched so far. */
  async fetched(): Promise<string[]> {
    return (await this.#recorded()).fetched;
  }

  /** One real click; what was heard of it, also when it led away and back. Fails unless exactly one terminal event comes. */
  async press(): Promise<Heard> {
    const before = (await this.heard()).length;
    await this.browser.click('arkane-logout >>> button');
    return this.terminal(before);
  }

  /** The one terminal event after the first `before` events. */
  async terminal(before: number): Promise<Heard> {
    const late = async () => (await this.heard()).slice(before).filter(({ type }) => type !== 'arkane-logging-out');
    await this.browser.until(async () => (await late()).length > 0, 'a terminal event');
    await this.ready();
    await sleep(100); // a second one would come now
    const terminal = await late();
    if (terminal.length !== 1) throw new Error(`not one terminal event: ${JSON.stringify(terminal)}`);
    return terminal[0]!;
  }

  /**
   * The user goes to another window, or is back from it. Headless Chromium and WebKit's automation give every page the
   * focus all the time: there it is played. Firefox's own focus follows its windows.
   */
  async lookAway(isAway: boolean): Promise<void> {
    if (this.browser.engine === 'firefox') return;
    await this.browser.evaluate((isAway) => {
      Document.prototype.hasFocus = () => !isAway;
    }, isAway);
  }

  /** What completed a logout, after the first `before` events: one, and no other. */
  async completed(before: number): Promise<Heard> {
    const told = async () => (await this.heard()).slice(before).filter(({ detail }) => detail.trigger === 'completed');
    await this.browser.until(async () => (await told()).length > 0, 'the completion');
    await sleep(100); // a second one would come now
    const [heard, ...more] = await told();
    if (!heard || more.length > 0) throw new Error(`not one completion: ${JSON.stringify([heard, ...more])}`);
    return heard;
  }

  /** What pages asked of the provider so far, by path. */
  async requests(): Promise<string[]> {
    const { origin } = new URL(this.world.provider.issuer);
    return (await this.fetched())
      .filter((url) => url.startsWith(origin))
      .map((url) => new URL(url).pathname.replace(/.*\//, ''));
  }

  /** What the provider answers to a first-party `prompt=none` (OpenID Connect Core §3.1.2.1): `code`, or the error. Leaves the page. */
  async askSilently(clientId: ClientId, more: Record<string, string> = {}): Promise<string> {
    const { provider, app } = this.world;
    const state = `silent-${clientId}`;
    const redirect_uri = `${app.origin}/e2e/pages/landing.html`;
    const query = { client_id: clientId, redirect_uri, scope: 'openid', response_type: 'code', prompt: 'none', state };
    // Not the driver's: Firefox's waits in vain on a page from the back-forward cache.
    await this.browser.evaluate(
      (target) => {
        setTimeout(() => {
          location.assign(target);
        });
      },
      provider.endpoint('auth', { ...query, ...more }),
    );
    const answer = await this.#landed(state);
    return answer.has('code') ? 'code' : String(answer.get('error'));
  }

  /** By the provider's own store. */
  async tokensSession(sid: string, clientId: ClientId): Promise<Truths['tokensSession']> {
    const { provider } = this.world;
    if (!(await provider.sessionLives(sid))) return 'over';
    return (await provider.clientsIn(sid)).includes(clientId) ? 'alive' : 'alive, without this client';
  }

  /** Nothing of the code under test has a part in this. Leaves the page. */
  async truths(sid: string, clientId: ClientId = 'Arketype'): Promise<Truths> {
    const tokensSession = await this.tokensSession(sid, clientId);
    return { tokensSession, browser: browserBy(await this.askSilently('Plain')) };
  }
}

interface Recorded {
  heard: Heard[];
  mishaps: string[];
  fetched: string[];
}

/** The same user, in another session: its ID token is nobody's. */
export const inAnotherSession = (user: StoredUser): StoredUser => {
  const payload = JSON.stringify({ ...payloadOf(user.id_token), sid: 'another' });
  return { ...user, id_token: `e30.${Buffer.from(payload).toString('base64url')}.e30` };
};

/** The session that a user's tokens were issued in. */
export const sidOf = (user: StoredUser): string => String(payloadOf(user.id_token).sid);

/** What a result says in short: via, providerSession, evidence, the error's code. */
export const wordsOf = ({ detail: { via, providerSession, evidence, error } }: Heard): string =>
  [via, providerSession, evidence, error?.code].join(' ').trim();
