// A session that an administrator ends is noticed; whatever else a provider may answer signs nobody out.
import assert from 'node:assert/strict';
import { beforeEach, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Scene, sidOf, type StoredUser } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';

/** userinfo is out of order. */
let fails = false;

inEachEngine(
  'monitor',
  (stage) => {
    let scene: Scene;
    let user: StoredUser;

    const asked = async () => (await scene.requests()).filter((name) => name === 'userinfo').length;

    /** The demo page, once the provider has said that it knows the token. */
    const open = async () => {
      await scene.browser.goto(`${scene.world.app.origin}/e2e/pages/landing.html`);
      await scene.keep(user);
      await scene.open('', { monitor: '' });
      await scene.browser.until(async () => (await asked()) === 1, 'the first question');
      await sleep(200);
    };

    /** Half a minute later the page is back online, and asks again. */
    const askAgain = async (isAsked = true) => {
      const before = await asked();
      await scene.browser.evaluate(() => {
        const now = Date.now.bind(Date);
        Date.now = () => now() + 31_000;
        dispatchEvent(new Event('online'));
        dispatchEvent(new Event('visibilitychange')); // not twice within half a minute
      });
      if (isAsked) await scene.browser.until(async () => (await asked()) > before, 'the question');
      await sleep(500);
      assert.equal((await asked()) - before, isAsked ? 1 : 0);
    };

    const assertStillIn = async () => {
      assert.deepEqual(await scene.heard(), []);
      assert.ok(await scene.storedUser());
      assert.deepEqual(await scene.mishaps(), []);
    };

    beforeEach(async () => {
      ({ scene } = stage);
      fails = false;
      await scene.browser.fresh();
      user = await scene.signInByHand();
    });

    it('logs the page out when the session was ended elsewhere', async () => {
      await open();
      await scene.world.provider.endSession(sidOf(user));
      await askAgain();
      const [heard, ...more] = await scene.heard();
      assert.deepEqual(more, []);
      const { windowMode, trigger, via, providerSession, evidence, local } = heard!.detail;
      assert.deepEqual(
        { windowMode, trigger, via, providerSession, evidence, local },
        {
          windowMode: 'POPUP',
          trigger: 'remote',
          via: 'none',
          providerSession: 'unknown',
          evidence: 'none',
          local: 'wiped',
        },
      );
      assert.equal(await scene.storedUser(), null);
      assert.deepEqual(await scene.truths(sidOf(user)), { tokensSession: 'over', browser: 'over' });
    });

    it('does not take a session that lives for one that was ended', async () => {
      await open();
      await askAgain();
      await assertStillIn();
    });

    it('does not log out for an access token that was revoked', async () => {
      await open();
      await scene.post('revoke', { client_id: 'Arketype', token: user.access_token, token_type_hint: 'access_token' });
      await askAgain();
      await assertStillIn();
    });

    it('does not log out when the provider fails', async () => {
      await open();
      fails = true;
      await askAgain();
      await assertStillIn();
    });

    it('does not ask with a token that has expired while the computer slept', async () => {
      await open();
      await scene.world.provider.endSession(sidOf(user));
      await scene.browser.evaluate(() => {
        const now = Date.now.bind(Date);
        Date.now = () => now() + 3_600_000;
      });
      await askAgain(false);
      await assertStillIn();
    });
  },
  {
    inOneEngine: !process.env.KEYCLOAK,
    front(request, response) {
      if (!fails || !request.url?.includes('/userinfo')) return false;
      response.socket?.destroy();
      return true;
    },
  },
);
