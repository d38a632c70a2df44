/** The user, who presses and then answers what the provider asks. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '../support/drivers.ts';
import type { Heard, Scene } from '../support/scene.ts';

/** `closes`: the window, or in the page's own tab the Back button. */
export type Answer = 'yes' | 'no' | 'closes';

/** What a page of the provider is about. */
const kindOf = (page: Page) =>
  page.evaluate(() => {
    // WebKit loses a navigation now and then: then a user presses again.
    const isAnswered = Date.now() - Number(document.body.dataset.answered ?? 0) < 3000;
    if (document.readyState !== 'complete' || isAnswered) return undefined;
    if (document.querySelector('button[name=logout], #kc-logout')) return 'question';
    // It sends itself on.
    if (document.forms.length > 0 || location.protocol === 'about:') return undefined;
    return 'dead end';
  });

/** Presses by script: WebKitWebDriver waits for the page that follows a click, and a window may be gone by then. */
const answer = (page: Page, isYes: boolean) =>
  page.evaluate((isYes) => {
    document.body.dataset.answered = String(Date.now()); // WebKit may lose what this says, and once is enough
    const yes = document.querySelector<HTMLElement>('button[name=logout], #kc-logout');
    const no = document.querySelector<HTMLElement>('button[form="op.logoutForm"]:not([name])');
    setTimeout(() => (isYes ? yes : no)?.click());
  }, isYes);

/** Presses, and plays the user until the page has nothing more to say. Everything that was heard of it. */
export async function pressAndAnswer(scene: Scene, how: Answer, patience = 20_000): Promise<Heard[]> {
  const { browser, world } = scene;
  const before = (await scene.heard()).length;
  const provider = new URL(world.provider.issuer).origin;
  let hasLeft = false;
  let isSilent = false;

  const attend = async (page: Page, leave: () => Promise<void>) => {
    const kind = await kindOf(page);
    if (!kind || hasLeft) return;
    // Keycloak's question has no "no".
    const isAnswered = kind === 'question' && (how === 'yes' || (how === 'no' && world.provider.profile === 'generic'));
    if (isAnswered) {
      await answer(page, how === 'yes');
      return;
    }
    hasLeft = true; // a page that is being left is not left twice
    await leave();
  };

  const step = async (): Promise<Heard[] | undefined> => {
    isSilent = false;
    // Not the driver's: Firefox's does not notice a page from the back-forward cache.
    if ((await browser.evaluate(() => location.origin)) === provider) {
      await attend(browser, () => browser.back());
      return undefined;
    }
    const heard = (await scene.heard()).slice(before);
    const told = heard.filter(({ type }) => type !== 'arkane-logging-out');
    if (told.length > 0 && !(await isPending(browser))) return heard;
    isSilent = (await browser.windows()) === 1;
    if (!isSilent) {
      const popup = await browser.popup(100);
      if ((await popup.url()).startsWith(provider)) await attend(popup, () => leaveWindow(scene, () => popup.close()));
    }
    return undefined;
  };

  await browser.click('arkane-logout >>> button');
  await browser.until(step, 'the last word', patience).catch((error: unknown) => {
    if (!isSilent) throw error; // else the verdict says what was not told
  });
  await scene.ready();
  await sleep(500); // one more would come now
  return (await scene.heard()).slice(before);
}

const isPending = (page: Page) =>
  page.evaluate(
    () => document.querySelector('arkane-logout')?.status === 'pending' || document.body.dataset.ready === undefined,
  );

/** The page has to see that the user was elsewhere, and is back. */
async function leaveWindow(scene: Scene, close: () => Promise<void>): Promise<void> {
  await scene.lookAway(true);
  await sleep(600);
  await close();
  await scene.lookAway(false);
}
