// The first script of every page in the truth matrix: beside what recorder.ts writes down, every place where a token turns
// up that has no business there, and what the page leaves behind. The tokens lie in `localStorage`, in the harness's own
// entry; what is found is written down by its place, never by its text.
import './recorder.js';

const isOurs = (key: string) => key.startsWith('e2e-'); // the harness's
const secrets = () => JSON.parse(localStorage.getItem('e2e-secrets') ?? '[]') as string[];
const write = localStorage.setItem.bind(localStorage);
const lines = (name: string) => JSON.parse(localStorage.getItem(name) ?? '[]') as string[];
const add = (name: string, line: string) => {
  const written = lines(name);
  if (!written.includes(line)) write(name, JSON.stringify([...written, line]));
};

const textOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (value instanceof Error)
    return [value.stack, value.message, textOf(value.cause), textOf(Object.entries(value))].join(' ');
  if (value instanceof FormData || value instanceof Map || value instanceof Headers) return textOf([...value]);
  if (value instanceof URLSearchParams || value instanceof URL) return String(value);
  if (value instanceof Request) return value.url;
  if (typeof value !== 'object' || value === null) return String(value);
  try {
    return JSON.stringify(value, (_key, part: unknown) => (part instanceof Error ? textOf(part) : part));
  } catch {
    return Object.values(value).map(String).join(' ');
  }
};
/** The session check's code, on the page that the provider sends it to; it is in the URL there, and goes nowhere else. */
const code = location.pathname.endsWith('/callback.html') && new URLSearchParams(location.search).get('code');
const look = (place: string, ...values: unknown[]) => {
  const text = values.map(textOf).join(' ');
  if (code && ['channel', 'console', 'storage'].includes(place) && text.includes(code))
    add('e2e-leaks', `${place}: code`);
  if (secrets().some((secret) => text.includes(secret) || text.includes(encodeURIComponent(secret))))
    add('e2e-leaks', place);
};

/** Looks at what a method is given before it runs. */
const spy = (owner: object, name: string, place: string, isInnocent?: (...args: unknown[]) => boolean) => {
  const methods = owner as Record<string, (...args: unknown[]) => unknown>;
  const original = methods[name]!;
  methods[name] = function (this: unknown, ...args: unknown[]) {
    if (!isInnocent?.(...args)) look(place, ...args);
    return original.apply(this, args);
  };
};

for (const level of ['log', 'info', 'warn', 'error', 'debug', 'trace', 'table', 'dir'] as const)
  spy(console, level, 'console');
for (const method of ['pushState', 'replaceState'] as const) spy(history, method, 'history');
// What the app itself keeps is the app's; it must be gone in the end.
spy(Storage.prototype, 'setItem', 'storage', (key) => isOurs(String(key)) || String(key).startsWith('oidc.'));
spy(BroadcastChannel.prototype, 'postMessage', 'channel');
spy(MessagePort.prototype, 'postMessage', 'channel');
spy(window, 'postMessage', 'channel');
spy(navigator, 'sendBeacon', 'beacon');
for (const method of ['open', 'send'] as const) spy(XMLHttpRequest.prototype, method, 'XMLHttpRequest');
for (const method of ['add', 'put'] as const) spy(IDBObjectStore.prototype, method, 'storage');
spy(Cache.prototype, 'put', 'storage');
const fetch = window.fetch.bind(window);
window.fetch = (input, init) => {
  const url = new URL(input instanceof Request ? input.url : String(input), location.href);
  look('a URL that is fetched', url);
  // Not to another origin: to any that the app has not named its provider.
  if (!document.querySelector('arkane-logout')?.authority?.startsWith(url.origin))
    look('a request to another origin', init?.body, init?.headers, input instanceof Request && input.headers);
  return fetch(input, init);
};

const shadowsIn = (root: ParentNode): string =>
  [...root.querySelectorAll('*')]
    .map(({ shadowRoot }) => (shadowRoot ? shadowRoot.innerHTML + shadowsIn(shadowRoot) : ''))
    .join('');
const lookAround = () => {
  look('DOM', document.documentElement.outerHTML, shadowsIn(document));
  look('location', location.href, performance.getEntriesByType('navigation')[0]?.name, window.name);
  look('referrer', document.referrer);
  look(
    'a URL that is fetched',
    performance
      .getEntriesByType('resource')
      .map(({ name }) => name)
      .join(' '),
  );
  look('history', history.state);
  look('cookies', document.cookie);
};
lookAround();
addEventListener('pagehide', lookAround);
for (const type of ['arkane-logging-out', 'arkane-logged-out', 'arkane-logout-error'])
  document.addEventListener(type, (event) => {
    const { detail } = event as CustomEvent<object>;
    look('event', detail, (detail as { error?: Error }).error);
    setTimeout(lookAround); // when the page has done what it does then
  });

/** What is still in use: intervals, timers, channels, and listeners on `window` and `document`. */
const left = new Map<string, number>();
const count = (what: string, by: number) => left.set(what, (left.get(what) ?? 0) + by);

const running = new Map<number, string>();
const watchTimers = (set: 'setTimeout' | 'setInterval', clear: 'clearTimeout' | 'clearInterval', what: string) => {
  const [start, stop] = [window[set].bind(window), window[clear].bind(window)];
  const ended = (id: number) => {
    if (running.delete(id)) count(what, -1);
  };
  Object.assign(window, {
    [set]: (handler: (...args: unknown[]) => void, ms?: number, ...args: unknown[]) => {
      const id = start(() => {
        if (set === 'setTimeout') ended(id);
        handler(...args);
      }, ms);
      running.set(id, what);
      count(what, 1);
      return id;
    },
    [clear]: (id: number) => {
      ended(id);
      stop(id);
    },
  });
};
watchTimers('setTimeout', 'clearTimeout', 'timer');
watchTimers('setInterval', 'clearInterval', 'interval');

const Channel = BroadcastChannel;
window.BroadcastChannel = class extends Channel {
  #isOpen = true;
  constructor(name: string) {
    super(name);
    count('channel', 1);
  }
  override close() {
    if (this.#isOpen) count('channel', -1);
    this.#isOpen = false;
    super.close();
  }
};

for (const target of [window, document] as EventTarget[]) {
  const [listen, unlisten] = [target.addEventListener.bind(target), target.removeEventListener.bind(target)];
  const known = new Map<unknown, Map<string, () => void>>();
  target.addEventListener = (type, listener, options) => {
    const settings = typeof options === 'object' ? options : { capture: options ?? false };
    const key = `${type} ${settings.capture ?? false}`;
    const mine = known.get(listener) ?? new Map<string, () => void>();
    known.set(listener, mine);
    if (!mine.has(key) && listener && !settings.signal?.aborted) {
      count(`listener for ${type}`, 1);
      const gone = () => {
        if (mine.delete(key)) count(`listener for ${type}`, -1);
      };
      mine.set(key, gone);
      settings.signal?.addEventListener('abort', gone, { once: true });
      if (settings.once) listen(type, gone, { capture: settings.capture ?? false, once: true });
    }
    listen(type, listener, options);
  };
  target.removeEventListener = (type, listener, options) => {
    const capture = typeof options === 'object' ? (options.capture ?? false) : (options ?? false);
    known.get(listener)?.get(`${type} ${capture}`)?.();
    unlisten(type, listener, options);
  };
}

export interface Witness {
  /** What is in use, by kind, where there is any. */
  left: () => Record<string, number>;
  /** Looks once more, at everything that is kept, and says where tokens were. */
  leaks: () => string[];
}

declare global {
  interface Window {
    witness: Witness;
  }
}

window.witness = {
  left: () => Object.fromEntries([...left].filter(([, number]) => number !== 0).toSorted()),
  leaks() {
    lookAround();
    for (const storage of [localStorage, sessionStorage])
      for (const [key, value] of Object.entries(storage)) if (!isOurs(key)) look('storage', key, value);
    return lines('e2e-leaks');
  },
};
