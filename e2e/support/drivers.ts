// One small driver over three real browsers. Chromium and Firefox through puppeteer, WebKitGTK through WebDriver.
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import puppeteer, { TimeoutError } from 'puppeteer-core';
import type { Browser as PuppeteerBrowser, CDPSession, LaunchOptions, Page as PuppeteerPage } from 'puppeteer-core';
import { launchOptions, usableEngines } from '../../scripts/browsers.mjs';
import type { Engine } from '../../scripts/browsers.mjs';
import { Coverage } from './coverage.ts';
import { endWithProcess } from './processes.ts';
import { startWebKit } from './webkit.ts';

export type { Engine };

/** The engines that are here, narrowed by BROWSERS. */
export const engines: Engine[] = usableEngines();

export type Key = 'Tab' | 'Enter' | 'Space' | 'Escape';

const counted = ['JSEventListeners', 'Nodes', 'Documents', 'JSHeapUsedSize'] as const;
export type Counter = (typeof counted)[number];

/** One window or tab. A selector may pierce one open shadow root with ` >>> `. */
export interface Page {
  goto(url: string): Promise<void>;
  url(): Promise<string>;
  /** Runs in the page, sees nothing but `arg`, answers JSON. Rejects with the page's error message. */
  evaluate<A, R>(fn: (arg: A) => R | Promise<R>, arg?: A): Promise<R>;
  /** Into an empty field. */
  type(selector: string, text: string): Promise<void>;
  /** A real mouse click in the middle of the element. */
  click(selector: string): Promise<void>;
  press(key: Key): Promise<void>;
  /** As the browser's own Back button, also from its error page. Does not wait for what is shown then. */
  back(): Promise<void>;
  /** Stops everything in a tab that nobody looks at, or lets it go on. Chromium's driver only. */
  freeze?(isFrozen: boolean): Promise<void>;
  /** What the page holds after a garbage collection, by Chromium's own count. Chromium's driver only. */
  counters?(): Promise<Record<Counter, number>>;
  until<T>(probe: () => T | Promise<T>, what: string, ms?: number): Promise<NonNullable<T>>;
  screenshot(path: string): Promise<void>;
}

/** The browser, and the tab that it is driven by. */
export interface Browser extends Page {
  engine: Engine;
  version: string;
  /** The window that the page opened, as soon as it is there. */
  popup(ms?: number): Promise<Popup>;
  /** Another tab, blank. */
  tab(): Promise<Popup>;
  /** How many windows and tabs are open. */
  windows(): Promise<number>;
  /** A clean browser: no cookies, storage, cache or windows are left, and one blank tab. */
  fresh(): Promise<void>;
  close(): Promise<void>;
}

export interface Popup extends Page {
  closed(): Promise<boolean>;
  /** As the user closes it. */
  close(): Promise<void>;
}

export interface OpenOptions {
  /** The stock pop-up blocker, which puppeteer switches off. Chromium and Firefox: MiniBrowser then opens no window at all. */
  popupBlocker?: boolean;
  /** WebKit's Intelligent Tracking Prevention. */
  itp?: boolean;
}

const until: Page['until'] = async (probe, what, ms = 15_000) => {
  const end = performance.now() + ms;
  for (;;) {
    let last: unknown;
    try {
      const value = await probe();
      if (value) return value;
      last = value;
    } catch (error) {
      last = error;
    }
    if (performance.now() > end) throw new Error(`waited ${ms} ms in vain for ${what}; last: ${String(last)}`);
    await sleep(50);
  }
};

type Answer<R> = { value: R } | { error: string };

/** Source text of a function without arguments that never throws: the three protocols report a throw differently. */
const source = (fn: unknown, arg: unknown) => `(async () => {
  try {
    return { value: await (${String(fn)})(${arg === undefined ? '' : JSON.stringify(arg)}) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
})`;

const unwrap = <R>(answer: Answer<R>) => {
  if ('error' in answer) throw new Error(answer.error);
  return answer.value;
};

/** ms; puppeteer waits for a load, which a page from the back-forward cache does not have. */
const backLimit = 200;

const puppeteerPage = (page: PuppeteerPage, session?: CDPSession): Page => ({
  goto: async (url) => {
    await page.goto(url);
  },
  url: () => Promise.resolve(page.url()),
  async evaluate<A, R>(fn: (arg: A) => R | Promise<R>, arg?: A) {
    const expression = `${source(fn, arg)}()`;
    if (!session) return unwrap((await page.evaluate(expression)) as Answer<R>);
    // Not puppeteer's own evaluate: it counts as a user's gesture, and would let every window open.
    const { result, exceptionDetails } = await session.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return unwrap(result.value as Answer<R>);
  },
  async type(selector, text) {
    await page.waitForSelector(selector, { timeout: 15_000 });
    await page.type(selector, text);
  },
  async click(selector) {
    await page.waitForSelector(selector, { timeout: 15_000 });
    await page.click(selector);
  },
  press: (key) => page.keyboard.press(key === 'Space' ? ' ' : key), // BiDi knows no other name for it
  async back() {
    if (session) {
      const { currentIndex, entries } = await session.send('Page.getNavigationHistory');
      await session.send('Page.navigateToHistoryEntry', { entryId: entries[currentIndex - 1]!.id });
      return;
    }
    await page.goBack({ timeout: backLimit }).catch((error: unknown) => {
      if (!(error instanceof TimeoutError)) throw error;
    });
  },
  until,
  ...(session && {
    async counters() {
      await session.send('Performance.enable');
      for (let time = 0; time < 3; time += 1) await session.send('HeapProfiler.collectGarbage');
      const { metrics } = await session.send('Performance.getMetrics');
      const value = (name: Counter) => metrics.find((metric) => metric.name === name)?.value ?? NaN;
      return Object.fromEntries(counted.map((name) => [name, value(name)])) as Record<Counter, number>;
    },
    async freeze(isFrozen: boolean) {
      await session.send('Page.setWebLifecycleState', { state: isFrozen ? 'frozen' : 'active' });
    },
  }),
  async screenshot(path) {
    await writeFile(path, await page.screenshot());
  },
});

const optionsFor = (engine: 'chromium' | 'firefox', { popupBlocker = false }: OpenOptions): LaunchOptions => {
  const options: LaunchOptions = { ...launchOptions(engine), acceptInsecureCerts: true };
  return engine === 'chromium'
    ? {
        ...options,
        // Puppeteer's defaults that would hide what users meet.
        ignoreDefaultArgs: ['--disable-back-forward-cache', ...(popupBlocker ? ['--disable-popup-blocking'] : [])],
      }
    : {
        ...options,
        extraPrefsFirefox: {
          ...options.extraPrefsFirefox,
          'permissions.isolateBy.userContext': true, // else storage access, once granted, outlives fresh()
          ...(popupBlocker && { 'dom.disable_open_during_load': true }),
        },
      };
};

async function openWithPuppeteer(engine: 'chromium' | 'firefox', options: OpenOptions): Promise<Browser> {
  const browser: PuppeteerBrowser = await puppeteer.launch(optionsFor(engine, options));
  endWithProcess(browser.process()!);
  const coverage = engine === 'chromium' && process.env.COVERAGE ? new Coverage() : undefined;

  const wrap = async (page: PuppeteerPage) =>
    puppeteerPage(page, engine === 'chromium' ? await page.createCDPSession() : undefined);
  // A context is a profile of its own in memory; making one is far cheaper than a browser.
  const begin = async () => {
    const context = await browser.createBrowserContext();
    const tab = await context.newPage();
    await coverage?.watch(tab);
    return { context, tab, page: await wrap(tab) };
  };
  const popupOf = async (opened: PuppeteerPage): Promise<Popup> => ({
    ...(await wrap(opened)),
    closed: () => Promise.resolve(opened.isClosed()),
    close: () => opened.close(),
  });
  const blank = await browser.pages();
  let current = await begin();
  for (const page of blank) await page.close();

  return {
    engine,
    version: await browser.version(),
    goto: (url) => current.page.goto(url),
    url: () => current.page.url(),
    evaluate: (fn, arg) => current.page.evaluate(fn, arg),
    type: (selector, text) => current.page.type(selector, text),
    click: (selector) => current.page.click(selector),
    press: (key) => current.page.press(key),
    back: () => current.page.back(),
    ...(engine === 'chromium' && { counters: () => current.page.counters!() }),
    until,
    screenshot: (path) => current.page.screenshot(path),
    async popup(ms) {
      const { context, tab } = current;
      const opened = await until(
        async () => (await context.pages()).find((page) => page !== tab && !page.isClosed()),
        'a window',
        ms,
      );
      return popupOf(opened);
    },
    async tab() {
      return popupOf(await current.context.newPage());
    },
    windows: async () => (await current.context.pages()).filter((page) => !page.isClosed()).length,
    async fresh() {
      const { context } = current;
      await coverage?.take();
      current = await begin();
      await context.close();
    },
    async close() {
      await coverage?.finish();
      await browser.close();
    },
  };
}

async function openWebKit({ itp }: OpenOptions): Promise<Browser> {
  const webkit = await startWebKit({ itp });
  /** The driver's own limit for a script is a timer in the page, where it would be taken for the page's; `execute` has one. */
  const begin = async () => {
    await webkit.call('POST', '/timeouts', { script: null });
    return webkit.call<string>('GET', '/window');
  };
  let mainWindow = await begin();
  let currentWindow = mainWindow;

  let queue: Promise<unknown> = Promise.resolve();
  const alone = <T>(work: () => Promise<T>): Promise<T> => {
    const done = queue.then(work);
    queue = done.catch(() => undefined);
    return done;
  };
  /** WebDriver has one current window, and each of our pages means its own: not for two at a time. */
  const inWindow = async (handle: string) => {
    if (handle === currentWindow) return;
    await webkit.call('POST', '/window', { handle });
    currentWindow = handle;
  };
  const pageOf = (handle: () => string): Page => {
    const call: typeof webkit.call = (method, path, body, ms) =>
      alone(async () => {
        await inWindow(handle());
        return webkit.call(method, path, body, ms);
      });
    /** The answer of a page that is left meanwhile is lost now and then, and WebKitWebDriver waits for it for ever. */
    const execute = <T>(how: 'sync' | 'async', script: string, args: unknown[] = []) =>
      call<T>('POST', `/execute/${how}`, { script, args }, 5000);
    const element = async (selector: string) => {
      const script = `const [host, inner] = arguments[0].split(' >>> ');
        const found = document.querySelector(host);
        return inner ? found?.shadowRoot?.querySelector(inner) : found;`;
      const reference = await until(
        () => execute<Record<string, string> | null>('sync', script, [selector]),
        `the element ${selector}`,
      );
      return Object.values(reference)[0] ?? '';
    };
    return {
      async goto(url) {
        const before = await call<string>('GET', '/url');
        await call('POST', '/url', { url });
        // The first way to a page that isolates itself is lost when the process changes for it.
        if (before !== url && (await call('GET', '/url')) === before) await call('POST', '/url', { url });
      },
      url: () => call('GET', '/url'),
      async evaluate<A, R>(fn: (arg: A) => R | Promise<R>, arg?: A) {
        const script = `const done = arguments[arguments.length - 1]; ${source(fn, arg)}().then(done);`;
        return unwrap(await execute<Answer<R>>('async', script));
      },
      async type(selector, text) {
        const path = `/element/${await element(selector)}`;
        const typed = async () => {
          await call('POST', `${path}/value`, { text });
          if ((await call<string>('GET', `${path}/property/value`)) === text) return true;
          await call('POST', `${path}/clear`);
          return false;
        };
        // There is no window manager: a window that has not got the focus yet loses keys, or gets some of them late.
        await until(typed, `${selector} to take what is typed`);
      },
      async click(selector) {
        await call('POST', `/element/${await element(selector)}/click`);
      },
      async press(key) {
        await inWindow(handle());
        await webkit.press(key);
      },
      async back() {
        await call('POST', '/back', undefined, 5000);
      },
      until,
      async screenshot(path) {
        await writeFile(path, Buffer.from(await call<string>('GET', '/screenshot'), 'base64'));
      },
    };
  };
  const handles = () => webkit.call<string[]>('GET', '/window/handles');
  const popupOf = (handle: string): Popup => ({
    ...pageOf(() => handle),
    closed: async () => !(await handles()).includes(handle),
    async close() {
      await inWindow(handle);
      await webkit.call('DELETE', '/window');
      await inWindow(mainWindow);
    },
  });

  return {
    ...pageOf(() => mainWindow),
    engine: 'webkit',
    version: webkit.version,
    async popup(ms) {
      const handle = await until(async () => (await handles()).find((other) => other !== mainWindow), 'a window', ms);
      return popupOf(handle);
    },
    async tab() {
      await inWindow(mainWindow);
      const { handle } = await webkit.call<{ handle: string }>('POST', '/window/new', { type: 'tab' });
      return popupOf(handle);
    },
    windows: async () => (await handles()).length,
    async fresh() {
      await webkit.restart();
      mainWindow = currentWindow = await begin();
    },
    close: () => webkit.close(),
  };
}

export function open(engine: Engine, options: OpenOptions = {}): Promise<Browser> {
  return engine === 'webkit' ? openWebKit(options) : openWithPuppeteer(engine, options);
}
