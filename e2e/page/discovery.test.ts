// A provider that is not Keycloak-shaped and lies about itself: the tokens are wiped, none goes anywhere, and it is said why.
// Another issuer, and no end_session_endpoint: ../truth/faults.test.ts.
import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { pipeline, Readable } from 'node:stream';
import { before, it } from 'node:test';
import type { ProviderOptions } from '../../demo/provider/index.ts';
import { type Scene, sidOf, type StoredUser } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';

const timeout = 2500;
const lasting = 400; // what a busy machine may add to a timer

type Metadata = Record<string, unknown>;

const json = (response: ServerResponse, body: string, type = 'application/json') =>
  response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': type }).end(body);

/** What the provider says of itself instead of the truth, and the code that says so. */
const lies: Record<string, { answer: (response: ServerResponse, truth: Metadata) => unknown; code: string }> = {
  'names no issuer': {
    answer: (response, truth) => json(response, JSON.stringify({ ...truth, issuer: undefined })),
    code: 'refused',
  },
  'names an http endpoint elsewhere': {
    answer: (response, truth) =>
      json(response, JSON.stringify({ ...truth, end_session_endpoint: 'http://evil.example/end' })),
    code: 'refused',
  },
  'names a script as its endpoint': {
    answer: (response, truth) =>
      json(response, JSON.stringify({ ...truth, end_session_endpoint: 'javascript:alert(1)' })),
    code: 'refused',
  },
  'names an http revocation endpoint elsewhere': {
    answer: (response, truth) =>
      json(response, JSON.stringify({ ...truth, revocation_endpoint: 'http://evil.example/revoke' })),
    code: 'refused',
  },
  'answers a page': { answer: (response) => json(response, '<!doctype html>', 'text/html'), code: 'refused' },
  'answers a page that it calls JSON': { answer: (response) => json(response, '<!doctype html>'), code: 'refused' },
  'answers 404': {
    answer: (response) => response.writeHead(404, { 'access-control-allow-origin': '*' }).end(),
    code: 'refused',
  },
  'answers 500': {
    answer: (response) => response.writeHead(500, { 'access-control-allow-origin': '*' }).end('{}'),
    code: 'refused',
  },
  'answers 50 MB': {
    answer: (response) => {
      response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': 'application/json' });
      const megabytes = Readable.from(Array.from({ length: 50 }, () => Buffer.alloc(2 ** 20, ' ')));
      pipeline(megabytes, response, () => undefined); // the browser may hang up before the end
    },
    code: 'refused or timeout',
  },
  'answers without CORS': { answer: (response) => response.writeHead(200).end('{}'), code: 'network' },
  'closes the connection': { answer: (response) => response.destroy(), code: 'network' },
  'never answers': { answer: () => undefined, code: 'timeout' },
};

let lie: ((response: ServerResponse, truth: Metadata) => unknown) | undefined;
let issuer = '';
const front: NonNullable<ProviderOptions['front']> = ({ url }, response) => {
  if (!lie || !url?.startsWith('/.well-known')) return false;
  lie(response, {
    issuer,
    authorization_endpoint: `${issuer}/auth`,
    token_endpoint: `${issuer}/token`,
    end_session_endpoint: `${issuer}/session/end`,
    revocation_endpoint: `${issuer}/token/revocation`,
  });
  return true;
};

inEachEngine(
  'discovery that lies',
  (stage) => {
    let scene: Scene;
    let user: StoredUser;
    before(async () => {
      ({ scene } = stage);
      ({ issuer } = stage.world.provider);
      lie = undefined;
      user = await scene.signIn();
    });

    /** Nothing is sent while the provider lies, so one sign-in serves all. */
    const pressUnder = async (answer: typeof lie, mode: string) => {
      lie = answer;
      await scene.open('', { 'window-mode': mode, timeout: String(timeout) });
      await scene.keep(user); // not before: the page of the last logout would keep this user out
      return scene.press();
    };

    for (const [name, { answer, code }] of Object.entries(lies))
      for (const mode of code !== 'refused' || /issuer|elsewhere/.test(name) ? ['POPUP', 'REDIRECT'] : ['REDIRECT'])
        it(`${name}, ${mode}: told in time, tokens wiped, and sent nowhere`, async () => {
          const { length } = await scene.fetched();
          const { type, after, detail } = await pressUnder(answer, mode);
          assert.equal(type, 'arkane-logged-out');
          // A page that reads 50 MB has no time for its timers.
          assert.ok(after < timeout + lasting * (name === 'answers 50 MB' ? 5 : 1), `${after} ms`);
          assert.ok(code.split(' or ').includes(detail.error?.code ?? ''), detail.error?.code);
          assert.deepEqual(
            { ...detail, error: undefined },
            {
              windowMode: mode,
              trigger: 'user',
              via: 'none',
              providerSession: 'unknown',
              evidence: 'none',
              local: 'wiped',
              error: undefined,
            },
          );
          assert.equal(await scene.storedUser(), null);
          const others = /config\.json$|\/openid-configuration$/;
          assert.deepEqual(
            (await scene.fetched()).slice(length).filter((url) => !others.test(url)),
            [],
          );
          assert.deepEqual(await scene.mishaps(), []);
          assert.equal(await stage.world.provider.sessionLives(sidOf(user)), true);
        });

    it('is over: a press finishes it', async () => {
      await pressUnder(lies['names no issuer']!.answer, 'POPUP');
      lie = undefined;
      const { length } = await scene.heard();
      await scene.browser.click('arkane-logout >>> button');
      await scene.browser.click('button[name=logout]');
      const { trigger, providerSession } = (await scene.terminal(length)).detail;
      assert.deepEqual([trigger, providerSession], ['completed', 'returned']);
      assert.deepEqual(await scene.truths(sidOf(user)), { tokensSession: 'over', browser: 'over' });
    });
  },
  { profile: 'generic', front, inOneEngine: true },
);
