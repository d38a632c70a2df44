import { expect } from '@open-wc/testing';
import { prepareLogout } from '../../src/core/prepare.js';
import type { ArkaneLoggedOutEvent, ArkaneLogoutErrorEvent } from '../../src/core/events.js';
import type * as entry from '../../src/core/index.js';
import { isLoggingOut, wasLoggedOut } from '../../src/core/latch.js';
import { type Cover, logout, logoutFrom } from '../../src/core/logout.js';
import type { LogoutOptions } from '../../src/core/request.js';
import type { Answer, LogoutResult } from '../../src/core/result.js';
import { watchLogout } from '../../src/core/resume.js';
import { loadWindows } from '../../src/core/visit.js';
import type { Tokens } from '../../src/core/tokens.js';
import { fetched, hasFetched, leave, moduleOf, navigationOf, openFrame, settled, until } from '../support/documents.js';
import { heardEvents, page } from '../support/events.js';
import { fakeOpen, fakePopups, fakeUser, heldTimers, playedCallback } from '../support/popups.js';
import { metadataOf, never, newIssuer, offline, scriptedProvider, status, unreachable } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { ended } from '../support/results.js';
import { authority, failure, jwt, newClient, signIn, storageKey, tokensOf, userOf } from '../support/sign-in.js';
import { storedTrip } from '../support/trips.js';

const callbackUri = `${location.origin}/callback`;
const [asked, loggedOut, failed] = ['arkane-logging-out', 'arkane-logged-out', 'arkane-logout-error'];
const lifetime = 120_000;

/** As the window opens. */
const open: LogoutResult = { ...ended, via: 'window', providerSession: 'unknown', evidence: 'none' };
const completed: LogoutResult = { ...open, trigger: 'completed' };
const returned: LogoutResult = { ...completed, providerSession: 'returned', evidence: 'return' };

/** Of a session at another issuer. */
const tokensAt = (iss: string, clientId: string) => {
  const claims = { iss };
  return tokensOf(clientId, { id: claims, access: claims, refresh: claims });
};
const withoutError = ({ error, ...result }: LogoutResult) => ({ code: error?.code, result });

describe('logout, with a window', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const heard = heardEvents();
  const popups = fakePopups();
  const user = fakeUser();
  const timers = heldTimers(250, lifetime);
  const callback = playedCallback();
  let clientId: string;
  let options: LogoutOptions;
  let end: AbortController;

  before(async () => {
    await loadWindows();
  });
  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    clientId = newClient();
    end = new AbortController();
    options = { clientId, authority, callbackUri, signal: end.signal };
  });
  afterEach(() => {
    end.abort(); // closes what is still open
  });

  const results = () => heard.all.filter(({ type }) => type === loggedOut).map(({ detail }) => detail as LogoutResult);
  const unproved = () => {
    provider.token = () => status(400);
    provider.hint = provider.reach = () => status(200);
  };
  const outOfReach = () => {
    Object.assign(provider, offline);
  };
  /** Until the window is on its way to the provider. */
  const sent = (count = 1) => until(() => popups.opened[count - 1]?.urls.length);
  const comeBack = async (answer?: Answer) => callback.comeBack(popups.url, answer);
  /** Over the session check. */
  const comeBackChecked = async (answer: Answer) => callback.comeBack(new URL((await comeBack()) as string), answer);
  /** The user goes to the window, closes it, comes back, and a second passes. */
  const closeIt = () => {
    user.hasFocus = false;
    timers.pass(250);
    popups.last.closed = true;
    user.hasFocus = true;
    timers.pass(250, 5);
  };
  /** Later than this task, and all that was queued in it. */
  const nextTask = () => {
    let isLater = false;
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      isLater = true;
    };
    port2.postMessage(null);
    return () => isLater;
  };

  describe('at a Keycloak-shaped issuer', () => {
    beforeEach(() => {
      signIn(clientId);
    });

    it('opens none where the background proves it', async () => {
      expect(await logout(options)).to.deep.equal(ended);
      expect(popups.calls).to.deep.equal([]);
    });

    it('opens one where the background proves nothing, and tells so as it opens', async () => {
      unproved();
      const run = logout(options);
      await sent();
      expect(provider.asked).to.deep.equal(['token', 'userinfo', 'hint', 'userinfo', 'reach']);
      expect(heard.types).to.deep.equal([asked, loggedOut]);
      expect(results()).to.deep.equal([open]);
      expect(isLoggingOut(options)).to.be.true;
      await comeBack();
      expect(await run).to.deep.equal(returned);
      expect(results()).to.deep.equal([open, returned]);
      expect(isLoggingOut(options)).to.be.false;
    });

    it('sends it to the end-session endpoint, with the hint, the callback page, its params and a state', async () => {
      unproved();
      const tokens = signIn(clientId);
      const run = logout({ ...options, params: { ui_locales: 'nl' } });
      await sent();
      const { state, ...parameters } = Object.fromEntries(popups.url.searchParams);
      expect(popups.url.origin + popups.url.pathname).to.equal(`${authority}/protocol/openid-connect/logout`);
      expect(parameters).to.deep.equal({
        client_id: clientId,
        id_token_hint: tokens.idToken,
        post_logout_redirect_uri: callbackUri,
        ui_locales: 'nl',
      });
      expect(state).to.match(/^[\w-]{43}$/);
      expect(storedTrip()).to.be.null;
      await comeBack();
      await run;
    });

    for (const [what, part] of [
      ['without a callback-uri', { callbackUri: null }],
      ['where nobody has just pressed anything', {}],
    ] as const)
      it(`opens none ${what}: incomplete, unproved`, async () => {
        unproved();
        user.isActive = false;
        if ('callbackUri' in part) user.isActive = true;
        const { code, result } = withoutError(await logout({ ...options, ...part }));
        expect(popups.calls).to.deep.equal([]);
        expect(result).to.deep.equal({ ...open, via: 'hint' });
        expect(code).to.equal('unproved');
      });

    it('opens none where the provider was not reached', async () => {
      outOfReach();
      const { code, result } = withoutError(await logout(options));
      expect(popups.calls).to.deep.equal([]);
      expect(result).to.deep.equal({ ...open, via: 'hint' });
      expect(code).to.equal('network');
    });

    it('opens one after a CORS refusal, which is no lost network', async () => {
      provider.token = provider.userinfo = unreachable;
      const run = logout(options);
      await sent();
      await comeBack();
      expect(await run).to.deep.equal(returned);
    });

    it('opens one after our own time limit', async () => {
      provider.token = never;
      const run = logout({ ...options, timeout: 1000 });
      await sent();
      expect(provider.asked).to.deep.equal(['token']);
      expect(results()).to.deep.equal([open]);
      await comeBack();
      expect(await run).to.deep.equal(returned);
    });

    for (const [what, part, limit] of [
      ['4 s where a window may follow', {}, 4000],
      ['less than 4 s where timeout says so', { timeout: 3000 }, 3000],
      ['all of timeout where none may', { callbackUri: null }, 10_000],
    ] as const)
      it(`gives the background ${what}`, async () => {
        await logout({ ...options, ...part });
        expect(timers.delays.filter((delay) => delay >= 3000 && delay <= 10_000)).to.deep.equal([limit]);
      });

    it('goes on without a window where the browser blocks it: unknown, blocked', async () => {
      unproved();
      popups.isBlocked = true;
      const { code, result } = withoutError(await logout(options));
      expect(result).to.deep.equal(open);
      expect(code).to.equal('blocked');
      expect(heard.types).to.deep.equal([asked, loggedOut]);
    });

    it('finishes what was blocked by the next press, which opens the window first thing', async () => {
      unproved();
      popups.isBlocked = true;
      await logout(options);
      popups.isBlocked = false;
      const before = provider.sent.length;
      const run = logout(options);
      expect(popups.opened).to.have.length(1);
      await sent();
      expect(heard.types).to.deep.equal([asked, loggedOut]);
      await comeBack();
      expect(await run).to.deep.equal(returned);
      expect(heard.types).to.deep.equal([asked, loggedOut, loggedOut]);
      expect(provider.sent).to.have.length(before);
    });

    it('tries the background again after a lost network, and opens none where that proves it', async () => {
      const online = { token: provider.token, hint: provider.hint };
      outOfReach();
      await logout(options);
      Object.assign(provider, online);
      expect(await logout(options)).to.deep.equal({ ...ended, trigger: 'completed' });
      expect(popups.calls).to.deep.equal([]);
    });

    it('opens one after a lost network where the background, tried again, proves nothing', async () => {
      outOfReach();
      await logout(options);
      unproved();
      const run = logout(options);
      expect(popups.calls).to.deep.equal([]);
      await sent();
      await comeBack();
      expect(await run).to.deep.equal(returned);
      expect(heard.types).to.deep.equal([asked, loggedOut, loggedOut]);
    });

    it('opens none for a press that finishes, but whose signal is aborted', async () => {
      unproved();
      popups.isBlocked = true;
      await logout(options);
      popups.isBlocked = false;
      expect((await failure(logout({ ...options, signal: AbortSignal.abort() }))).code).to.equal('cancelled');
      expect(popups.opened).to.deep.equal([]);
    });

    for (const [what, later] of [
      ['at once', <T>(value: T) => value],
      ['later', <T>(value: T) => Promise.resolve(value)],
    ] as const)
      it(`asks for a user who has signed in since, and logs that one out by token, where the store tells ${what}`, async () => {
        unproved();
        popups.isBlocked = true;
        let held: Tokens | null = tokensOf(clientId);
        const tokenStore = {
          tokens: () => later(held),
          clear: () => {
            held = null;
          },
        };
        await logout({ ...options, tokenStore });
        popups.isBlocked = false;
        held = tokensOf(clientId);
        provider.token = () => status(204);
        expect(await logout({ ...options, tokenStore })).to.deep.equal(ended);
        expect(popups.opened.filter(({ closed, urls }) => !closed || urls.length > 0)).to.deep.equal([]);
        expect(heard.types).to.deep.equal([asked, loggedOut, asked, loggedOut]);
      });

    it('opens none where the tokens are of another client', async () => {
      sessionStorage.setItem(storageKey(clientId), userOf(tokensOf('other')));
      expect((await failure(logout(options))).code).to.equal('configuration');
      expect(popups.calls).to.deep.equal([]);
    });
  });

  describe('at any other', () => {
    let issuer: string;
    beforeEach(() => {
      issuer = newIssuer();
      options.authority = issuer;
      sessionStorage.setItem(storageKey(clientId, issuer), userOf(tokensAt(issuer, clientId)));
    });

    it('opens it in the press’s own task, blank, and sends it on when discovery is there', async () => {
      const metadata = Promise.withResolvers<Response>();
      provider.metadata = () => metadata.promise;
      const isLater = nextTask();
      const opened: boolean[] = [];
      popups.onOpen = () => opened.push(!isLater());
      const run = logout(options);
      await until(isLater);
      expect(opened).to.deep.equal([true]);
      await until(() => provider.asked.includes('metadata'));
      expect(popups.last.urls).to.deep.equal([]);
      expect(heard.types).to.deep.equal([asked]);
      metadata.resolve(Response.json(metadataOf(issuer)));
      await sent();
      expect(results()).to.deep.equal([open]);
      expect(popups.url.href).to.contain(`${issuer}/session/end?`);
      expect(popups.calls).to.have.length(1);
      expect(provider.asked).not.to.include('hint');
      await comeBack();
      expect(await run).to.deep.equal(returned);
    });

    it('opens it although a press is not to be seen: the browser decides', async () => {
      user.isActive = false;
      const run = logout(options);
      await sent();
      await comeBack();
      expect(await run).to.deep.equal(returned);
    });

    it('opens it after the page’s waitUntil(), where the browser still allows it', async () => {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      page.on('arkane-logging-out', (event) => {
        event.waitUntil(promise);
      });
      const run = logout(options);
      await new Promise((later) => setTimeout(later));
      expect(popups.calls).to.deep.equal([]);
      resolve('saved');
      await sent();
      await comeBack();
      expect(await run).to.deep.equal(returned);
    });

    it('says blocked where the browser no longer allows it, and the next press opens it first thing', async () => {
      popups.isBlocked = true;
      page.on('arkane-logging-out', (event) => {
        event.waitUntil(Promise.resolve());
      });
      const { code, result } = withoutError(await logout(options));
      expect(result).to.deep.equal(open);
      expect(code).to.equal('blocked');
      popups.isBlocked = false;
      const isLater = nextTask();
      const opened: boolean[] = [];
      popups.onOpen = () => opened.push(!isLater());
      const run = logout(options);
      expect(opened).to.deep.equal([true]);
      await sent();
      await comeBack();
      expect(await run).to.deep.equal(returned);
      expect(heard.types).to.deep.equal([asked, loggedOut, loggedOut]);
    });

    it('sends the hint in the background where it is blocked: best effort', async () => {
      popups.isBlocked = true;
      await logout(options);
      expect(provider.asked).to.include('hint');
    });

    it('closes it again when the logout is cancelled, and says that', async () => {
      const { clear } = { clear: () => undefined };
      const tokenStore = {
        tokens: () => {
          end.abort();
          return Promise.resolve<Tokens>({ refreshToken: 'it' });
        },
        clear,
      };
      const error = await failure(logout({ ...options, tokenStore }));
      expect(error.code).to.equal('cancelled');
      expect(popups.opened.map(({ closed, urls }) => [closed, urls])).to.deep.equal([[true, []]]);
      expect(heard.types).to.deep.equal([asked, failed]);
      expect((heard.last as ArkaneLogoutErrorEvent).detail.error).to.equal(error);
      expect(timers.count).to.equal(0);
    });

    it('opens none when arkane-logging-out is prevented', async () => {
      page.on('arkane-logging-out', (event) => {
        event.preventDefault();
      });
      expect((await failure(logout(options))).code).to.equal('cancelled');
      expect(popups.calls).to.deep.equal([]);
    });

    it('closes it again where nobody is signed in, and says that', async () => {
      sessionStorage.clear();
      expect(await logout(options)).to.include({ providerSession: 'none', via: 'none' });
      expect(popups.opened.map(({ closed, urls }) => [closed, urls])).to.deep.equal([[true, []]]);
      expect(heard.types).to.deep.equal([asked, loggedOut]);
      expect(provider.sent).to.deep.equal([]);
      expect(timers.count).to.equal(0);
    });

    it('closes it again where the tokens are of another client, and says that', async () => {
      sessionStorage.setItem(storageKey(clientId, issuer), userOf(tokensAt(issuer, 'other')));
      expect((await failure(logout(options))).code).to.equal('configuration');
      expect(popups.last.closed).to.be.true;
      expect(heard.types).to.deep.equal([asked, failed]);
    });

    for (const [what, metadata, code] of [
      ['is out of reach', unreachable, 'network'],
      ['does not come in time', never, 'timeout'],
      ['is refused', () => status(500), 'refused'],
      ['names no end_session_endpoint', () => Response.json({ issuer: '' }), 'refused'],
    ] as const)
      it(`closes it again where discovery ${what}: wiped, unknown, ${code}`, async () => {
        provider.metadata = metadata;
        const { code: why, result } = withoutError(
          await logout({ ...options, timeout: code === 'timeout' ? 60 : 5000 }),
        );
        expect(result).to.deep.equal({ ...open, via: 'none' });
        expect(why).to.equal(code);
        expect(popups.opened.map(({ closed, urls }) => [closed, urls])).to.deep.equal([[true, []]]);
        expect(heard.types).to.deep.equal([asked, loggedOut]);
        expect(sessionStorage.getItem(storageKey(clientId, issuer))).to.be.null;
        expect(timers.count).to.equal(1); // keeps a renewal out
      });

    it('revokes the refresh token, once, as it sets out', async () => {
      const run = logout(options);
      await sent();
      await comeBack();
      await run;
      expect(provider.asked).to.deep.equal(['metadata', 'revocation']);
    });

    it('asks the session check where discovery has it', async () => {
      const run = logout({ ...options, verify: true });
      await sent();
      const check = new URL((await comeBack()) as string);
      expect(check.origin + check.pathname).to.equal(`${issuer}/auth`);
      await callback.comeBack(check, 'ended');
      expect(await run).to.deep.equal({ ...completed, providerSession: 'ended', evidence: 'session-check' });
    });

    it('claims less where the provider has no authorization_endpoint', async () => {
      provider.metadata = () => Response.json({ ...metadataOf(issuer), authorization_endpoint: undefined });
      const run = logout({ ...options, verify: true });
      await sent();
      expect(await comeBack('ended')).to.equal('close');
      expect(await run).to.deep.equal(returned);
    });

    it('opens for a user who has signed in since, and asks the page about that one first', async () => {
      popups.isBlocked = true;
      await logout(options);
      popups.isBlocked = false;
      const anew = tokensAt(issuer, clientId);
      sessionStorage.setItem(storageKey(clientId, issuer), userOf(anew));
      const run = logout(options);
      await sent();
      expect(popups.calls.length - popups.opened.length).to.equal(2); // the two that were blocked
      expect(popups.opened).to.have.length(1);
      expect(popups.url.searchParams.get('id_token_hint')).to.equal(anew.idToken);
      expect(heard.types).to.deep.equal([asked, loggedOut, asked, loggedOut]);
      await comeBack();
      expect(await run).to.deep.equal(returned);
    });
  });

  describe('that is open', () => {
    let run: Promise<LogoutResult>;
    let tokens: Tokens;
    const openIt = async (part: Partial<LogoutOptions> = {}, cover?: Cover) => {
      unproved();
      tokens = signIn(clientId);
      run = logoutFrom({ ...options, ...part }, (event) => document.dispatchEvent(event), cover);
      await sent();
    };

    for (const [answer, part] of [
      ['returned', { providerSession: 'returned', evidence: 'return' }],
      ['ended', { providerSession: 'ended', evidence: 'session-check' }],
      ['alive', { providerSession: 'alive', evidence: 'session-check' }],
    ] as const)
      it(`comes to ${answer} by the session check: one completed, the promise’s own value`, async () => {
        await openIt({ verify: true });
        await comeBackChecked(answer);
        const result = await run;
        expect(withoutError(result)).to.deep.equal({
          result: { ...completed, ...part },
          code: answer === 'alive' ? 'declined' : undefined,
        });
        expect(heard.types).to.deep.equal([asked, loggedOut, loggedOut]);
        expect((heard.last as ArkaneLoggedOutEvent).detail).to.equal(result);
        expect(heard.last.target).to.equal(document);
        expect(isLoggingOut(options)).to.be.false;
        expect(wasLoggedOut(options)).to.be.true;
        expect(popups.last.closed).to.be.true;
      });

    for (const [code, finish] of [
      [
        'closed',
        () => {
          closeIt();
        },
      ],
      [
        'timeout',
        () => {
          timers.pass(lifetime);
        },
      ],
      [
        'cancelled',
        () => {
          end.abort();
        },
      ],
    ] as const)
      it(`without an answer comes to unknown, ${code}: one completed, the promise’s own value`, async () => {
        await openIt();
        finish();
        const result = await run;
        expect(withoutError(result)).to.deep.equal({ result: completed, code });
        expect(results()).to.deep.equal([open, result]);
        expect(isLoggingOut(options)).to.be.false;
      });

    it('that was closed is listened to: a late answer is one more completed', async () => {
      await openIt();
      closeIt();
      expect(withoutError(await run).code).to.equal('closed');
      await comeBack();
      expect(results().slice(2)).to.deep.equal([returned]);
    });

    it('settles nothing before it has answered', async () => {
      await openIt();
      let isSettled = false;
      void run.then(() => (isSettled = true));
      timers.pass(250, 100);
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect([isSettled, isLoggingOut(options)]).to.deep.equal([false, true]);
      await comeBack();
      await run;
    });

    it('is brought forward by a press, which gets the same promise', async () => {
      await openIt();
      const { length } = heard.types;
      expect(logout(options)).to.equal(run);
      expect(popups.opened).to.have.length(1);
      expect(popups.last.focused).to.equal(1);
      expect(heard.types).to.have.length(length);
      await comeBack();
      await run;
    });

    it('is opened again by a press where it is closed, for the same visit', async () => {
      await openIt();
      const { urls } = popups.last;
      popups.last.closed = true;
      expect(logout(options)).to.equal(run);
      expect(popups.opened).to.have.length(2);
      expect(popups.last.urls).to.deep.equal(urls);
      await comeBack();
      expect(await run).to.deep.equal(returned);
      expect(results()).to.deep.equal([open, returned]);
    });

    it('is not touched by a press that is misconfigured', async () => {
      await openIt();
      expect((await failure(logout({ ...options, timeout: 0 }))).code).to.equal('configuration');
      expect(popups.last).to.include({ focused: 0, closed: false });
      await comeBack();
      expect(await run).to.deep.equal(returned);
    });

    it('tells watchers of both, as it tells the page', async () => {
      const watched: LogoutResult[] = [];
      watchLogout((result) => watched.push(result), { clientId, authority });
      await openIt();
      await comeBack();
      await run;
      expect(watched).to.deep.equal([open, returned]);
    });

    it('says nothing to a page that somebody has signed in to meanwhile, and still settles', async () => {
      await openIt();
      signIn(clientId);
      await comeBack();
      expect(await run).to.deep.equal(returned);
      expect(results()).to.deep.equal([open]);
      expect(wasLoggedOut(options)).to.be.false;
      expect(isLoggingOut(options)).to.be.false;
    });

    it('is not a logout of who has signed in meanwhile: a press by that one closes it, and begins afresh', async () => {
      await openIt();
      const anew = signIn(clientId);
      expect([isLoggingOut(options), wasLoggedOut(options)]).to.deep.equal([false, false]);
      provider.token = () => status(204);
      const second = logout(options);
      expect(popups.last.closed).to.be.true;
      expect(withoutError(await run)).to.deep.equal({ result: completed, code: 'closed' });
      expect(await second).to.deep.equal(ended);
      expect(provider.forms('token').at(-1)).to.include({ refresh_token: anew.refreshToken });
      expect(results()).to.deep.equal([open, ended]);
      expect(heard.types.filter((type) => type === asked)).to.have.length(2);
      expect(popups.opened).to.have.length(1);
    });

    it('says nothing to a page that somebody has signed in to where the store tells that later', async () => {
      let held: Tokens | null = tokensOf(clientId);
      const tokenStore = {
        tokens: () => Promise.resolve(held),
        clear: () => {
          held = null;
        },
      };
      await openIt({ tokenStore });
      held = tokensOf(clientId);
      await comeBack();
      expect(await run).to.deep.equal(returned);
      expect(results()).to.deep.equal([open]);
    });

    it('goes on where its cover fails', async () => {
      await openIt({}, () => {
        throw new Error('broken');
      });
      await comeBack();
      expect(await run).to.deep.equal(returned);
    });

    for (const [what, finish] of [
      ['alive', () => comeBackChecked('alive')],
      [
        'closed',
        () => {
          closeIt();
        },
      ],
    ] as const)
      it(`and came to ${what} is opened anew by the next press, first thing, without asking the page`, async () => {
        await openIt({ verify: true });
        await finish();
        await run;
        const [before, { length }] = [provider.sent.length, popups.opened];
        const first = popups.url.searchParams.get('state');
        const second = logout({ ...options, verify: true });
        expect(popups.opened).to.have.length(length + 1);
        await sent(length + 1);
        expect(popups.url.searchParams.get('id_token_hint')).to.equal(tokens.idToken);
        expect(popups.url.searchParams.get('state')).not.to.equal(first);
        expect(results()).to.have.length(2);
        await comeBackChecked('ended');
        expect(await second).to.deep.equal({ ...completed, providerSession: 'ended', evidence: 'session-check' });
        expect(results()).to.have.length(3);
        expect(heard.types.filter((type) => type === asked)).to.have.length(1);
        expect(provider.sent).to.have.length(before);
      });

    it('and was given up does not count any more once the next press has its own', async () => {
      await openIt();
      const former = { ...popups.last, url: popups.url };
      closeIt();
      await run;
      const second = logout(options);
      await sent(2);
      callback.say({ state: former.url.searchParams.get('state'), answer: 'returned' });
      await comeBack();
      expect(await second).to.deep.equal(returned);
      expect(results()).to.have.length(3);
      expect(callback.heard).to.have.length(1);
    });

    it('is covered until the first outcome, once', async () => {
      const steps: string[] = [];
      await openIt({}, (popup) => {
        expect(popup).to.respondTo('show');
        expect(popup).to.respondTo('cancel');
        steps.push(`covered, ${heard.types.length} told`);
        return () => steps.push(`uncovered, ${heard.types.length} told`);
      });
      expect(steps).to.deep.equal(['covered, 2 told']);
      await comeBack();
      await run;
      expect(steps).to.deep.equal(['covered, 2 told', 'uncovered, 2 told']);
    });

    it('is given up by the cover’s own cancel()', async () => {
      let cancel: (() => void) | undefined;
      await openIt({}, (popup) => {
        cancel = popup.cancel;
        return () => undefined;
      });
      cancel?.();
      expect(withoutError(await run).code).to.equal('closed');
      expect(popups.last.closed).to.be.true;
    });

    it('is not covered where none opens', async () => {
      unproved();
      popups.isBlocked = true;
      signIn(clientId);
      let isCovered = false;
      await logoutFrom(
        options,
        (event) => document.dispatchEvent(event),
        () => {
          isCovered = true;
          return () => undefined;
        },
      );
      expect(isCovered).to.be.false;
    });

    describe('where tokens were kept', () => {
      const keeping = () => {
        const held = tokensOf(clientId);
        return { tokens: () => held, clear: (): void => undefined };
      };

      it('says kept and why as it opens and as it is done', async () => {
        await openIt({ tokenStore: keeping() });
        const [first] = results();
        expect(first).to.include({ providerSession: 'unknown', local: 'kept', trigger: 'user' });
        expect(first?.error?.message).to.match(/^tokenStore: /);
        await comeBack();
        const { error, ...result } = await run;
        expect(result).to.deep.equal({ ...returned, local: 'kept' });
        expect(error).to.equal(first?.error);
        expect(results()).to.have.length(2);
      });

      it('says why of the provider first', async () => {
        await openIt({ tokenStore: keeping(), verify: true });
        await comeBackChecked('alive');
        const result = await run;
        expect(result).to.include({ providerSession: 'alive', local: 'kept' });
        expect(result.error?.code).to.equal('declined');
      });

      it('is finished by a press that only wipes', async () => {
        const tokenStore = keeping();
        await openIt({ tokenStore });
        await comeBack();
        await run;
        const before = [provider.sent.length, popups.opened.length];
        let held: Tokens | null = tokenStore.tokens();
        const mended = {
          tokens: () => held,
          clear: () => {
            held = null;
            tokenStore.tokens = () => null as never;
          },
        };
        expect(await logout({ ...options, tokenStore: mended })).to.include({ trigger: 'completed' });
        expect([provider.sent.length, popups.opened.length]).to.deep.equal(before);
      });
    });

    it('keeps every token out of events, results, errors, storage and messages', async () => {
      await openIt({ verify: true });
      const check = (await comeBack()) as string;
      await callback.comeBack(new URL(check), 'alive');
      const result = await run;
      const observable: unknown[] = [Object.entries(sessionStorage), Object.entries(localStorage), result];
      for (const event of heard.all) observable.push(event.type, event.detail);
      for (let error: unknown = result.error; error instanceof Error; error = error.cause)
        observable.push(error.message, error.stack, Object.entries(error));
      observable.push(callback.heard, check, JSON.stringify(timers.delays));
      expect(callback.heard).to.have.length(2);
      expect(popups.url.href).to.contain('eyJ'); // where it belongs
      const text = JSON.stringify(observable);
      expect(text).not.to.contain('eyJ');
      for (const token of [tokens.idToken, tokens.accessToken, tokens.refreshToken]) expect(text).not.to.contain(token);
    });
  });

  it('goes without the hint where the URL would be too long', async () => {
    unproved();
    signIn(clientId, tokensOf(clientId, { id: { much: 'x'.repeat(6000) } }));
    const run = logout(options);
    await sent();
    expect(popups.url.searchParams.has('id_token_hint')).to.be.false;
    expect(popups.url.searchParams.get('state')).to.match(/^[\w-]{43}$/);
    await comeBack();
    await run;
  });

  it('is one window for each client', async () => {
    unproved();
    const other = newClient();
    signIn(clientId);
    signIn(other);
    const runs = [logout(options), logout({ ...options, clientId: other })];
    await sent(2);
    const urls = popups.opened.map(({ urls: [url] }) => new URL(url!));
    expect(urls.map(({ searchParams }) => searchParams.get('client_id'))).to.have.members([clientId, other]);
    for (const url of urls) await callback.comeBack(url);
    expect(await Promise.all(runs)).to.deep.equal([returned, returned]);
  });

  it('goes with nobody’s ID token where there is none', async () => {
    unproved();
    signIn(clientId, { refreshToken: jwt({ iss: authority, typ: 'Refresh' }) });
    const run = logout(options);
    await sent();
    expect(popups.url.searchParams.has('id_token_hint')).to.be.false;
    await comeBack();
    expect(await run).to.deep.equal(returned);
  });
});

describe('logout, with a window whose code is not there yet', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const callback = playedCallback();
  let clientId: string;
  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    clientId = newClient();
    Object.assign(provider, { token: () => status(400), hint: () => status(200) });
  });

  /** A document in which nothing was prepared. */
  const openDocument = async () => {
    const frame = await openFrame();
    const core = await moduleOf<typeof entry>(frame, 'core/index');
    const popups = fakeOpen(frame);
    const user = { isActive: true };
    Object.defineProperty(frame.navigator, 'userActivation', { value: user });
    Object.defineProperty(frame.navigator, 'locks', { value: undefined }); // to wait for one is time in which the code comes
    return { frame, core, popups, user };
  };

  for (const [what, issuer] of [
    ['a Keycloak-shaped issuer', authority],
    ['any other', newIssuer()],
  ] as const)
    it(`is incomplete, not lost, at ${what}; the next press opens it`, async () => {
      const { frame, core, popups, user } = await openDocument();
      user.isActive = issuer === authority; // elsewhere discovery takes so long that a window would be there after it
      sessionStorage.setItem(storageKey(clientId, issuer), userOf(tokensAt(issuer, clientId)));
      const options = { clientId, authority: issuer, callbackUri };
      const { code, result } = withoutError(await core.logout(options));
      expect(result).to.deep.equal({ ...open, via: 'hint' });
      expect(code).to.equal('unproved');
      expect(popups.calls).to.deep.equal([]);
      await fetched(frame, 'core/window');
      const run = core.logout(options);
      await until(() => popups.opened[0]?.urls.length);
      await callback.comeBack(popups.url);
      expect(await run).to.deep.equal(returned);
    });

  it('opens at the first press where it was prepared', async () => {
    const { frame, core, popups } = await openDocument();
    signIn(clientId);
    const options = { clientId, authority, callbackUri };
    core.prepareLogout(options);
    await fetched(frame, 'core/window');
    const run = core.logout(options);
    await until(() => popups.opened[0]?.urls.length);
    await callback.comeBack(popups.url);
    expect(await run).to.deep.equal(returned);
  });

  it('is not fetched where no window may open', async () => {
    const { frame, core } = await openDocument();
    core.prepareLogout({ clientId, authority });
    core.prepareLogout({ clientId, authority, callbackUri, windowMode: 'REDIRECT' });
    signIn(clientId);
    await core.logout({ clientId, authority });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(hasFetched(frame, 'core/window')).to.be.false;
  });

  it('is fetched for verify in a REDIRECT', async () => {
    const { frame, core } = await openDocument();
    core.prepareLogout({ clientId, authority, callbackUri, windowMode: 'REDIRECT', verify: true });
    await until(() => hasFetched(frame, 'core/window'));
  });
});

describe('logout, by REDIRECT with verify', () => {
  staysQuiet();
  const provider = scriptedProvider();
  let clientId: string;
  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    clientId = newClient();
  });

  const gone = async (part: Partial<LogoutOptions>) => {
    const frame = await openFrame('?tab=nfts#top');
    const core = await moduleOf<typeof entry>(frame, 'core/index');
    const issuer = part.authority ?? authority;
    sessionStorage.setItem(storageKey(clientId, issuer), userOf(tokensAt(issuer, clientId)));
    void core.logout({ clientId, authority, callbackUri, windowMode: 'REDIRECT', timeout: 5000, ...part });
    const url = await navigationOf(clientId);
    await leave(frame);
    return url;
  };

  it('stores the session check with the trip, without a token, and goes to the end-session endpoint', async () => {
    const url = await gone({ verify: true });
    const trip = storedTrip()!;
    expect(url.pathname).to.match(/\/logout$/);
    expect(url.searchParams.get('state')).to.equal(trip.state);
    expect(trip.check).to.have.all.keys('state', 'url');
    const check = new URL(trip.check!.url);
    expect(check.origin + check.pathname).to.equal(`${authority}/protocol/openid-connect/auth`);
    expect(check.searchParams.get('state')).to.equal(trip.check!.state);
    expect(check.searchParams.get('redirect_uri')).to.equal(callbackUri);
    expect(check.searchParams.get('prompt')).to.equal('none');
    expect(trip.check!.state).not.to.equal(trip.state);
    expect(JSON.stringify(trip)).not.to.contain('eyJ');
    expect(provider.sent).to.deep.equal([]);
  });

  it('stores none without verify', async () => {
    await gone({});
    expect(storedTrip()).not.to.have.property('check');
  });

  it('stores none where the provider has no authorization_endpoint', async () => {
    const issuer = newIssuer();
    provider.metadata = () => Response.json({ ...metadataOf(issuer), authorization_endpoint: undefined });
    await gone({ authority: issuer, verify: true });
    expect(storedTrip()).to.include({ clientId });
    expect(storedTrip()).not.to.have.property('check');
  });

  for (const [answered, part] of [
    ['returned', { providerSession: 'returned', evidence: 'return' }],
    ['ended', { providerSession: 'ended', evidence: 'session-check' }],
    ['alive', { providerSession: 'alive', evidence: 'session-check' }],
  ] as const)
    it(`says what the callback page has read: ${answered}`, async () => {
      await gone({ verify: true });
      sessionStorage.setItem('arkane-logout-trip', JSON.stringify({ ...storedTrip(), answered }));
      const back = await openFrame(`?state=${storedTrip()!.state}`);
      const { resumeLogout } = await moduleOf<typeof entry>(back, 'core/index');
      const result = resumeLogout();
      expect(result).to.include({ ...part, trigger: 'return', via: 'redirect', windowMode: 'REDIRECT' });
      expect(result?.error?.code).to.equal(answered === 'alive' ? 'declined' : undefined);
      await settled(back);
    });

  it('prepares discovery too', async () => {
    prepareLogout({ clientId, authority: newIssuer(), callbackUri, windowMode: 'REDIRECT', verify: true });
    await until(() => provider.asked.includes('metadata'));
    expect(provider.asked).to.deep.equal(['metadata']);
  });
});
