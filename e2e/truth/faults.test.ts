// A provider that fails, met by both modes: the page is told once and in time, the tokens are wiped and go nowhere, nothing
// is left behind, and no more is said than is true.
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, it } from 'node:test';
import type { ProviderOptions } from '../../demo/provider/index.ts';
import { type Heard, Scene, startWorld, type StoredUser, wordsOf } from '../support/scene.ts';
import { inEachEngine, type Stage } from '../support/suite.ts';
import { isReady } from '../support/windows.ts';
import { type Fault, faults, gone, lies, type Mode, modes, offline, returned, saysIn } from './faults.ts';
import { lieIn, lookUp } from './oracle.ts';
import { keepSecrets } from './play.ts';
import { record, TRUTH } from './record.ts';
import { startThief, type Thief } from './thief.ts';

const { KEYCLOAK } = process.env;
// A fault is not the provider's: it needs no real one.
const isWanted = !KEYCLOAK || TRUTH;

const lasting = 400; // ms that a busy machine may add to a timer
const witness = '/e2e/pages/witness.ts';

// Without a test there is no after().
const thief = {} as Thief;
if (isWanted) {
  before(async () => Object.assign(thief, await startThief()));
  after(() => {
    thief.stop();
  });
}

/** What goes wrong at which provider, by its host, because the engines run side by side. */
const planted = new Map<string, Fault>();
const front =
  (asked: RegExp): NonNullable<ProviderOptions['front']> =>
  async (request, response) => {
    const fault = planted.get(request.headers.host ?? '');
    if (!fault?.answer || !(fault === offline || asked.test(request.url ?? ''))) return false;
    await fault.answer(request, response, thief.origin);
    return !fault.reaches;
  };

const hostOf = ({ world }: Scene) => new URL(world.provider.issuer).host;
const inUse = ({ browser }: Scene) => browser.evaluate(() => window.witness.left());

/** A user at a page that is about to log out, and a provider that fails from then on. */
const set = async (scene: Scene, fault: Fault, mode: Mode): Promise<StoredUser> => {
  const { browser } = scene;
  planted.delete(hostOf(scene)); // of a test that failed
  const user = await scene.tokensFor('Arketype');
  await browser.evaluate(() => {
    localStorage.clear();
    sessionStorage.clear();
  });
  await keepSecrets(scene, user);
  await scene.keep(fault.isPoor ? { ...user, refresh_token: undefined } : user);
  thief.forget(hostOf(scene)); // ID tokens of one second are the same
  planted.set(hostOf(scene), fault);
  await open(scene, fault, mode);
  await browser.evaluate((fast) => {
    const Real = Date;
    const now = () => Real.now() + fast;
    window.Date = new Proxy(Real, {
      construct: (target, args, self) => Reflect.construct(target, args.length > 0 ? args : [now()], self) as object,
      get: (target, name) => (name === 'now' ? now : (Reflect.get(target, name) as unknown)),
    });
  }, fault.clock ?? 0);
  return user;
};

const open = async (scene: Scene, { timeout }: Fault, mode: Mode) => {
  const { provider, app } = scene.world;
  // Where discovery fails, the window that was opened in the press is closed again.
  const hasWindow = provider.profile === 'generic' && mode === 'POPUP';
  const callback = { 'callback-uri': `${app.origin}/demo/callback.html` };
  await scene.open('?tab=nfts', { 'window-mode': mode, timeout: String(timeout), ...(hasWindow && callback) });
  if (hasWindow) await isReady(scene);
  await scene.browser.until(() => scene.browser.evaluate(isAtRest, provider.profile === 'generic'), 'a page at rest');
};

/** What the element does when the page is idle is done. Sees nothing but its argument. */
const isAtRest = async (discovers: boolean) => {
  if ('requestIdleCallback' in window) await new Promise((resolve) => requestIdleCallback(resolve));
  const hasAsked = performance.getEntriesByType('resource').some(({ name }) => name.endsWith('/openid-configuration'));
  return (hasAsked || !discovers) && !('timer' in window.witness.left());
};

/** Presses, and comes back from where that leads. */
const press = async (scene: Scene, goesAway: boolean): Promise<Heard> => {
  const { browser, world } = scene;
  const { length } = await scene.heard();
  await browser.click('arkane-logout >>> button');
  if (goesAway) {
    await browser.until(async () => !(await browser.url()).startsWith(world.app.origin), 'the page to be left');
    await sleep(200); // the error page of a connection that breaks takes the place of what came before
    await browser.back();
  }
  return scene.terminal(length);
};

/**
 * What the design lets stay: for ten seconds what keeps a renewal out, on the page that has wiped; while a logout is not
 * finished what looks for a sign-in, and for the network.
 */
const mayStay = ({ detail }: Heard, left: Record<string, number>): Record<string, number> => ({
  // A page that is back from the cache keeps out what waited in it; one that was loaded anew has nothing to keep out.
  ...((detail.trigger !== 'return' || 'listener for storage' in left) && { timer: 1, 'listener for storage': 1 }),
  ...(detail.providerSession === 'unknown' && { interval: 1 }),
  ...(detail.windowMode === 'POPUP' && detail.error?.code === 'network' && { 'listener for online': 1 }),
});

const difference = (before: Record<string, number>, now: Record<string, number>) =>
  Object.fromEntries(
    [...new Set([...Object.keys(before), ...Object.keys(now)])]
      .map((what) => [what, (now[what] ?? 0) - (before[what] ?? 0)] as const)
      .filter(([, number]) => number !== 0),
  );

const assertClean = async (scene: Scene, { id_token, access_token, refresh_token }: StoredUser): Promise<void> => {
  const { browser } = scene;
  assert.equal(await scene.storedUser(), null);
  assert.deepEqual(await scene.mishaps(), []);
  assert.deepEqual(await browser.evaluate(() => window.witness.leaks()), []);
  assert.deepEqual(thief.stolen({ id_token, access_token, refresh_token }), []);
  assert.equal(await browser.windows(), 1);
};

const outcomeOf = (heard: Heard) => {
  const { windowMode, trigger, local } = heard.detail;
  return { says: wordsOf(heard), windowMode, trigger, local };
};

/** Presses under a fault: what was heard of it, and what is in use since, once the provider is well again. */
const meet = async (scene: Scene, fault: Fault, mode: Mode, user: StoredUser) => {
  const says = saysIn(scene.browser.engine, fault, mode);
  const isBack = /closed|returned/.test(says);
  const before = await inUse(scene);
  const heard = await press(scene, says.endsWith('closed'));
  if (says.endsWith('timeout')) await sleep(1000); // until the late answer has come
  assert.deepEqual(
    (await scene.heard()).map(({ type }) => type),
    ['arkane-logging-out', 'arkane-logged-out'],
  );
  const expected = { says, windowMode: mode, trigger: isBack ? 'return' : 'user', local: 'wiped' };
  assert.deepEqual(outcomeOf(heard), expected);
  if (!isBack) assert.ok(heard.after < fault.timeout + lasting, `${heard.after} ms`);
  // The app's own count down to the end of the access token; on the page that a browser is sent back to there is none.
  if (says === returned) delete before.interval;
  const left = difference(before, await inUse(scene));
  await assertClean(scene, user);
  if (says.startsWith('none')) assert.deepEqual([...new Set(await scene.requests())], ['openid-configuration']);
  planted.delete(hostOf(scene));
  return { heard, before, left };
};

const assertTrue = async (scene: Scene, heard: Heard, user: StoredUser, isOver: boolean): Promise<void> => {
  const truth = await lookUp(scene, { user, clientId: 'Arketype', stored: user });
  assert.equal(lieIn(heard, truth), undefined);
  assert.equal(truth.tokensSession, isOver ? 'over' : 'alive'); // a fault that does nothing is none
};

/** Of a test that has found nothing wrong. */
const note = ({ engine }: Stage, fault: string, mode: Mode, ...heard: Heard[]) =>
  record({ kind: 'fault', fault, mode, engine, said: heard.map(wordsOf) });

const playAll = (stage: Stage, all: Fault[]) => {
  for (const fault of all)
    for (const mode of modes)
      it(`${fault.name}, ${mode}`, async () => {
        const { scene } = stage;
        const user = await set(scene, fault, mode);
        const { heard, left } = await meet(scene, fault, mode, user);
        // A visit carries nothing of the URL that was redirected, but it must have come.
        if (fault.sendsOn && mode === 'REDIRECT') assert.ok(thief.hasHeardOf(hostOf(scene)));
        await assertTrue(scene, heard, user, fault.reaches ?? false);
        assert.deepEqual(left, mayStay(heard, left));
        await note(stage, fault.name, mode, heard);
      });
};

if (isWanted)
  inEachEngine(
    'a provider that fails',
    (stage) => {
      playAll(stage, faults);

      for (const [way, finish] of [
        ['by itself', ({ browser }: Scene) => browser.evaluate(() => dispatchEvent(new Event('online')))],
        ['by the next press', ({ browser }: Scene) => browser.click('arkane-logout >>> button')],
      ] as const)
        it(`is out of reach until the network is back, POPUP: finished ${way}, and then nothing is left`, async () => {
          const { scene } = stage;
          const user = await set(scene, offline, 'POPUP');
          const { heard, before, left } = await meet(scene, offline, 'POPUP', user);
          assert.deepEqual(left, mayStay(heard, left));
          await finish(scene);
          const finished = await scene.completed(2);
          assert.equal((await scene.heard()).length, 3);
          const says = 'token ended logout-response';
          assert.deepEqual(outcomeOf(finished), { says, windowMode: 'POPUP', trigger: 'completed', local: 'wiped' });
          const stillThere = async () => Object.keys(difference(before, await inUse(scene)));
          await scene.browser.until(async () => (await stillThere()).length === 0, 'nothing to be left', 12_000);
          await assertClean(scene, user);
          await assertTrue(scene, finished, user, true);
          await note(stage, `${offline.name}, and back: ${way}`, 'POPUP', heard, finished);
        });

      it('is out of reach until the network is back, REDIRECT: finished by the next press', async () => {
        const { scene } = stage;
        const user = await set(scene, offline, 'REDIRECT');
        const { heard, left } = await meet(scene, offline, 'REDIRECT', user);
        assert.deepEqual(left, mayStay(heard, left));
        const finished = await press(scene, false);
        assert.equal((await scene.heard()).length, 3);
        const expected = { says: returned, windowMode: 'REDIRECT', trigger: 'completed', local: 'wiped' };
        assert.deepEqual(outcomeOf(finished), expected);
        await assertClean(scene, user);
        await assertTrue(scene, finished, user, true);
        await note(stage, `${offline.name}, and back: by the next press`, 'REDIRECT', heard, finished);
      });

      for (const mode of modes)
        it(`is gone, and nothing listens, ${mode}`, async () => {
          const world = await startWorld({ real: false, firstScript: witness });
          const scene = new Scene(stage.scene.browser, world);
          try {
            const user = await set(scene, gone, mode);
            await world.provider.stop();
            const { heard, left } = await meet(scene, gone, mode, user);
            assert.deepEqual(left, mayStay(heard, left));
            await note(stage, gone.name, mode, heard);
          } finally {
            await scene.browser.fresh();
            await world.stop();
          }
        });
    },
    {
      real: false,
      firstScript: witness,
      front: front(/\/(logout|userinfo)(\?|$)/),
      sideBySide: true,
      inOneEngine: !TRUTH,
    },
  );

if (isWanted)
  inEachEngine(
    'a provider that lies about itself',
    (stage) => {
      playAll(stage, lies);
    },
    {
      profile: 'generic',
      firstScript: witness,
      front: front(/^\/\.well-known/),
      sideBySide: true,
      inOneEngine: !TRUTH,
    },
  );
