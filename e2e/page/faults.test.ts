// A provider that fails, met without a refresh token: the page is told in time, and a press finishes it. What else holds
// under a fault, and with all tokens, is looked at in ../truth/faults.test.ts.
import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { before, beforeEach, it } from 'node:test';
import type { ProviderOptions } from '../../demo/provider/index.ts';
import { type Scene, sidOf } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => unknown;

const timeout = 2500;
const lasting = 400; // what a busy machine may add to a timer

const cors = (request: IncomingMessage) => ({ 'access-control-allow-origin': request.headers.origin ?? '*' });
const status =
  (code: number, body = ''): Answer =>
  (response, request) =>
    response.writeHead(code, { ...cors(request), 'content-type': 'text/html' }).end(body);

/** What goes wrong, and the code that says so. */
const faults: Record<string, { answer: Answer; code: string; firefox?: string; slow?: true }> = {
  'closes the connection': { answer: (response) => response.destroy(), code: 'network' },
  'resets in the middle of its headers': {
    answer: ({ socket }) => socket?.write('HTTP/1.1 200 OK\r\ncontent-ty', () => socket.resetAndDestroy()),
    code: 'network',
  },
  'resets in the middle of its body': {
    answer: (response, request) => {
      response.writeHead(200, { ...cors(request), 'content-length': 1000 });
      response.write('<!doctype html>', () => setTimeout(() => response.socket?.resetAndDestroy(), 50));
    },
    code: 'unproved',
    firefox: 'network', // it reads an opaque answer to its end
  },
  'never answers': { answer: () => undefined, code: 'timeout' },
  'redirects for ever': {
    answer: (response, request) => response.writeHead(302, { ...cors(request), location: request.url }).end(),
    code: 'network',
  },
  'answers 400': { answer: status(400), code: 'unproved' },
  'answers 500': { answer: status(500), code: 'unproved' },
  'answers a page': { answer: status(200, '<!doctype html><title>Maintenance</title>'), code: 'unproved' },
  'answers 50 MB': {
    answer: (response, request) => {
      response.writeHead(200, cors(request));
      const megabytes = Readable.from(Array.from({ length: 50 }, () => Buffer.alloc(2 ** 20, 'x')));
      pipeline(megabytes, response, () => undefined); // the browser hangs up before the end
    },
    code: 'unproved',
    slow: true,
  },
  'answers without CORS': { answer: (response) => response.writeHead(204).end(), code: 'unproved' },
};

let fault: Answer | undefined;
const front: NonNullable<ProviderOptions['front']> = (request, response) => {
  if (!fault || !/\/(logout|userinfo)/.test(request.url ?? '')) return false;
  fault(response, request);
  return true;
};

inEachEngine(
  'a provider that fails',
  (stage) => {
    const { engine } = stage;
    let scene: Scene;
    before(() => ({ scene } = stage));
    beforeEach(() => (fault = undefined));

    for (const [name, { answer, code: usual, firefox = usual, slow = false }] of Object.entries(faults)) {
      const code = engine === 'firefox' ? firefox : usual;
      it(`${name}: told in time, and finished by a press when it is well again`, async () => {
        const user = await scene.tokensFor('Arketype');
        await scene.store({ ...user, refresh_token: undefined });
        await scene.browser.evaluate((timeout) => {
          document.querySelector('arkane-logout')!.timeout = timeout;
        }, timeout);
        fault = answer;
        const { type, after, detail } = await scene.press();
        assert.equal(type, 'arkane-logged-out');
        assert.ok(after < timeout + lasting, `${after} ms`);
        // On a busy machine the end of the time limit comes before the end of a long answer.
        const isOverdue = slow && detail.error?.code === 'timeout';
        assert.deepEqual(
          { ...detail, error: detail.error?.code },
          {
            windowMode: 'POPUP',
            trigger: 'user',
            via: 'hint',
            providerSession: 'unknown',
            evidence: 'none',
            local: 'wiped',
            error: isOverdue ? 'timeout' : code,
          },
        );
        assert.equal(await scene.storedUser(), null);

        fault = undefined;
        const finished = await scene.press();
        assert.equal(finished.type, 'arkane-logged-out');
        assert.equal(finished.detail.trigger, 'completed');
        // What could not be reached is tried again in the background, the rest by a trip to the provider.
        assert.equal(finished.detail.providerSession, code === 'network' ? 'ended' : 'returned');
        assert.deepEqual(await scene.mishaps(), []);
        assert.deepEqual(await scene.truths(sidOf(user)), { tokensSession: 'over', browser: 'over' });
      });
    }

    it('is well, but the store cannot be emptied: told so, and finished by a press when it can', async () => {
      const user = await scene.tokensFor('Arketype');
      await scene.store(user);
      await scene.browser.evaluate(() => {
        const whole = Object.getOwnPropertyDescriptor(Storage.prototype, 'removeItem')!;
        Storage.prototype.removeItem = () => undefined;
        document.addEventListener(
          'arkane-logged-out',
          () => Object.defineProperty(Storage.prototype, 'removeItem', whole),
          {
            once: true,
          },
        );
      });
      const { detail } = await scene.press();
      assert.deepEqual([detail.providerSession, detail.local, detail.error?.code], ['ended', 'kept', 'configuration']);
      const finished = (await scene.press()).detail;
      assert.deepEqual([finished.trigger, finished.providerSession, finished.local], ['completed', 'ended', 'wiped']);
      assert.equal(await scene.storedUser(), null);
      assert.deepEqual(await scene.truths(sidOf(user)), { tokensSession: 'over', browser: 'over' });
    });
  },
  { front },
);
