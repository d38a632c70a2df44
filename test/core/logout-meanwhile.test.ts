import { expect } from '@open-wc/testing';
import { InMemoryWebStorage, User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { isLoggingOut, wasLoggedOut } from '../../src/core/latch.js';
import { logout, logoutFrom } from '../../src/core/logout.js';
import type * as entry from '../../src/core/index.js';
import type { LogoutOptions } from '../../src/core/request.js';
import type { LogoutResult } from '../../src/core/result.js';
import type { Tokens } from '../../src/core/tokens.js';
import { loadWindows } from '../../src/core/visit.js';
import { moduleOf, navigationOf, openFrame, until } from '../support/documents.js';
import { heardEvents, page } from '../support/events.js';
import { fakePopups, fakeUser, heldTimers, playedCallback } from '../support/popups.js';
import { newIssuer, offline, scriptedProvider, status } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { ended } from '../support/results.js';
import { authority, failure, isSignedIn, newClient, signIn, tokensOf, userOf } from '../support/sign-in.js';
import { storedTrip } from '../support/trips.js';

const callbackUri = `${location.origin}/callback`;
const [asked, loggedOut] = ['arkane-logging-out', 'arkane-logged-out'];

describe('logout, while a window is open', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const heard = heardEvents();
  const popups = fakePopups();
  const user = fakeUser();
  heldTimers(250, 120_000);
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
    provider.token = () => status(400);
  });
  afterEach(() => {
    end.abort();
  });
  /** A press whose background proves nothing, and its window under way. */
  const goAway = async (part: Partial<LogoutOptions> = {}) => {
    provider.hint = () => status(200);
    provider.userinfo = () => status(200);
    signIn(clientId);
    const run = logout({ ...options, ...part });
    await until(() => popups.opened.at(-1)?.urls.length);
    return run;
  };
  const start = (part?: Partial<LogoutOptions>) => {
    const run = goAway(part);
    return { run, isAway: until(() => popups.opened.at(-1)?.urls.length) };
  };

  it('whoever signs in is not being logged out, for guards', async () => {
    const { run, isAway } = start();
    await isAway;
    expect([isLoggingOut(options), wasLoggedOut(options)]).to.deep.equal([true, true]);
    signIn(clientId);
    expect([isLoggingOut(options), wasLoggedOut(options)]).to.deep.equal([false, false]);
    await callback.comeBack(popups.url);
    await run;
    expect(wasLoggedOut(options)).to.be.false;
    expect(isSignedIn(clientId)).to.be.true;
  });

  it('a press of somebody who has signed in gives the window up, and logs them out', async () => {
    const { run, isAway } = start();
    await isAway;
    signIn(clientId);
    provider.token = () => status(204);
    expect(await logout(options)).to.deep.equal(ended);
    expect(heard.types).to.deep.equal([asked, loggedOut, asked, loggedOut]);
    expect(isSignedIn(clientId)).to.be.false;
    expect(popups.opened[0]?.closed).to.be.true;
    expect(await run).to.include({ trigger: 'completed', providerSession: 'unknown' });
  });

  it('a press of somebody whom a UserManager has told of gives the window up, and logs them out', async () => {
    const manager = new UserManager({
      authority,
      client_id: clientId,
      redirect_uri: location.href,
      automaticSilentRenew: false,
      userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    });
    const signInToIt = async () => {
      const user = User.fromStorageString(userOf(tokensOf(clientId)));
      await manager.storeUser(user);
      await manager.events.load(user);
    };
    await signInToIt();
    const { run, isAway } = start({ tokenStore: manager });
    await isAway;
    await signInToIt();
    expect([isLoggingOut(options), wasLoggedOut(options)]).to.deep.equal([false, false]);
    provider.token = () => status(204);
    expect(await logout({ ...options, tokenStore: manager })).to.deep.equal(ended);
    expect(await manager.getUser()).to.be.null;
    expect(heard.types).to.deep.equal([asked, loggedOut, asked, loggedOut]);
    await run;
  });

  it('a page that somebody has signed in to is not cleaned, where its store tells that later', async () => {
    let held: Tokens | null = tokensOf(clientId);
    const tokenStore = { tokens: () => Promise.resolve(held), clear: () => (held = null) };
    const { run, isAway } = start({ tokenStore });
    await isAway;
    held = tokensOf(clientId);
    await callback.comeBack(popups.url);
    expect(await run).to.include({ trigger: 'completed', providerSession: 'returned' });
    expect(heard.types).to.deep.equal([asked, loggedOut]);
  });

  it('a cover that throws is gone without', async () => {
    provider.hint = provider.userinfo = () => status(200);
    signIn(clientId);
    const run = logoutFrom(
      options,
      () => true,
      () => {
        throw new Error('no body');
      },
    );
    await until(() => popups.opened[0]?.urls.length);
    await callback.comeBack(popups.url);
    expect(await run).to.include({ providerSession: 'returned' });
  });

  it('a press in the very event that completes it opens none again', async () => {
    const { run, isAway } = start();
    await isAway;
    let again: Promise<LogoutResult> | undefined;
    page.on('arkane-logged-out', ({ detail }) => {
      if (detail.trigger === 'completed') again ??= logout(options);
    });
    await callback.comeBack(popups.url);
    await run;
    await again;
    expect(popups.opened).to.have.length(1);
    expect(popups.last.focused).to.equal(0);
  });

  it('a sign-in after one that was given up is asked in the background, not in the window', async () => {
    const { run, isAway } = start();
    await isAway;
    end.abort();
    expect((await run).error?.code).to.equal('cancelled');
    signIn(clientId);
    provider.token = () => status(204);
    expect(await logout({ ...options, signal: null })).to.deep.equal(ended);
    expect(popups.opened).to.have.length(1);
  });

  it('none opens for a caller who has aborted the background', async () => {
    signIn(clientId);
    provider.token = () => {
      end.abort();
      return status(400);
    };
    const result = await logout(options);
    expect(result.error?.code).to.equal('cancelled');
    expect(heard.types).to.deep.equal([asked, loggedOut]);
    expect((await failure(logout(options))).code).to.equal('cancelled');
    expect(popups.calls).to.deep.equal([]);
  });

  it('none opens when the network is back, whatever was just pressed', async () => {
    signIn(clientId);
    Object.assign(provider, offline);
    expect((await logout(options)).error?.code).to.equal('network');
    provider.token = () => status(400);
    provider.hint = provider.reach = provider.userinfo = () => status(200);
    user.isActive = true;
    dispatchEvent(new Event('online'));
    await until(() => heard.types.length === 3);
    expect(heard.last.detail).to.include({ trigger: 'completed', providerSession: 'unknown' });
    expect(popups.calls).to.deep.equal([]);
  });

  for (const [what, breakIt] of [
    ['a window that throws', () => ({ open: globalThis.open })],
    ['no BroadcastChannel', () => ({ BroadcastChannel: globalThis.BroadcastChannel })],
  ] as const)
    it(`with ${what} is unproved, and nothing is left open`, async () => {
      const issuer = newIssuer();
      const claims = { iss: issuer };
      const tokens = tokensOf(clientId, { id: claims, access: claims, refresh: claims });
      const tokenStore = {
        tokens: () => tokens,
        clear: () => Object.assign(tokens, { idToken: null, accessToken: null, refreshToken: null }),
      };
      const whole = breakIt();
      for (const name of Object.keys(whole))
        Object.assign(globalThis, {
          [name]: function () {
            throw new DOMException('denied', 'SecurityError');
          },
        });
      const { via, error } = await logout({ ...options, authority: issuer, tokenStore }).finally(() =>
        Object.assign(globalThis, whole),
      );
      expect([via, error?.code]).to.deep.equal(['hint', 'unproved']);
      expect(heard.types).to.deep.equal([asked, loggedOut]);
      expect(popups.opened).to.deep.equal([]);
    });
});

describe('logout, where no window can be opened at all', () => {
  staysQuiet();
  const provider = scriptedProvider();

  it('is finished by a press that goes to the provider itself, by way of the callback page', async () => {
    const clientId = newClient();
    const options = { clientId, authority, callbackUri };
    const frame = await openFrame();
    Object.assign(frame, { BroadcastChannel: undefined });
    const core = await moduleOf<typeof entry>(frame, 'core/index');
    provider.token = () => status(400);
    provider.userinfo = () => status(200);
    signIn(clientId);
    expect((await core.logout(options)).error?.code).to.equal('unproved');
    const run = core.logout(options);
    run.catch(() => undefined);
    const url = await navigationOf(clientId);
    expect(url.searchParams.get('post_logout_redirect_uri')).to.equal(callbackUri);
    expect(storedTrip()).to.include({ trigger: 'completed', windowMode: 'POPUP' });
  });
});
