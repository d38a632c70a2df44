// Pages on hostile ground: built-ins that are frozen, storage that is blocked, full or cleared, a frame of no origin.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { FrameOptions, FrameReport } from '../pages/hostile-frame.ts';
import { type Scene, sidOf, type StoredUser } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';

const [asked, loggedOut, failed] = ['arkane-logging-out', 'arkane-logged-out', 'arkane-logout-error'] as const;
const ended = 'user token ended logout-response wiped';
const over = { tokensSession: 'over', browser: 'over' };
const clientId = 'Arketype';

inEachEngine(
  'on hostile ground',
  (stage) => {
    let scene: Scene;
    let user: StoredUser;

    beforeEach(async () => {
      ({ scene } = stage);
      await scene.browser.fresh();
      user = await scene.signInByHand(); // in sessionStorage
    });

    const open = async (...grounds: string[]) => {
      const query = grounds.map((ground) => `ground=${ground}`).join('&');
      await scene.browser.goto(`${scene.world.app.origin}/e2e/pages/hostile.html?${query}`);
      await scene.browser.until(() => scene.browser.evaluate(() => 'hostile' in window), 'the page');
    };
    /** `inMemory`: the page keeps its tokens itself. */
    const start = (
      inMemory = false,
      attributes: Record<string, string> = {},
      authority = scene.world.provider.issuer,
    ) =>
      scene.browser.evaluate(({ authority, user, attributes }) => window.hostile.start(authority, user, attributes), {
        authority,
        user: inMemory ? user : null,
        attributes,
      });
    const page = () =>
      scene.browser.evaluate((clientId) => {
        const { heard, mishaps, held, isLoggingOut, wasLoggedOut } = window.hostile;
        const { status, authority } = document.lastElementChild!.querySelector('arkane-logout')!; // no form hides that
        const key = { clientId, authority };
        const guards = [isLoggingOut?.(key), wasLoggedOut?.(key)];
        return { heard, mishaps, status, isHeld: held !== null, guards };
      }, clientId);
    /** One real click, and one terminal event. */
    const press = async () => {
      await scene.browser.evaluate(() => {
        document.lastElementChild!.querySelector('arkane-logout')!.shadowRoot!.querySelector('button')!.click();
      });
      await scene.browser.until(
        async () => (await page()).heard.some(({ type }) => type !== asked),
        'a terminal event',
      );
      await scene.browser.evaluate(() => new Promise((resolve) => setTimeout(resolve, 150))); // a second one would come now
      return page();
    };
    const typesOf = ({ heard }: Awaited<ReturnType<typeof page>>) => heard.map(({ type }) => type);
    const wordsOf = ({ heard }: Awaited<ReturnType<typeof page>>) => heard.at(-1)?.words;

    for (const [ground, inMemory, mishaps] of [
      ['frozen', false, []],
      ['frozen', true, []],
      ['blocked', true, []],
      ['full', false, []],
      ['fullForEver', false, []],
      ['fullForEver', true, []],
      ['forms', false, []],
      ['throwing', false, [`theirs, ${asked}`, `theirs, ${loggedOut}`]],
      ['clearing', false, []],
      ['clearing', true, []],
    ] as const)
      it(`${ground}, its tokens in ${inMemory ? 'memory' : 'sessionStorage'}: logs out`, async () => {
        await open(ground);
        await start(inMemory);
        const then = await press();
        assert.deepEqual(
          then.mishaps.map((mishap) => mishap.replace(/^.*?(?=theirs)/, '')),
          mishaps,
        );
        assert.deepEqual(typesOf(then), [asked, loggedOut]);
        assert.equal(wordsOf(then), ended);
        assert.equal(then.status, 'done');
        assert.deepEqual(then.guards, [false, true]);
        assert.equal(then.isHeld, false);
        assert.equal(await scene.tokensSession(sidOf(user), clientId), 'over');
        if (!inMemory && ground !== 'clearing') assert.equal(await scene.storedUser(), null);
        assert.deepEqual(await scene.truths(sidOf(user)), over);
      });

    for (const ground of ['frozen', 'blocked', 'full', 'forms', 'throwing'])
      it(`${ground}: names what is misconfigured, and the user stays`, async () => {
        await open(ground);
        await start(true, { timeout: 'soon' });
        const then = await press();
        assert.deepEqual(then.mishaps, []);
        assert.deepEqual(typesOf(then), [failed]);
        assert.equal(wordsOf(then), 'configuration');
        assert.match(then.heard[0]?.message ?? '', /^LogoutError: timeout: /);
        assert.equal(then.status, 'failed');
        assert.equal(then.isHeld, true);
        assert.equal(await scene.tokensSession(sidOf(user), clientId), 'alive');
      });

    it('blocked, where the tokens would be in there: says that they may be left, and claims nothing', async () => {
      await open('blocked');
      await start();
      const then = await press();
      assert.deepEqual(then.mishaps, []);
      assert.deepEqual(typesOf(then), [asked, loggedOut]);
      assert.equal(wordsOf(then), 'user none unknown none kept configuration');
      assert.deepEqual([then.status, ...then.guards], ['incomplete', false, true]);
    });

    for (const ground of ['frozen', 'full', 'forms'])
      it(`${ground}: says that the network is away, where it is`, async () => {
        await open(ground);
        await start(true, {}, 'http://nowhere.localhost:9/realms/Arkane');
        // Tokens of another issuer would be refused before.
        await scene.browser.evaluate(() => {
          window.hostile.held = { refreshToken: 'opaque' };
        });
        const then = await press();
        assert.deepEqual(then.mishaps, []);
        assert.equal(wordsOf(then), 'user token unknown none wiped network');
        assert.equal(then.status, 'incomplete');
      });

    it('clearing, and loaded anew: this tab still knows that it was logged out', async () => {
      await open('clearing');
      await start();
      assert.equal(wordsOf(await press()), ended);
      await open();
      await start();
      assert.deepEqual((await page()).guards, [false, true]);
      assert.equal((await page()).status, 'idle');
    });

    it('clearing after a logout that is not finished, and loaded anew: that is still to be done', async () => {
      await open('clearing');
      await start(false, { timeout: '3000' }, scene.world.provider.issuer);
      await scene.browser.evaluate(() => {
        window.fetch = () => Promise.reject(new TypeError('theirs'));
      });
      assert.match(wordsOf(await press()) ?? '', /unknown none wiped network$/);
      await open();
      await start();
      assert.equal((await page()).status, 'incomplete');
    });

    it('clearing, on the page after: the one before, shown again by the Back button, shows nothing of the user', async () => {
      await open('staying');
      await start(true);
      await scene.browser.evaluate(() => {
        addEventListener('pageshow', ({ persisted }) => {
          document.documentElement.dataset.persisted = String(persisted);
        });
      });
      await open('clearing');
      await start(true);
      assert.equal(wordsOf(await press()), ended);
      await scene.browser.back();
      const isBack = () =>
        scene.browser.evaluate(() => location.search.includes('staying') && document.readyState === 'complete');
      await scene.browser.until(isBack, 'the page before');
      await scene.browser.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
      const { persisted, heard, isHeld } = await scene.browser.evaluate(() => ({
        persisted: document.documentElement.dataset.persisted,
        heard: window.hostile.heard,
        isHeld: window.hostile.held !== null,
      }));
      assert.equal(isHeld, false);
      if (persisted === 'true')
        assert.deepEqual(
          heard.map(({ words }) => words),
          ['restored none unknown none wiped'],
        );
    });
  },
  { firstScript: null, inOneEngine: true }, // test/hostile.test.ts plays most of it in all of them
);

const root = fileURLToPath(new URL('../pages/', import.meta.url));

/** A page, and a frame in it that may run scripts, and is of no origin. */
async function startFrames(): Promise<{ url: string; stop: () => Promise<unknown> }> {
  const { outputFiles } = await build({
    entryPoints: [`${root}hostile-frame.ts`],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
  });
  const page = `<!doctype html><title>A page with a sandboxed frame</title><link rel="icon" href="data:,">
    <script>window.said = []; addEventListener('message', ({ data }) => said.push(data));</script>
    <iframe sandbox="allow-scripts" src="/frame.html"></iframe>`;
  const frame = `<!doctype html><title>A sandboxed frame</title><body><script type="module" src="/frame.js"></script>`;
  const server = createServer(({ url }, response) => {
    const isScript = url === '/frame.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.setHeader('access-control-allow-origin', '*');
    response.end(isScript ? outputFiles[0]!.text : url === '/frame.html' ? frame : page);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://frames.localhost:${(server.address() as AddressInfo).port}/`,
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The Web Origin that a page of no origin is taken for: a client may allow all of them. */
let readableAs: string | undefined;

inEachEngine(
  'in a sandboxed frame',
  (stage) => {
    let scene: Scene;
    let user: StoredUser;
    let frames: Awaited<ReturnType<typeof startFrames>>;
    before(async () => {
      frames = await startFrames();
    });
    after(() => frames.stop());
    beforeEach(async () => {
      ({ scene } = stage);
      await scene.browser.fresh();
      user = await scene.tokensFor(clientId);
      readableAs = scene.world.app.origin;
    });

    const run = async (tokens: FrameOptions['tokens'], timeout = 4000) => {
      await scene.browser.goto(frames.url);
      const said = () => scene.browser.evaluate(() => (window as unknown as { said: unknown[] }).said);
      await scene.browser.until(async () => (await said()).length > 0, 'the frame');
      const options: FrameOptions = { authority: scene.world.provider.issuer, tokens, timeout };
      await scene.browser.evaluate((options) => {
        document.querySelector('iframe')!.contentWindow!.postMessage(options, '*');
      }, options);
      const report = await scene.browser.until(async () => (await said())[1] as FrameReport, 'the report');
      assert.deepEqual(report.mishaps, []);
      assert.equal(report.origin, 'null');
      for (const name of ['sessionStorage', 'localStorage']) assert.ok(report.missing.includes(name), name);
      return report;
    };
    const tokens = () => ({
      idToken: user.id_token,
      accessToken: user.access_token,
      refreshToken: user.refresh_token,
    });

    it('logs out with a store in memory', async () => {
      const report = await run(tokens());
      assert.deepEqual(report.heard, [asked, loggedOut]);
      assert.equal(report.result, 'token ended logout-response wiped');
      assert.deepEqual([report.status, report.isHeld, report.guards], ['done', false, [false, true]]);
      assert.deepEqual(await scene.truths(sidOf(user)), over);
    });

    it('claims nothing where it may not read the provider’s answers', async () => {
      readableAs = undefined;
      const report = await run(tokens());
      assert.deepEqual(report.heard, [asked, loggedOut]);
      assert.match(report.result, /^(hint|token) unknown none wiped (unproved|network)$/);
      assert.deepEqual([report.status, report.isHeld, report.guards], ['incomplete', false, [false, true]]);
    });

    it('says that tokens may be left where they would be in web storage', async () => {
      const report = await run(null);
      assert.deepEqual(report.heard, [asked, loggedOut]);
      assert.equal(report.result, 'none unknown none kept configuration');
      assert.deepEqual([report.status, report.guards], ['incomplete', [false, true]]);
    });

    it('names what is misconfigured, and the user stays', async () => {
      const report = await run(tokens(), -1);
      assert.deepEqual(report.heard, [failed, failed]); // a press, and a call
      assert.match(report.result, /^LogoutError: timeout: /);
      assert.deepEqual([report.status, report.isHeld], ['failed', true]);
    });
  },
  {
    firstScript: null,
    front({ headers }, response) {
      if (headers.origin === 'null' && readableAs) {
        headers.origin = readableAs;
        const set = response.setHeader.bind(response);
        response.setHeader = (name, value) =>
          set(name, name.toLowerCase() === 'access-control-allow-origin' ? 'null' : value);
      }
      return false;
    },
  },
);
