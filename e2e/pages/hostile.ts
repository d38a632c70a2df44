// An app on ground that is hostile: `?ground=…` says what is done to the page before any of our code is loaded.
import type * as Core from '../../src/core/index.js';
import type { LogoutResult, Tokens } from '../../src/core/index.js';
import type { StoredUser } from '../support/scene.ts';

export interface HostilePage {
  /** Events of ours, in order, with what they say in short. */
  heard: { type: string; words: string; message?: string | undefined }[];
  /** Errors and rejections that nobody caught. */
  mishaps: string[];
  /** What the page's own store holds. */
  held: Tokens | null;
  /** Puts the element in, with its tokens in memory where the page is given some. */
  start: (authority: string, user?: StoredUser | null, attributes?: Record<string, string>) => Promise<void>;
  wasLoggedOut?: typeof Core.wasLoggedOut;
  isLoggingOut?: typeof Core.isLoggingOut;
}

declare global {
  interface Window {
    hostile: HostilePage;
  }
}

const page: HostilePage = (window.hostile = { heard: [], mishaps: [], held: null, start });
addEventListener('error', ({ message }) => page.mishaps.push(message));
addEventListener('unhandledrejection', ({ reason }) => page.mishaps.push(`unhandled: ${String(reason)}`));
for (const type of ['arkane-logging-out', 'arkane-logged-out', 'arkane-logout-error'])
  addEventListener(type, (event) => {
    const { error, ...detail } = (event as CustomEvent<Partial<LogoutResult>>).detail;
    const { trigger, via, providerSession, evidence, local } = detail;
    const words = [trigger, via, providerSession, evidence, local, error?.code].filter(Boolean).join(' ');
    page.heard.push({ type, words, message: error && `${error.name}: ${error.message}` });
  });

const fill = (storage: Storage) => {
  for (let size = 2 ** 22; size >= 1; size = Math.floor(size / 2))
    for (let part = 0; part < 64; part += 1)
      try {
        storage.setItem(`full-${size}-${part}`, 'x'.repeat(size));
      } catch {
        break;
      }
};

const forbid = () => {
  throw new DOMException('The operation is insecure.', 'SecurityError');
};

const clearAll = () => {
  sessionStorage.clear();
  localStorage.clear();
};

const grounds: Record<string, () => void> = {
  frozen() {
    const given = [Object, Array, Function, Error, TypeError, Promise, Event, EventTarget, CustomEvent, Map, Set];
    const more = [String, Number, RegExp, URL, URLSearchParams, AbortController, AbortSignal, Response, Request];
    for (const { prototype } of [...given, ...more]) Object.freeze(prototype);
  },
  blocked() {
    for (const name of ['sessionStorage', 'localStorage']) Object.defineProperty(window, name, { get: forbid });
    // Where engines remember the storage that they gave before.
    for (const name of ['getItem', 'setItem', 'removeItem'] as const) Storage.prototype[name] = forbid;
  },
  full() {
    fill(sessionStorage);
    fill(localStorage);
  },
  fullForEver() {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  },
  throwing() {
    for (const type of ['arkane-logging-out', 'arkane-logged-out'])
      document.addEventListener(type, () => {
        throw new Error(`theirs, ${type}`);
      });
  },
  clearing() {
    document.addEventListener('arkane-logged-out', clearAll);
  },
  staying() {
    document.addEventListener('arkane-logged-out', (event) => {
      event.preventDefault(); // not loaded anew, so that it can be seen what it was told
    });
  },
  forms() {
    const names = ['dispatchEvent', 'addEventListener', 'readyState', 'visibilityState', 'hasFocus', 'createElement'];
    const forms = [...names, 'adoptedStyleSheets', 'body', 'documentElement', 'location', 'querySelector'].map((name) =>
      Object.assign(document.createElement('form'), { name }),
    );
    root.append(...forms);
  },
};

const root = document.querySelector('body')!;

async function start(
  authority: string,
  user?: StoredUser | null,
  attributes: Record<string, string> = {},
): Promise<void> {
  const [core, { ArkaneLogoutElement }] = await Promise.all([
    import('../../src/core/index.js'),
    import('../../src/define.js'),
  ]);
  page.wasLoggedOut = core.wasLoggedOut;
  page.isLoggingOut = core.isLoggingOut;
  const element = new ArkaneLogoutElement();
  for (const [name, value] of Object.entries({ 'client-id': 'Arketype', authority, ...attributes }))
    element.setAttribute(name, value);
  if (user) {
    page.held = {
      idToken: user.id_token,
      accessToken: user.access_token,
      refreshToken: user.refresh_token,
      expiresAt: user.expires_at,
    };
    element.tokenStore = { tokens: () => page.held, clear: () => (page.held = null) };
  }
  root.append(element);
  await element.updateComplete;
  await new Promise((resolve) => setTimeout(resolve, 150)); // what it does when the page is idle
}

for (const ground of new URLSearchParams(location.search).getAll('ground')) grounds[ground]!();
