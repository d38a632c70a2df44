/** What the tests of windows have in common. */
import assert from 'node:assert/strict';
import type { Popup } from './drivers.ts';
import type { Heard, Scene, StoredUser } from './scene.ts';

/** What a result says, without the error's words. */
export const said = ({ type, detail }: Heard) => {
  const { trigger, via, providerSession, evidence, error } = detail;
  return { type, trigger, via, providerSession, evidence, error: error?.code };
};

export const opened = {
  type: 'arkane-logged-out',
  trigger: 'user',
  via: 'window',
  providerSession: 'unknown',
  evidence: 'none',
  error: undefined,
};
export const completed = { ...opened, trigger: 'completed' };
export const proved = { ...completed, providerSession: 'ended', evidence: 'session-check' };
export const returned = { ...completed, providerSession: 'returned', evidence: 'return' };

/** The buttons of the page that asks. */
export const answers = { yes: 'button[name=logout]', no: 'button[form="op.logoutForm"]:not([name])' };

/** What the user sees and hears. */
export const elementOf = ({ browser }: Scene): Promise<{ status: string; said: string }> =>
  browser.evaluate(() => {
    const element = document.querySelector('arkane-logout')!;
    return { status: element.status, said: element.shadowRoot!.querySelector('[role=status]')!.textContent };
  });

/** Waits for what opens windows: it comes when the page is idle. */
export const isReady = async ({ browser }: Scene): Promise<void> => {
  const hasRun = async () => {
    const names = performance.getEntriesByType('resource').map(({ name }) => name);
    const wanted = document.querySelector('arkane-logout')!.useOverlayWithPopup ? ['window', 'overlay'] : ['window'];
    const found = wanted.map((each) => names.find((name) => name.endsWith(`/${each}.ts`)));
    if (found.includes(undefined)) return false;
    await Promise.all(found.map((name) => import(name!)));
    return true;
  };
  await browser.until(() => browser.evaluate(hasRun), 'what opens windows');
};

/** The demo page of a signed-in user, whose element may open a window. `without`: tokens that it has not got. */
export const prepare = async (
  scene: Scene,
  attributes: Record<string, string> = {},
  without: (keyof StoredUser)[] = [],
): Promise<StoredUser> => {
  const missing = Object.fromEntries(without.map((name) => [name, undefined]));
  const user = await scene.signInByHand((user) => ({ ...user, ...missing }));
  await openReady(scene, attributes);
  return user;
};

/** The demo page anew. */
export const openReady = async (scene: Scene, attributes: Record<string, string> = {}): Promise<void> => {
  const callback = `${scene.world.app.origin}/demo/callback.html`;
  await scene.open('?tab=nfts', { 'callback-uri': callback, ...attributes });
  await isReady(scene);
};

/** Presses; a window opens, and the page is told so. */
export const press = async (scene: Scene): Promise<{ completed: () => Promise<Heard> }> => {
  const { length } = await scene.heard();
  await scene.browser.click('arkane-logout >>> button');
  const told = async () => (await scene.heard()).slice(length).filter(({ type }) => type !== 'arkane-logging-out');
  await scene.browser.until(async () => (await told()).length > 0, 'the terminal event');
  assert.deepEqual(said((await told())[0]!), opened);
  return {
    /** What came of it, once the window is gone. */
    completed: async () => {
      const heard = await scene.completed(length);
      await scene.browser.until(async () => (await scene.browser.windows()) === 1, 'the window to close');
      return heard;
    },
  };
};

/** The window, once it shows the page that asks. Where pages isolate themselves, it is another one than the blank one was. */
export const asking = ({ browser }: Scene): Promise<Popup> =>
  browser.until(async () => {
    const popup = await browser.popup();
    return (await popup.url()).includes('/session/end') ? popup : undefined;
  }, 'the page that asks');

/** Longer than a click allows a window to open: 5.0 s in Chromium, 5.4 s in Firefox. */
const tooLong = 6000;

/** The page makes the logout wait, so that the click's activation is over; then it tries for itself whether it may open a window. */
export const makeItWait = ({ browser }: Scene) =>
  browser.evaluate((ms) => {
    const real = window.open.bind(window);
    document.addEventListener('arkane-logging-out', (event) => {
      const waited = new Promise((resolve) => setTimeout(resolve, ms));
      event.waitUntil(waited.then(() => (document.body.dataset.control = real('about:blank') ? 'opened' : 'blocked')));
    });
  }, tooLong);
