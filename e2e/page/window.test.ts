// What may happen to a window: one terminal event as it opens, one honest completion, and nothing left open.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, it } from 'node:test';
import type { Popup } from '../support/drivers.ts';
import { type Heard, type Hold, type Scene, sidOf, type StoredUser } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';
import {
  answers,
  asking,
  completed,
  elementOf,
  openReady,
  prepare,
  press,
  proved,
  returned,
  said,
} from '../support/windows.ts';

const over = { tokensSession: 'over', browser: 'over' };
const alive = { tokensSession: 'alive', browser: 'alive' };
const closed = { ...completed, error: 'closed' };

/** What the page holds of its windows. */
type Handles = Window & { opened?: Window | null };

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

inEachEngine(
  'a window at a provider that asks',
  (stage) => {
    let scene: Scene;
    let hold: Hold | undefined;
    beforeEach(() => {
      ({ scene } = stage);
    });
    afterEach(() => {
      hold?.letGo();
      hold = undefined;
      Object.assign(scene.world.isolated, { app: false, provider: false });
    });

    /** The user closes the window; what the page says of it, at the latest 2 s after he is back. */
    const close = async (popup: Popup, tell: () => Promise<Heard>) => {
      await scene.lookAway(true);
      await pause(600); // long enough to be noticed
      await popup.close();
      await scene.lookAway(false);
      const back = performance.now();
      const heard = await tell();
      const after = performance.now() - back;
      assert.ok(after < 2000 + 300, `${after} ms`); // the driver's part of it
      return heard;
    };

    /** The end of every case: the press has settled, nothing is left open, and the two truths. */
    const ends = async (user: StoredUser, truths: object) => {
      assert.notEqual((await elementOf(scene)).status, 'pending');
      assert.equal(await scene.browser.windows(), 1);
      assert.deepEqual(await scene.mishaps(), []);
      assert.deepEqual(await scene.truths(sidOf(user)), truths);
    };

    for (const [where, part, verdict, truths] of [
      ['on the page that asks', undefined, closed, alive],
      ['on its way back', 'callback.html', closed, over],
      ['while the session check is asked', 'prompt=none', returned, over],
    ] as const)
      it(`that the user closes ${where} claims no more than is known`, async () => {
        const user = await prepare(scene, { verify: '' });
        const { completed } = await press(scene);
        const popup = await asking(scene);
        if (part) {
          hold = scene.world.hold(part);
          // Not the driver's click: in WebKit it waits for a page that has begun to load, and this one is held.
          await popup.evaluate(
            (yes) =>
              void setTimeout(() => {
                document.querySelector<HTMLElement>(yes)!.click();
              }),
            answers.yes,
          );
          await hold.asked;
        }
        assert.deepEqual(said(await close(popup, completed)), verdict);
        hold?.letGo();
        await ends(user, truths);
      });

    it('that the user closes while it is blank is missed all the same', async () => {
      const user = await prepare(scene);
      hold = scene.world.hold('openid-configuration');
      await openReady(scene);
      const { length } = await scene.heard();
      await scene.browser.click('arkane-logout >>> button');
      const popup = await scene.browser.popup();
      await scene.lookAway(true);
      await pause(600);
      await popup.close();
      await scene.lookAway(false);
      hold.letGo();
      assert.deepEqual(said(await scene.completed(length)), closed);
      await ends(user, alive);
    });

    it('that ends on the provider’s error page is closed by the user, and that is told', async () => {
      const user = await prepare(scene, { 'callback-uri': `${scene.world.app.origin}/demo/unknown.html` });
      const { completed } = await press(scene);
      const popup = await scene.browser.popup();
      await popup.until(() => popup.evaluate(() => document.body.textContent.includes('post_logout')), 'the error');
      assert.deepEqual(said(await close(popup, completed)), closed);
      await ends(user, alive);
    });

    it('says so, with a way back, when the page has been reloaded meanwhile, and a press there finishes', async () => {
      const user = await prepare(scene);
      await press(scene);
      const popup = await asking(scene);
      await openReady(scene, { verify: '' });
      assert.equal((await elementOf(scene)).status, 'incomplete');
      await popup.click(answers.yes);
      const words = () => popup.evaluate(() => document.body.textContent.includes('No logout is waiting') && 'yes');
      await popup.until(words, 'the sentence');
      assert.equal(await popup.evaluate(() => document.querySelector('a')!.pathname), '/demo/');
      await popup.close();
      const { length } = await scene.heard();
      await scene.browser.click('arkane-logout >>> button');
      assert.deepEqual(said(await scene.completed(length)), proved);
      await scene.browser.until(async () => (await scene.browser.windows()) === 1, 'the window to close');
      await ends(user, over);
    });

    it('says so when the page that asked is gone', async () => {
      const user = await prepare(scene);
      await press(scene);
      const popup = await asking(scene);
      await scene.browser.goto('about:blank');
      await popup.click(answers.yes);
      await popup.until(() => popup.evaluate(() => document.querySelector('a')?.textContent), 'the way back');
      // A window gets a copy of what the tab has stored, and this one leads back to the app.
      assert.deepEqual(await popup.evaluate(() => Object.keys(sessionStorage)), []);
      await popup.close();
      await scene.visit();
      await ends(user, over);
    });

    it('stays one, however often the button is pressed, and is done once', async () => {
      const user = await prepare(scene);
      const { completed } = await press(scene);
      await scene.browser.click('arkane-logout >>> button');
      await scene.browser.click('arkane-logout >>> button');
      assert.equal(await scene.browser.windows(), 2);
      await (await asking(scene)).click(answers.yes);
      assert.deepEqual(said(await completed()), returned);
      await ends(user, over);
    });

    it('covers the page; the cover shows the window, and gives it up', async () => {
      const user = await prepare(scene, { 'use-overlay-with-popup': '' });
      const { length } = await scene.heard();
      await press(scene);
      const popup = await asking(scene);
      const cover = () =>
        scene.browser.evaluate(() => {
          const root = [...document.body.children].at(-1)!.shadowRoot;
          return root && { open: root.querySelector('dialog')!.open, focus: root.activeElement?.textContent };
        });
      assert.deepEqual(await cover(), { open: true, focus: 'Show the window' });
      await scene.browser.press('Escape');
      assert.deepEqual(said(await scene.completed(length)), closed);
      // Cut off from the page, it can be closed by the user only, in Chromium and WebKit.
      if (stage.engine === 'firefox') await scene.browser.until(() => popup.closed(), 'the window to close');
      else await popup.close();
      assert.equal(await cover(), null);
      assert.equal(await scene.browser.evaluate(() => document.activeElement?.localName), 'arkane-logout');
      await ends(user, alive);
    });

    it('that is out of reach is opened again by the cover; giving it up only ends the wait, and a late answer counts', async () => {
      scene.world.isolated.app = true;
      const user = await prepare(scene, { 'use-overlay-with-popup': '', verify: '' });
      await scene.browser.evaluate(() => {
        const real = window.open.bind(window);
        window.open = (...args) => ((window as Handles).opened = real(...args));
      });
      const outOfReach = () => scene.browser.evaluate(() => (window as Handles).opened?.closed);
      const { length } = await scene.heard();
      await scene.browser.click('arkane-logout >>> button');
      const first = await asking(scene);
      await scene.browser.until(outOfReach, 'the window to be out of reach');
      await first.close();
      const [show, cancel] = [1, 2].map((nth) => `body > :last-child >>> button:nth-child(${nth})`);
      await scene.browser.click(show!);
      const second = await asking(scene);
      await scene.browser.until(outOfReach, 'the other one to be out of reach');
      await scene.browser.click(cancel!);
      const told = async () =>
        (await scene.heard()).slice(length).filter(({ detail }) => detail.trigger === 'completed');
      await scene.browser.until(async () => (await told()).length === 1, 'that nobody waits');
      assert.deepEqual(said((await told())[0]!), closed);
      await second.click(answers.yes);
      await scene.browser.until(async () => (await told()).length === 2, 'the late answer');
      assert.deepEqual(said((await told())[1]!), proved);
      await scene.browser.until(() => second.closed(), 'the window to close');
      await ends(user, over);
    });
  },
  { profile: 'generic' },
);
