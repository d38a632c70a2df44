/**
 * The embedded provider's generic profile: oidc-provider as it comes. What a logout has to live with there: no POST, a
 * page that asks, and a `state` that comes back whatever the user answers.
 */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { startEmbedded } from '../support/embedded.ts';
import { HttpBrowser, payloadOf, send, type SignInTokens } from '../support/http-sign-in.ts';
import type { ProviderUnderTest } from '../support/provider.ts';
import { sidOf } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';

const app = 'http://app.localhost:4300';
const origin = { origin: app };
const asAPage = { accept: 'text/html' };
const client_id = 'Arketype';
const post_logout_redirect_uri = `${app}/e2e/pages/landing.html`;
const returned = `${post_logout_redirect_uri}?state=ours`;

/** The session's clients by the store, userinfo's answer, and what `prompt=none` says to another client. */
const untouched = { session: 'Arketype', userinfo: 200, browser: 'code' };
const leftAlone = { session: 'nobody', userinfo: 401, browser: 'code' };
const over = { session: 'over', userinfo: 401, browser: 'login_required' };

describe('the generic profile', () => {
  let provider: ProviderUnderTest;
  let browser: HttpBrowser;
  let tokens: SignInTokens;

  before(async () => {
    provider = await startEmbedded({ profile: 'generic', appOrigins: [app] });
  });
  after(() => provider.stop());
  beforeEach(async () => {
    browser = new HttpBrowser(provider.issuer, 'generic');
    tokens = await signIn(client_id);
  });

  const signIn = (clientId: string) => browser.signIn({ clientId, redirectUri: `${app}/callback` });
  const sid = ({ id_token } = tokens) => String(payloadOf(id_token).sid);
  const back = () => ({ id_token_hint: tokens.id_token, post_logout_redirect_uri, state: 'ours' });
  const open = (query: Record<string, string>) =>
    browser.follow(provider.endpoint('logout', query), { headers: asAPage });
  const truth = async () => ({
    session: (await provider.sessionLives(sid())) ? (await provider.clientsIn(sid())).join() || 'nobody' : 'over',
    userinfo: (await send(provider.endpoint('userinfo'), { form: { access_token: tokens.access_token } })).status,
    // Last, because it signs this client in.
    browser: await browser.promptNone({ clientId: 'Plain', redirectUri: `${app}/callback` }),
  });

  it('has its endpoints where discovery says, for pages of any origin', async () => {
    const url = `${provider.issuer}/.well-known/openid-configuration`;
    const { headers, body } = await send(url, { headers: { origin: 'http://evil.localhost' } });
    assert.equal(headers['access-control-allow-origin'], 'http://evil.localhost');
    const said = JSON.parse(body) as Record<string, unknown>;
    assert.deepEqual(
      [said.issuer, said.authorization_endpoint, said.token_endpoint, said.userinfo_endpoint],
      [
        new URL(provider.issuer).origin,
        ...(['auth', 'token', 'userinfo'] as const).map((name) => provider.endpoint(name)),
      ],
    );
    assert.equal(said.end_session_endpoint, provider.endpoint('logout'));
    assert.equal(said.revocation_endpoint, provider.endpoint('revoke'));
  });

  it('keeps its cookies from other sites', async () => {
    const { headers } = await new HttpBrowser(provider.issuer, 'generic').visit(
      provider.endpoint('auth', { client_id, redirect_uri: `${app}/callback`, response_type: 'code', scope: 'openid' }),
    );
    const cookies = headers['set-cookie'] ?? [];
    assert.ok(cookies.length > 0);
    for (const cookie of cookies) assert.match(cookie, /; samesite=lax/i);
  });

  it('has a sid for each client, and one session', async () => {
    const other = await signIn('Plain');
    assert.notEqual(sid(other), sid());
    assert.deepEqual(await provider.clientsIn(sid()), ['Arketype', 'Plain']);
    assert.deepEqual(await provider.clientsIn(sid(other)), ['Arketype', 'Plain']);
    await provider.endSession(sid(other));
    assert.deepEqual(await truth(), over);
  });

  it('lets the pages of the client, and no others, read userinfo', async () => {
    const form = { access_token: tokens.access_token };
    const own = await send(provider.endpoint('userinfo'), { form, headers: origin });
    assert.deepEqual([own.status, own.headers['access-control-allow-origin']], [200, app]);
    const other = await send(provider.endpoint('userinfo'), { form, headers: { origin: 'http://evil.localhost' } });
    assert.deepEqual([other.status, other.headers['access-control-allow-origin']], [400, undefined]);
  });

  for (const [what, form] of [
    ['a hint', () => ({ client_id, id_token_hint: tokens.id_token })],
    ['a refresh token', () => ({ client_id, refresh_token: tokens.refresh_token })],
  ] as const) {
    it(`does not know a POST of ${what}, with or without cookies`, async () => {
      for (const post of [send, browser.visit.bind(browser)]) {
        const answer = await post(provider.endpoint('logout'), { form: form(), headers: origin });
        assert.deepEqual([answer.status, answer.headers['access-control-allow-origin']], [404, undefined]);
      }
      assert.deepEqual(await truth(), untouched);
    });
  }

  it('asks before it ends a session', async () => {
    const page = await open(back());
    assert.equal(page.status, 200);
    assert.match(page.body, /<button[^>]* name="logout" value="yes"[^>]*>Yes, sign me out</);
    assert.match(page.body, /<button(?![^>]* name=)[^>]*>No, stay signed in</);
    assert.match(String(page.headers['content-security-policy']), /^default-src 'none'; style-src 'sha256-/);
    assert.deepEqual(await truth(), untouched);
  });

  it('"yes" leads back with our state, and the session is over', async () => {
    const answer = await browser.submit(await open(back()), { logout: 'yes' });
    assert.equal(answer.headers.location, returned);
    assert.deepEqual(await truth(), over);
  });

  it('"no" leads back with our state too: the tokens are dead, the session lives', async () => {
    const answer = await browser.submit(await open(back()), {});
    assert.equal(answer.headers.location, returned);
    assert.deepEqual(await truth(), leftAlone);
  });

  it('a new sign-in after "no" has a sid of its own, in the same session', async () => {
    await browser.submit(await open(back()), {});
    const anew = await signIn(client_id);
    assert.notEqual(sid(anew), sid());
    assert.deepEqual(await provider.clientsIn(sid()), ['Arketype']);
    assert.deepEqual(await provider.clientsIn(sid(anew)), ['Arketype']);
  });

  it('without its cookies it leads back with our state and asks nobody: the session lives', async () => {
    const stranger = new HttpBrowser(provider.issuer, 'generic');
    const answer = await stranger.submit(await stranger.follow(provider.endpoint('logout', back())), {});
    assert.equal(answer.headers.location, returned);
    assert.deepEqual(await truth(), untouched);
  });

  for (const uri of [`${app}/e2e/pages/landing.html?x`, 'http://evil.localhost/e2e/pages/landing.html']) {
    it(`leads to no page that is not registered exactly: ${uri}`, async () => {
      const page = await open({ ...back(), post_logout_redirect_uri: uri });
      assert.equal(page.status, 400);
      assert.match(page.body, /<p role="alert">post_logout_redirect_uri not registered</);
      assert.deepEqual(await truth(), untouched);
    });
  }

  it('says so on a page of its own when there is nowhere to go', async () => {
    const page = await browser.submit(await open({ id_token_hint: tokens.id_token }), { logout: 'yes' });
    assert.match(page.body, /<h1[^>]*>Sign-out Success</);
    assert.match(String(page.headers['content-security-policy']), /^default-src 'none'; style-src 'sha256-/);
    assert.deepEqual(await truth(), over);
  });

  it('refuses a refresh token that was revoked, and the session lives', async () => {
    const refresh = () =>
      send(provider.endpoint('token'), {
        form: { grant_type: 'refresh_token', client_id, refresh_token: tokens.refresh_token },
        headers: origin,
      });
    const fresh = JSON.parse((await refresh()).body) as SignInTokens;
    tokens = { ...tokens, ...fresh };
    const answer = await send(provider.endpoint('revoke'), {
      form: { client_id, token: tokens.refresh_token },
      headers: origin,
    });
    assert.deepEqual([answer.status, answer.body, answer.headers['access-control-allow-origin']], [200, '', app]);
    const refused = await refresh();
    assert.deepEqual([refused.status, (JSON.parse(refused.body) as { error: string }).error], [400, 'invalid_grant']);
    assert.deepEqual(await truth(), { ...untouched, userinfo: 401 });
  });

  it('does not let one client revoke what is another’s', async () => {
    await send(provider.endpoint('revoke'), { form: { client_id: 'Plain', token: tokens.refresh_token } });
    assert.deepEqual(await truth(), untouched);
  });
});

inEachEngine(
  'at the generic profile, in a browser',
  (stage) => {
    const logout = (user: { id_token: string }) => {
      const { app, provider } = stage.world;
      const post_logout_redirect_uri = `${app.origin}/e2e/pages/landing.html`;
      return provider.endpoint('logout', { id_token_hint: user.id_token, post_logout_redirect_uri, state: 'ours' });
    };

    it('a page that posts the hint with its cookies ends nothing', async () => {
      const { scene, world } = stage;
      const user = await scene.signIn();
      await scene.browser.evaluate(
        async ({ url, hint }) => {
          const body = new URLSearchParams({ client_id: 'Arketype', id_token_hint: hint });
          await fetch(url, { method: 'POST', mode: 'no-cors', credentials: 'include', body });
        },
        { url: world.provider.endpoint('logout'), hint: user.id_token },
      );
      assert.deepEqual(await scene.truths(sidOf(user)), { tokensSession: 'alive', browser: 'alive' });
    });

    for (const [answer, button, truths] of [
      ['yes', '[name=logout]', { tokensSession: 'over', browser: 'over' }],
      ['no', 'button:not([name])', { tokensSession: 'alive, without this client', browser: 'alive' }],
    ] as const) {
      it(`"${answer}" leads back with our state: session ${truths.tokensSession}`, async () => {
        const { browser } = stage.scene;
        await browser.fresh();
        const user = await stage.scene.signIn();
        await browser.goto(logout(user));
        await browser.click(button);
        await browser.until(async () => (await browser.url()).endsWith('/landing.html?state=ours'), 'the way back');
        assert.deepEqual(await stage.scene.truths(sidOf(user)), truths);
      });
    }
  },
  { profile: 'generic' },
);
