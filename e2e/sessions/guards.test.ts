// The recipes of docs/guards.md, where the provider's session outlives the logout: nobody is signed in again without a
// click, and a click signs in for good.
import assert from 'node:assert/strict';
import { before, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Scene, sidOf, wordsOf } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';

const react = '/e2e/pages/guards-react.ts';
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL(`../..${react}`, import.meta.url))],
  bundle: true,
  write: false,
  format: 'esm',
  target: 'es2022',
  define: { 'process.env.NODE_ENV': '"production"' },
  external: ['../../src/*'], // served as in all other tests
});
const bundle = outputFiles[0]!.text;

/** Each recipe, and when its page signs the user in again where the guard is missing. */
const recipes = { router: 'at once', react: 'at once', keycloak: 'after a reload' };

/** How often the provider was asked to sign somebody in. */
let asked = 0;

inEachEngine(
  'a page that signs its users in by itself',
  (stage) => {
    let scene: Scene;
    let sid: string;
    before(async () => {
      ({ scene } = stage);
      sid = sidOf(await scene.tokensFor('Arketype')); // no logout here ends this session
    });
    beforeEach(async () => {
      await scene.browser.goto(`${scene.world.app.origin}/e2e/pages/landing.html`);
      await scene.browser.evaluate(() => {
        sessionStorage.clear();
        localStorage.clear();
      });
    });

    const isShown = (selector: string) =>
      scene.browser.evaluate(
        (selector) => Boolean(window.guarded && document.querySelector(`${selector}:not([hidden])`)),
        selector,
      );
    const held = () => scene.browser.evaluate(() => window.guarded!.held());
    const guards = () => scene.browser.evaluate(() => window.guarded!.guards());
    const lives = async () => (await scene.tokensSession(sid, 'Arketype')) === 'alive';

    for (const [recipe, again] of Object.entries(recipes))
      describe(recipe, () => {
        const open = (query = '') =>
          scene.browser.goto(`${scene.world.app.origin}/e2e/pages/guards-${recipe}.html${query}`);
        const becomesSignedIn = () => scene.browser.until(() => isShown('#wallet'), 'the signed-in page');
        const becomesSignedOut = () => scene.browser.until(() => isShown('#sign-in'), 'the signed-out page');

        it('stays signed out, until the user presses “Sign in”', async () => {
          await open();
          await becomesSignedIn(); // by itself: that is what such a page is for
          assert.equal(await held(), 3);
          const before = asked;
          const assertOut = async (isLoggingOut = false) => {
            assert.equal(asked, before);
            assert.equal(await held(), 0);
            assert.deepEqual(await guards(), { isLoggingOut, wasLoggedOut: true });
          };

          const hold = scene.world.hold('/logout');
          await scene.browser.click('arkane-logout >>> button');
          await scene.browser.until(() => Promise.race([hold.asked, sleep(50)]), 'the logout to ask the provider');
          await sleep(200);
          await assertOut(true);
          hold.letGo();
          assert.equal(wordsOf(await scene.terminal(1)), 'hint unknown none unproved');
          await becomesSignedOut();
          await sleep(1500);
          await becomesSignedOut();
          await assertOut();

          await open();
          await becomesSignedOut();
          await sleep(300);
          await becomesSignedOut();
          await assertOut();
          assert.ok(await lives());

          await scene.browser.click('#sign-in');
          await becomesSignedIn();
          await sleep(1500);
          await becomesSignedIn();
          assert.equal(asked, before + 1);
          assert.equal(await held(), 3);
          assert.deepEqual(await guards(), { isLoggingOut: false, wasLoggedOut: false });
          await open();
          await becomesSignedIn(); // by itself, as before
          assert.deepEqual(await scene.mishaps(), []);
        });

        if (recipe !== 'keycloak')
          it('stays signed out where the app forgets its user, while the logout still waits for the app', async () => {
            await open();
            await becomesSignedIn();
            const before = asked;
            await scene.browser.evaluate(() => {
              document.addEventListener('arkane-logging-out', (event) => {
                const { promise, resolve } = Promise.withResolvers<unknown>();
                addEventListener('app-is-done', resolve);
                event.waitUntil(promise);
                void window.guarded?.forget?.();
                location.hash = '/elsewhere'; // for the router
              });
            });
            await scene.browser.click('arkane-logout >>> button');
            await becomesSignedOut();
            await sleep(200);
            assert.deepEqual(await guards(), { isLoggingOut: true, wasLoggedOut: false });
            await scene.browser.evaluate(() => dispatchEvent(new Event('app-is-done')));
            assert.equal(wordsOf(await scene.terminal(1)), 'none none none');
            await becomesSignedOut();
            assert.equal(asked, before);
            assert.deepEqual(await guards(), { isLoggingOut: false, wasLoggedOut: true });
            assert.ok(await lives());
          });

        it(`without its guard, signs the user in again, ${again}`, async () => {
          await open('?unguarded');
          await becomesSignedIn();
          const before = asked;
          await scene.browser.click('arkane-logout >>> button');
          if (again === 'after a reload') {
            await becomesSignedOut();
            await open('?unguarded');
          }
          await scene.browser.until(() => asked > before, 'a sign-in that nobody asked for');
          const isBack = async () => (await isShown('#wallet')) && (await held()) === 3; // the page that is left holds none
          await scene.browser.until(isBack, 'the user to be signed in again');
          assert.ok(await lives());
        });
      });
  },
  {
    inOneEngine: Boolean(process.env.KEYCLOAK),
    alter: (path, text) => (path === react ? bundle : text),
    front({ method, url = '' }, response) {
      if (url.includes('/auth?')) asked += 1;
      if (method !== 'POST' || !/\/logout(\?|$)/.test(url)) return false;
      response.writeHead(503).end();
      return true;
    },
  },
);
