// Whoever keeps the tokens: a logout empties it, as its users expect, and a renewal that was on its way leaves nothing.
import assert from 'node:assert/strict';
import { beforeEach, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Kind } from '../pages/stores.ts';
import { type Heard, type Scene, sidOf, type StoredUser, wordsOf } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';

const over = { tokensSession: 'over', browser: 'over' };
const ended = 'token ended logout-response';
/** What each library tells its users of the end. */
const farewell = { manager: 'userUnloaded', keycloak: 'onAuthLogout' };

inEachEngine(
  'tokens that a library keeps',
  (stage) => {
    let scene: Scene;
    let user: StoredUser;

    const open = async (kind: Kind, more = ''): Promise<void> => {
      const { app } = scene.world;
      await scene.keep(user);
      await scene.browser.goto(`${app.origin}/e2e/pages/stores.html?kind=${kind}${more}`);
      await scene.browser.until(() => scene.browser.evaluate(() => Boolean(window.app)), 'the app');
    };

    const held = () => scene.browser.evaluate(() => window.app.held());
    const heardByApp = () => scene.browser.evaluate(() => window.app.heard);
    const answersCome = () =>
      scene.browser.until(() => scene.browser.evaluate(() => window.app.answers() > 0), 'the answer to a renewal');
    const letIn = () =>
      scene.browser.evaluate(() => {
        window.app.letIn();
      });

    /** Nothing is left, and nothing comes back; `isTriedAgain`: what renews every second would. */
    const assertGone = async (heard: Heard, isTriedAgain = false): Promise<void> => {
      assert.equal(wordsOf(heard), ended);
      assert.equal(heard.detail.local, 'wiped');
      await scene.browser.until(async () => (await held()) === 0, 'an empty store');
      await sleep(isTriedAgain ? 1500 : 400);
      assert.equal(await held(), 0);
      const guards = await scene.browser.evaluate(() => window.app.guards());
      assert.deepEqual(guards, { isLoggingOut: false, wasLoggedOut: true });
      assert.equal((await heardByApp()).filter((type) => type === 'arkane-logged-out').length, 1);
      assert.deepEqual(await scene.mishaps(), []);
      assert.deepEqual(await scene.truths(sidOf(user)), over);
    };

    beforeEach(async () => {
      ({ scene } = stage);
      await scene.browser.fresh();
      user = await scene.signInByHand();
    });

    for (const kind of ['manager', 'keycloak'] as const)
      it(`${kind}: is emptied, and its users are told once`, async () => {
        await open(kind);
        assert.equal(await held(), 3);
        const heard = await scene.press();
        assert.deepEqual(await heardByApp(), ['arkane-logging-out', farewell[kind], 'arkane-logged-out']);
        await assertGone(heard);
      });

    for (const kind of ['storage', 'manager', 'keycloak'] as const) {
      /** A renewal whose answer waits. */
      const beginRenewal = async () => {
        await open(kind, '&holds');
        await scene.browser.evaluate(() => {
          void window.app.renew();
        });
        await answersCome();
      };

      it(`${kind}: a renewal that lands before the tokens are taken is logged out with them`, async () => {
        await beginRenewal();
        await scene.browser.evaluate(() => {
          document.addEventListener('arkane-logging-out', (event) => {
            window.app.letIn();
            event.waitUntil(new Promise((resolve) => setTimeout(resolve, 300)));
          });
        });
        await assertGone(await scene.press());
      });

      it(`${kind}: a renewal that lands while the provider is asked is wiped`, async () => {
        await beginRenewal();
        const hold = scene.world.hold('/logout');
        await scene.browser.click('arkane-logout >>> button');
        await hold.asked;
        await letIn();
        await sleep(600);
        assert.equal(await held(), 0);
        assert.deepEqual(await scene.browser.evaluate(() => window.app.guards()), {
          isLoggingOut: true,
          wasLoggedOut: true,
        });
        hold.letGo();
        await assertGone(await scene.terminal(1));
      });

      it(`${kind}: a renewal that lands after the logout is wiped`, async () => {
        await beginRenewal();
        const heard = await scene.press();
        await letIn();
        await sleep(600);
        await assertGone(heard);
      });
    }

    for (const kind of ['storage', 'manager'] as const)
      it(`${kind}: automaticSilentRenew, which renews every second, stops`, async () => {
        await open(kind, '&renews');
        await answersCome(); // of itself
        await assertGone(await scene.press(), true);
      });
  },
  { inOneEngine: Boolean(process.env.KEYCLOAK) },
);
