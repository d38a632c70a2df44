import { expect } from '@open-wc/testing';
import { isLoggingOut, wasLoggedOut } from '../../src/core/latch.js';
import { logout } from '../../src/core/logout.js';
import type { LogoutOptions } from '../../src/core/request.js';
import type { LogoutResult } from '../../src/core/result.js';
import { loadWindows } from '../../src/core/visit.js';
import type { Tokens } from '../../src/core/tokens.js';
import { until } from '../support/documents.js';
import { heardEvents, page } from '../support/events.js';
import { fakePopups, fakeUser } from '../support/popups.js';
import { offline, scriptedProvider, status } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { ended } from '../support/results.js';
import { authority, isSignedIn, newClient, signIn } from '../support/sign-in.js';

const [asked, loggedOut] = ['arkane-logging-out', 'arkane-logged-out'];

describe('logout, when a lost network is back', () => {
  staysQuiet();
  // Whoever still waits for the network is not to hear of it in the next test. Before the provider goes.
  afterEach(async () => {
    goOffline();
    comeOnline();
    await settled();
  });
  const provider = scriptedProvider();
  const heard = heardEvents();
  const popups = fakePopups();
  const user = fakeUser();
  let clientId: string;
  let options: LogoutOptions;
  let tokens: Tokens;
  let online: object;

  before(async () => {
    await loadWindows();
  });
  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    clientId = newClient();
    options = { clientId, authority };
    tokens = signIn(clientId);
    user.isActive = false;
    const { token, hint, reach, userinfo } = provider;
    online = { token, hint, reach, userinfo };
    goOffline();
  });
  const goOffline = () => {
    Object.assign(provider, offline);
  };
  const comeOnline = () => {
    dispatchEvent(new Event('online'));
  };
  const backOnline = () => {
    Object.assign(provider, online);
    comeOnline();
  };
  const settled = () => new Promise((resolve) => setTimeout(resolve));
  const results = () => heard.all.filter(({ type }) => type === loggedOut).map(({ detail }) => detail as LogoutResult);
  const lost = async (part: Partial<LogoutOptions> = {}) => {
    const result = await logout({ ...options, ...part });
    expect(result.error?.code).to.equal('network');
    return result;
  };
  /** Nothing is sent, and nobody is told. `looks`: it has to, to know. */
  const nothingMore = async (looks = false) => {
    const before = [provider.sent.length, heard.types.length];
    backOnline();
    expect(isLoggingOut(options)).to.equal(looks);
    await settled();
    expect([provider.sent.length, heard.types.length]).to.deep.equal(before);
  };

  it('is tried again with the tokens of then, and told as completed, without asking the page', async () => {
    await lost();
    expect(isLoggingOut(options)).to.be.false;
    backOnline();
    expect(isLoggingOut(options)).to.be.true;
    await until(() => results().length > 1);
    expect(results()[1]).to.deep.equal({ ...ended, trigger: 'completed' });
    expect(heard.types).to.deep.equal([asked, loggedOut, loggedOut]);
    expect(heard.last.target).to.equal(document);
    expect(provider.forms('token').at(-1)).to.include({ refresh_token: tokens.refreshToken });
    await settled();
    expect(isLoggingOut(options)).to.be.false;
    expect(wasLoggedOut(options)).to.be.true;
  });

  it('is tried once, however often the network comes and goes', async () => {
    await lost();
    backOnline();
    await until(() => results().length > 1);
    await settled();
    await nothingMore();
  });

  it('is told where it is still lost, and not tried a third time: the next press does', async () => {
    await lost();
    comeOnline();
    await until(() => results().length > 1);
    const { error, ...result } = results()[1]!;
    expect(result).to.include({ trigger: 'completed', providerSession: 'unknown' });
    expect(error?.code).to.equal('network');
    await settled();
    await nothingMore();
    expect(await logout(options)).to.deep.equal({ ...ended, trigger: 'completed' });
  });

  it('shares its run with a press', async () => {
    await lost();
    backOnline();
    const run = logout(options);
    expect(await run).to.deep.equal({ ...ended, trigger: 'completed' });
    expect(results()).to.have.length(2);
  });

  it('is not tried where a press has finished it', async () => {
    await lost();
    Object.assign(provider, online);
    await logout(options);
    await nothingMore();
  });

  /** Plays with what waits for the network. */
  const watchingOnline = async (play: (waiting: Set<unknown>) => Promise<void>) => {
    const waiting = new Set<unknown>();
    const { addEventListener, removeEventListener } = globalThis;
    const spy =
      (change: (listener: unknown) => unknown, original: typeof addEventListener) =>
      (...[type, listener, settings]: Parameters<typeof addEventListener>) => {
        if (type === 'online') change(listener);
        original.call(globalThis, type, listener, settings);
      };
    Object.assign(globalThis, {
      addEventListener: spy((listener) => waiting.add(listener), addEventListener),
      removeEventListener: spy((listener) => waiting.delete(listener), removeEventListener),
    });
    try {
      await play(waiting);
    } finally {
      Object.assign(globalThis, { addEventListener, removeEventListener });
    }
  };

  for (const [what, answers, error] of [
    ['has proved', {}, undefined],
    ['could not prove', { token: () => status(400), hint: () => status(200) }, 'unproved'],
  ] as const)
    it(`is no longer waited for where a press ${what} it`, () =>
      watchingOnline(async (waiting) => {
        await lost();
        expect(waiting.size).to.equal(1);
        Object.assign(provider, online, answers);
        expect((await logout(options)).error?.code).to.equal(error);
        expect(waiting.size).to.equal(0);
        await nothingMore();
      }));

  it('is no longer waited for where a press has opened a window', () =>
    watchingOnline(async (waiting) => {
      const end = new AbortController();
      await lost();
      Object.assign(provider, online, { token: () => status(400), hint: () => status(200) });
      user.isActive = true;
      const pressed = logout({ ...options, callbackUri: `${location.origin}/callback`, signal: end.signal });
      await until(() => popups.opened[0]?.urls.length);
      expect(waiting.size).to.equal(0);
      end.abort();
      await pressed;
    }));

  it('does not disturb a press that runs', async () => {
    await lost();
    const { promise, resolve } = Promise.withResolvers<Response>();
    Object.assign(provider, online, { token: () => promise });
    const run = logout(options);
    comeOnline();
    resolve(status(204));
    expect(await run).to.deep.equal({ ...ended, trigger: 'completed' });
    await settled();
    expect(results()).to.have.length(2);
  });

  it('leaves a user alone who has signed in since: not asked, not told, not logged out', async () => {
    await lost();
    signIn(clientId);
    await nothingMore();
    expect(isSignedIn(clientId)).to.be.true;
    expect(isLoggingOut(options)).to.be.false;
    expect(wasLoggedOut(options)).to.be.false;
    page.on('arkane-logging-out', (event) => {
      event.preventDefault();
    });
    await logout(options).catch(() => undefined);
    expect(heard.types.slice(2)).to.deep.equal([asked, 'arkane-logout-error']);
  });

  it('leaves a user alone who has signed in where the page’s store tells that later', async () => {
    let held: Tokens | null = tokens;
    const tokenStore = {
      tokens: () => Promise.resolve(held),
      clear: () => {
        held = null;
      },
    };
    await lost({ tokenStore });
    held = signIn(clientId);
    await nothingMore(true);
    expect(held).not.to.be.null;
  });

  it('is not heard of where the network was not what failed', async () => {
    Object.assign(provider, online, { token: () => status(400), hint: () => status(200) });
    expect((await logout(options)).error?.code).to.equal('unproved');
    await nothingMore();
  });

  it('is not heard of where it was proved', async () => {
    Object.assign(provider, online);
    await logout(options);
    await nothingMore();
  });

  it('is silent, and sends nothing, where the caller’s signal was aborted since', async () => {
    const controller = new AbortController();
    await lost({ signal: controller.signal });
    controller.abort();
    await nothingMore();
    expect(await logout(options)).to.include({ trigger: 'completed', providerSession: 'ended' });
  });

  it('opens no window: nobody pressed, unless something else', async () => {
    await lost({ callbackUri: `${location.origin}/callback` });
    user.isActive = true;
    Object.assign(online, { token: () => status(400), hint: () => status(200) });
    backOnline();
    await until(() => results().length > 1);
    expect(popups.calls).to.deep.equal([]);
    expect(results()[1]).to.include({ trigger: 'completed', providerSession: 'unknown' });
    expect(results()[1]?.error?.code).to.equal('unproved');
  });

  it('is tried once, although it was lost twice', async () => {
    await lost();
    await lost(); // a press that did not finish it
    signIn(clientId);
    await lost(); // and another user's
    backOnline();
    await until(() => results().length > 3);
    await settled();
    expect(results().map(({ trigger }) => trigger)).to.deep.equal(['user', 'completed', 'user', 'completed']);
    expect(results()[3]).to.include({ providerSession: 'ended' });
  });

  it('is tried for each client', async () => {
    const other = newClient();
    await lost();
    signIn(other);
    await lost({ clientId: other });
    backOnline();
    await until(() => results().length > 3);
    expect(results().slice(2)).to.deep.equal([
      { ...ended, trigger: 'completed' },
      { ...ended, trigger: 'completed' },
    ]);
    const sent = provider.forms('token').slice(-2);
    expect(sent.map((form) => form.client_id)).to.have.members([clientId, other]);
  });
});
