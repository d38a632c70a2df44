// POPUP in a window: opened by the press, closed by itself, and what it found out is told once more.
import assert from 'node:assert/strict';
import { beforeEach, it } from 'node:test';
import { type Heard, type Scene, sidOf } from '../support/scene.ts';
import { inEachEngine, type Stage } from '../support/suite.ts';

/** What a result says, without the error's words. */
const said = ({ type, detail }: Heard) => {
  const { trigger, via, providerSession, evidence, error } = detail;
  return { type, trigger, via, providerSession, evidence, error: error?.code };
};

const opened = {
  type: 'arkane-logged-out',
  trigger: 'user',
  via: 'window',
  providerSession: 'unknown',
  evidence: 'none',
  error: undefined,
};
const completed = { ...opened, trigger: 'completed' };
const proved = { ...completed, providerSession: 'ended', evidence: 'session-check' };
const returned = { ...completed, providerSession: 'returned', evidence: 'return' };

const statusOf = ({ browser }: Scene) => browser.evaluate(() => document.querySelector('arkane-logout')!.status);

/** The demo page of a signed-in user, whose element may open a window. */
const prepare = async (scene: Scene, attributes: Record<string, string> = {}) => {
  const user = await scene.signIn();
  const callback = `${scene.world.app.origin}/demo/callback.html`;
  await scene.open('?tab=nfts', { 'callback-uri': callback, ...attributes });
  // What opens windows comes when the page is idle.
  const isLoaded = () => performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/window.ts'));
  await scene.browser.until(() => scene.browser.evaluate(isLoaded), 'what opens windows');
  return user;
};

/** Presses, and gives the window that opened. */
const press = async (scene: Scene) => {
  const { length } = await scene.heard();
  assert.deepEqual(said(await scene.press()), opened);
  return { popup: await scene.browser.popup(), completed: () => scene.completed(length) };
};

const answers = { yes: 'button[name=logout]', no: 'button[form="op.logoutForm"]:not([name])' };

inEachEngine(
  'POPUP in a window, at a provider that asks',
  (stage: Stage) => {
    let scene: Scene;
    beforeEach(() => {
      ({ scene } = stage);
    });

    for (const [answer, verify, result] of [
      ['yes', true, proved],
      ['no', true, { ...proved, providerSession: 'alive', error: 'declined' }],
      ['yes', false, returned],
      ['no', false, returned],
    ] as const)
      it(`the user says ${answer}, ${verify ? 'with' : 'without'} verify: ${result.providerSession}`, async () => {
        const user = await prepare(scene, verify ? { verify: '' } : {});
        const { popup, completed } = await press(scene);
        assert.equal(await scene.storedUser(), null);
        assert.equal(await statusOf(scene), 'pending');
        await popup.click(answers[answer]);
        assert.deepEqual(said(await completed()), result);
        await scene.browser.until(() => popup.closed(), 'the window to close');
        assert.deepEqual(await scene.mishaps(), []);
        const truths = await scene.truths(sidOf(user));
        assert.equal(truths.browser, answer === 'yes' ? 'over' : 'alive');
      });
  },
  { profile: 'generic' },
);
