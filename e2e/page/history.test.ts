// The Back button and tabs that sleep: a page that was left, or frozen, while its session was logged out shows nothing of it.
import assert from 'node:assert/strict';
import { beforeEach, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { engines, type Page } from '../support/drivers.ts';
import { type Heard, inAnotherSession, type Scene, type StoredUser } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';

/** What the page wrote down of being shown again, where it outlives the page. */
interface Shown {
  /** It came from the back-forward cache. */
  persisted: boolean;
  /** Of the document, at each frame that was about to be painted since, and at the events of ours. */
  frames: string[];
  events: string[];
}

inEachEngine('a page that was left before the logout', (stage) => {
  let scene: Scene;
  let user: StoredUser;

  const demo = (query: string) => `${scene.world.app.origin}/demo/index.html${query}`;

  /** The private page, which notes what is painted once it is shown again. */
  const openPrivate = async (page: Page = scene.browser, prevents = false): Promise<void> => {
    await page.goto(demo('?private'));
    await page.until(() => page.evaluate(() => document.body.dataset.ready !== undefined), 'the demo page');
    await page.evaluate((prevents) => {
      const shown: Shown = { persisted: false, frames: [], events: [] };
      const write = () => {
        localStorage.setItem('e2e-shown', JSON.stringify(shown));
      };
      const look = () => getComputedStyle(document.documentElement).display;
      let leftAt = Infinity;
      const onFrame = () => {
        // Chromium has one more frame as it leaves.
        if (performance.now() > leftAt + 100) {
          shown.frames.push(look());
          write();
        }
        requestAnimationFrame(onFrame);
      };
      requestAnimationFrame(onFrame);
      addEventListener('pagehide', () => (leftAt = performance.now()));
      addEventListener('pageshow', ({ persisted }) => {
        shown.persisted ||= persisted;
        write();
      });
      document.addEventListener('arkane-logged-out', (event) => {
        if (event.detail.trigger !== 'restored') return;
        shown.events.push(`${look()}${event.cancelable ? ', cancelable' : ''}`);
        write();
        if (prevents) event.preventDefault();
      });
      // Idle time, in which the element looks who is signed in.
      return new Promise<void>((resolve) => setTimeout(resolve, 150));
    }, prevents);
  };

  const shown = (): Promise<Shown> =>
    scene.browser.evaluate(() => JSON.parse(localStorage.getItem('e2e-shown') ?? 'null') as Shown);
  const heardOfBack = async (): Promise<Heard[]> =>
    (await scene.heard()).filter(({ detail }) => (detail as { trigger?: string }).trigger === 'restored');

  /** Goes on to another page of the app, logs out there. */
  const logOutElsewhere = async (): Promise<void> => {
    await scene.browser.goto(demo('?elsewhere'));
    await scene.ready();
    await scene.browser.evaluate(() => {
      document.querySelector('arkane-logout')!.hidden = false;
    });
    const heard = await scene.press();
    assert.equal(heard.detail.providerSession, 'ended');
  };

  const isAt = (query: string) =>
    scene.browser.until(() => scene.browser.evaluate((query) => location.search === query, query), query);

  beforeEach(async () => {
    ({ scene } = stage);
    await scene.browser.fresh();
    user = await scene.signInByHand();
  });

  it('is hidden before it is painted, told so, and loaded anew', async () => {
    await openPrivate();
    await logOutElsewhere();
    await scene.browser.back();
    await isAt('?private');
    await scene.browser.until(async () => (await shown()).events.length > 0, 'the event');
    await sleep(500);
    const { persisted, frames, events } = await shown();
    assert.ok(persisted, 'it did not come from the back-forward cache');
    assert.deepEqual(events, ['none, cancelable']);
    assert.deepEqual(
      [...new Set(frames)].filter((display) => display !== 'none'),
      [],
    );
    const [told, ...more] = await heardOfBack();
    assert.deepEqual(more, []);
    const { windowMode, trigger, via, providerSession, evidence, local, error } = told!.detail;
    assert.deepEqual(
      { windowMode, trigger, via, providerSession, evidence, local, error },
      {
        windowMode: 'POPUP',
        trigger: 'restored',
        via: 'none',
        providerSession: 'unknown',
        evidence: 'none',
        local: 'wiped',
        error: undefined,
      },
    );
    // It is another document by now, which knows nobody.
    const isNew = () =>
      scene.browser.evaluate(
        () =>
          (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).type === 'reload' &&
          document.querySelector('#signed-in')?.hasAttribute('hidden'),
      );
    await scene.browser.until(isNew, 'the new document');
    assert.deepEqual(await scene.mishaps(), []);
  });

  it('stays, and is shown again, where it prevents that', async () => {
    await openPrivate(scene.browser, true);
    await logOutElsewhere();
    await scene.browser.back();
    await isAt('?private');
    await scene.browser.until(async () => (await shown()).events.length > 0, 'the event');
    await sleep(500);
    const { events, frames } = await shown();
    assert.deepEqual(events, ['none, cancelable']);
    assert.notEqual(frames.at(-1), 'none');
    assert.equal((await heardOfBack()).length, 1);
    const type = await scene.browser.evaluate(
      () => (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).type as string,
    );
    assert.notEqual(type, 'reload');
  });

  it('is loaded anew, and nobody wiped, where another user has signed in since', async () => {
    await openPrivate();
    await logOutElsewhere();
    const next = inAnotherSession(user);
    await scene.keep(next);
    await scene.browser.back();
    await isAt('?private');
    const isAnew = () =>
      (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).type === 'reload';
    await scene.browser.until(() => scene.browser.evaluate(isAnew), 'the new document');
    await scene.ready();
    // A page is told of its own user only. Firefox gives one from its cache, loaded anew too, the `sessionStorage` of
    // when it was left: a user who is gone.
    const held = (await scene.storedUser())?.id_token;
    assert.equal(held, stage.engine === 'firefox' ? undefined : next.id_token);
    assert.equal((await heardOfBack()).length, stage.engine === 'firefox' ? 1 : 0);
    await scene.browser.evaluate(() => {
      setTimeout(() => {
        history.forward();
      });
    });
    await isAt('?elsewhere');
    assert.equal((await scene.storedUser())?.id_token, next.id_token);
  });

  it('is left alone where nobody was logged out', async () => {
    await openPrivate();
    await scene.browser.goto(demo('?elsewhere'));
    await scene.ready();
    await scene.browser.back();
    await isAt('?private');
    await scene.browser.until(async () => (await shown()).persisted, 'the page from the cache');
    await sleep(300);
    assert.deepEqual((await shown()).events, []);
    assert.equal((await scene.storedUser())?.id_token, user.id_token);
  });
});

// Only Chromium's driver can freeze a tab.
if (engines.includes('chromium'))
  inEachEngine(
    'a tab that was frozen during the logout',
    (stage) => {
      it('is told when it goes on', async () => {
        const { scene } = stage;
        const user = await scene.signInByHand();
        const tab = await scene.browser.tab();
        const key = scene.storageKey();
        await scene.openWith(user, tab);
        await tab.freeze!(true);
        await scene.open('', {});
        await scene.browser.evaluate(async () => {
          await document.querySelector('arkane-logout')!.logout();
        });
        await sleep(300);
        await tab.freeze!(false);
        const isTold = () => tab.evaluate((key) => sessionStorage.getItem(key) === null, key);
        await tab.until(isTold, 'the wipe');
        const triggers = (await scene.heard()).map(({ detail }) => detail.trigger).filter(Boolean);
        assert.deepEqual(triggers.toSorted(), ['other-tab', 'user']);
      });
    },
    { inOneEngine: true },
  );
