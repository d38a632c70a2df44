// What `npm start` shows: each switch does what it says, also after the trip to the provider, and every outcome is put into words.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { type Demo, startDemo } from '../../demo/demo.ts';
import { type Browser, engines, open } from '../support/drivers.ts';

interface Axe {
  axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
}

describe('the demo of npm start', () => {
  let demo: Demo;
  before(async () => (demo = await startDemo({ firstScript: '/e2e/pages/recorder.ts', keepScripts: true })));
  after(() => demo.stop());

  for (const engine of engines)
    describe(engine, () => {
      let browser: Browser;
      before(async () => (browser = await open(engine)));
      after(() => browser.close());
      afterEach(async () => {
        const recorded = await browser.evaluate(() => localStorage.getItem('e2e-recorded') ?? '{"mishaps":[]}');
        assert.deepEqual((JSON.parse(recorded) as { mishaps: string[] }).mishaps, []);
        assert.deepEqual(demo.app.violations, []);
      });

      const text = (selector: string) =>
        browser.evaluate((selector) => document.querySelector<HTMLElement>(selector)?.innerText ?? '', selector);
      const isShown = (selector: string) =>
        browser.evaluate((selector) => document.querySelector(selector)?.checkVisibility() ?? false, selector);
      const shown = (selector: string) => browser.until(() => isShown(selector), selector);
      const says = (words: RegExp) =>
        browser.until(async () => words.test(await text('#outcome')), `${String(words)} to be said`);
      const visit = async (path: string) => {
        await browser.goto(`${demo.app.origin}/demo/${path}`);
        await shown('body[data-ready]');
      };
      const route = async () => (await browser.url()).slice(`${demo.app.origin}/demo/`.length);
      const chosen = () =>
        browser.evaluate(() =>
          [...document.querySelectorAll<HTMLInputElement>('#switches :checked')].map(({ value }) => value),
        );
      const signIn = async () => {
        await browser.click('#sign-in');
        await shown('#kc-login');
        await browser.type('#username', 'alice');
        await browser.type('#password', 'alice');
        await browser.click('#kc-login');
        await shown('#signed-in');
        await shown('body[data-ready]');
      };
      const press = () => browser.click('arkane-logout >>> button');
      const sessions = async () => [
        ...(await demo.providers.keycloak.sessions()),
        ...(await demo.providers.generic.sessions()),
      ];

      it('tells of the proof after a POPUP, and the wallet is gone', async () => {
        await visit('');
        await signIn();
        assert.match(await text('#wallet'), /2\.4815 ETH[^]*Alice Arkane/);
        await press();
        await says(
          /You are logged out here\.[^]*the tokens are wiped\.[^]*your session is over\. Its answers prove it\./,
        );
        assert.equal(await text('#wallet'), '');
        assert.equal(await isShown('arkane-logout'), false);
        assert.deepEqual(await sessions(), []);
      });

      it('keeps the choice over the sign-in and the trip, and says that a REDIRECT is no proof', async () => {
        await visit('?tab=nfts#top');
        await browser.click('input[value=REDIRECT]');
        assert.equal(await route(), '?tab=nfts&mode=REDIRECT#top');
        await signIn();
        await press();
        await says(/the tokens are wiped\.[^]*it sent you back, which is no proof/);
        assert.equal(await route(), '?tab=nfts&mode=REDIRECT#top');
        assert.deepEqual(await chosen(), ['keycloak', 'REDIRECT']);
        assert.deepEqual(await sessions(), []);
      });

      it('claims nothing after a POPUP at a provider that asks, and a second press finishes', async () => {
        await visit('');
        await browser.click('input[value=generic]');
        await signIn();
        await press();
        await says(/nothing is certain \(unproved\)[^]*Your session may live on\.[^]*Press “Finish logging out”/);
        assert.equal((await sessions()).length, 1);
        await press();
        await browser.click('button[name=logout]');
        await shown('#outcome li');
        await says(/it sent you back, which is no proof/);
        assert.equal(await route(), '?provider=generic');
        assert.deepEqual(await sessions(), []);
      });

      it('opens a window at a provider that asks, covers the page, and tells of the proof', async () => {
        await visit('?provider=generic&callback=on&verify=on&overlay=on');
        await signIn();
        await press();
        await says(/a window is open there/);
        assert.equal(await isShown('arkane-logout'), true);
        const isOpen = () =>
          browser.evaluate(
            () => [...document.body.children].at(-1)!.shadowRoot?.querySelector('dialog')?.open === true,
          );
        assert.equal(await isOpen(), true);
        const asking = async () => {
          const popup = await browser.popup();
          return (await popup.url()).includes('/session/end') ? popup : undefined;
        };
        await (await browser.until(asking, 'the page that asks')).click('button[name=logout]');
        await says(/nobody is signed in for this app\. It said so when it was asked, which proves it/);
        assert.equal(await isOpen(), false);
        await browser.until(async () => (await browser.windows()) === 1, 'the window to close');
        assert.deepEqual(await sessions(), []);
      });

      it('comes back to the choice by way of the one return page', async () => {
        await visit('?provider=generic&mode=REDIRECT');
        await browser.click('input[name=callback]');
        const query = '?provider=generic&mode=REDIRECT&callback=on';
        await signIn();
        assert.equal(await route(), query);
        await press();
        await browser.click('button[name=logout]');
        await shown('#outcome li');
        assert.equal(await route(), query);
        assert.deepEqual(await chosen(), ['generic', 'REDIRECT', 'on']);
        assert.deepEqual(await sessions(), []);
      });

      it('shows the tag as the switches make it', async () => {
        await visit('');
        for (const input of ['value=generic', 'value=REDIRECT', 'name=callback'])
          await browser.click(`input[${input}]`);
        const tag = [
          '<script type="module" src="arkane-logout.js"></script>',
          '<arkane-logout',
          '  client-id="Arketype"',
          `  authority="${demo.providers.generic.issuer}"`,
          '  window-mode="REDIRECT"',
          `  callback-uri="${demo.app.origin}/demo/callback.html"`,
          '></arkane-logout>',
        ].join('\n');
        assert.equal(await browser.evaluate(() => document.getElementById('code')!.textContent), tag);
        await visit(await route());
        assert.equal(await browser.evaluate(() => document.getElementById('code')!.textContent), tag);
      });

      for (const page of ['', 'sdk.html'])
        it(`leaves a state alone that is nobody’s, on /demo/${page}`, async () => {
          await visit(`${page}?state=made-up&code=stolen`);
          assert.match(await text('#outcome'), /It was left alone/);
          assert.equal(await route(), `${page}?state=made-up&code=stolen`);
        });

      it('does the same with the Arkane SDK’s API', async () => {
        await visit('');
        await browser.click('a[href="sdk.html"]');
        await browser.until(async () => (await route()) === 'sdk.html', 'sdk.html');
        await shown('body[data-ready]');
        await signIn();
        await browser.click('button[value=POPUP]');
        await says(/^You are logged out\.$/);
        assert.deepEqual(await sessions(), []);
        await signIn();
        await browser.click('button[value=REDIRECT]');
        await says(/the provider has sent you back/);
        assert.equal(await route(), 'sdk.html');
        assert.equal(await isShown('#log-out'), false);
        assert.deepEqual(await sessions(), []);
        await browser.click('a[href="./"]');
        await shown('#switches');
        await shown('body[data-ready]'); // what it fetches would fail with a page that is left
      });

      it('has nothing that axe finds fault with', async () => {
        const check = async (what: string) => {
          const faults = await browser.evaluate(async (path) => {
            await import(path);
            const { violations } = await (window as unknown as Axe).axe.run();
            return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
          }, '/node_modules/axe-core/axe.js');
          assert.deepEqual(faults, [], what);
        };
        await visit('sdk.html');
        await check('sdk.html');
        await visit('');
        await check('signed out');
        await signIn();
        await check('signed in');
        await press();
        await shown('#outcome li');
        await check('logged out');
      });
    });
});
