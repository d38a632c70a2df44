// The browsers' own pop-up blockers, and real clicks: what a click no longer allows is told, and the next one finishes.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Scene, sidOf } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';
import {
  answers,
  asking,
  completed,
  elementOf,
  makeItWait,
  openReady,
  opened,
  prepare,
  proved,
  said,
} from '../support/windows.ts';

const over = { tokensSession: 'over', browser: 'over' };

const control = ({ browser }: Scene) => browser.evaluate(() => document.body.dataset.control);

inEachEngine(
  'a pop-up blocker, at a provider that asks',
  (stage) => {
    it('keeps the window from opening; that is told, and the next click opens it and finishes', async () => {
      const { scene } = stage;
      const user = await prepare(scene, { verify: '' });
      await makeItWait(scene);
      const first = await scene.press();
      assert.equal(await control(scene), 'blocked');
      assert.deepEqual(said(first), { ...opened, error: 'blocked' });
      assert.equal(await scene.storedUser(), null);
      assert.equal(await scene.browser.windows(), 1);
      const { status, said: words } = await elementOf(scene);
      assert.equal(status, 'incomplete');
      assert.match(words, /did not let a window open/);

      const { length } = await scene.heard();
      await scene.browser.click('arkane-logout >>> button');
      await (await asking(scene)).click(answers.yes);
      assert.deepEqual(said(await scene.completed(length)), proved);
      assert.equal((await scene.heard()).length, length + 1);
      assert.deepEqual(await scene.truths(sidOf(user)), over);
    });
  },
  { profile: 'generic', browser: { popupBlocker: true } },
);

inEachEngine(
  'a pop-up blocker, where the background proves nothing',
  (stage) => {
    it('is not even tried when the click is too long ago', async () => {
      const { scene } = stage;
      const user = await prepare(scene, {}, ['access_token', 'refresh_token']);
      await makeItWait(scene);
      await scene.browser.evaluate(() => {
        const real = window.open.bind(window);
        window.open = (...args) => {
          document.body.dataset.tried = '';
          return real(...args);
        };
      });
      const first = await scene.press();
      assert.equal(await control(scene), 'blocked');
      assert.deepEqual(said(first), { ...opened, via: 'hint', error: 'unproved' });
      assert.equal(await scene.browser.evaluate(() => document.body.dataset.tried ?? 'no'), 'no');

      await openReady(scene, { verify: '' }); // the page without the one that makes it wait
      const { length } = await scene.heard();
      await scene.browser.click('arkane-logout >>> button');
      assert.deepEqual(said(await scene.completed(length)), { ...completed, ...proved });
      assert.deepEqual(await scene.truths(sidOf(user)), over);
    });

    it('lets a window pass that opens after requests, within the click', async () => {
      const { scene } = stage;
      const user = await prepare(scene, { verify: '' }, ['access_token', 'refresh_token']);
      const { length } = await scene.heard();
      await scene.browser.click('arkane-logout >>> button');
      assert.deepEqual(said(await scene.completed(length)), proved);
      assert.deepEqual(await scene.truths(sidOf(user)), over);
    });
  },
  { browser: { popupBlocker: true } },
);
