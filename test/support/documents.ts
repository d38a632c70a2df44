import { expect } from '@open-wc/testing';
import type { ArkaneLoggedOutEvent, ArkaneLoggingOutEvent, ArkaneLogoutErrorEvent } from '../../src/core/events.js';

type Ours = ArkaneLoggingOutEvent | ArkaneLoggedOutEvent | ArkaneLogoutErrorEvent;

/** A document of its own (pages/document.html): nothing in memory that another one knows, the same origin. */
export interface Page extends Window {
  /** `load`, and events of ours, in order. */
  seen: ('load' | Ours)[];
  /** What nobody caught. */
  noise: unknown[];
  load(path: string): Promise<unknown>;
  fetch: typeof fetch;
  PageTransitionEvent: typeof PageTransitionEvent;
}

const file = '/test/pages/document.html';
const open: { noise: unknown[]; close: () => void }[] = [];

afterEach(() => {
  const closed = open.splice(0);
  for (const { close } of closed) close();
  for (const { noise } of closed) expect(noise).to.deep.equal([]);
});

/** Until it is so; a page that is opened, and a server, give no promise. */
export const until = async <T>(look: () => T | Promise<T>): Promise<T> => {
  for (;;) {
    const found = await look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};

const isLoaded = (page: Page) => page.location.pathname === file && (page as Partial<Page>).seen?.includes('load');

const ready = async (page: Page, close: () => void): Promise<Page> => {
  const opened = { noise: [] as unknown[], close };
  open.push(opened);
  await until(() => isLoaded(page));
  opened.noise = page.noise;
  page.fetch = (...request) => globalThis.fetch(...request); // which a test may have scripted
  return page;
};

/** A frame of the test's page: one tab, so one `sessionStorage`. `markup` is what stands in its body. */
export const openFrame = (search = '', markup = ''): Promise<Page> => {
  const frame = document.createElement('iframe');
  frame.name = markup;
  frame.src = file + search;
  document.body.append(frame);
  return ready(frame.contentWindow as unknown as Page, () => {
    frame.remove();
  });
};

/** A tab: a page at the top, with a copy of this page's `sessionStorage`. */
export const openTab = (search = '', markup = ''): Promise<Page> => {
  const page = window.open('about:blank', '', 'popup,width=400,height=300') as unknown as Page;
  page.name = markup;
  // Once more by hand: WebKit may copy before it has seen what was stored last.
  page.sessionStorage.clear();
  for (const [name, value] of Object.entries<string>(sessionStorage)) page.sessionStorage.setItem(name, value);
  page.location.replace(new URL(file + search, location.href));
  return ready(page, () => {
    page.close();
  });
};

/** A module of `src`, as that page has it. */
export const moduleOf = async <T>(page: Page, path: string): Promise<T> => (await page.load(`/src/${path}.ts`)) as T;

/** Whether a page has fetched a module of `src`; it may not have run yet. */
export const hasFetched = (page: Page, path: string): boolean =>
  page.performance.getEntriesByType('resource').some(({ name }) => name.includes(`/src/${path}.`));

/** Until a page has fetched modules of `src` of itself, and they have run. */
export const fetched = async (page: Page, ...paths: string[]): Promise<void> => {
  for (const path of paths) {
    await until(() => hasFetched(page, path));
    await moduleOf(page, path);
  }
  await settled(page);
};

/** What happened on a page, by name. */
export const typesOf = ({ seen }: Page): string[] => seen.map((each) => (each === 'load' ? each : each.type));

/** After what a page does of itself once it is loaded. */
export const settled = (page: Page): Promise<void> =>
  new Promise((resolve) => {
    page.setTimeout(() => page.setTimeout(resolve));
  });

/** Plays that a page is left, which a navigation to nothing does not do. */
export const leave = (page: Page): Promise<void> => {
  page.dispatchEvent(new page.PageTransitionEvent('pagehide'));
  return settled(page);
};

/** Plays that it is shown again, by the Back button. */
export const showAgain = (page: Page): void => {
  page.dispatchEvent(new page.PageTransitionEvent('pageshow', { persisted: true }));
};

const { fetch } = globalThis; // before a test scripts it

/** Where this client was sent, once the server has seen it. */
export const navigationOf = async (clientId: string): Promise<URL> => {
  const [href] = (await until(async () => {
    const seen = (await (await fetch(`/navigations/${clientId}`)).json()) as string[];
    return seen.length > 0 && seen;
  })) as string[];
  return new URL(href!);
};
