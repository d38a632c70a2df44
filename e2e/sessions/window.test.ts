// POPUP in a window: opened by the press, closed by itself, and what came of it is told once more.
import assert from 'node:assert/strict';
import { beforeEach, it } from 'node:test';
import { type Scene, sidOf } from '../support/scene.ts';
import { inEachEngine, type Stage } from '../support/suite.ts';
import { answers, asking, elementOf, isReady, prepare, press, proved, returned, said } from '../support/windows.ts';
import { lieIn } from '../truth/oracle.ts';

const over = { tokensSession: 'over', browser: 'over' };

/** Whoever isolates his pages cuts every tie between the page and its window (Cross-Origin-Opener-Policy). */
const isolation = [
  ['nobody', { app: false, provider: false }],
  ['the app', { app: true, provider: false }],
  ['the provider', { app: false, provider: true }],
  ['both', { app: true, provider: true }],
] as const;

inEachEngine('POPUP in a window', (stage: Stage) => {
  let scene: Scene;
  beforeEach(() => {
    ({ scene } = stage);
  });

  for (const [who, isolated] of isolation)
    it(`opens after a background that proves nothing, and proves it by the session check; isolated: ${who}`, async () => {
      Object.assign(scene.world.isolated, isolated);
      const user = await prepare(scene, { verify: '' }, ['access_token', 'refresh_token']);
      const { completed } = await press(scene);
      const heard = await completed();
      assert.deepEqual(said(heard), proved);
      assert.deepEqual(await elementOf(scene), { status: 'done', said: 'You are logged out.' });
      assert.equal(await scene.storedUser(), null);

      assert.deepEqual(await scene.mishaps(), []);
      const truths = await scene.truths(sidOf(user));
      assert.deepEqual(truths, over);
      assert.equal(lieIn(heard, truths), undefined);
    });

  it('is kept unfinished over a reload, and the press then goes with the client alone', async () => {
    Object.assign(scene.world.isolated, { app: false, provider: false });
    const user = await prepare(scene, {}, ['access_token', 'refresh_token']);
    const callback = await scene.browser.evaluate(() => {
      const element = document.querySelector('arkane-logout')!;
      const { callbackUri } = element;
      element.callbackUri = null; // no way back, no window
      return callbackUri!;
    });
    assert.equal((await scene.press()).detail.error?.code, 'unproved');
    await scene.open('?tab=nfts', { 'callback-uri': callback, verify: '' });
    const { status, said: words } = await elementOf(scene);
    assert.equal(status, 'incomplete');
    assert.match(words, /Press again to finish/);
    assert.doesNotMatch(await scene.browser.evaluate(() => JSON.stringify(Object.entries(sessionStorage))), /eyJ/);
    await isReady(scene);

    const { length } = await scene.heard();
    await scene.browser.click('arkane-logout >>> button');
    const heard = await scene.completed(length);
    assert.deepEqual(
      (await scene.heard()).slice(length).map(({ detail }) => detail.trigger),
      ['completed'],
    );
    assert.deepEqual(said(heard), proved);
    assert.deepEqual(await scene.truths(sidOf(user)), over);
  });
});

if (!process.env.KEYCLOAK)
  inEachEngine(
    'POPUP in a window, at a provider that asks',
    (stage: Stage) => {
      let scene: Scene;
      beforeEach(() => {
        ({ scene } = stage);
        Object.assign(scene.world.isolated, { app: false, provider: false });
      });

      for (const [answer, verify, result] of [
        ['yes', true, proved],
        ['no', true, { ...proved, providerSession: 'alive', error: 'declined' }],
        ['yes', false, returned],
        ['no', false, returned],
      ] as const)
        it(`the user says ${answer}, ${verify ? 'with' : 'without'} verify: ${result.providerSession}`, async () => {
          const user = await prepare(scene, verify ? { verify: '' } : {});
          const { completed } = await press(scene);
          assert.equal(await scene.storedUser(), null);
          assert.equal((await elementOf(scene)).status, 'pending');
          await (await asking(scene)).click(answers[answer]);
          const heard = await completed();
          assert.deepEqual(said(heard), result);
          assert.deepEqual(await scene.mishaps(), []);
          const truths = await scene.truths(sidOf(user));
          assert.equal(truths.browser, answer === 'yes' ? 'over' : 'alive');
          assert.equal(lieIn(heard, truths), undefined);
        });

      it('REDIRECT asks, too, on its way back to the route', async () => {
        for (const [answer, session] of [
          ['no', 'alive'],
          ['yes', 'ended'],
        ] as const) {
          const user = await prepare(scene, { verify: '', 'window-mode': 'REDIRECT' });
          const { length } = await scene.heard();
          await scene.browser.click('arkane-logout >>> button');
          await scene.browser.click(answers[answer]);
          const heard = await scene.terminal(length);
          const { via, evidence, providerSession } = heard.detail;
          assert.deepEqual(
            { via, evidence, providerSession },
            { via: 'redirect', evidence: 'session-check', providerSession: session },
          );
          assert.equal(await scene.browser.url(), `${scene.world.app.origin}/demo/index.html?tab=nfts`);
          const truths = await scene.truths(sidOf(user));
          assert.equal(truths.browser, answer === 'yes' ? 'over' : 'alive');
          assert.equal(lieIn(heard, truths), undefined);
        }
      });
    },
    { profile: 'generic' },
  );
