// The Arkane SDK's own calls, as its users write them.
import assert from 'node:assert/strict';
import { beforeEach, it } from 'node:test';
import type { ArkaneConnect } from '../../src/arkane-connect.ts';
import { type Scene, sidOf } from '../support/scene.ts';
import { inEachEngine, type Stage } from '../support/suite.ts';

/** What e2e/pages/arkane-connect.ts shows. */
interface Sdk {
  app: { arkaneConnect: ArkaneConnect; checked: string; cleanedUp: number; cleanUp: () => void };
}

const over = { tokensSession: 'over', browser: 'over' };

const theCalls = (stage: Stage) => {
  let scene: Scene;
  let page: string;
  beforeEach(() => {
    ({ scene } = stage);
    page = `${scene.world.app.origin}/e2e/pages/arkane-connect.html`;
  });

  const checked = () =>
    scene.browser.until(
      () => scene.browser.evaluate(() => (window as unknown as Partial<Sdk>).app?.checked),
      'the page’s own check',
    );
  const signIn = async () => {
    const user = await scene.signIn();
    await scene.browser.goto(`${page}?tab=nfts#top`);
    assert.equal(await checked(), 'signed in as Alice Arkane');
    return user;
  };
  const answer = async () => {
    if (scene.world.provider.profile === 'generic') await scene.browser.click('button[name=logout]');
  };

  it("logout({ windowMode: 'REDIRECT' }) returns to the current page", async () => {
    const user = await signIn();
    const { length } = await scene.heard();
    await scene.browser.evaluate(() => {
      void (window as unknown as Sdk).app.arkaneConnect.logout({ windowMode: 'REDIRECT' });
    });
    await answer();
    assert.equal((await scene.terminal(length)).detail.providerSession, 'returned');
    assert.equal(await scene.browser.url(), `${page}?tab=nfts#top`);
    assert.equal(await checked(), 'signed out');
    assert.deepEqual(await scene.mishaps(), []);
    assert.deepEqual(await scene.truths(sidOf(user)), over);
  });

  it("logout({ windowMode: 'REDIRECT', redirectUri: 'https://foo.example' }) ends at another origin", async () => {
    const user = await signIn();
    const redirectUri = `${scene.world.elsewhere}/e2e/pages/landing.html`;
    await scene.browser.evaluate((redirectUri) => {
      void (window as unknown as Sdk).app.arkaneConnect.logout({ windowMode: 'REDIRECT', redirectUri });
    }, redirectUri);
    await answer();
    await scene.browser.until(async () => (await scene.browser.url()) === redirectUri, 'the page elsewhere');
    assert.deepEqual(await scene.truths(sidOf(user)), over);
  });

  it("logout({ windowMode: 'POPUP' }).then(cleanUp), or a rejection that says what was done", async () => {
    const user = await signIn();
    const [cleanedUp, code, providerSession] = await scene.browser.evaluate(async () => {
      const { app } = window as unknown as Sdk;
      const error = await app.arkaneConnect
        .logout({ windowMode: 'POPUP' })
        .then(app.cleanUp)
        .then(
          () => null,
          (reason: unknown) => reason as { code: string; result: { providerSession: string } },
        );
      return [app.cleanedUp, error?.code ?? null, error?.result.providerSession ?? null] as const;
    });
    assert.equal(await scene.storedUser(), null);
    const truths = await scene.truths(sidOf(user));
    if (scene.world.provider.profile === 'keycloak') {
      assert.deepEqual([cleanedUp, code, providerSession, truths], [1, null, null, over]);
    } else {
      // Nothing can be proved in the background there.
      assert.deepEqual([cleanedUp, code, providerSession, truths.browser], [0, 'unproved', 'unknown', 'alive']);
    }
  });
};

inEachEngine('arkane-connect.js', theCalls);
if (!process.env.KEYCLOAK) inEachEngine('arkane-connect.js, at a provider that asks', theCalls, { profile: 'generic' });
