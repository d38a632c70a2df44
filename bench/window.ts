// npm run bench:window: what our return page adds to a window's trip, beyond the provider's own time: from when the app's
// server is asked for it until it is told where to go, twice with `verify`. Beside it, the same of a page that could not be
// smaller: what the browser needs for any page, a process of its own included. KEYCLOAK=1 at a real Keycloak.
import assert from 'node:assert/strict';
import { engines } from '../e2e/support/drivers.ts';
import { Scene, startWorld } from '../e2e/support/scene.ts';
import { prepare } from '../e2e/support/windows.ts';

const rounds = 10;
const limit = 150; // ms
const returnPages = { ours: '/demo/callback.html', bare: '/e2e/pages/bare-return.html' };

const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

const world = await startWorld({ firstScript: null });

/** When a page was asked for, the first two times; ms since the epoch. */
const whenAsked = (page: string): number[] => {
  const times: number[] = [];
  const watch = () => {
    const { asked, letGo } = world.hold(page);
    void asked.then(() => {
      times.push(Date.now());
      letGo();
      if (times.length < 2) setTimeout(watch); // the request that was let go is not to be met again
    });
  };
  watch();
  return times;
};

/** One trip; ms that both return pages took together. */
const trip = async (scene: Scene, page: string): Promise<number> => {
  await prepare(scene, { 'callback-uri': world.app.origin + page, verify: '' }, ['access_token', 'refresh_token']);
  const asked = whenAsked(page);
  await scene.browser.evaluate(() => {
    const told: number[] = [];
    new BroadcastChannel('arkane-logout').onmessage = ({ data }: MessageEvent<{ next?: string }>) => {
      if (data.next) told.push(Date.now());
      document.body.dataset.told = JSON.stringify(told);
    };
    document.addEventListener('arkane-logged-out', ({ detail }) => {
      if (detail.trigger === 'completed') document.body.dataset.evidence = detail.evidence;
    });
  });
  await scene.browser.click('arkane-logout >>> button');
  const read = () =>
    scene.browser.evaluate(() => {
      const { evidence, told = '' } = document.body.dataset;
      return evidence && told.includes(',') ? { evidence, told: JSON.parse(told) as number[] } : undefined;
    });
  const { evidence, told } = await scene.browser.until(read, 'the outcome');
  await scene.browser.until(async () => (await scene.browser.windows()) === 1, 'the window to close');
  assert.equal(evidence, 'session-check');
  assert.deepEqual([asked.length, told.length], [2, 2]);
  return sum(told) - sum(asked);
};

console.log(`${world.provider.name}; ms that both return pages take together, ${rounds} rounds, limit ${limit}`);
for (const engine of engines) {
  const scene = await Scene.open(engine, world);
  for (const app of [false, true]) {
    world.isolated.app = app;
    const times: Record<keyof typeof returnPages, number[]> = { ours: [], bare: [] };
    for (let round = 0; round <= rounds; round += 1)
      for (const which of ['ours', 'bare'] as const) {
        const ms = await trip(scene, returnPages[which]);
        if (round > 0) times[which].push(ms); // in the first one nothing is in any cache
      }
    const [ours, bare] = [median(times.ours), median(times.bare)];
    const name = `${engine}, app ${app ? '' : 'not '}isolated`;
    console.log(`${name.padEnd(27)} median ${ours}, worst ${Math.max(...times.ours)}; bare page: median ${bare}`);
    // Isolated (COOP), a browser changes processes for the page: its own time, and the bare page's, too.
    if ((app ? ours - bare : ours) > limit) process.exitCode = 1;
  }
  await scene.browser.close();
}
await world.stop();
