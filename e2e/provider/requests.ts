import { HttpBrowser, payloadOf, send, type HttpAnswer, type SignInTokens } from '../support/http-sign-in.ts';
import { briefLifespan, type ProviderUnderTest } from '../support/provider.ts';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a scene is played with: one provider, a browser that has signed in, and the app's tokens. */
export interface Stage {
  provider: ProviderUnderTest;
  app: string;
  browser: HttpBrowser;
  tokens: SignInTokens;
  /** Signs a client in with this or another browser. */
  signIn: (clientId: string, browser?: HttpBrowser, scope?: string) => Promise<SignInTokens>;
  newBrowser: () => HttpBrowser;
  /** A POST as a page of the app makes it, without cookies. */
  post: (endpoint: string, form: Record<string, string>, origin?: string) => Promise<HttpAnswer>;
  /** A POST as the provider's own window makes it, with the browser's cookies. */
  postWithCookies: (endpoint: string, form: Record<string, string>, browser?: HttpBrowser) => Promise<HttpAnswer>;
  get: (endpoint: string, query: Record<string, string>, browser?: HttpBrowser) => Promise<HttpAnswer>;
}

export interface Scene {
  name: string;
  /** How the app signs in first; default: the client `Arketype`, scope `openid`. */
  client?: string;
  scope?: string;
  /** Another client that the browser signed in before. */
  after?: string;
  play(stage: Stage): Promise<HttpAnswer>;
}

const client_id = 'Arketype';
const evil = 'http://evil.localhost:4300';
const byToken = (tokens: SignInTokens, hint = false) => ({
  client_id,
  refresh_token: tokens.refresh_token,
  ...(hint && { id_token_hint: tokens.id_token }),
});
const byHint = (tokens: SignInTokens) => ({ client_id, id_token_hint: tokens.id_token });
const back = (app: string) => ({ post_logout_redirect_uri: `${app}/bye`, state: 'ours' });
const away = { post_logout_redirect_uri: 'http://evil.localhost:4300/bye' };
const refresh = (tokens: SignInTokens) => ({
  grant_type: 'refresh_token',
  client_id,
  refresh_token: tokens.refresh_token,
});

const tokenPost: Scene[] = [
  { name: 'token POST', play: ({ post, tokens }) => post('logout', byToken(tokens)) },
  { name: 'token POST with the hint too', play: ({ post, tokens }) => post('logout', byToken(tokens, true)) },
  {
    name: 'token POST with a garbage hint',
    play: ({ post, tokens }) => post('logout', { ...byToken(tokens), id_token_hint: 'garbage' }),
  },
  {
    name: 'token POST with an unregistered post_logout_redirect_uri',
    play: ({ post, tokens }) => post('logout', { ...byToken(tokens), ...away }),
  },
  {
    name: 'token POST without an Origin',
    play: ({ browser, tokens }) => send(browser.endpoint('logout'), { form: byToken(tokens) }),
  },
  {
    name: 'token POST, twice',
    play: async ({ post, tokens }) => {
      await post('logout', byToken(tokens, true));
      return post('logout', byToken(tokens, true));
    },
  },
  {
    name: 'token POST with the previous, rotated token',
    play: async ({ post, tokens }) => {
      await post('token', refresh(tokens));
      return post('logout', byToken(tokens));
    },
  },
  {
    name: 'token POST, a second app signed in',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      return post('logout', byToken(tokens));
    },
  },
  {
    name: 'token POST with the cookie of another session',
    play: async ({ postWithCookies, tokens, signIn, newBrowser }) => {
      const other = newBrowser();
      await signIn('Arketype', other);
      return postWithCookies('logout', byToken(tokens), other);
    },
  },
  {
    name: 'token POST of a dead session, the browser signed in anew',
    play: async ({ post, tokens, signIn }) => {
      await post('logout', byToken(tokens));
      await signIn('Arketype');
      return post('logout', byToken(tokens));
    },
  },
  {
    name: 'token POST after an administrator ended the session',
    play: async ({ provider, post, tokens }) => {
      await provider.endSession(tokens.session_state);
      return post('logout', byToken(tokens));
    },
  },
  {
    name: 'token POST of garbage',
    play: ({ post }) => post('logout', { client_id, refresh_token: 'garbage' }),
  },
  { name: 'token POST of nothing', play: ({ post }) => post('logout', { client_id, refresh_token: '' }) },
  {
    name: 'token POST of an access token',
    play: ({ post, tokens }) => post('logout', { client_id, refresh_token: tokens.access_token }),
  },
  {
    name: 'token POST of an ID token',
    play: ({ post, tokens }) => post('logout', { client_id, refresh_token: tokens.id_token }),
  },
  {
    name: 'token POST by an unknown client',
    play: ({ post, tokens }) => post('logout', { ...byToken(tokens), client_id: 'Nobody' }),
  },
  {
    name: 'token POST by another client',
    play: ({ post, tokens }) => post('logout', { ...byToken(tokens), client_id: 'Plain' }),
  },
  {
    name: 'token POST without a client',
    play: ({ post, tokens }) => post('logout', { refresh_token: tokens.refresh_token }),
  },
  {
    name: 'token POST from an unregistered origin',
    play: ({ post, tokens }) => post('logout', byToken(tokens), evil),
  },
  {
    name: 'token POST by an unknown client from an unregistered origin',
    play: ({ post, tokens }) => post('logout', { ...byToken(tokens), client_id: 'Nobody' }, evil),
  },
];

const offline: Scene[] = [
  { name: 'offline sign-in, nothing sent', scope: 'openid offline_access', play: ({ post }) => post('userinfo', {}) },
  {
    name: 'token POST of an offline token',
    scope: 'openid offline_access',
    play: ({ post, tokens }) => post('logout', byToken(tokens)),
  },
  {
    name: 'token POST of an offline token, signed in online before',
    scope: 'openid offline_access',
    after: 'Plain',
    play: ({ post, tokens }) => post('logout', byToken(tokens)),
  },
  {
    name: 'token POST of an offline token that was revoked, SSO alive',
    scope: 'openid offline_access',
    after: 'Plain',
    play: async ({ post, tokens }) => {
      await post('revoke', { client_id, token: tokens.refresh_token });
      return post('logout', byToken(tokens, true));
    },
  },
  {
    name: 'token POST of the online token, an offline session beside it',
    after: 'Arketype',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Arketype', undefined, 'openid offline_access');
      return post('logout', byToken(tokens));
    },
  },
  {
    name: 'hint POST after an offline sign-in',
    scope: 'openid offline_access',
    play: ({ post, tokens }) => post('logout', byHint(tokens)),
  },
  {
    name: 'hint POST after an offline sign-in, signed in online before',
    scope: 'openid offline_access',
    after: 'Arketype',
    play: ({ post, tokens }) => post('logout', byHint(tokens)),
  },
  {
    name: 'revocation of an offline token, a second app signed in',
    scope: 'openid offline_access',
    after: 'Plain',
    play: ({ post, tokens }) => post('revoke', { client_id, token: tokens.refresh_token }),
  },
  {
    name: 'revocation of an offline token, signed in online before',
    scope: 'openid offline_access',
    after: 'Arketype',
    play: ({ post, tokens }) => post('revoke', { client_id, token: tokens.refresh_token }),
  },
  {
    name: 'an administrator ends the online session of an offline token',
    scope: 'openid offline_access',
    after: 'Plain',
    play: async ({ provider, post, tokens }) => {
      await provider.endSession(tokens.session_state);
      return post('token', refresh(tokens));
    },
  },
  {
    name: 'refresh with an offline token that was logged out',
    scope: 'openid offline_access',
    play: async ({ post, tokens }) => {
      await post('logout', byToken(tokens));
      return post('token', refresh(tokens));
    },
  },
];

const byBrowser: Scene[] = [
  { name: 'hint POST without cookies', play: ({ post, tokens }) => post('logout', byHint(tokens)) },
  { name: 'hint POST with cookies', play: ({ postWithCookies, tokens }) => postWithCookies('logout', byHint(tokens)) },
  { name: 'hint POST from an unregistered origin', play: ({ post, tokens }) => post('logout', byHint(tokens), evil) },
  {
    name: 'hint POST without a client_id',
    play: ({ post, tokens }) => post('logout', { id_token_hint: tokens.id_token }),
  },
  {
    name: 'hint POST with another client_id',
    play: ({ post, tokens }) => post('logout', { ...byHint(tokens), client_id: 'Plain' }),
  },
  { name: 'hint POST of garbage', play: ({ post }) => post('logout', { client_id, id_token_hint: 'garbage' }) },
  {
    name: 'hint POST of an access token',
    play: ({ post, tokens }) => post('logout', { client_id, id_token_hint: tokens.access_token }),
  },
  {
    name: 'hint POST with a post_logout_redirect_uri',
    play: ({ post, tokens, app }) => post('logout', { ...byHint(tokens), ...back(app) }),
  },
  {
    name: 'hint POST, a second app signed in',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      return post('logout', byHint(tokens));
    },
  },
  {
    name: 'hint POST with the cookie of another session',
    play: async ({ postWithCookies, tokens, signIn, newBrowser }) => {
      const other = newBrowser();
      await signIn('Arketype', other);
      return postWithCookies('logout', byHint(tokens), other);
    },
  },
  {
    name: 'hint POST of a dead session, without cookies, the browser signed in anew',
    play: async ({ post, tokens, signIn }) => {
      await post('logout', byToken(tokens));
      await signIn('Arketype');
      return post('logout', byHint(tokens));
    },
  },
  {
    name: 'hint POST of a dead session, with the cookie of the new one',
    play: async ({ post, postWithCookies, tokens, signIn }) => {
      await post('logout', byToken(tokens));
      await signIn('Arketype');
      return postWithCookies('logout', byHint(tokens));
    },
  },
  {
    name: 'hint POST, ID token expired',
    client: 'Brief',
    play: async ({ post, tokens }) => {
      await sleep((briefLifespan + 1) * 1000);
      return post('logout', { ...byHint(tokens), client_id: 'Brief' });
    },
  },
  {
    name: 'hint POST after this client was detached by revocation',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      await post('revoke', { client_id, token: tokens.refresh_token });
      return post('logout', byHint(tokens));
    },
  },
  { name: 'POST of nothing', play: ({ post }) => post('logout', { client_id }) },
  {
    name: 'hint POST with an unregistered post_logout_redirect_uri',
    play: ({ post, tokens }) => post('logout', { ...byHint(tokens), ...away }),
  },
  {
    name: 'GET with hint, post_logout_redirect_uri, state',
    play: ({ get, tokens, app, browser }) => get('logout', { ...byHint(tokens), ...back(app) }, browser),
  },
  {
    name: 'GET with hint and post_logout_redirect_uri, without a client_id',
    play: ({ get, tokens, app, browser }) => get('logout', { id_token_hint: tokens.id_token, ...back(app) }, browser),
  },
  { name: 'GET with hint alone', play: ({ get, tokens, browser }) => get('logout', byHint(tokens), browser) },
  {
    name: 'GET with hint of a dead session',
    play: async ({ get, post, tokens, app, browser }) => {
      await post('logout', byToken(tokens));
      return get('logout', { ...byHint(tokens), ...back(app) }, browser);
    },
  },
  {
    name: 'GET with hint and the cookie of another session',
    play: async ({ get, tokens, app, signIn, newBrowser }) => {
      const other = newBrowser();
      await signIn('Arketype', other);
      return get('logout', { ...byHint(tokens), ...back(app) }, other);
    },
  },
  {
    name: 'GET with an unregistered post_logout_redirect_uri',
    play: ({ get, tokens, browser }) => get('logout', { ...byHint(tokens), ...away }, browser),
  },
  {
    name: 'GET with a garbage hint',
    play: ({ get, app, browser }) => get('logout', { client_id, id_token_hint: 'garbage', ...back(app) }, browser),
  },
  { name: 'GET without a hint', play: ({ get, app, browser }) => get('logout', { client_id, ...back(app) }, browser) },
  {
    name: 'GET without a hint, user says yes',
    play: async ({ app, browser }) => {
      const page = await browser.follow(browser.endpoint('logout', { client_id, ...back(app) }));
      return browser.submit(page, { confirmLogout: 'Logout' });
    },
  },
  { name: 'GET without a hint or cookies', play: ({ get, app }) => get('logout', { client_id, ...back(app) }) },
  { name: 'GET of nothing', play: ({ get, browser }) => get('logout', {}, browser) },
  { name: 'GET of nothing, without cookies', play: ({ get }) => get('logout', {}) },
  {
    name: 'GET with a post_logout_redirect_uri of no client',
    play: ({ get, app, browser }) => get('logout', back(app), browser),
  },
  {
    name: 'GET by an unknown client',
    play: ({ get, app, browser }) => get('logout', { client_id: 'Nobody', ...back(app) }, browser),
  },
];

const revocation: Scene[] = [
  {
    name: 'revocation of the refresh token, alone in the session',
    play: ({ post, tokens }) => post('revoke', { client_id, token: tokens.refresh_token }),
  },
  {
    name: 'revocation of the refresh token, a second app signed in',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      return post('revoke', { client_id, token: tokens.refresh_token, token_type_hint: 'refresh_token' });
    },
  },
  {
    name: 'revocation of the refresh token, twice',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      await post('revoke', { client_id, token: tokens.refresh_token });
      return post('revoke', { client_id, token: tokens.refresh_token });
    },
  },
  {
    name: 'token POST after this client was detached by revocation',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      await post('revoke', { client_id, token: tokens.refresh_token });
      return post('logout', byToken(tokens));
    },
  },
  {
    name: 'refresh after this client was detached by revocation',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      await post('revoke', { client_id, token: tokens.refresh_token });
      return post('token', refresh(tokens));
    },
  },
  {
    name: 'detached by revocation, then signed in anew silently',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      const answer = await post('revoke', { client_id, token: tokens.refresh_token });
      await signIn('Arketype');
      return answer;
    },
  },
  {
    name: 'revocation of the access token, a second app signed in',
    play: async ({ post, tokens, signIn }) => {
      await signIn('Plain');
      return post('revoke', { client_id, token: tokens.access_token, token_type_hint: 'access_token' });
    },
  },
  {
    name: 'revocation of the access token of a dead session',
    play: async ({ post, tokens }) => {
      await post('logout', byToken(tokens));
      return post('revoke', { client_id, token: tokens.access_token });
    },
  },
  {
    name: 'revocation of an ID token',
    play: ({ post, tokens }) => post('revoke', { client_id, token: tokens.id_token }),
  },
  { name: 'revocation of garbage', play: ({ post }) => post('revoke', { client_id, token: 'garbage' }) },
  {
    name: 'revocation by an unknown client',
    play: ({ post, tokens }) => post('revoke', { client_id: 'Nobody', token: tokens.refresh_token }),
  },
  {
    name: 'revocation by another client',
    play: ({ post, tokens }) => post('revoke', { client_id: 'Plain', token: tokens.refresh_token }),
  },
  {
    name: 'revocation from an unregistered origin',
    play: ({ post, tokens }) => post('revoke', { client_id, token: tokens.refresh_token }, evil),
  },
];

const userinfo: Scene[] = [
  { name: 'userinfo by form', play: ({ post, tokens }) => post('userinfo', { access_token: tokens.access_token }) },
  {
    name: 'userinfo by header',
    play: ({ browser, tokens, app }) =>
      send(browser.endpoint('userinfo'), { headers: bearer(tokens.access_token, app) }),
  },
  {
    name: 'userinfo by form and header',
    play: ({ browser, tokens, app }) =>
      send(browser.endpoint('userinfo'), {
        form: { access_token: tokens.access_token },
        headers: bearer(tokens.access_token, app),
      }),
  },
  { name: 'userinfo without a token', play: ({ post }) => post('userinfo', { nothing: '' }) },
  { name: 'userinfo with garbage', play: ({ post }) => post('userinfo', { access_token: 'garbage' }) },
  {
    name: 'userinfo with a broken signature',
    play: ({ post, tokens }) => post('userinfo', { access_token: `${tokens.access_token.slice(0, -8)}AAAAAAAA` }),
  },
  {
    name: 'userinfo with the refresh token',
    play: ({ post, tokens }) => post('userinfo', { access_token: tokens.refresh_token }),
  },
  {
    name: 'userinfo with an expired token',
    client: 'Brief',
    play: async ({ post, tokens }) => {
      await sleep((briefLifespan + 1) * 1000);
      return post('userinfo', { access_token: tokens.access_token });
    },
  },
  {
    name: 'userinfo of a dead session by form',
    play: async ({ post, tokens }) => {
      await post('logout', byToken(tokens));
      return post('userinfo', { access_token: tokens.access_token });
    },
  },
  {
    name: 'userinfo of a dead session by header',
    play: async ({ browser, post, tokens, app }) => {
      await post('logout', byToken(tokens));
      return send(browser.endpoint('userinfo'), { headers: bearer(tokens.access_token, app) });
    },
  },
  {
    name: 'userinfo without the openid scope',
    scope: 'profile',
    play: ({ post, tokens }) => post('userinfo', { access_token: tokens.access_token }),
  },
  {
    name: 'userinfo from an unregistered origin',
    play: ({ post, tokens }) => post('userinfo', { access_token: tokens.access_token }, evil),
  },
  {
    name: 'userinfo with garbage from an unregistered origin',
    play: ({ post }) => post('userinfo', { access_token: 'garbage' }, evil),
  },
];

const rest: Scene[] = [
  {
    name: 'refresh with the previous, rotated token',
    play: async ({ post, tokens }) => {
      await post('token', refresh(tokens));
      return withoutBody(await post('token', refresh(tokens)));
    },
  },
  {
    name: 'refresh of a dead session',
    play: async ({ post, tokens }) => {
      await post('logout', byToken(tokens));
      return post('token', refresh(tokens));
    },
  },
  { name: 'refresh with garbage', play: ({ post }) => post('token', { ...refreshGarbage, client_id }) },
  {
    name: 'refresh by an unknown client',
    play: ({ post }) => post('token', { ...refreshGarbage, client_id: 'Nobody' }),
  },
  {
    name: 'refresh by another client',
    play: ({ post, tokens }) => post('token', { ...refresh(tokens), client_id: 'Plain' }),
  },
  {
    name: 'refresh from an unregistered origin',
    play: ({ post, tokens }) => post('token', refresh(tokens), evil),
  },
  {
    name: 'a code that nobody issued',
    play: ({ post, app }) =>
      post('token', { grant_type: 'authorization_code', client_id, code: 'x', redirect_uri: `${app}/callback` }),
  },
  {
    name: 'discovery',
    play: async ({ provider, app }) => {
      const url = `${provider.issuer}/.well-known/openid-configuration`;
      return withoutBody(await send(url, { headers: { origin: app } }));
    },
  },
  ...['userinfo', 'token', 'logout', 'revoke'].map((endpoint): Scene => ({
    name: `preflight of ${endpoint}`,
    play: ({ browser, app }) =>
      send(browser.endpoint(endpoint), {
        method: 'OPTIONS',
        headers: { origin: app, 'access-control-request-method': 'POST' },
      }),
  })),
];

const refreshGarbage = { grant_type: 'refresh_token', refresh_token: 'garbage' };

export const scenes: Scene[] = [...tokenPost, ...offline, ...byBrowser, ...revocation, ...userinfo, ...rest];

function bearer(token: string, origin: string) {
  return { origin, authorization: `Bearer ${token}` };
}

/** For answers whose body is tokens or metadata. */
function withoutBody(answer: HttpAnswer): HttpAnswer {
  return { ...answer, body: '' };
}

/** Signs in as a scene wants it. */
export async function setTheStage(scene: Scene, provider: ProviderUnderTest, app: string): Promise<Stage> {
  const newBrowser = () => new HttpBrowser(provider.issuer);
  const browser = newBrowser();
  const signIn: Stage['signIn'] = (clientId, in_ = browser, scope = 'openid') =>
    in_.signIn({ clientId, redirectUri: `${app}/callback`, scope });
  if (scene.after) await signIn(scene.after);
  const tokens = await signIn(scene.client ?? client_id, browser, scene.scope);
  return {
    provider,
    app,
    browser,
    tokens: { ...tokens, session_state: String(payloadOf(tokens.refresh_token).sid) },
    signIn,
    newBrowser,
    post: (endpoint, form, origin = app) => send(browser.endpoint(endpoint), { form, headers: { origin } }),
    postWithCookies: (endpoint, form, in_ = browser) =>
      in_.visit(browser.endpoint(endpoint), { form, headers: { origin: app } }),
    get: (endpoint, query, in_) => {
      const url = browser.endpoint(endpoint, query);
      return in_ ? in_.visit(url) : send(url);
    },
  };
}
