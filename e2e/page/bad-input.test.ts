// Markup that is wrong: an event names the attribute, nothing is thrown, and the user stays signed in.
import assert from 'node:assert/strict';
import { before, it } from 'node:test';
import { type Scene, sidOf, type StoredUser } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';

/** What is wrong, and how the element comes to it. */
const inputs: [attribute: string, what: string, attributes: Record<string, string>, properties?: object][] = [
  ['client-id', 'missing', {}, { clientId: null }],
  ['client-id', 'blank', { 'client-id': ' ' }],
  ['environment', 'unknown', { environment: 'production' }, { authority: null }],
  ['environment', 'empty', { environment: '' }, { authority: null }],
  ['window-mode', 'unknown', { 'window-mode': 'iframe' }],
  ['storage', 'unknown', { storage: 'cookie' }],
  ['timeout', 'no number', { timeout: 'soon' }],
  ['timeout', 'zero', { timeout: '0' }],
  ['timeout', 'longer than a timer can be', { timeout: '1e12' }],
  ['authority', 'a script', { authority: 'javascript:alert(1)//realms/Arkane' }],
  ['authority', 'data', { authority: 'data:text/html,/realms/Arkane' }],
  ['authority', 'relative', { authority: '/realms/Arkane' }],
  ['authority', 'empty', { authority: '' }],
  ['authority', 'with a password', { authority: 'https://alice:secret@idp.example/realms/Arkane' }],
  ['authority', 'http beyond loopback', { authority: 'http://idp.example/realms/Arkane' }],
  ['authority', 'http at a host that begins like loopback', { authority: 'http://127.0.0.1.example/realms/Arkane' }],
  ['authority', 'with a query', { authority: 'https://idp.example/realms/Arkane?x=1' }],
  ['redirect-uri', 'a script', { 'window-mode': 'REDIRECT', 'redirect-uri': 'javascript:alert(1)' }],
  ['redirect-uri', 'relative', { 'window-mode': 'REDIRECT', 'redirect-uri': '/bye' }],
  [
    'redirect-uri',
    'with a password',
    { 'window-mode': 'REDIRECT', 'redirect-uri': 'https://alice:secret@foo.example' },
  ],
  ['redirect-uri', 'http beyond loopback', { 'window-mode': 'REDIRECT', 'redirect-uri': 'http://foo.example' }],
  ['callback-uri', 'data', { 'callback-uri': 'data:text/html,' }],
  ['callback-uri', 'of another origin', { 'callback-uri': 'https://foo.example/callback.html' }],
  [
    'redirect-uri',
    'of another origin than callback-uri',
    { 'window-mode': 'REDIRECT', 'redirect-uri': 'https://foo.example' },
    { callbackUri: '{origin}/demo/callback.html' },
  ],
  ['verify', 'without callback-uri', { verify: '' }],
  ['params', 'naming one of ours', {}, { params: { id_token_hint: 'x' } }],
  ['params', 'not strings', {}, { params: { ui_locales: 1 } }],
  ['tokenStore', 'without its functions', {}, { tokenStore: {} }],
];

inEachEngine(
  'bad input',
  (stage) => {
    let scene: Scene;
    let user: StoredUser;
    before(async () => {
      ({ scene } = stage);
      user = await scene.signIn();
    });

    for (const [attribute, what, attributes, properties = {}] of inputs) {
      it(`${attribute}, ${what}`, async () => {
        await scene.visit();
        const asked = await scene.requests();
        await scene.browser.evaluate(
          ({ attributes, properties }) => {
            const element = document.querySelector('arkane-logout')!;
            for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
            Object.assign(element, properties);
            element.callbackUri = element.callbackUri?.replace('{origin}', location.origin) ?? null;
          },
          { attributes, properties },
        );
        const { type, detail } = await scene.press();
        assert.equal(type, 'arkane-logout-error');
        assert.equal(detail.error?.code, 'configuration');
        assert.match(detail.error.message, new RegExp(`^${attribute}: `));
        assert.doesNotMatch(detail.error.message, /secret/);
        assert.equal(await scene.browser.evaluate(() => document.querySelector('arkane-logout')!.status), 'failed');
        assert.deepEqual(await scene.storedUser(), user);
        assert.deepEqual((await scene.requests()).slice(asked.length), []);
        assert.deepEqual(await scene.mishaps(), []);
      });
    }

    for (const [attribute, wrong] of [
      ['client-id', { clientId: 'Plain' }],
      ['authority', { authority: 'http://idp.localhost/realms/Other' }],
    ] as const) {
      it(`${attribute}, not the one that the ID token is of`, async () => {
        await scene.visit();
        await scene.browser.evaluate(
          ({ user, wrong }) => {
            const store = {
              tokens: () => ({ idToken: user.id_token, refreshToken: user.refresh_token }),
              clear: () => (document.body.dataset.cleared = ''),
            };
            Object.assign(document.querySelector('arkane-logout')!, { tokenStore: store, ...wrong });
          },
          { user, wrong },
        );
        const asked = await scene.requests();
        const { type, detail } = await scene.press();
        assert.equal(type, 'arkane-logout-error');
        assert.match(`${detail.error?.code} ${detail.error?.message}`, new RegExp(`^configuration ${attribute}: `));
        assert.equal(await scene.browser.evaluate(() => 'cleared' in document.body.dataset), false);
        assert.deepEqual((await scene.requests()).slice(asked.length), []);
      });
    }

    it('with the markup mended, the same user is logged out', async () => {
      await scene.visit();
      assert.equal((await scene.press()).detail.providerSession, 'ended');
      assert.deepEqual(await scene.truths(sidOf(user)), { tokensSession: 'over', browser: 'over' });
    });
  },
  { inOneEngine: true },
);
