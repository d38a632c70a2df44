import { expect } from '@open-wc/testing';
import { InMemoryWebStorage, User, UserManager, WebStorageStateStore } from 'oidc-client-ts';
import { noteEnded, place } from '../../src/core/ended.js';
import type * as entry from '../../src/core/index.js';
import { isLoggingOut, wasLoggedOut } from '../../src/core/latch.js';
import { logout } from '../../src/core/logout.js';
import { prepareLogout } from '../../src/core/prepare.js';
import type { LogoutOptions } from '../../src/core/request.js';
import { nameOf } from '../../src/core/state.js';
import { sessionKeyOf, type Tokens } from '../../src/core/tokens.js';
import { loadWindows } from '../../src/core/visit.js';
import { leave, moduleOf, openFrame, showAgain, until } from '../support/documents.js';
import { heardEvents } from '../support/events.js';
import { fakePopups, fakeUser, heldTimers } from '../support/popups.js';
import { scriptedProvider, status } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { authority, isSignedIn, newClient, signIn, storageKey, tokensOf, userOf } from '../support/sign-in.js';
import { breakStorage, markersOf } from '../support/storage.js';
import { hasEnded } from '../support/record.js';

const step = 250;
/** Until the event of what another document stores is there. */
const behind = 100;
const [asked, loggedOut] = ['arkane-logging-out', 'arkane-logged-out'];

describe('after a logout', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const heard = heardEvents();
  const popups = fakePopups();
  fakeUser();
  const timers = heldTimers(step, behind, 120_000);
  const { now } = Date;
  let ahead = 0;
  let clientId: string;
  let options: LogoutOptions & { authority: string };

  before(async () => {
    await loadWindows();
  });
  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    ahead = 0;
    Date.now = () => now() + ahead;
    clientId = newClient();
    options = { clientId, authority };
  });
  afterEach(() => {
    Date.now = now;
  });
  /** New tokens of the session `sid`. */
  const renewed = (sid = 'session') => {
    const claims = { sid, jti: crypto.randomUUID() };
    return tokensOf(clientId, { id: claims, access: claims, refresh: claims });
  };
  const settled = async () => {
    for (let task = 0; task < 4; task += 1) await new Promise((resolve) => setTimeout(resolve));
  };
  /** The next look at the store, and what comes of it. */
  const look = async (times = 1) => {
    for (let time = 0; time < times; time += 1) {
      timers.pass(step);
      await settled();
      timers.pass(behind);
      await settled();
    }
  };
  /** Whether this client was logged out by what is stored; without asking, which would look. */
  const isMarked = () => markersOf(clientId).length > 0;
  const entryOf = (tokens: Tokens) => hasEnded(nameOf(options), sessionKeyOf(tokens), 0);

  describe('of a user in web storage', () => {
    beforeEach(async () => {
      signIn(clientId, renewed());
      await logout(options);
    });

    it('a renewal that lands is wiped, each time, and nobody is told', async () => {
      for (const storage of [sessionStorage, localStorage, sessionStorage]) {
        signIn(clientId, renewed(), storage);
        await look();
        expect(isSignedIn(clientId)).to.be.false;
      }
      expect(isMarked()).to.be.true;
      expect(wasLoggedOut(options)).to.be.true;
      expect(heard.types).to.deep.equal([asked, loggedOut]);
    });

    it('a renewal is no sign-in to who asks before it is wiped', async () => {
      signIn(clientId, renewed());
      expect([wasLoggedOut(options), isLoggingOut(options)]).to.deep.equal([true, false]);
      await look();
      expect(isSignedIn(clientId)).to.be.false;
    });

    it('a renewal is no sign-in to who prepares the next logout', async () => {
      signIn(clientId, renewed());
      prepareLogout(options);
      await settled();
      expect(isMarked()).to.be.true;
      await look();
      expect(isSignedIn(clientId)).to.be.false;
      expect(isMarked()).to.be.true;
    });

    it('somebody in another session has signed in, and none of it holds', async () => {
      const former = renewed();
      const theirs = renewed('another');
      noteEnded(nameOf(options), sessionKeyOf(theirs)!, Date.now()); // that one had ended, and lives again
      signIn(clientId, theirs);
      await look();
      expect(isSignedIn(clientId)).to.be.true;
      expect(isMarked()).to.be.false;
      expect(entryOf(theirs)).to.be.false;
      expect(entryOf(former)).to.be.true; // a page that was frozen is to know
      expect(timers.count).to.equal(0);
      sessionStorage.removeItem(storageKey(clientId));
      expect(wasLoggedOut(options)).to.be.false;
    });

    it('a sign-in is left alone by what is left of the guard', async () => {
      signIn(clientId, renewed('another'));
      await look();
      signIn(clientId, renewed());
      await look();
      expect(isSignedIn(clientId)).to.be.true;
    });

    it('tokens without an ID token are a renewal, too', async () => {
      signIn(clientId, { accessToken: 'opaque' });
      await look();
      expect(isSignedIn(clientId)).to.be.false;
      expect(isMarked()).to.be.true;
    });

    it('a renewal is kept out for 10 s; the same session later is a sign-in, and none of it holds', async () => {
      const former = renewed();
      ahead = 9000;
      signIn(clientId, former);
      await look();
      expect(isSignedIn(clientId)).to.be.false;
      expect(entryOf(former)).to.be.true;
      ahead = 10_001;
      await look();
      expect(timers.count).to.equal(0);
      signIn(clientId, former);
      expect(wasLoggedOut(options)).to.be.false;
      expect(isSignedIn(clientId)).to.be.true;
      expect(isMarked()).to.be.false;
      expect(entryOf(former)).to.be.false;
    });

    it('what another document stores is left alone, however soon it is seen, and is a sign-in after 10 s', async () => {
      const frame = await openFrame();
      const told = new Promise((resolve) => {
        addEventListener('storage', resolve, { once: true });
      });
      frame.localStorage.setItem(storageKey(clientId), userOf(renewed()));
      timers.pass(step); // before the event of it
      await told;
      await settled();
      timers.pass(behind);
      await settled();
      expect(isSignedIn(clientId)).to.be.true;
      expect(wasLoggedOut(options)).to.be.true;
      ahead = 10_001;
      await look();
      expect(isSignedIn(clientId)).to.be.true;
      expect(wasLoggedOut(options)).to.be.false;
    });

    it('what another document stores of another client, or removes, changes nothing', async () => {
      const other = newClient();
      const frame = await openFrame();
      const events: (string | null)[] = [];
      const hear = ({ key }: StorageEvent) => events.push(key);
      addEventListener('storage', hear);
      frame.localStorage.setItem(storageKey(clientId, `${authority}2`), userOf(renewed()));
      frame.localStorage.setItem(storageKey(other), userOf(renewed()));
      await until(() => events.length === 2);
      dispatchEvent(new StorageEvent('storage', { key: storageKey(clientId), newValue: null }));
      dispatchEvent(new StorageEvent('storage', { key: null, newValue: null })); // all of it
      removeEventListener('storage', hear);
      expect(timers.count).to.equal(1);
      signIn(clientId, renewed());
      await look();
      expect(isSignedIn(clientId)).to.be.false;
    });

    it('one look after the other is taken, by the logout that came last', async () => {
      signIn(clientId, renewed('another'));
      await logout(options);
      expect(timers.count).to.equal(1);
      signIn(clientId, renewed('another'));
      await look();
      expect(isSignedIn(clientId)).to.be.false;
      signIn(clientId, renewed());
      await look();
      expect(isSignedIn(clientId)).to.be.true;
    });

    it('a user that cannot be read is looked at again', async () => {
      sessionStorage.setItem(storageKey(clientId), 'not JSON');
      await look();
      signIn(clientId, renewed());
      await look();
      expect(isSignedIn(clientId)).to.be.false;
    });

    it('a renewal that cannot be wiped is tried again', async () => {
      const mend = breakStorage('removeItem', (_, name) => name === storageKey(clientId));
      signIn(clientId, renewed());
      await look();
      expect(isSignedIn(clientId)).to.be.true;
      mend();
      await look();
      expect(isSignedIn(clientId)).to.be.false;
    });
  });

  it('that still runs, a renewal is kept out for longer than 10 s', async () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    provider.token = () => promise;
    signIn(clientId, renewed());
    const run = logout(options);
    await until(() => provider.sent.length);
    ahead = 20_000;
    await look();
    signIn(clientId, renewed());
    await look();
    expect(isSignedIn(clientId)).to.be.false;
    resolve(status(204));
    await run;
    expect(timers.count).to.equal(1);
    await look();
    expect(timers.count).to.equal(0);
  });

  it('whose window is still open, nobody is kept out for longer than 10 s', async () => {
    const end = new AbortController();
    provider.token = provider.hint = provider.userinfo = () => status(400);
    signIn(clientId, renewed());
    const run = logout({ ...options, callbackUri: `${location.origin}/callback`, signal: end.signal });
    await until(() => popups.opened[0]?.urls.length);
    signIn(clientId, renewed());
    await look();
    expect(isSignedIn(clientId)).to.be.false;
    ahead = 10_001;
    await look();
    signIn(clientId, renewed());
    await look();
    expect(isSignedIn(clientId)).to.be.true;
    expect(isLoggingOut(options)).to.be.false;
    end.abort();
    await run;
  });

  it('of nobody, whoever signs in is left alone', async () => {
    expect(await logout(options)).to.include({ providerSession: 'none' });
    expect(timers.count).to.equal(0);
    signIn(clientId, renewed());
    await look();
    expect(isSignedIn(clientId)).to.be.true;
    expect(wasLoggedOut(options)).to.be.false;
  });

  it('that could not empty the store, nothing is looked for', async () => {
    signIn(clientId, renewed());
    const mend = breakStorage('removeItem', (_, name) => name === storageKey(clientId));
    expect(await logout(options)).to.include({ local: 'kept' });
    mend();
    expect(timers.count).to.equal(0);
    await look();
    expect(isSignedIn(clientId)).to.be.true;
  });

  it('of tokens of no known session, others of this user are kept out, and somebody else has signed in', async () => {
    const keyless = (sub = 'someone') => tokensOf(clientId, { id: { sid: undefined, sub, jti: crypto.randomUUID() } });
    signIn(clientId, keyless());
    await logout(options);
    expect(localStorage.getItem(place)).to.be.null; // no other tab could know that it is meant
    signIn(clientId, keyless());
    await look();
    expect(isSignedIn(clientId)).to.be.false;
    signIn(clientId, keyless('another'));
    await look();
    expect(isSignedIn(clientId)).to.be.true;
    expect(isMarked()).to.be.false;
  });

  it('that was not proved, a renewal is kept out as well, and the next press goes on', async () => {
    provider.token = provider.hint = () => status(400);
    signIn(clientId, renewed());
    expect((await logout(options)).error?.code).to.equal('unproved');
    signIn(clientId, renewed());
    await look();
    expect(isSignedIn(clientId)).to.be.false;
    expect(isMarked()).to.be.true;
  });

  describe('of a store of the page’s own', () => {
    let held: Tokens | null;
    let asks: number;
    let answer: () => Tokens | null | Promise<Tokens | null>;
    const tokenStore = {
      tokens: () => {
        asks += 1;
        return answer();
      },
      clear: () => {
        held = null;
      },
    };
    beforeEach(async () => {
      held = renewed();
      answer = () => Promise.resolve(held);
      await logout({ ...options, tokenStore });
      asks = 0;
    });

    it('a renewal is wiped, and a sign-in is not', async () => {
      held = renewed();
      await look();
      expect(held).to.be.null;
      held = renewed('another');
      await look();
      expect(held).not.to.be.null;
      expect(isMarked()).to.be.false;
    });

    it('it is not asked again while it takes its time', async () => {
      const { promise, resolve } = Promise.withResolvers<Tokens>();
      answer = () => promise;
      await look(3);
      expect(asks).to.equal(1);
      held = renewed();
      resolve(held);
      await settled();
      timers.pass(behind);
      await settled();
      expect(held).to.be.null;
      await look();
      expect(asks).to.equal(2);
    });

    it('it is not asked again where it hangs, and the end of it comes all the same', async () => {
      answer = () => new Promise<never>(() => undefined);
      await look(3);
      ahead = 10_001;
      await look();
      expect(asks).to.equal(1);
      expect(timers.count).to.equal(0);
    });

    it('what it answers after the next logout is of before that, and no sign-in', async () => {
      const late = Promise.withResolvers<Tokens>();
      answer = () => late.promise;
      await look();
      answer = () => held;
      held = renewed('another');
      await logout({ ...options, tokenStore });
      late.resolve(renewed());
      await settled();
      timers.pass(behind);
      await settled();
      expect(isMarked()).to.be.true;
      expect(timers.count).to.equal(1);
    });

    it('what it answers after 10 s is a sign-in', async () => {
      const { promise, resolve } = Promise.withResolvers<Tokens>();
      answer = () => promise;
      await look();
      ahead = 10_001;
      await look();
      held = renewed();
      resolve(held);
      await settled();
      expect(held).not.to.be.null;
    });

    for (const [what, fail] of [
      ['rejected', () => Promise.reject(new Error('offline'))],
      [
        'threw',
        () => {
          throw new Error('offline');
        },
      ],
    ] as const)
      it(`it is asked again after it ${what}`, async () => {
        answer = fail;
        await look();
        answer = () => held;
        held = renewed();
        await look();
        expect(held).to.be.null;
      });

    it('what another document stored in web storage means nothing', async () => {
      const event = { key: storageKey(clientId), newValue: userOf(renewed()) };
      dispatchEvent(new StorageEvent('storage', event));
      held = renewed();
      await look();
      expect(held).to.be.null;
    });
  });

  describe('of a UserManager', () => {
    let manager: UserManager;
    const load = async (tokens: Tokens) => {
      const user = User.fromStorageString(userOf(tokens));
      await manager.storeUser(user);
      await manager.events.load(user);
      await settled();
    };
    beforeEach(async () => {
      manager = new UserManager({
        authority,
        client_id: clientId,
        redirect_uri: location.href,
        userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
        automaticSilentRenew: false,
      });
      await load(renewed());
      await logout({ ...options, tokenStore: manager });
    });
    afterEach(async () => {
      await manager.events.unload(); // its timers
    });

    it('a renewal that it tells of is wiped at once', async () => {
      await load(renewed());
      expect(await manager.getUser()).to.be.null;
      expect(isMarked()).to.be.true;
      expect(heard.types).to.deep.equal([asked, loggedOut]);
    });

    it('somebody in another session has signed in, and none of it holds', async () => {
      const theirs = renewed('another');
      noteEnded(nameOf(options), sessionKeyOf(theirs)!, Date.now());
      await load(theirs);
      expect(await manager.getUser()).to.have.property('id_token', theirs.idToken);
      expect(isMarked()).to.be.false;
      expect(entryOf(theirs)).to.be.false;
      expect(timers.count).to.equal(0);
    });

    it('the same session is a sign-in after 10 s', async () => {
      ahead = 10_001;
      await look();
      expect(timers.count).to.equal(0);
      await load(renewed());
      expect(await manager.getUser()).not.to.be.null;
      expect(isMarked()).to.be.false;
    });

    it('it is not asked: it tells', async () => {
      let asks = 0;
      manager.getUser = () => {
        asks += 1;
        return Promise.resolve(null);
      };
      await look(3);
      expect(asks).to.equal(0);
    });

    it('its renewal goes on once somebody has signed in, and not before', async () => {
      let started = 0;
      Object.assign(manager.settings, { automaticSilentRenew: true });
      manager.startSilentRenew = () => {
        started += 1;
      };
      await load(renewed());
      expect(started).to.equal(0);
      await load(renewed('another'));
      expect(started).to.equal(1);
      await load(renewed('another'));
      expect(started).to.equal(1);
    });
  });

  for (const [what, end] of [
    [
      '10 s',
      async () => {
        ahead = 10_001;
        await look();
      },
    ],
    [
      'a sign-in',
      async () => {
        signIn(clientId, renewed('another'));
        await look();
      },
    ],
  ] as const)
    it(`and ${what}, no timer and no listener is left`, async () => {
      await logout(options); // what listens once a module does so now
      const listening = new Set<unknown>();
      const { addEventListener, removeEventListener } = globalThis;
      const spy =
        (change: (listener: unknown) => unknown, original: typeof addEventListener) =>
        (...[type, listener, settings]: Parameters<typeof addEventListener>) => {
          if (type === 'storage') change(listener);
          original.call(globalThis, type, listener, settings);
        };
      Object.assign(globalThis, {
        addEventListener: spy((listener) => listening.add(listener), addEventListener),
        removeEventListener: spy((listener) => listening.delete(listener), removeEventListener),
      });
      try {
        signIn(clientId, renewed());
        await logout(options);
        expect([timers.count, listening.size]).to.deep.equal([1, 1]);
        await end();
        expect([timers.count, listening.size]).to.deep.equal([0, 0]);
      } finally {
        Object.assign(globalThis, { addEventListener, removeEventListener });
      }
    });
});

describe('after a logout of a page that is left', () => {
  staysQuiet();
  scriptedProvider();

  it('whoever is stored as it is shown again has signed in', async () => {
    sessionStorage.clear();
    localStorage.clear();
    const key = { clientId: newClient(), authority };
    const tokens = signIn(key.clientId);
    const frame = await openFrame();
    const core = await moduleOf<typeof entry>(frame, 'core/index');
    await core.logout(key);
    // By the page itself: what another document stores is a sign-in anyway.
    signIn(key.clientId, tokens, frame.sessionStorage);
    expect(core.wasLoggedOut(key)).to.be.true;
    await leave(frame);
    signIn(key.clientId, tokens, frame.sessionStorage);
    showAgain(frame);
    expect(core.wasLoggedOut(key)).to.be.false;
    expect(isSignedIn(key.clientId)).to.be.true;
  });
});
