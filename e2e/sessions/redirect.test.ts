// Through the provider and back: the session is over, the user is where he was, and the page is told once.
import assert from 'node:assert/strict';
import { beforeEach, it } from 'node:test';
import { type Heard, type Scene, sidOf } from '../support/scene.ts';
import { inEachEngine, type Stage } from '../support/suite.ts';

const returned = {
  windowMode: 'REDIRECT',
  trigger: 'return',
  via: 'redirect',
  providerSession: 'returned',
  evidence: 'return',
  local: 'wiped',
};
const over = { tokensSession: 'over', browser: 'over' };

/** What a result says, without the error's words. */
const said = ({ type, detail }: Heard) => {
  const { trigger, via, providerSession, error } = detail;
  return { type, trigger, via, providerSession, error: error?.code };
};

/** Presses the button and goes the whole way, over the page that some providers ask on. */
const press = async (scene: Scene, answer: 'yes' | 'no' = 'yes'): Promise<Heard> => {
  const before = (await scene.heard()).length;
  await leave(scene, answer);
  return scene.terminal(before);
};

const leave = async ({ browser, world }: Scene, answer: 'yes' | 'no' = 'yes'): Promise<void> => {
  await browser.click('arkane-logout >>> button');
  if (world.provider.profile === 'generic')
    await browser.click(answer === 'yes' ? 'button[name=logout]' : 'button[form="op.logoutForm"]:not([name])');
};

/** As the Back button; the drivers' own wait for a load that a page from the back-forward cache does not have. */
const back = ({ browser }: Scene): Promise<void> =>
  browser.evaluate(() => {
    setTimeout(() => {
      history.back();
    });
  });

/** The address under which a page was loaded, whatever it says now. */
const loadedAs = ({ browser }: Scene): Promise<string> =>
  browser.evaluate(() => performance.getEntriesByType('navigation')[0]!.name);

/** What e2e/pages/headless.ts shows. */
interface Headless {
  headless: { logout: (options: object) => Promise<unknown>; resumed: unknown };
}

const thereAndBack = (stage: Stage) => {
  let scene: Scene;
  let origin: string;
  beforeEach(() => {
    ({ scene } = stage);
    ({ origin } = scene.world.app);
  });

  it('comes back to the route that the user was on', async () => {
    const user = await scene.signInByHand();
    await scene.open('?tab=nfts&x=1#top', { 'window-mode': 'REDIRECT' });
    const heard = await press(scene);
    assert.equal(heard.type, 'arkane-logged-out');
    assert.deepEqual(heard.detail, returned);
    assert.equal(heard.url, `${origin}/demo/index.html?tab=nfts&x=1#top`);
    assert.equal(await scene.browser.url(), heard.url);
    assert.equal(await scene.storedUser(), null);
    assert.deepEqual(
      await scene.browser.evaluate(() => {
        const { status, result } = document.querySelector('arkane-logout')!;
        return { status, result };
      }),
      { status: 'done', result: returned },
    );
    assert.deepEqual(await scene.mishaps(), []);
    assert.deepEqual(await scene.truths(sidOf(user)), over);
  });

  it('ends at redirect-uri', async () => {
    const user = await scene.signInByHand();
    await scene.open('', { 'window-mode': 'redirect', 'redirect-uri': `${origin}/demo/` });
    const heard = await press(scene);
    assert.deepEqual(heard.detail, returned);
    assert.equal(heard.url, `${origin}/demo/`);
    assert.equal(await scene.browser.url(), `${origin}/demo/`);
    assert.deepEqual(await scene.truths(sidOf(user)), over);
  });

  it('finds the exact route by way of callback-uri', async () => {
    const user = await scene.signInByHand();
    await scene.open('?tab=nfts#top', { 'window-mode': 'REDIRECT', 'callback-uri': `${origin}/demo/callback.html` });
    const heard = await press(scene);
    assert.deepEqual(heard.detail, returned);
    assert.equal(heard.url, `${origin}/demo/index.html?tab=nfts#top`);
    assert.equal(await scene.browser.url(), heard.url);
    assert.deepEqual(await scene.mishaps(), []);
    assert.deepEqual(await scene.truths(sidOf(user)), over);
  });
};

inEachEngine('REDIRECT', (stage) => {
  thereAndBack(stage);

  let scene: Scene;
  let origin: string;
  beforeEach(() => {
    ({ scene } = stage);
    ({ origin } = scene.world.app);
  });

  it('goes to another origin without a state, where nothing is told', async () => {
    const user = await scene.signIn();
    const target = `${scene.world.elsewhere}/e2e/pages/landing.html`;
    await scene.open('', { 'window-mode': 'REDIRECT', 'redirect-uri': target });
    await leave(scene);
    await scene.browser.until(async () => (await scene.browser.url()) === target, 'the page elsewhere');
    assert.deepEqual(await scene.heard(), []);
    assert.deepEqual(await scene.truths(sidOf(user)), over);
  });

  for (const [way, cached] of [
    ['by the Back button', true],
    ['by its address', false],
  ] as const)
    it(`says that no answer came when the user comes back from an error page ${way}`, async () => {
      const unregistered = origin.replace('app.', 'stranger.');
      const user = await scene.signIn();
      await scene.browser.evaluate(() => {
        sessionStorage.clear();
      });
      await scene.store(user, { origin: unregistered });
      await scene.open('?tab=nfts', { 'window-mode': 'REDIRECT' }, unregistered);
      await scene.browser.evaluate(() => {
        addEventListener('pageshow', ({ persisted }) => (document.body.dataset.cached = String(persisted)));
      });
      const { length } = await scene.heard();
      await scene.browser.click('arkane-logout >>> button');
      await scene.browser.until(async () => !(await scene.browser.url()).startsWith(unregistered), 'the error page');
      if (cached) await back(scene);
      else await scene.open('?tab=nfts', {}, unregistered);
      const heard = await scene.terminal(length);
      assert.deepEqual(said(heard), {
        type: 'arkane-logged-out',
        trigger: 'return',
        via: 'redirect',
        providerSession: 'unknown',
        error: 'closed',
      });
      assert.equal(heard.url, `${unregistered}/demo/index.html?tab=nfts`);
      assert.deepEqual(
        await scene.browser.evaluate(() => ({
          status: document.querySelector('arkane-logout')!.status,
          cached: document.body.dataset.cached === 'true',
        })),
        { status: 'incomplete', cached },
      );
      assert.equal(await scene.storedUser(), null);
      assert.deepEqual(await scene.truths(sidOf(user)), { tokensSession: 'alive', browser: 'alive' });
    });

  it('serves a page without the element', async () => {
    const user = await scene.signIn();
    const { browser } = scene;
    const page = `${origin}/e2e/pages/headless.html`;
    await browser.goto(`${page}?x=1#top`);
    await browser.until(() => browser.evaluate(() => 'headless' in window), 'the page');
    const { length } = await scene.heard();
    await browser.evaluate((callbackUri) => {
      void (window as unknown as Headless).headless.logout({ windowMode: 'REDIRECT', callbackUri });
    }, `${origin}/demo/callback.html`);
    assert.deepEqual((await scene.terminal(length)).detail, returned);
    assert.equal(await browser.url(), `${page}?x=1#top`);
    const resumed = await browser.evaluate(() => (window as unknown as Headless).headless.resumed);
    assert.deepEqual(resumed, returned);
    assert.deepEqual(await scene.truths(sidOf(user)), over);
  });

  it('leaves a state alone that is replayed, unsolicited, or of another tab', async () => {
    const user = await scene.signInByHand();
    await scene.open('', { 'window-mode': 'REDIRECT' });
    await press(scene);
    const withState = await loadedAs(scene);
    assert.match(withState, /[?&]state=/);
    const { length } = await scene.heard();
    for (const url of [withState, `${origin}/demo/callback.html?state=made-up`]) {
      await scene.browser.goto(url);
      await scene.browser.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
    }
    assert.equal((await scene.heard()).length, length);
    assert.deepEqual(await scene.truths(sidOf(user)), over);
  });

  it('tells the page that left, shown again after the return, that it is out of date', async () => {
    const user = await scene.signInByHand();
    await scene.open('', { 'window-mode': 'REDIRECT' });
    await press(scene);
    const { length } = await scene.heard();
    await back(scene);
    assert.deepEqual(said(await scene.terminal(length)), {
      type: 'arkane-logged-out',
      trigger: 'restored',
      via: 'none',
      providerSession: 'unknown',
      error: undefined,
    });
    // Loaded anew by then, or just about to be.
    const isAnew = () =>
      document.querySelector('arkane-logout')?.status === 'idle' &&
      (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).type === 'reload';
    await scene.browser.until(() => scene.browser.evaluate(isAnew), 'the new document');
    assert.equal(await scene.browser.evaluate(() => document.getElementById('wallet')!.textContent), '');
    assert.deepEqual(await scene.truths(sidOf(user)), over);
  });

  it('sends no request before it leaves', async () => {
    await scene.signIn();
    await scene.open('', { 'window-mode': 'REDIRECT' });
    const { length } = await scene.fetched();
    await scene.press();
    const fetched = (await scene.fetched()).slice(length);
    assert.deepEqual(fetched, ['config.json']); // the demo's own, after the return
  });
});

// In the other lane this provider is a real Keycloak.
if (!process.env.KEYCLOAK) {
  inEachEngine(
    'REDIRECT, at a provider that asks',
    (stage) => {
      thereAndBack(stage);

      it('claims no end where the user stayed signed in', async () => {
        const { scene } = stage;
        const user = await scene.signInByHand();
        await scene.open('', { 'window-mode': 'REDIRECT' });
        assert.deepEqual((await press(scene, 'no')).detail, returned);
        assert.equal((await scene.truths(sidOf(user))).browser, 'alive');
      });

      it('ignores a state that another tab stored, and that tab comes back all the same', async () => {
        const { scene } = stage;
        const { browser, world } = scene;
        const user = await scene.signInByHand();
        await scene.open('', { 'window-mode': 'REDIRECT' });
        const { length } = await scene.heard();
        await browser.click('arkane-logout >>> button');
        const state = await browser.until(
          async () => new URL(await browser.url()).searchParams.get('state'),
          'a state',
        );
        const stolen = `${world.app.origin}/demo/index.html?state=${state}`;
        await browser.evaluate((url) => {
          open(url, '_blank', 'noopener');
        }, stolen);
        const other = await browser.popup();
        await other.until(async () => (await other.url()) === stolen, 'the other tab');
        await other.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
        assert.equal(await other.url(), stolen);
        await other.close();
        await browser.click('button[name=logout]');
        assert.deepEqual((await scene.terminal(length)).detail, returned);
        assert.deepEqual(await scene.truths(sidOf(user)), over);
      });
    },
    { profile: 'generic' },
  );

  let isStuck = false;
  inEachEngine(
    'REDIRECT, where the provider does not let the browser in',
    (stage) => {
      it('says so in time, forgets the trip, and a press finishes it when the provider is well', async () => {
        const { scene } = stage;
        const user = await scene.signInByHand();
        await scene.open('', { 'window-mode': 'REDIRECT', timeout: '1500' });
        isStuck = true;
        const heard = await scene.press();
        assert.deepEqual(said(heard), {
          type: 'arkane-logged-out',
          trigger: 'user',
          via: 'redirect',
          providerSession: 'unknown',
          error: 'timeout',
        });
        assert.ok(heard.after < 1900, `${heard.after} ms`);
        assert.equal(await scene.browser.evaluate(() => sessionStorage.getItem('arkane-logout-trip')), null);
        assert.equal(await scene.storedUser(), null);
        isStuck = false;
        const finished = await scene.press();
        assert.deepEqual(finished.detail, { ...returned, trigger: 'completed' });
        assert.deepEqual(await scene.truths(sidOf(user)), over);
      });
    },
    {
      front: ({ url }) => isStuck && url?.includes('/logout') === true, // never answers
    },
  );
}
