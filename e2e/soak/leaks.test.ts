// Ten thousand elements come and go, and a thousand users log out, in one page: nothing is left of them.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { engines } from '../support/drivers.ts';
import type { Scene, StoredUser } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';
import { times } from './times.ts';

declare global {
  interface Window {
    /** Beside what Chromium counts itself. */
    inUse: () => { timers: number; channels: number };
  }
}

/** Longer than a renewal is kept out, ms. */
const guarded = 10_500;

/** Elements that come into the page, are drawn, and are removed. */
const comeAndGo = ({ browser }: Scene, count: number): Promise<void> =>
  browser.evaluate(async (count) => {
    for (let done = 0; done < count; done += 500) {
      const some = Array.from({ length: Math.min(500, count - done) }, () => {
        const element = document.createElement('arkane-logout');
        element.clientId = 'Arketype';
        element.callbackUri = `${location.origin}/demo/callback.html`;
        element.monitor = true;
        return element;
      });
      document.body.append(...some);
      await Promise.all(some.map((element) => element.updateComplete));
      await new Promise((resolve) => requestIdleCallback(resolve)); // they have prepared a logout
      for (const element of some) element.remove();
    }
  }, count);

/** Logs a user out, again and again; resolves to how many were told. */
const logOut = (scene: Scene, user: StoredUser, count: number): Promise<number> =>
  scene.browser.evaluate(
    async ({ key, user, count }) => {
      let told = 0;
      const hear = (event: CustomEvent<{ providerSession: string }>) => {
        if (event.detail.providerSession === 'ended') told += 1;
      };
      document.addEventListener('arkane-logged-out', hear);
      const element = document.querySelector('arkane-logout')!;
      for (let done = 0; done < count; done += 1) {
        sessionStorage.setItem(key, user);
        await element.logout();
      }
      document.removeEventListener('arkane-logged-out', hear);
      return told;
    },
    { key: scene.storageKey(), user: JSON.stringify(user), count },
  );

if (engines.includes('chromium'))
  inEachEngine(
    'one page',
    (stage) => {
      it('holds no more after ten thousand elements and a thousand logouts than before', async (context) => {
        const { scene } = stage;
        const user = await scene.signInByHand();
        const { app, provider } = scene.world;
        await scene.browser.goto(`${app.origin}/e2e/pages/drop-in.html`);
        await scene.browser.evaluate((authority) => {
          document.querySelector('arkane-logout')!.authority = authority;
          const timers = new Set<number>();
          for (const name of ['setTimeout', 'setInterval'] as const) {
            const start = window[name].bind(window);
            const counting = (work: () => void, ms?: number) => {
              const id = start(() => {
                if (name === 'setTimeout') timers.delete(id);
                work();
              }, ms);
              timers.add(id);
              return id;
            };
            Object.assign(window, { [name]: counting });
          }
          for (const name of ['clearTimeout', 'clearInterval'] as const) {
            const stop = window[name].bind(window);
            const counting = (id: number) => {
              timers.delete(id);
              stop(id);
            };
            Object.assign(window, { [name]: counting });
          }
          const channels = new Set<BroadcastChannel>();
          window.BroadcastChannel = class extends BroadcastChannel {
            constructor(name: string) {
              super(name);
              channels.add(this);
            }
            override close() {
              channels.delete(this);
              super.close();
            }
          };
          window.inUse = () => ({ timers: timers.size, channels: channels.size });
          performance.setResourceTimingBufferSize(0);
          performance.clearResourceTimings();
        }, provider.issuer);
        const count = async () => {
          await sleep(guarded);
          const { JSHeapUsedSize: heap, ...counters } = await scene.browser.counters!();
          return { counters, heap, inUse: await scene.browser.evaluate(() => window.inUse()) };
        };
        // What is loaded and compiled once.
        await comeAndGo(scene, 500);
        assert.equal(await logOut(scene, user, 20), 20);
        const before = await count();
        await comeAndGo(scene, times(10_000));
        assert.equal(await logOut(scene, user, times(1000)), times(1000));
        const after = await count();
        const kB = (bytes: number) => `${Math.round(bytes / 1000)} kB`;
        context.diagnostic(`before: ${JSON.stringify(before.counters)}, heap ${kB(before.heap)}`);
        context.diagnostic(`after:  ${JSON.stringify(after.counters)}, heap ${kB(after.heap)}`);
        context.diagnostic(`in use: ${JSON.stringify(after.inUse)}`);
        assert.deepEqual(after.counters, before.counters);
        assert.deepEqual(after.inUse, before.inUse);
        assert.ok(after.heap - before.heap < 200_000, `the heap has grown by ${kB(after.heap - before.heap)}`);
      });
    },
    { inOneEngine: true, firstScript: null, real: false },
  );
