// A logout in one tab is one in all: every tab of the session wipes what it holds, and the provider is asked once.
import assert from 'node:assert/strict';
import { beforeEach, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogoutResult } from '../../src/index.ts';
import type { Page, Popup } from '../support/drivers.ts';
import { inAnotherSession, type Scene, sidOf, type StoredUser } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';

/** What a tab heard. */
interface HeardInTab {
  /** The trigger, or the type of the event. */
  what: string;
  result: string;
  /** ms since the epoch. */
  at: number;
}

declare global {
  interface Window {
    heardInTab: HeardInTab[];
  }
}

const other = ['other-tab: none unknown none wiped'];
const ended = ['user: token ended logout-response wiped'];

/** Requests to end a session that have reached the provider. */
let asked = 0;
const count = (request: { url?: string | undefined; method?: string | undefined }) => {
  if (request.method === 'POST' && request.url?.includes('/logout')) asked += 1;
  return false;
};

/** ms from the first tab to the last. Alone on the machine it is the bar; in `npm test` other browsers want its cores. */
const simultaneous = process.env.SOAK ? 100 : 1000;

inEachEngine(
  'tabs of one session',
  (stage) => {
    let scene: Scene;
    let user: StoredUser;
    let tabs: Page[];
    let opened: Popup[] = [];

    /** In memory, because tabs that write to one storage at once lose what the others wrote. */
    const listen = (page: Page) =>
      page.evaluate(() => {
        window.heardInTab = [];
        for (const type of ['arkane-logged-out', 'arkane-logout-error'])
          document.addEventListener(type, (event) => {
            const { trigger, via, providerSession, evidence, local } = (event as CustomEvent<LogoutResult>).detail;
            const result = [via, providerSession, evidence, local].join(' ');
            window.heardInTab.push({ what: trigger, result, at: performance.timeOrigin + performance.now() });
          });
      });
    const heardIn = async (page: Page) =>
      (await page.evaluate(() => window.heardInTab)).map(({ what, result }) => `${what}: ${result}`);

    const open = async (page: Page, held: StoredUser, storage?: 'localStorage') => {
      await scene.openWith(held, page, storage);
      await listen(page);
    };
    const openTab = async (held = user, storage?: 'localStorage') => {
      const tab = await scene.browser.tab();
      opened.push(tab);
      tabs.push(tab);
      await open(tab, held, storage);
      return tab;
    };

    const stored = (page: Page): Promise<string[]> =>
      page.evaluate(() =>
        [...Object.keys(sessionStorage), ...Object.keys(localStorage)].filter((key) => key.startsWith('oidc.user:')),
      );

    const logout = (page: Page, at = 0) =>
      page.evaluate((at) => {
        setTimeout(
          () => {
            document
              .querySelector('arkane-logout')!
              .logout()
              .catch(() => undefined);
          },
          at && at - Date.now(),
        );
      }, at);

    const allHeard = (): Promise<string[][]> =>
      scene.browser.until(async () => {
        const all = await Promise.all(tabs.map(heardIn));
        return all.every((heard) => heard.length > 0) ? all : undefined;
      }, 'an event in each tab');

    const isOver = async () => {
      for (const tab of tabs) assert.deepEqual(await stored(tab), []);
      await sleep(100); // a second event would come now
      assert.deepEqual(await scene.truths(sidOf(user)), { tokensSession: 'over', browser: 'over' });
    };

    beforeEach(async () => {
      ({ scene } = stage);
      await scene.browser.fresh();
      opened = [];
      tabs = [scene.browser];
      user = await scene.signInByHand();
      await open(scene.browser, user);
      asked = 0;
    });

    it('ends nine other tabs at once, and asks the provider once', async () => {
      for (let number = 0; number < 9; number += 1) await openTab();
      await logout(scene.browser);
      assert.deepEqual(await allHeard(), [ended, ...Array<string[]>(9).fill(other)]);
      const times = await Promise.all(opened.map((tab) => tab.evaluate(() => window.heardInTab[0]!.at)));
      const spread = Math.max(...times) - Math.min(...times);
      console.log(`${stage.engine}: ${spread.toFixed(0)} ms between the first and the last of nine tabs`);
      assert.ok(spread <= simultaneous, `${spread} ms`);
      assert.equal(asked, 2); // which is one logout by `token`
      await isOver();
    });

    it('ends once where two press at the same time: one of them is told of the other', async () => {
      const second = await openTab();
      const at = Date.now() + 500;
      await Promise.all([logout(scene.browser, at), logout(second, at)]);
      const all = await allHeard();
      assert.deepEqual(all.toSorted(), [other, ended]);
      assert.equal(asked, 2);
      await isOver();
    });

    it('ends them without locks and without BroadcastChannel, too', async () => {
      const second = await openTab();
      for (const tab of tabs)
        await tab.evaluate(() => {
          Object.defineProperty(navigator, 'locks', { value: undefined });
          Reflect.deleteProperty(window, 'BroadcastChannel');
        });
      await logout(second);
      assert.deepEqual(await allHeard(), [other, ended]);
      await isOver();
    });

    it('ends them where the user is kept in the storage of all tabs', async () => {
      await scene.browser.evaluate(() => {
        sessionStorage.clear();
      });
      await open(scene.browser, user, 'localStorage');
      const second = await openTab(user, 'localStorage');
      await logout(second);
      assert.deepEqual(await allHeard(), [other, ended]);
      await isOver();
    });

    it('leaves a tab of another session alone, and one without a user', async () => {
      const nobody = await openTab({ ...user, id_token: '', access_token: '', refresh_token: '' });
      const another = await openTab(inAnotherSession(user));
      await logout(scene.browser);
      await scene.browser.until(async () => (await heardIn(scene.browser)).length > 0, 'the end');
      await sleep(300);
      assert.deepEqual(await heardIn(another), []);
      assert.deepEqual(await heardIn(nobody), []);
      assert.equal((await stored(another)).length, 1);
    });

    it('does not end at what is malformed, or is of another client, of another session, or old', async () => {
      const second = await openTab();
      await second.evaluate(() => {
        const name = 'arkane-logout-ended';
        const client = Object.keys(sessionStorage).find((key) => key.startsWith('oidc.user:'))!;
        const far = Date.now() + 1e12;
        for (const value of [
          '',
          '{',
          'null',
          '5',
          '{}',
          '[null]',
          '[[]]',
          '[["arkane-logout:","key"]]',
          JSON.stringify([[client, 'key', Date.now()]]),
          JSON.stringify([['arkane-logout:["https://elsewhere.example","Arketype"]', 'key', Date.now()]]),
          JSON.stringify([[{}, [], far]]),
        ])
          localStorage.setItem(name, value);
        localStorage.clear();
      });
      await sleep(300);
      assert.deepEqual(await heardIn(scene.browser), []);
      assert.equal((await stored(scene.browser)).length, 1);
      await logout(scene.browser);
      assert.deepEqual(await allHeard(), [ended, other]);
    });

    it('lets a user sign in again at once, in the same session, in another tab: nobody wipes that', async () => {
      await open(scene.browser, user);
      await logout(scene.browser);
      await scene.browser.until(async () => (await heardIn(scene.browser)).length > 0, 'the end');
      const second = await openTab(user, 'localStorage'); // as if it were new tokens of that session
      await sleep(1500);
      assert.deepEqual(await heardIn(second), []);
      assert.equal((await stored(second)).length, 1);
    });
  },
  { front: (request) => count(request), inOneEngine: Boolean(process.env.KEYCLOAK) },
);
