// Whoever signs in again right after a logout, in the same session, stays signed in: what keeps renewals out leaves them alone.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Scene, sidOf } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';
import { times } from './times.ts';

/** Requests to end a session do not get through: it lives on, so the next sign-in is in the same. */
const front = (
  { method, url }: { method?: string | undefined; url?: string | undefined },
  response: { writeHead: (status: number) => { end: () => unknown } },
) => {
  const isLogout = method === 'POST' && Boolean(url?.includes('/logout'));
  if (isLogout) response.writeHead(503).end();
  return isLogout;
};

/** Logs out, and leaves for the provider as soon as the page is told; back on the page, with a user. */
const outAndIn = async ({ browser }: Scene): Promise<void> => {
  const before = await browser.evaluate(() => performance.timeOrigin);
  await browser.evaluate(() => {
    setTimeout(() => {
      const signIn = () => {
        document.querySelector<HTMLElement>('#sign-in')!.click();
      };
      document.addEventListener('arkane-logged-out', signIn, { once: true });
      document
        .querySelector('arkane-logout')!
        .logout()
        .catch(() => undefined);
    });
  });
  const isBack = (before: number) =>
    performance.timeOrigin !== before &&
    document.body.dataset.ready !== undefined &&
    document.querySelector('#signed-in:not([hidden])') !== null;
  await browser.until(() => browser.evaluate(isBack, before), 'the way back');
};

inEachEngine(
  'a user who signs in again at once',
  (stage) => {
    it(`is never wiped, ${times(200)} times`, async () => {
      const { scene } = stage;
      const sid = sidOf(await scene.signIn());
      for (let round = 1; round <= times(200); round += 1) {
        await outAndIn(scene);
        await sleep(round % 10 ? 300 : 2000); // a poll of what keeps renewals out; now and then several
        const user = await scene.storedUser();
        assert.ok(user, `round ${round}: nobody is signed in`);
        assert.equal(sidOf(user), sid);
      }
      const told = (await scene.heard()).filter(({ type }) => type === 'arkane-logged-out');
      assert.deepEqual([...new Set(told.map(({ detail }) => detail.trigger))], ['user']);
      assert.equal(told.length, times(200));
      assert.deepEqual(await scene.mishaps(), []);
    });
  },
  { front, sideBySide: true, inOneEngine: !process.env.SOAK },
);
