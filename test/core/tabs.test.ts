import { expect } from '@open-wc/testing';
import { noteEnded, place } from '../../src/core/ended.js';
import type * as entry from '../../src/core/index.js';
import type { LogoutOptions } from '../../src/core/request.js';
import type { LogoutResult } from '../../src/core/result.js';
import { nameOf } from '../../src/core/state.js';
import { sessionKeyOf, type Tokens } from '../../src/core/tokens.js';
import {
  leave,
  moduleOf,
  navigationOf,
  openFrame,
  openTab,
  type Page,
  settled,
  showAgain,
  typesOf,
  until,
} from '../support/documents.js';
import { scriptedProvider, status } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { ended } from '../support/results.js';
import { authority, isSignedIn, newClient, signIn, storageKey, tokensOf, userOf } from '../support/sign-in.js';
import { hasEnded } from '../support/record.js';

type Core = typeof entry;

const elsewhere = (trigger: 'other-tab' | 'restored'): LogoutResult => ({
  windowMode: 'POPUP',
  trigger,
  via: 'none',
  providerSession: 'unknown',
  evidence: 'none',
  local: 'wiped',
});

describe('a session that is logged out in another tab', () => {
  staysQuiet();
  const provider = scriptedProvider();
  let key: { clientId: string; authority: string };
  let options: LogoutOptions;
  let tokens: Tokens;
  let here: Page;
  let core: Core;

  beforeEach(async () => {
    sessionStorage.clear();
    localStorage.clear();
    key = { clientId: newClient(), authority };
    options = { ...key, storage: 'local' };
    tokens = signIn(key.clientId, tokensOf(key.clientId), localStorage);
    here = await openFrame();
    core = await moduleOf<Core>(here, 'core/index');
  });

  /** A page with its own copies of the modules, which knows who is signed in. */
  const prepared = async (part: Partial<LogoutOptions> = {}, open = openFrame): Promise<[Page, Core]> => {
    const page = await open();
    const there = await moduleOf<Core>(page, 'core/index');
    there.prepareLogout({ ...options, ...part });
    await settled(page);
    return [page, there];
  };
  /** A store of one page alone. */
  const storeOf = (held: Tokens | null = tokens) => {
    const store = {
      held,
      tokens: () => store.held,
      clear: () => {
        store.held = null;
      },
    };
    return store;
  };
  const eventsOf = ({ seen }: Pick<Page, 'seen'>) => seen.filter((each) => each !== 'load');
  const resultsOf = (page: Pick<Page, 'seen'>) => eventsOf(page).map(({ detail }) => detail as LogoutResult);
  const logOut = () => core.logout(options);
  const name = () => nameOf(key);
  /** The locks of this client, in all tabs. */
  const held = async () => ((await navigator.locks.query()).held ?? []).filter((lock) => lock.name?.startsWith(name()));
  /** Once every page has heard of what was stored: a `storage` event that was sent later has come. */
  const heard = (page: Page) =>
    new Promise<void>((resolve) => {
      const mark = crypto.randomUUID();
      page.addEventListener('storage', (event) => {
        if (event.key === mark) void settled(page).then(resolve);
      });
      here.localStorage.setItem(mark, '');
    });
  const told = (page: Pick<Page, 'seen'>, times = 1) => until(() => eventsOf(page).length >= times);
  /** A page that sleeps through what is stored elsewhere, as one in the back-forward cache does. */
  const openAsleep = async () => {
    const page = await openFrame();
    page.addEventListener('storage', (event) => {
      event.stopImmediatePropagation();
    });
    return page;
  };
  const turn = (page: Page, visibilityState: 'hidden' | 'visible') => {
    const { prototype } = (page as unknown as { Document: { prototype: Document } }).Document;
    Object.defineProperty(prototype, 'visibilityState', { configurable: true, get: () => visibilityState });
    page.document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  };
  const displayOf = (page: Page) => page.getComputedStyle(page.document.documentElement).display;
  /** Stays as it is, and shown, when it is restored. */
  const stay = (page: Page) => {
    page.document.addEventListener('arkane-logged-out', (event) => {
      event.preventDefault();
    });
  };
  /** Once this document has been replaced by the next. */
  const reloaded = (page: Page, before: Page['seen']) =>
    until(
      () =>
        (page.seen as Page['seen'] | undefined) !== before && (page.seen as Page['seen'] | undefined)?.includes('load'),
    );

  for (const [what, open] of [
    ['a tab', openTab],
    ['a frame', openFrame],
  ] as const)
    it(`is told as that in ${what}: wiped, and nothing is sent by it`, async () => {
      signIn(key.clientId, tokens); // where each tab has its own
      const [page, there] = await prepared({ storage: 'session' }, open);
      expect(await logOut()).to.deep.equal(ended);
      await told(page);
      expect(typesOf(page)).to.deep.equal(['load', 'arkane-logged-out']);
      expect(resultsOf(page)).to.deep.equal([elsewhere('other-tab')]);
      const [event] = eventsOf(page);
      expect(event).to.include({ target: page.document, cancelable: false });
      expect(page.sessionStorage.getItem(storageKey(key.clientId))).to.be.null;
      expect(there.wasLoggedOut(key)).to.be.true;
      expect(there.isLoggingOut(key)).to.be.false;
      expect(displayOf(page)).not.to.equal('none');
      expect(provider.asked).to.deep.equal(['token', 'token']);
    });

  it('is told once, however often it is looked at afterwards', async () => {
    const [page] = await prepared();
    await logOut();
    await told(page);
    here.localStorage.setItem(place, `${here.localStorage.getItem(place) ?? ''} `);
    await heard(page);
    showAgain(page);
    turn(page, 'hidden');
    turn(page, 'visible');
    await settled(page);
    await settled(page);
    expect(resultsOf(page)).to.deep.equal([elsewhere('other-tab')]);
  });

  it('is told while the press that ended it still runs', async () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    provider.token = () => promise;
    const [page] = await prepared();
    const run = logOut();
    await told(page);
    expect(core.isLoggingOut(key)).to.be.true;
    resolve(status(204));
    await run;
    expect(typesOf(here)).to.deep.equal(['load', 'arkane-logging-out', 'arkane-logged-out']);
  });

  it('is told whatever came of it at the provider', async () => {
    provider.token = provider.hint = () => status(500);
    const [page] = await prepared();
    expect(await logOut()).to.include({ providerSession: 'unknown' });
    await told(page);
    expect(resultsOf(page)).to.deep.equal([elsewhere('other-tab')]);
  });

  it('is told to who watches this client, after the page', async () => {
    const [page, there] = await prepared();
    const order: unknown[] = [];
    page.document.addEventListener('arkane-logged-out', () => order.push('page'));
    there.watchLogout((result) => order.push(result), key);
    there.watchLogout((result) => order.push(result), { ...key, clientId: newClient() });
    await logOut();
    await told(page);
    expect(order).to.deep.equal(['page', elsewhere('other-tab')]);
  });

  it('is told to who does nothing but watch', async () => {
    const page = await openFrame();
    const there = await moduleOf<Core>(page, 'core/index');
    const results: LogoutResult[] = [];
    there.watchLogout((result) => results.push(result), key);
    await settled(page);
    await logOut();
    await heard(page);
    expect(results).to.deep.equal([elsewhere('other-tab')]);
  });

  it('is told in the receiver’s own window mode', async () => {
    const [page] = await prepared({ windowMode: 'REDIRECT' });
    await logOut();
    await told(page);
    expect(resultsOf(page)).to.deep.equal([{ ...elsewhere('other-tab'), windowMode: 'REDIRECT' }]);
  });

  it('is told as a logout that kept the tokens where the receiver’s store cannot be emptied', async () => {
    const [page, there] = await prepared({ tokenStore: { tokens: () => tokens, clear: () => undefined } });
    await logOut();
    await told(page);
    const [{ error, ...result }] = resultsOf(page) as [LogoutResult];
    expect(result).to.deep.equal({ ...elsewhere('other-tab'), local: 'kept' });
    expect(error?.code).to.equal('configuration');
    expect(there.wasLoggedOut(key)).to.be.true;
  });

  it('is told within timeout where the receiver’s store hangs', async () => {
    const store = storeOf();
    const [page] = await prepared({ timeout: 50, tokenStore: store });
    store.tokens = () => new Promise<never>(() => undefined) as never;
    await logOut();
    await told(page);
    expect(resultsOf(page)[0]).to.include({ trigger: 'other-tab', local: 'kept' });
  });

  it('changes nothing in a page of another client', async () => {
    const other = { ...options, clientId: newClient() };
    signIn(other.clientId, tokens, localStorage); // even of the same session
    const [page, there] = await prepared(other);
    await logOut();
    await heard(page);
    expect(typesOf(page)).to.deep.equal(['load']);
    expect(isSignedIn(other.clientId)).to.be.true;
    expect(there.wasLoggedOut(other)).to.be.false;
  });

  it('changes nothing in a page of another session, and lifts nothing', async () => {
    const store = storeOf(tokensOf(key.clientId));
    const [page, there] = await prepared({ tokenStore: store });
    await logOut();
    await heard(page);
    expect(typesOf(page)).to.deep.equal(['load']);
    expect(store.held).not.to.be.null;
    there.prepareLogout({ ...options, tokenStore: store });
    await settled(page);
    expect(hasEnded(name(), sessionKeyOf(tokens), 0)).to.be.true;
  });

  it('of no known session changes nothing elsewhere', async () => {
    const keyless = tokensOf(key.clientId, { id: { sid: undefined } });
    const store = storeOf(keyless);
    const [page] = await prepared({ tokenStore: store });
    signIn(key.clientId, keyless, localStorage);
    await logOut();
    await heard(page);
    expect(typesOf(page)).to.deep.equal(['load']);
    expect(store.held).to.equal(keyless);
  });

  it('leaves a logout alone that the page’s own listener begins with it', async () => {
    const [page, there] = await prepared();
    const { promise, resolve } = Promise.withResolvers<boolean>();
    page.document.addEventListener(
      'arkane-logged-out',
      () => {
        there.logout(options).catch(() => undefined);
        page.setTimeout(() => {
          resolve(there.isLoggingOut(key));
        });
      },
      { once: true },
    );
    page.document.addEventListener('arkane-logging-out', (event) => {
      event.waitUntil(new Promise((done) => page.setTimeout(done, 50)));
    });
    await logOut();
    expect(await promise).to.be.true;
    await told(page, 3);
  });

  it('is another’s by the time that the page hears of it: loaded anew, and who is there is left alone', async () => {
    const [page] = await prepared();
    const { seen } = page;
    const theirs = tokensOf(key.clientId);
    noteEnded(name(), sessionKeyOf(tokens)!, Date.now());
    signIn(key.clientId, theirs, localStorage);
    await reloaded(page, seen);
    expect(resultsOf({ seen })).to.deep.equal([]); // a page that cleans up would clean up after them
    expect(localStorage.getItem(storageKey(key.clientId))).to.equal(userOf(theirs));
  });

  it('that was logged out before this page was loaded is no news to it', async () => {
    await logOut();
    await new Promise((resolve) => setTimeout(resolve, 2));
    const store = storeOf();
    const [page] = await prepared({ tokenStore: store });
    showAgain(page);
    await settled(page);
    expect(typesOf(page)).to.deep.equal(['load']);
    expect(store.held).not.to.be.null;
  });

  it('and that a later page is in, was signed in to again: the record is lifted', async () => {
    await logOut();
    await new Promise((resolve) => setTimeout(resolve, 2));
    await prepared({ tokenStore: storeOf() });
    expect(hasEnded(name(), sessionKeyOf(tokens), 0)).to.be.false;
  });

  it('and that a page of then is in, which did not listen yet, stays in the record, and is seen next time', async () => {
    const store = storeOf();
    const page = await openFrame();
    const there = await moduleOf<Core>(page, 'core/index');
    await logOut();
    await heard(page);
    stay(page);
    there.prepareLogout({ ...options, tokenStore: store });
    await settled(page);
    expect(hasEnded(name(), sessionKeyOf(tokens), 0)).to.be.true;
    showAgain(page);
    await told(page);
    expect(resultsOf(page)).to.deep.equal([elsewhere('restored')]);
    expect(store.held).to.be.null;
  });

  for (const text of ['not JSON', '[null]', '{}'])
    it(`is not known from a record that reads ${text}`, async () => {
      const [page] = await prepared();
      here.localStorage.setItem(place, text);
      await heard(page);
      showAgain(page);
      await settled(page);
      expect(typesOf(page)).to.deep.equal(['load']);
      expect(isSignedIn(key.clientId)).to.be.true;
    });

  it('is told of a client that was logged out together with another, although the page looked in between', async () => {
    const store = storeOf();
    const [page] = await prepared({ tokenStore: store });
    const at = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 5));
    here.localStorage.setItem(place, JSON.stringify([['another', 'key', at]])); // the first of them
    await heard(page);
    noteEnded(name(), sessionKeyOf(tokens)!, at); // the second, of the same time
    await heard(page);
    expect(resultsOf(page)).to.deep.equal([elsewhere('other-tab')]);
  });

  describe('where both are pressed', () => {
    let there: Core;
    let page: Page;
    let store: ReturnType<typeof storeOf>;
    let other: LogoutOptions;
    // The second sleeps, so that its press comes before it hears of the first.
    beforeEach(async () => {
      store = storeOf();
      other = { ...options, tokenStore: store };
      [page, there] = await prepared(other, openAsleep);
    });
    /** Answered when the test says so. */
    const pending = () => {
      const { promise, resolve } = Promise.withResolvers<Response>();
      provider.token = () => promise;
      return () => {
        provider.token = () => status(204);
        resolve(status(204));
      };
    };

    it('is asked for by one, and told by the other as the end of its press', async () => {
      const answer = pending();
      const run = logOut();
      await until(() => provider.sent.length);
      const lost = { ...elsewhere('other-tab'), windowMode: 'REDIRECT' };
      expect(await there.logout({ ...other, windowMode: 'REDIRECT' })).to.deep.equal(lost);
      answer();
      expect(await run).to.deep.equal(ended);
      expect(resultsOf(page).slice(1)).to.deep.equal([lost]);
      expect(typesOf(page)).to.deep.equal(['load', 'arkane-logging-out', 'arkane-logged-out']);
      expect(provider.asked).to.deep.equal(['token', 'token']);
      expect(store.held).to.be.null;
      expect(there.wasLoggedOut(key)).to.be.true;
    });

    it('is asked for by one, in the very same moment too', async () => {
      const results = await Promise.all([logOut(), there.logout(other)]);
      expect(results.map(({ trigger }) => trigger)).to.have.members(['user', 'other-tab']);
      expect(provider.asked).to.deep.equal(['token', 'token']);
      expect(isSignedIn(key.clientId)).to.be.false;
      expect(store.held).to.be.null;
    });

    it('is not asked for again by one whose page made it wait until the other was through', async () => {
      [page, there] = await prepared(other);
      const { promise, resolve } = Promise.withResolvers<undefined>();
      page.document.addEventListener('arkane-logging-out', (event) => {
        event.waitUntil(promise);
      });
      const run = there.logout(other);
      await new Promise((begun) => setTimeout(begun, 5)); // not in the same millisecond
      expect(await logOut()).to.deep.equal(ended);
      await heard(page);
      resolve(undefined);
      expect(await run).to.deep.equal(elsewhere('other-tab'));
      expect(typesOf(page)).to.deep.equal(['load', 'arkane-logging-out', 'arkane-logged-out']);
      expect(provider.asked).to.deep.equal(['token', 'token']);
    });

    it('is told by one that was cancelled meanwhile: its session is over all the same', async () => {
      [page, there] = await prepared(other);
      const { promise, reject } = Promise.withResolvers<undefined>();
      page.document.addEventListener('arkane-logging-out', (event) => {
        event.waitUntil(promise);
      });
      const run = there.logout(other);
      await new Promise((begun) => setTimeout(begun, 5));
      await logOut();
      await heard(page);
      reject(new Error('not now'));
      expect(await run.catch((error: unknown) => error)).to.include({ code: 'cancelled' });
      stay(page);
      showAgain(page); // at the latest
      await settled(page);
      expect(store.held).to.be.null;
      expect(typesOf(page).at(-1)).to.equal('arkane-logged-out');
    });

    it('of different sessions is asked for by both', async () => {
      store.held = tokensOf(key.clientId);
      const results = await Promise.all([logOut(), there.logout(other)]);
      expect(results).to.deep.equal([ended, ended]);
      expect(provider.asked).to.have.length(4);
    });

    it('holds no lock afterwards, nor once it has left by REDIRECT', async () => {
      const answer = pending();
      const run = logOut();
      await until(() => provider.sent.length);
      expect(await held()).to.have.length(1);
      answer();
      await run;
      await until(async () => (await held()).length === 0);
      store.held = tokensOf(key.clientId);
      const left = there.logout({ ...other, windowMode: 'REDIRECT', timeout: 5000 });
      left.catch(() => undefined);
      await navigationOf(key.clientId);
      await until(async () => (await held()).length === 0);
      expect(await held()).to.deep.equal([]);
    });

    for (const [what, locks] of [
      ['are none', undefined],
      ['are refused', { request: () => Promise.reject(new DOMException('denied', 'SecurityError')) }],
      [
        'throw',
        {
          request: () => {
            throw new DOMException('denied', 'SecurityError');
          },
        },
      ],
    ] as const)
      it(`is asked for by both where locks ${what}`, async () => {
        for (const each of [here, page])
          Object.defineProperty(each.navigator, 'locks', { configurable: true, value: locks });
        const answer = pending();
        const runs = [logOut(), there.logout(other)];
        await until(() => provider.sent.length === 2);
        answer();
        expect(await Promise.all(runs)).to.deep.equal([ended, ended]);
      });
  });

  describe('while a page is asleep', () => {
    let page: Page;
    let there: Core;
    let seen: Page['seen'];
    const sleep = async (part: Partial<LogoutOptions> = {}) => {
      [page, there] = await prepared(part, openAsleep);
      ({ seen } = page);
    };
    const wakings = [
      [
        'shown again by the Back button',
        async () => {
          await leave(page);
        },
        () => {
          showAgain(page);
        },
      ],
      [
        'visible again',
        () => {
          turn(page, 'hidden');
          return Promise.resolve();
        },
        () => {
          turn(page, 'visible');
        },
      ],
    ] as const;

    for (const [what, putAway, wake] of wakings) {
      it(`is told once it is ${what}, as restored, in a page that is hidden and then loaded anew`, async () => {
        const store = storeOf();
        await sleep({ tokenStore: store });
        const shown: string[] = [];
        page.document.addEventListener('arkane-logged-out', () => shown.push(displayOf(page)));
        await putAway();
        await logOut();
        wake();
        expect(displayOf(page)).to.equal('none'); // at once: before it is painted
        await reloaded(page, seen);
        expect(shown).to.deep.equal(['none']);
        expect(resultsOf({ seen })).to.deep.equal([elsewhere('restored')]);
        expect(eventsOf({ seen })[0]).to.have.property('cancelable', true);
        expect(store.held).to.be.null;
        expect(displayOf(page)).not.to.equal('none');
      });

      it(`is told once it is ${what}, and a page that prevents it is shown, and stays`, async () => {
        const store = storeOf();
        await sleep({ tokenStore: store });
        stay(page);
        await putAway();
        await logOut();
        wake();
        await told({ seen });
        await new Promise((resolve) => setTimeout(resolve, 50)); // longer than a reload takes to begin
        expect(page.seen).to.equal(seen);
        expect(displayOf(page)).not.to.equal('none');
        expect(there.wasLoggedOut(key)).to.be.true;
        wake();
        await settled(page);
        expect(resultsOf({ seen })).to.deep.equal([elsewhere('restored')]);
      });

      it(`is told once it is ${what}, where its store is a shared one and empty by now`, async () => {
        await sleep();
        stay(page);
        await putAway();
        await logOut();
        wake();
        await told({ seen });
        expect(resultsOf({ seen })).to.deep.equal([elsewhere('restored')]);
      });

      it(`is told once it is ${what}, although nobody had prepared for the sign-in that came later`, async () => {
        localStorage.removeItem(storageKey(key.clientId));
        await sleep();
        stay(page);
        signIn(key.clientId, tokens, localStorage);
        await putAway();
        await logOut();
        wake();
        await settled(page);
        expect(resultsOf({ seen })).to.deep.equal([elsewhere('restored')]);
      });

      it(`is told once it is ${what}, in a page that is hidden, where its store takes its time`, async () => {
        const store = storeOf();
        await sleep({ tokenStore: { tokens: () => Promise.resolve(store.held), clear: store.clear } });
        const shown: string[] = [];
        page.document.addEventListener('arkane-logged-out', () => shown.push(displayOf(page)));
        await putAway();
        await logOut();
        wake();
        await reloaded(page, seen);
        expect(shown).to.deep.equal(['none']);
        expect(store.held).to.be.null;
      });

      it(`and that this very page has ended, is a sign-in where somebody is in it once it is ${what}`, async () => {
        await sleep();
        await there.logout(options);
        await leave(page);
        await putAway();
        signIn(key.clientId, tokens, localStorage);
        showAgain(page); // which keeps no renewal out any more
        wake();
        await settled(page);
        await new Promise((resolve) => setTimeout(resolve, 50)); // longer than a reload takes to begin
        expect(typesOf(page)).to.deep.equal(['load', 'arkane-logging-out', 'arkane-logged-out']);
        expect(displayOf(page)).not.to.equal('none');
        expect(isSignedIn(key.clientId)).to.be.true;
        expect(there.wasLoggedOut(key)).to.be.false;
      });

      it(`and somebody has signed in to another since, is loaded anew once it is ${what}, and they are left alone`, async () => {
        await sleep();
        const theirs = tokensOf(key.clientId);
        await putAway();
        await logOut();
        signIn(key.clientId, theirs, localStorage);
        wake();
        expect(displayOf(page)).to.equal('none'); // it shows what was the former user's
        await reloaded(page, seen);
        expect(resultsOf({ seen })).to.deep.equal([]);
        expect(localStorage.getItem(storageKey(key.clientId))).to.equal(userOf(theirs));
      });

      it(`and that they have signed in to again, is not told once it is ${what}`, async () => {
        await sleep();
        await putAway();
        await logOut();
        await leave(here);
        signIn(key.clientId, tokens, localStorage);
        showAgain(here); // which keeps no renewal out any more
        expect(core.wasLoggedOut(key)).to.be.false; // which is how the other page has seen it
        wake();
        await settled(page);
        expect(displayOf(page)).not.to.equal('none');
        expect(typesOf(page)).to.deep.equal(['load']);
        expect(isSignedIn(key.clientId)).to.be.true;
      });
    }

    it('is not looked for as a page is shown for the first time, or hidden', async () => {
      const store = storeOf();
      await sleep({ tokenStore: store });
      await logOut();
      page.dispatchEvent(new page.PageTransitionEvent('pageshow', { persisted: false }));
      turn(page, 'hidden');
      await settled(page);
      expect(typesOf(page)).to.deep.equal(['load']);
      expect(store.held).not.to.be.null;
    });

    it('is told by the logout that begins as it is looked for, and the page is shown', async () => {
      const store = storeOf();
      let wait: Promise<unknown> = Promise.resolve();
      const tokenStore = {
        tokens: async () => {
          await wait;
          return store.held;
        },
        clear: store.clear,
      };
      await sleep({ tokenStore });
      await leave(page);
      await logOut();
      await until(async () => (await held()).length === 0); // browsers let a lock go a little later
      const { promise, resolve } = Promise.withResolvers<undefined>();
      wait = promise;
      showAgain(page);
      expect(displayOf(page)).to.equal('none');
      const run = there.logout({ ...options, tokenStore });
      await new Promise((pressed) => setTimeout(pressed, 5));
      resolve(undefined);
      expect(await run).to.deep.equal(elsewhere('other-tab'));
      expect(displayOf(page)).not.to.equal('none');
      expect(typesOf(page)).to.deep.equal(['load', 'arkane-logging-out', 'arkane-logged-out']);
    });

    it('is told by the logout that runs there, where there is one', async () => {
      const store = storeOf();
      await sleep({ tokenStore: store });
      const { promise, resolve } = Promise.withResolvers<undefined>();
      page.document.addEventListener('arkane-logging-out', (event) => {
        event.waitUntil(promise);
      });
      const run = there.logout({ ...options, tokenStore: store });
      await new Promise((begun) => setTimeout(begun, 5));
      await logOut();
      showAgain(page);
      await settled(page);
      expect(displayOf(page)).not.to.equal('none');
      resolve(undefined);
      expect(await run).to.deep.equal(elsewhere('other-tab'));
      expect(typesOf(page)).to.deep.equal(['load', 'arkane-logging-out', 'arkane-logged-out']);
    });
  });

  describe('by REDIRECT', () => {
    it('is told in the others as the page leaves', async () => {
      const store = storeOf();
      const [page] = await prepared({ tokenStore: store });
      const run = core.logout({ ...options, windowMode: 'REDIRECT' });
      run.catch(() => undefined);
      await told(page);
      expect(resultsOf(page)).to.deep.equal([elsewhere('other-tab')]);
      expect(store.held).to.be.null;
    });

    it('is told once in the page that left, when it is shown again after the way back', async () => {
      const { seen } = here;
      const run = core.logout({ ...options, windowMode: 'REDIRECT' });
      const { searchParams } = await navigationOf(key.clientId);
      await leave(here);
      const back = await openFrame(`?state=${searchParams.get('state') ?? ''}`);
      (await moduleOf<Core>(back, 'core/index')).resumeLogout();
      showAgain(here);
      expect(await run).to.deep.equal({ ...elsewhere('restored'), windowMode: 'REDIRECT' });
      await reloaded(here, seen);
      expect(resultsOf({ seen }).map(({ trigger }) => trigger)).to.deep.equal([undefined, 'restored']);
    });
  });

  it('is cancelled in one tab and changes nothing in the other', async () => {
    const [page] = await prepared();
    here.document.addEventListener('arkane-logging-out', (event) => {
      event.preventDefault();
    });
    expect(await logOut().catch((error: unknown) => error)).to.include({ code: 'cancelled' });
    await heard(page);
    expect(typesOf(page)).to.deep.equal(['load']);
  });
});
