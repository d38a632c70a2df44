import { expect } from '@open-wc/testing';
import * as sdk from '../src/arkane-connect.js';
import { isLoggingOut, logout, wasLoggedOut } from '../src/core/index.js';
import { leave, moduleOf, navigationOf, openFrame, type Page, settled, showAgain } from './support/documents.js';
import { heardEvents, page } from './support/events.js';
import { gone, inTurn, newIssuer, offline, scriptedProvider, status, unreachable } from './support/provider.js';
import { staysQuiet } from './support/quiet.js';
import { authority, failure, isSignedIn, jwt, newClient, now, signIn, tokensOf } from './support/sign-in.js';
import { blockStorage } from './support/storage.js';

const { ArkaneConnect, WindowMode } = sdk;
type Options = sdk.ConstructorOptions;

const rejection = (promise: Promise<unknown>) => failure(promise) as Promise<sdk.LogoutFailure>;
const never = () => new Promise<never>(() => undefined);

/** A store of the app's own. */
const storeOf = (tokens: sdk.Tokens | null) => ({
  held: tokens,
  tokens() {
    return this.held;
  },
  clear() {
    this.held = null;
  },
});

/** A limit of so many milliseconds is over almost at once, until the test ends. */
const restore: (() => void)[] = [];
afterEach(() => {
  for (const undo of restore.splice(0)) undo();
});
const shorten = (limit: number, window: Pick<Window, 'setTimeout'> = globalThis) => {
  const { setTimeout } = window;
  restore.push(() => {
    window.setTimeout = setTimeout;
  });
  window.setTimeout = ((work: TimerHandler, delay?: number) =>
    setTimeout.call(window, work, delay === limit ? 100 : delay)) as typeof setTimeout;
};

describe('ArkaneConnect', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const heard = heardEvents();
  let clientId: string;

  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    clientId = newClient();
  });

  const connect = (options?: Options) => new ArkaneConnect(clientId, { authority, ...options });

  it('has the SDK’s names for the ways to log out', () => {
    expect(WindowMode).to.deep.equal({ POPUP: 'POPUP', REDIRECT: 'REDIRECT' });
  });

  describe('is made without a complaint, and logout() says what is wrong, and changes nothing:', () => {
    for (const [name, options] of [
      ['environment', { authority: undefined, environment: 'production' }],
      ['window-mode', { windowMode: 'TAB' as never }],
      ['authority', { authority: 'javascript:alert(1)' }],
      ['callback-uri', { callbackUri: 'https://other.example/callback' }],
      ['storage', { storage: 'cookie' as never }],
      ['storage', { storage: 'cookie' as never, bearerTokenProvider: () => 'a.b.c' }],
      ['tokenStore', { tokenStore: {} }],
      ['tokenStore', { tokenStore: {}, bearerTokenProvider: () => 'a.b.c' }],
      ['bearerTokenProvider', { bearerTokenProvider: 'a.b.c' as never }],
    ] satisfies [string, Options][])
      it(`${name} ${JSON.stringify(options)}`, async () => {
        signIn(clientId);
        const error = await rejection(connect(options).logout());
        expect(error.code).to.equal('configuration');
        expect(error.message).to.match(new RegExp(`^${name}: `));
        expect(error.result).to.be.undefined;
        expect(isSignedIn(clientId)).to.be.true;
        expect(provider.sent).to.deep.equal([]);
        expect(heard.types).to.deep.equal(['arkane-logout-error']);
      });

    for (const missing of [undefined, null, '', 7] as never[])
      it(`client-id ${String(missing)}`, async () => {
        const nobodys = new ArkaneConnect(missing, null);
        expect((await rejection(nobodys.logout(null))).message).to.match(/^client-id: /);
        expect((await rejection(nobodys.checkAuthenticated())).message).to.match(/^client-id: /);
      });
  });

  describe('logout()', () => {
    it('resolves, to nothing, once the end of the session is proved', async () => {
      const { refreshToken } = signIn(clientId);
      const done = connect().logout();
      expect(isLoggingOut({ clientId, authority })).to.be.true;
      expect(await (done as Promise<unknown>)).to.be.undefined;
      expect(isSignedIn(clientId)).to.be.false;
      expect(provider.sent.map(({ to, form }) => [to, form.refresh_token])).to.deep.equal([
        ['token', refreshToken],
        ['token', refreshToken],
      ]);
      expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
    });

    it('resolves where nobody is signed in, and asks nobody', async () => {
      await connect().logout();
      expect(provider.sent).to.deep.equal([]);
    });

    it('takes null and undefined, for the options and in them, as it takes nothing', async () => {
      const nothing = { windowMode: null, redirectUri: undefined, useOverlayWithPopup: null, idpHint: undefined };
      for (const options of [undefined, null, {}, nothing]) {
        signIn(clientId);
        const nulls: Options = { windowMode: null, storage: null, tokenStore: null, bearerTokenProvider: null };
        await connect(nulls).logout(options);
        expect(isSignedIn(clientId)).to.be.false;
      }
    });

    it('goes the way that the call says, else the instance, else in the background', async () => {
      const modes: string[] = [];
      page.on('arkane-logging-out', (event) => {
        modes.push(event.detail.windowMode);
        event.preventDefault();
      });
      const { REDIRECT, POPUP } = WindowMode;
      await rejection(connect().logout());
      await rejection(connect({ windowMode: REDIRECT }).logout());
      await rejection(connect({ windowMode: REDIRECT }).logout({ windowMode: POPUP }));
      await rejection(connect({ windowMode: POPUP }).logout({ windowMode: REDIRECT }));
      const changed = connect();
      changed.windowMode = REDIRECT;
      await rejection(changed.logout());
      expect(modes).to.deep.equal([POPUP, REDIRECT, POPUP, REDIRECT, REDIRECT]);
    });

    it('does the same with the options that mean nothing to a logout', async () => {
      signIn(clientId);
      const connected = connect({ useOverlayWithPopup: true, chains: ['ETHEREUM'], signUsing: WindowMode.REDIRECT });
      await connected.logout({ useOverlayWithPopup: false, closePopup: false, idpHint: 'google' });
      expect(isSignedIn(clientId)).to.be.false;
      expect(provider.asked).to.deep.equal(['token', 'token']);
    });

    it('rejects with what was done where the provider is out of reach, and the next call goes on', async () => {
      const { token, hint, reach, userinfo } = provider;
      Object.assign(provider, offline);
      const { refreshToken } = signIn(clientId);
      const error = await rejection(connect().logout());
      expect(error.code).to.equal('network');
      expect(error.result).to.include({ windowMode: 'POPUP', providerSession: 'unknown', local: 'wiped' });
      expect(isSignedIn(clientId)).to.be.false;
      Object.assign(provider, { token, hint, reach, userinfo });
      await connect().logout();
      expect(provider.forms('token').at(-1)).to.include({ refresh_token: refreshToken });
    });

    it('rejects where tokens are left, even though the session is over', async () => {
      const tokenStore = { tokens: () => tokensOf(clientId), clear: () => undefined };
      const error = await rejection(connect({ tokenStore }).logout());
      expect(error.code).to.equal('configuration');
      expect(error.message).to.match(/^tokenStore: clear\(\)/);
      expect(error.result).to.include({ providerSession: 'ended', local: 'kept' });
    });

    it('rejects with an error that can be written down, as can the page’s own, and neither holds a token', async () => {
      Object.assign(provider, { ...offline, token: () => status(400) });
      const tokens = Object.values(signIn(clientId)).map(String);
      const error = await rejection(connect().logout());
      const written =
        [error, error.cause, heard.last.detail].map((each) => JSON.stringify(each)).join() + error.message;
      expect(tokens.filter((token) => written.includes(token) && token.length > 20)).to.deep.equal([]);
    });

    it('rejects, and nothing was changed, where the page prevents it', async () => {
      signIn(clientId);
      page.on('arkane-logging-out', (event) => {
        event.preventDefault();
      });
      const error = await rejection(connect().logout());
      expect(error.code).to.equal('cancelled');
      expect(error.result).to.be.undefined;
      expect(isSignedIn(clientId)).to.be.true;
    });

    it('empties the store that it was given', async () => {
      const tokenStore = storeOf(tokensOf(clientId));
      await connect({ tokenStore }).logout();
      expect(tokenStore.held).to.be.null;
    });

    it('reads the storage first that it was told to', async () => {
      const elsewhere = signIn(clientId, tokensOf(clientId), localStorage);
      signIn(clientId);
      await connect({ storage: 'local' }).logout();
      expect(provider.sent[0]!.form.refresh_token).to.equal(elsewhere.refreshToken);
      expect(isSignedIn(clientId)).to.be.false;
    });
  });

  describe('logout() with REDIRECT', () => {
    const file = `${location.origin}/test/pages/document.html`;
    const { REDIRECT } = WindowMode;
    let frame: Page;

    const inFrame = async (search = '', options?: Options) => {
      frame = await openFrame(search);
      const { ArkaneConnect } = await moduleOf<typeof sdk>(frame, 'arkane-connect');
      return new ArkaneConnect(clientId, { authority, ...options });
    };

    /** What the call is rejected with there, if it is. */
    const outcomeOf = (promise: Promise<unknown>) =>
      promise.then(
        () => undefined,
        (error: unknown) => error as sdk.LogoutFailure,
      );

    /** Leaves the frame: what the provider is sent, and what the call comes to, should it. */
    const depart = async (connected: sdk.ArkaneConnect, options?: sdk.AuthenticationOptions) => {
      const outcome = outcomeOf(connected.logout(options));
      const { searchParams } = await navigationOf(clientId);
      await leave(frame);
      return { sent: Object.fromEntries(searchParams), outcome };
    };

    it('goes to the provider with what it needs to send the user back to this page', async () => {
      const { idToken } = signIn(clientId);
      const { sent } = await depart(await inFrame('?tab=2#top'), { windowMode: REDIRECT });
      expect(sent).to.have.all.keys('client_id', 'id_token_hint', 'post_logout_redirect_uri', 'state');
      expect(sent).to.include({ client_id: clientId, id_token_hint: idToken, post_logout_redirect_uri: file });
    });

    it('sends the user to the redirectUri of the call', async () => {
      const redirectUri = 'https://foo.example/?a=1';
      const { sent } = await depart(await inFrame(), { windowMode: REDIRECT, redirectUri });
      expect(sent).to.include({ post_logout_redirect_uri: redirectUri });
      expect(sent).not.to.have.property('state');
    });

    it('sends the user through the callback page', async () => {
      const callback = `${location.origin}/callback.html`;
      const { sent } = await depart(await inFrame('', { callbackUri: callback, windowMode: REDIRECT }));
      expect(sent).to.include({ post_logout_redirect_uri: callback });
    });

    it('comes back: checkAuthenticated() cleans the URL at once, and the page is told', async () => {
      signIn(clientId);
      const { sent } = await depart(await inFrame('?tab=2#top'), { windowMode: REDIRECT });
      const back = await inFrame(`?state=${sent.state}`);
      const checking = back.checkAuthenticated();
      expect(frame.location.href).to.equal(`${file}?tab=2#top`);
      expect((await checking).isAuthenticated).to.be.false;
      await settled(frame);
      const [told] = frame.seen.filter((each) => each !== 'load');
      expect(told).to.include({ type: 'arkane-logged-out' });
      expect(told!.detail).to.include({ trigger: 'return', providerSession: 'returned' });
    });

    it('comes back to a page that is misconfigured, and its URL is clean all the same', async () => {
      const { sent } = await depart(await inFrame(), { windowMode: REDIRECT });
      const back = await inFrame(`?state=${sent.state}`, { storage: 'cookie' as never });
      expect((await outcomeOf(back.checkAuthenticated()))?.code).to.equal('configuration');
      expect(frame.location.href).to.equal(file);
    });

    it('rejects where the page could not be left', async () => {
      signIn(clientId);
      const connected = await inFrame();
      shorten(10_000, frame);
      const error = await outcomeOf(connected.logout({ windowMode: REDIRECT }));
      expect(error?.code).to.equal('timeout');
      expect(error?.result).to.include({ windowMode: REDIRECT, providerSession: 'unknown', local: 'wiped' });
    });

    it('rejects where the way to the provider cannot be found', async () => {
      provider.metadata = unreachable;
      const connected = connect({ authority: newIssuer(), windowMode: REDIRECT });
      const error = await rejection(connected.logout());
      expect(error.code).to.equal('network');
      expect(error.result).to.include({ windowMode: 'REDIRECT', via: 'none', local: 'wiped' });
    });

    it('rejects where the user comes back by the Back button, without an answer', async () => {
      const { outcome } = await depart(await inFrame(), { windowMode: REDIRECT });
      showAgain(frame);
      expect((await outcome)?.code).to.equal('closed');
    });

    it('resolves where the page is shown again, and the logout was told elsewhere', async () => {
      const going = { windowMode: REDIRECT, redirectUri: 'https://foo.example' };
      const { outcome } = await depart(await inFrame(), going);
      showAgain(frame);
      expect((await outcome) === undefined).to.be.true;
    });

    it('rejects a redirectUri that is no place to go to', async () => {
      signIn(clientId);
      const going = { windowMode: REDIRECT, redirectUri: 'javascript:alert(1)' };
      expect((await rejection(connect().logout(going))).message).to.match(/^redirect-uri: /);
      expect(isSignedIn(clientId)).to.be.true;
    });
  });

  describe('tokenStore', () => {
    const auth = () => {
      const { accessToken: token, ...tokens } = tokensOf(clientId);
      return { authenticated: true, token, ...tokens };
    };

    it('is an AuthenticationInstance or an AuthenticationResult, whose tokens end the session', async () => {
      const [first, second] = [auth(), auth()];
      const sent = [first, second].flatMap(({ refreshToken }) => [refreshToken, refreshToken]);
      for (const tokenStore of [first, { isAuthenticated: true, auth: second }]) await connect({ tokenStore }).logout();
      expect(provider.forms('token').map((form) => form.refresh_token)).to.deep.equal(sent);
      for (const { authenticated, token } of [first, second])
        expect([authenticated, token]).to.deep.equal([false, undefined]);
    });

    it('gets a missing access token from the bearerTokenProvider, and is emptied all the same', async () => {
      const { token, ...poor } = auth();
      provider.token = () => status(400);
      const tokenStore = poor;
      await connect({ tokenStore, bearerTokenProvider: () => token }).logout();
      expect(provider.forms('userinfo')[0]).to.deep.equal({ access_token: token });
      expect(poor.refreshToken).to.be.undefined;
    });
  });

  describe('bearerTokenProvider', () => {
    /** Tokens that can prove something only with an access token. */
    const withoutAccess = () => {
      const { idToken, accessToken, refreshToken } = tokensOf(clientId);
      return { accessToken, refreshToken, tokenStore: storeOf({ idToken }), whole: storeOf({ idToken, refreshToken }) };
    };

    for (const [how, give] of [
      ['at once', (token: string) => token],
      ['as a promise', (token: string) => Promise.resolve(token)],
    ] as const)
      it(`gives the access token that the provider is asked with, ${how}`, async () => {
        const { accessToken, tokenStore } = withoutAccess();
        provider.userinfo = inTurn(() => status(200), gone);
        await connect({ tokenStore, bearerTokenProvider: () => give(accessToken) }).logout();
        expect(provider.asked).to.deep.equal(['userinfo', 'hint', 'userinfo']);
        expect(provider.sent[0]!.form.access_token).to.equal(accessToken);
      });

    it('is waited for with a store that answers later, too', async () => {
      const { accessToken, tokenStore } = withoutAccess();
      const later = {
        tokens: () => Promise.resolve(tokenStore.held),
        clear: () => {
          tokenStore.clear();
          return Promise.resolve();
        },
      };
      await connect({ tokenStore: later, bearerTokenProvider: () => accessToken }).logout();
      expect(provider.sent[0]!.form.access_token).to.equal(accessToken);
    });

    it('does not lend its token the time of the one that is missing', async () => {
      const { accessToken, tokenStore } = withoutAccess();
      Object.assign(tokenStore.held!, { expiresAt: now() - 100 });
      const { auth } = await connect({ tokenStore, bearerTokenProvider: () => accessToken }).checkAuthenticated();
      expect(auth?.isTokenExpired()).to.be.false;
    });

    it('is not asked where there is an access token', async () => {
      const tokens = signIn(clientId);
      let asked = 0;
      const connected = connect({ bearerTokenProvider: () => `token ${++asked}` });
      expect((await connected.checkAuthenticated()).auth?.token).to.equal(tokens.accessToken);
      await connected.logout();
      expect(asked).to.equal(0);
    });

    it('makes no sign-in of its own: its token alone could not be logged out', async () => {
      const connected = connect({ bearerTokenProvider: () => tokensOf(clientId).accessToken });
      expect((await connected.checkAuthenticated()).isAuthenticated).to.be.false;
      await connected.logout();
      expect(provider.sent).to.deep.equal([]);
    });

    it('does not get in the way of the next sign-in', async () => {
      signIn(clientId);
      await connect({ bearerTokenProvider: () => 'a.b.c' }).logout();
      expect(wasLoggedOut({ clientId, authority })).to.be.true;
      signIn(clientId);
      expect(wasLoggedOut({ clientId, authority })).to.be.false;
    });

    for (const [what, bearerTokenProvider] of [
      [
        'throws',
        () => {
          throw new Error('no token');
        },
      ],
      ['is rejected', () => Promise.reject(new Error('no token'))],
      ['has none', () => null],
      ['has an empty one', () => ''],
      ['does not answer', never],
    ] satisfies [string, sdk.BearerTokenProvider][])
      it(`does not stop a logout where it ${what}`, async () => {
        shorten(2500);
        const { refreshToken, whole } = withoutAccess();
        await connect({ tokenStore: whole, bearerTokenProvider }).logout();
        expect(provider.sent.map(({ to, form }) => [to, form.refresh_token])).to.deep.equal([
          ['token', refreshToken],
          ['token', refreshToken],
        ]);
      });
  });

  describe('checkAuthenticated()', () => {
    const check = (options?: Options) => connect(options).checkAuthenticated();

    it('finds the user, calls back at once, and asks nobody', async () => {
      const { idToken, accessToken, refreshToken } = signIn(clientId, tokensOf(clientId, { access: { sub: 'alice' } }));
      const result = await check();
      const called: unknown[] = [];
      const chained = result
        .authenticated((auth) => called.push(['in', auth === result.auth]))
        .notAuthenticated(() => called.push(['out']));
      expect(called).to.deep.equal([['in', true]]);
      expect(chained === result).to.be.true;
      expect(result.isAuthenticated).to.be.true;
      expect(result.auth).to.deep.include({
        authenticated: true,
        subject: 'alice',
        token: accessToken,
        refreshToken,
        idToken,
      });
      expect(result.auth!.tokenParsed).to.include({ typ: 'Bearer', sub: 'alice' });
      expect(result.auth!.refreshTokenParsed).to.include({ typ: 'Refresh' });
      expect(result.auth!.idTokenParsed).to.include({ typ: 'ID' });
      expect(provider.sent).to.deep.equal([]);
      expect(heard.types).to.deep.equal([]);
    });

    it('finds nobody, and calls the other one back', async () => {
      const result = await check();
      const called: unknown[][] = [];
      const chained = result
        .authenticated((...all) => called.push(['in', ...all]))
        .notAuthenticated((...all) => called.push(['out', ...all]));
      expect(called).to.deep.equal([['out']]);
      expect(chained === result).to.be.true;
      expect(result).to.have.property('isAuthenticated', false);
      expect('auth' in result).to.be.false;
      expect(provider.sent).to.deep.equal([]);
    });

    const past = { exp: now() - 1 };
    const future = { exp: now() + 300 };
    for (const [what, tokens, isAuthenticated] of [
      ['an access token', { accessToken: jwt(future) }, true],
      ['an access token that is over', { accessToken: jwt(past) }, false],
      ['an access token that the store says is over', { accessToken: jwt(future), expiresAt: past.exp }, false],
      ['an access token that says nothing', { accessToken: 'opaque' }, true],
      [
        'an access token that is over, with a refresh token',
        { accessToken: jwt(past), refreshToken: jwt(future) },
        true,
      ],
      ['tokens that are over', { accessToken: jwt(past), refreshToken: jwt(past) }, false],
      ['an offline token', { refreshToken: jwt({ typ: 'Offline', exp: 0 }) }, true],
      ['a refresh token that says nothing', { refreshToken: 'opaque' }, true],
      ['what was a missing token once', { accessToken: 'undefined', refreshToken: 'null' }, false],
      ['tokens of another provider', { accessToken: jwt({ iss: 'https://other.example', ...future }) }, false],
      ['nothing', {}, false],
    ] satisfies [string, sdk.Tokens, boolean][])
      it(`takes ${what} for ${isAuthenticated ? 'a user' : 'nobody'}`, async () => {
        const result = await check({ tokenStore: storeOf(tokens) });
        expect(result.isAuthenticated).to.equal(isAuthenticated);
        expect(Boolean(result.auth)).to.equal(isAuthenticated);
      });

    it('looks where it is told to', async () => {
      const local = signIn(clientId, tokensOf(clientId), localStorage);
      signIn(clientId);
      expect((await check({ storage: 'local' })).auth?.token).to.equal(local.accessToken);
      const own = tokensOf(clientId);
      expect(
        (await check({ tokenStore: { ...storeOf(null), tokens: () => Promise.resolve(own) } })).auth?.token,
      ).to.equal(own.accessToken);
    });

    it('has the names of users in every alphabet', async () => {
      const claims = { name: 'Zoë 王小明 🎉', iss: authority, aud: clientId };
      const bytes = String.fromCharCode(...new TextEncoder().encode(JSON.stringify(claims)));
      const idToken = `e30.${btoa(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}.c2ln`;
      const { auth } = await check({ tokenStore: storeOf({ idToken, accessToken: 'opaque' }) });
      expect(auth!.idTokenParsed).to.deep.equal(claims);
      expect(auth!.tokenParsed).to.be.undefined;
    });

    it('knows how long the access token lasts', async () => {
      signIn(clientId, { ...tokensOf(clientId), expiresAt: now() + 60 });
      const { auth } = await check();
      expect(auth!.isTokenExpired()).to.be.false;
      expect(auth!.isTokenExpired(30)).to.be.false;
      expect(auth!.isTokenExpired(90)).to.be.true;
    });

    it('is rejected, and throws nothing, where the tokens cannot be read', async () => {
      const cause = new Error('disk');
      for (const tokens of [
        () => {
          throw cause;
        },
        () => Promise.reject(cause),
      ]) {
        const error = await rejection(check({ tokenStore: { ...storeOf(null), tokens } }));
        expect(error.message).to.match(/^tokenStore: tokens\(\)/);
        expect(error.cause).to.equal(cause);
      }
      blockStorage('sessionStorage', 'localStorage');
      expect((await rejection(check())).message).to.match(/^storage: /);
    });

    it('is rejected where the tokens are of another client', async () => {
      signIn(clientId, tokensOf('another'));
      expect((await rejection(check())).message).to.match(/^client-id: /);
    });

    it('does not wait for a store for ever', async () => {
      shorten(10_000);
      expect((await rejection(check({ tokenStore: { ...storeOf(null), tokens: never } }))).code).to.equal('timeout');
    });
  });

  describe('auth', () => {
    const emptied = {
      authenticated: false,
      subject: undefined,
      token: undefined,
      tokenParsed: undefined,
      refreshToken: undefined,
      refreshTokenParsed: undefined,
      idToken: undefined,
      idTokenParsed: undefined,
    };

    for (const [who, leaveBy] of [
      ['this SDK', (connected: sdk.ArkaneConnect) => connected.logout()],
      ['anything else on the page', () => logout({ clientId, authority })],
    ] as const)
      it(`holds nothing any more once ${who} has logged the user out`, async () => {
        signIn(clientId);
        const connected = connect();
        const { auth } = await connected.checkAuthenticated();
        await leaveBy(connected);
        expect(auth).to.deep.include(emptied);
        expect(auth!.isTokenExpired()).to.be.true;
      });

    it('does not become the next user’s', async () => {
      signIn(clientId);
      const connected = connect();
      const { auth } = await connected.checkAuthenticated();
      await connected.logout();
      const tokens = signIn(clientId);
      const next = await connected.checkAuthenticated();
      expect(next.auth!.token).to.equal(tokens.accessToken);
      expect(auth!.token).to.be.undefined;
    });

    it('stays while nothing was changed', async () => {
      signIn(clientId);
      const connected = connect();
      const { auth } = await connected.checkAuthenticated();
      page.on('arkane-logging-out', (event) => {
        event.preventDefault();
      });
      await rejection(connected.logout());
      expect(auth!.authenticated).to.be.true;
    });

    it('is not filled by a slow store whose user was logged out meanwhile', async () => {
      const tokens = tokensOf(clientId);
      const { promise, resolve } = Promise.withResolvers<sdk.Tokens>();
      const tokenStore = storeOf(tokens);
      let isSlow = true;
      const slow = {
        tokens: () => (isSlow ? promise : tokenStore.tokens()),
        clear: () => {
          tokenStore.clear();
        },
      };
      const connected = connect({ tokenStore: slow });
      const checking = connected.checkAuthenticated();
      isSlow = false;
      await connected.logout();
      resolve(tokens);
      expect((await checking).isAuthenticated).to.be.false;
    });

    it('takes what is renewed at the next check', async () => {
      signIn(clientId);
      const connected = connect();
      const { auth } = await connected.checkAuthenticated();
      const renewed = signIn(clientId);
      await connected.checkAuthenticated();
      expect(auth!.token).to.equal(renewed.accessToken);
    });

    it('forgets the tokens by clearToken(), in the store too, and the provider is not told', async () => {
      signIn(clientId);
      const connected = connect();
      const { auth } = await connected.checkAuthenticated();
      const cleared = auth!.clearToken();
      expect(auth).to.deep.include(emptied);
      await cleared;
      expect(isSignedIn(clientId)).to.be.false;
      expect(provider.sent).to.deep.equal([]);
      expect((await connected.checkAuthenticated()).isAuthenticated).to.be.false;
    });

    it('says where clearToken() did not work', async () => {
      const cause = new Error('disk');
      const tokenStore = { tokens: () => tokensOf(clientId), clear: () => Promise.reject(cause) };
      const { auth } = await connect({ tokenStore }).checkAuthenticated();
      expect(await auth!.clearToken().catch((error: unknown) => error)).to.equal(cause);
    });
  });
});
