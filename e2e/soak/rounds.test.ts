// In and out, hundreds of times, from one browser: no session is left at the provider, no token here, and each is told once.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { type Scene, sidOf } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';
import { times } from './times.ts';

/** Requests to end a session break off. */
let fails = false;

/** A press, by script: a real click would take as long as the logout. What the page was told first. */
const press = async (scene: Scene, windowMode: string) => {
  const { length } = await scene.heard();
  await scene.browser.evaluate((windowMode) => {
    const element = document.querySelector('arkane-logout')!;
    element.setAttribute('window-mode', windowMode);
    setTimeout(() => {
      element.logout().catch(() => undefined);
    });
  }, windowMode);
  const told = async () => (await scene.heard()).slice(length).find(({ type }) => type === 'arkane-logged-out');
  const heard = await scene.browser.until(told, 'the end of a logout');
  await scene.ready(); // what the demo page still fetches would fail when it is left
  return heard;
};

inEachEngine(
  'one browser',
  (stage) => {
    it(`signs in and out ${times(500)} times, and nothing is left`, async (context) => {
      const { scene } = stage;
      const sids: string[] = [];
      const said: Record<string, number> = {};
      for (let round = 0; round < times(500); round += 1) {
        sids.push(sidOf(await scene.signIn()));
        const windowMode = round % 2 ? 'REDIRECT' : 'POPUP';
        fails = round % 10 === 4;
        const { detail } = await press(scene, windowMode);
        const words = [windowMode, detail.trigger, detail.providerSession, detail.error?.code].join(' ').trim();
        said[words] = (said[words] ?? 0) + 1;
        if (fails) {
          const { length } = await scene.heard();
          fails = false;
          await scene.browser.evaluate(() => dispatchEvent(new Event('online')));
          assert.equal((await scene.completed(length)).detail.providerSession, 'ended');
        }
        assert.equal(await scene.storedUser(), null);
      }
      context.diagnostic(`${stage.engine}: ${JSON.stringify(said)}`);
      const heard = await scene.heard();
      const first = heard.filter(({ type, detail }) => type === 'arkane-logged-out' && detail.trigger !== 'completed');
      assert.equal(first.length, times(500));
      assert.equal(heard.filter(({ type }) => type === 'arkane-logout-error').length, 0);
      assert.equal(new Set(sids).size, times(500)); // each was a session of its own
      for (const sid of sids) assert.equal(await scene.world.provider.sessionLives(sid), false);
      const kept = await scene.browser.evaluate(() =>
        [localStorage, sessionStorage]
          .flatMap((storage) => Object.entries(storage))
          .filter(([, value]) => String(value).includes('eyJ')),
      );
      assert.deepEqual(kept, []);
      assert.deepEqual(await scene.mishaps(), []);
      assert.equal(await scene.askSilently('Plain'), 'login_required');
    });
  },
  {
    inOneEngine: true,
    front({ method, url }, response) {
      if (!fails || method !== 'POST' || !url?.includes('/logout')) return false;
      response.socket?.destroy();
      return true;
    },
  },
);
