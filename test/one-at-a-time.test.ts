import { expect, fixture, html } from '@open-wc/testing';
import type { ArkaneLogoutElement } from '../src/arkane-logout-element.js';
import type * as entry from '../src/core/index.js';
import { isLoggingOut, wasLoggedOut } from '../src/core/latch.js';
import { logout } from '../src/core/logout.js';
import type { LogoutResult, LogoutStatus } from '../src/core/result.js';
import type { TokenStore } from '../src/core/token-store.js';
import type { Tokens } from '../src/core/tokens.js';
import { leave, moduleOf, navigationOf, openFrame, type Page, showAgain, typesOf, until } from './support/documents.js';
import { buttonOf, expectStatus } from './support/element.js';
import { heardEvents, page } from './support/events.js';
import { never, scriptedProvider, status } from './support/provider.js';
import { staysQuiet } from './support/quiet.js';
import { ended } from './support/results.js';
import { authority, failure, isSignedIn, newClient, signIn, tokensOf } from './support/sign-in.js';
import { storedTrip, storeTrip } from './support/trips.js';

// Elements are compared by `===`: a runner that has to print two of them does not come to an end.

const [asked, loggedOut, failed] = ['arkane-logging-out', 'arkane-logged-out', 'arkane-logout-error'];
const none = { ...ended, via: 'none', providerSession: 'none', evidence: 'none' } as const;

/** A page's own store, which waits where a test holds it. */
const storeOf = (held: Tokens | null) => {
  const store = {
    held,
    isRead: Promise.resolve() as Promise<unknown>,
    isCleared: Promise.resolve() as Promise<unknown>,
    tokens: async () => {
      await store.isRead;
      return store.held;
    },
    clear: async () => {
      await store.isCleared;
      store.held = null;
    },
  };
  return store satisfies TokenStore;
};

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('one at a time', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const heard = heardEvents();
  let clientId: string;

  before(() => import('../src/define.js'));
  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    clientId = newClient();
  });

  const inPage = (client = clientId) =>
    fixture<ArkaneLogoutElement>(html`<arkane-logout client-id=${client} authority=${authority}></arkane-logout>`);

  /** One series of requests, one terminal event there, the same value for everybody who asked, and nothing is left. */
  const expectOne = async (runs: Promise<LogoutResult>[], targets: [asked: EventTarget, told: EventTarget]) => {
    const results = await Promise.all(runs);
    expect([...new Set(results)]).to.deep.equal([ended]);
    expect(isLoggingOut()).to.be.false;
    await settled(); // a second event would come now
    expect(heard.types).to.deep.equal([asked, loggedOut]);
    expect(heard.targets.map((target, index) => target === targets[index])).to.deep.equal([true, true]);
    expect(heard.last.detail).to.equal(results[0]);
    expect(provider.asked).to.deep.equal(['token', 'token']);
    expect(isSignedIn(clientId)).to.be.false;
    expect(wasLoggedOut({ clientId, authority })).to.be.true;
    const { held = [], pending = [] } = await navigator.locks.query();
    expect([...held, ...pending].filter(({ name }) => name?.includes(clientId))).to.deep.equal([]);
    expect(storedTrip()).to.be.null;
  };

  describe('one element', () => {
    beforeEach(() => signIn(clientId));

    it('a double click, the second one in the middle of each step', async () => {
      const element = await inPage();
      const press = () => {
        buttonOf(element).click();
      };
      page.on('arkane-logging-out', (event) => {
        press();
        event.waitUntil(settled().then(press));
      });
      provider.token = () => {
        press();
        return status(204);
      };
      page.on('arkane-logged-out', press);
      const told = new Promise((resolve) => {
        page.on('arkane-logged-out', resolve);
      });
      press();
      press();
      await expectStatus(element, 'pending');
      await told;
      await settled();
      await expectOne([Promise.resolve(element.result!)], [element, element]);
      await expectStatus(element, 'done');
    });

    it('logout() twenty times in a row', async () => {
      const element = await inPage();
      const runs = Array.from({ length: 20 }, () => element.logout());
      expect(new Set(runs).size).to.equal(1);
      await expectOne(runs, [element, element]);
      await expectStatus(element, 'done');
    });

    it('logout() twenty times, each after the one before: a run each, and the provider is asked of the user once', async () => {
      const element = await inPage();
      const results: LogoutResult[] = [];
      for (let time = 0; time < 20; time += 1) {
        results.push(await element.logout());
        expect(element.status).to.equal(time === 0 ? 'done' : 'idle');
      }
      expect(results).to.deep.equal([ended, ...Array<LogoutResult>(19).fill(none)]);
      expect(heard.types).to.deep.equal(results.flatMap(() => [asked, loggedOut]));
      expect(provider.asked).to.deep.equal(['token', 'token']);
      await expectStatus(element, 'idle');
    });

    it('logout() twenty times where the page prevents it: one word of it, and the user stays', async () => {
      const element = await inPage();
      page.on('arkane-logging-out', (event) => {
        event.preventDefault();
      });
      const runs = Array.from({ length: 20 }, () => element.logout());
      const errors = await Promise.all(runs.map(failure));
      expect(new Set(errors).size).to.equal(1);
      await settled();
      expect(heard.types).to.deep.equal([asked, failed]);
      expect(isSignedIn(clientId)).to.be.true;
      expect(isLoggingOut()).to.be.false;
      await expectStatus(element, 'idle');
    });

    it('is asked again by a listener of its terminal event', async () => {
      const element = await inPage();
      const runs: Promise<LogoutResult>[] = [];
      page.on('arkane-logged-out', () => runs.push(element.logout()));
      runs.push(element.logout());
      await until(() => runs.length === 2);
      await expectOne(runs, [element, element]);
      await expectStatus(element, 'done');
    });

    it('is asked again by a listener of its error', async () => {
      const element = await inPage();
      const runs: Promise<LogoutResult>[] = [];
      element.addEventListener('arkane-logging-out', (event) => {
        event.preventDefault();
      });
      element.addEventListener('arkane-logout-error', () => runs.push(element.logout()), { once: true });
      const first = failure(element.logout());
      const error = await first;
      expect(runs).to.have.length(1);
      expect(await failure(runs[0]!)).to.equal(error);
      expect(heard.types).to.deep.equal([asked, failed]);
      expect(isLoggingOut()).to.be.false;
      await expectStatus(element, 'idle');
    });
  });

  describe('several', () => {
    beforeEach(() => signIn(clientId));

    it('twenty elements, each pressed twice', async () => {
      const elements = await Promise.all(Array.from({ length: 20 }, () => inPage()));
      const runs = elements.flatMap((element) => {
        buttonOf(element).click();
        return [element.logout(), element.logout()];
      });
      expect(elements.map((element) => element.status)).to.deep.equal(elements.map(() => 'pending'));
      await expectOne(runs, [elements[0]!, elements[0]!]);
      for (const element of elements) await expectStatus(element, 'done');
    });

    it('an element, then a call of core', async () => {
      const element = await inPage();
      await expectOne([element.logout(), logout({ clientId, authority })], [element, element]);
      await expectStatus(element, 'done');
    });

    it('a call of core, then an element', async () => {
      const element = await inPage();
      await expectOne([logout({ clientId, authority }), element.logout()], [document, document]);
      await expectStatus(element, 'done');
    });

    it('a call of core for the same client in other words: a slash more, another store, another mode', async () => {
      const element = await inPage();
      const other = storeOf(tokensOf(clientId));
      const options = { clientId, authority: `${authority}/`, tokenStore: other, windowMode: 'REDIRECT' } as const;
      await expectOne([element.logout(), logout(options)], [element, element]);
      expect(other.held).not.to.be.null; // its own tokens are not of this run
      await expectStatus(element, 'done');
    });

    it('an element that was not pressed knows its own state afterwards, and its press asks nobody anew', async () => {
      const [one, two] = [await inPage(), await inPage()];
      await expectOne([one.logout()], [one, one]);
      await expectStatus(one, 'done');
      expect(two.status).to.be.oneOf(['idle', 'done']);
      expect(await two.logout()).to.deep.equal(none);
      expect(provider.asked).to.deep.equal(['token', 'token']);
    });

    it('both are failed where the user is of another client, whoever was pressed first', async () => {
      const other = newClient();
      signIn(clientId, tokensOf(other));
      const [one, two] = [await inPage(), await inPage()];
      const errors = await Promise.all([one.logout(), logout({ clientId, authority }), two.logout()].map(failure));
      expect(new Set(errors).size).to.equal(1);
      expect(heard.types).to.deep.equal([asked, failed]);
      for (const element of [one, two]) await expectStatus(element, 'failed');
      expect(isSignedIn(clientId)).to.be.true;
    });

    it('an element that is gone for good, and another that stays: the first one’s promise is settled too', async () => {
      const [one, two] = [await inPage(), await inPage()];
      const runs = [one.logout(), two.logout()];
      one.remove();
      await expectOne(runs, [one, document]);
      for (const element of [one, two]) await expectStatus(element, 'done');
    });
  });

  describe('in the middle, an element', () => {
    type Held = ReturnType<typeof storeOf>;
    /** Holds a run at a step. Resolves when it has come there. */
    const steps: [when: string, hold: (store: Held, until: Promise<unknown>) => Promise<unknown>][] = [
      [
        'while the page is asked',
        (_, released) =>
          new Promise((resolve) => {
            page.on('arkane-logging-out', (event) => {
              event.waitUntil(released);
              resolve(true);
            });
          }),
      ],
      [
        'while the tokens are read',
        (store, released) => {
          store.isRead = released;
          return settled();
        },
      ],
      [
        'while the tokens are wiped',
        (store, released) => {
          store.isCleared = released;
          return until(() => provider.asked.length > 0);
        },
      ],
      [
        'while the provider is asked',
        (_, released) =>
          new Promise((resolve) => {
            provider.token = async () => {
              resolve(true);
              await released;
              return status(204);
            };
          }),
      ],
    ];
    const elsewhere = () => fixture<HTMLElement>(html`<div></div>`);
    const acts: [what: string, act: (e: ArkaneLogoutElement) => unknown, status: LogoutStatus, isGone?: boolean][] = [
      [
        'is removed',
        (element) => {
          element.remove();
        },
        'done',
        true,
      ],
      [
        'is moved to another parent',
        async (element) => {
          (await elsewhere()).append(element);
        },
        'done',
      ],
      [
        'is removed and put back',
        async (element) => {
          element.remove();
          await settled();
          (await elsewhere()).append(element);
        },
        'done',
      ],
      ['is disabled', (element) => (element.disabled = true), 'done'],
      ['gets another client-id', (element) => (element.clientId = newClient()), 'idle'],
      ['loses its client-id', (element) => (element.clientId = null), 'idle'],
      ['gets another authority', (element) => (element.authority = 'https://idp.example/realms/Other'), 'idle'],
      [
        'gets another client-id, and its own again',
        (element) => {
          element.setAttribute('client-id', newClient());
          element.setAttribute('client-id', clientId);
        },
        'done',
      ],
      ['gets another token store, an empty one', (element) => (element.tokenStore = storeOf(null)), 'done'],
      ['loses its token store', (element) => (element.tokenStore = null), 'done'],
      [
        'is misconfigured',
        (element) => {
          element.setAttribute('timeout', 'soon');
          element.setAttribute('window-mode', 'TAB');
        },
        'done',
      ],
      [
        'is to go through the provider now',
        (element) => {
          element.windowMode = 'REDIRECT';
        },
        'done',
      ],
    ];

    for (const [when, hold] of steps)
      for (const [what, act, then, isGone] of acts)
        it(`${what} ${when}: the run goes on as it began`, async () => {
          const [element, second] = [await inPage(), await inPage()];
          const store = storeOf(tokensOf(clientId));
          element.tokenStore = second.tokenStore = store;
          await settled();
          const { promise, resolve: release } = Promise.withResolvers<unknown>();
          const isThere = hold(store, promise);
          const runs = [element.logout(), second.logout()];
          await isThere;
          await act(element);
          await settled();
          expect(isLoggingOut({ clientId, authority })).to.be.true;
          runs.push(logout({ clientId, authority }));
          release(true);
          await expectOne(runs, [element, isGone ? document : element]);
          expect(store.held).to.be.null;
          await expectStatus(second, 'done');
          await expectStatus(element, then);
        });

    it('gets another client-id, and its next press logs that client out', async () => {
      const other = newClient();
      for (const client of [clientId, other]) signIn(client);
      const element = await inPage();
      const run = element.logout();
      element.clientId = other;
      const next = element.logout();
      expect(next).not.to.equal(run);
      expect(await Promise.all([run, next])).to.deep.equal([ended, ended]);
      expect(heard.types.toSorted()).to.deep.equal([loggedOut, loggedOut, asked, asked]);
      expect(provider.forms('token').map(({ client_id }) => client_id)).to.have.members([
        clientId,
        clientId,
        other,
        other,
      ]);
      for (const client of [clientId, other]) expect(isSignedIn(client)).to.be.false;
      await settled();
      await expectStatus(element, 'done');
    });

    it('is removed while the page is asked, which then says no: document hears it, and the element is as before', async () => {
      signIn(clientId);
      const element = await inPage();
      const { promise, reject } = Promise.withResolvers<unknown>();
      page.on('arkane-logging-out', (event) => {
        event.waitUntil(promise);
      });
      const run = failure(element.logout());
      element.remove();
      reject(new Error('no'));
      expect((await run).code).to.equal('cancelled');
      expect(heard.types).to.deep.equal([asked, failed]);
      expect(heard.targets.map((target) => target === document)).to.deep.equal([false, true]);
      expect(isSignedIn(clientId)).to.be.true;
      await expectStatus(element, 'idle');
    });

    it('gets another token store with a user in it: that user is not of this run, and stays', async () => {
      const element = await inPage();
      const [mine, theirs] = [storeOf(tokensOf(clientId)), storeOf(tokensOf(clientId))];
      element.tokenStore = mine;
      const run = element.logout();
      element.tokenStore = theirs;
      expect(await run).to.deep.equal(ended);
      expect(mine.held).to.be.null;
      expect(theirs.held).not.to.be.null;
      expect(await element.logout()).to.deep.equal(ended);
      expect(theirs.held).to.be.null;
      expect(heard.types).to.deep.equal([asked, loggedOut, asked, loggedOut]);
    });
  });

  describe('two clients on one page', () => {
    for (const [what, sids] of [
      ['in one session', ['one', 'one']],
      ['in two sessions', ['one', 'two']],
    ] as const)
      it(`${what}: a run each, side by side, and each element is told of its own`, async () => {
        const clients = [clientId, newClient()] as const;
        clients.forEach((client, index) => {
          const claims = { sid: sids[index] };
          signIn(client, tokensOf(client, { id: claims, access: claims, refresh: claims }));
        });
        const elements = await Promise.all(clients.map((client) => inPage(client)));
        const gates = new Map(clients.map((client) => [client, Promise.withResolvers<unknown>()]));
        provider.token = async ({ form }) => {
          await gates.get(form.client_id!)!.promise;
          return status(204);
        };
        const runs = elements.flatMap((element) => [element.logout(), element.logout()]);
        await until(() => provider.asked.length === 2);
        for (const element of elements) await expectStatus(element, 'pending');
        gates.get(clients[1])!.resolve(true);
        expect(await runs[2]).to.deep.equal(ended);
        expect(elements.map((element) => element.status)).to.deep.equal(['pending', 'done']);
        gates.get(clients[0])!.resolve(true);
        expect(await Promise.all(runs)).to.deep.equal([ended, ended, ended, ended]);
        await settled();
        expect(heard.types).to.deep.equal([asked, asked, loggedOut, loggedOut]);
        const [one, two] = elements;
        expect(heard.targets.map((target) => [one, two].indexOf(target as ArkaneLogoutElement))).to.deep.equal([
          0, 1, 1, 0,
        ]);
        for (const client of clients) {
          expect(provider.forms('token').filter(({ client_id }) => client_id === client)).to.have.length(2);
          expect(isSignedIn(client)).to.be.false;
          expect(wasLoggedOut({ clientId: client, authority })).to.be.true;
        }
        expect(isLoggingOut()).to.be.false;
        for (const element of elements) await expectStatus(element, 'done');
      });

    it('one of which cannot be reached does not keep the other from ending', async () => {
      const other = newClient();
      for (const client of [clientId, other]) signIn(client);
      const [one, two] = [await inPage(), await inPage(other)];
      one.timeout = 200;
      provider.token = ({ form }) => (form.client_id === clientId ? never() : status(204));
      provider.hint = never;
      const [first, second] = await Promise.all([one.logout(), two.logout()]);
      expect(second).to.deep.equal(ended);
      expect(first).to.include({ providerSession: 'unknown', local: 'wiped' });
      expect(first.error?.code).to.equal('timeout');
      expect(heard.types.toSorted()).to.deep.equal([loggedOut, loggedOut, asked, asked]);
      await expectStatus(one, 'incomplete');
      await expectStatus(two, 'done');
    });
  });
});

describe('one at a time, in a page that goes', () => {
  staysQuiet();
  const provider = scriptedProvider();
  let clientId: string;
  let markup: string;
  let doc: Page;

  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    clientId = newClient();
    signIn(clientId);
    markup = `<arkane-logout client-id="${clientId}" authority="${authority}"></arkane-logout>`;
  });

  const elementOf = () => doc.document.querySelector('arkane-logout')!;
  /** Loads the frame's next document, in the same tab. */
  const reload = async () => {
    const before = doc.seen;
    doc.location.reload();
    await until(() => doc.seen !== before && (doc as Partial<Page>).seen?.includes('load'));
    doc.fetch = (...request) => globalThis.fetch(...request);
    await moduleOf(doc, 'define');
    await elementOf().updateComplete;
  };
  const open = async () => {
    doc = await openFrame('', markup);
    await moduleOf(doc, 'define');
    await elementOf().updateComplete;
  };
  /** Plays the user's way to the provider and back. */
  const goAndComeBack = async () => {
    await navigationOf(clientId);
    await leave(doc);
    storeTrip({ ...storedTrip(), answered: 'returned' });
    showAgain(doc);
  };

  it('pagehide, and the page lives on: the run ends once, as ever', async () => {
    await open();
    const { promise, resolve } = Promise.withResolvers<Response>();
    provider.token = () => promise;
    const run = elementOf().logout();
    await until(() => provider.asked.length > 0);
    await leave(doc);
    resolve(status(204));
    provider.token = () => status(204);
    expect(await run).to.deep.equal(ended);
    showAgain(doc);
    await settled();
    expect(typesOf(doc)).to.deep.equal(['load', asked, loggedOut]);
    expect(provider.asked).to.deep.equal(['token', 'token']);
    await expectStatus(elementOf(), 'done');
    const { isLoggingOut } = await moduleOf<typeof entry>(doc, 'core/index');
    expect(isLoggingOut()).to.be.false;
  });

  it('a reload while the provider is asked: the next document is incomplete, and finishes', async () => {
    await open();
    provider.token = never;
    void elementOf().logout();
    await until(() => provider.asked.length > 0);
    expect(isSignedIn(clientId)).to.be.false;
    await reload();
    await expectStatus(elementOf(), 'incomplete');
    expect(elementOf().result).to.be.null;
    expect(typesOf(doc)).to.deep.equal(['load']);
    const core = await moduleOf<typeof entry>(doc, 'core/index');
    expect(core.isLoggingOut()).to.be.false;
    expect(core.wasLoggedOut({ clientId, authority })).to.be.true;

    const runs = [elementOf().logout(), core.logout({ clientId, authority }), elementOf().logout()];
    await goAndComeBack();
    const results = await Promise.all(runs);
    expect(new Set(results).size).to.equal(1);
    expect(results[0]).to.include({ trigger: 'completed', via: 'redirect', providerSession: 'returned' });
    await settled();
    expect(typesOf(doc)).to.deep.equal(['load', loggedOut]);
    expect(provider.asked).to.deep.equal(['token']);
    expect(storedTrip()).to.be.null;
    await expectStatus(elementOf(), 'done');

    await reload(); // and that was that
    await expectStatus(elementOf(), 'idle');
    expect(typesOf(doc)).to.deep.equal(['load']);
  });

  it('a reload while the page is asked: nothing was changed, the user is still there, and logs out', async () => {
    await open();
    doc.document.addEventListener('arkane-logging-out', (event) => {
      event.waitUntil(new Promise(() => undefined));
    });
    void elementOf().logout();
    await settled();
    await reload();
    expect(isSignedIn(clientId)).to.be.true;
    await expectStatus(elementOf(), 'idle');
    expect(await elementOf().logout()).to.deep.equal(ended);
    expect(typesOf(doc)).to.deep.equal(['load', asked, loggedOut]);
    expect(provider.asked).to.deep.equal(['token', 'token']);
    await expectStatus(elementOf(), 'done');
  });

  it('a reload in the middle, and somebody signs in: nothing is claimed of them, and they log out', async () => {
    await open();
    provider.token = never;
    void elementOf().logout();
    await until(() => provider.asked.length > 0);
    signIn(clientId);
    provider.token = () => status(204);
    await reload();
    await expectStatus(elementOf(), 'idle');
    expect(await elementOf().logout()).to.deep.equal(ended);
    expect(typesOf(doc)).to.deep.equal(['load', asked, loggedOut]);
    await expectStatus(elementOf(), 'done');
  });

  it('a reload in the middle of two clients: each is incomplete, and finishes for itself', async () => {
    const other = newClient();
    signIn(other);
    markup += `<arkane-logout client-id="${other}" authority="${authority}"></arkane-logout>`;
    await open();
    provider.token = never;
    const both = () => [...doc.document.querySelectorAll('arkane-logout')];
    for (const element of both()) void element.logout();
    await until(() => provider.asked.length === 2);
    await reload();
    for (const element of both()) await expectStatus(element, 'incomplete');
    const run = elementOf().logout();
    await goAndComeBack();
    expect(await run).to.include({ trigger: 'completed', providerSession: 'returned' });
    await expectStatus(both()[0]!, 'done');
    await expectStatus(both()[1]!, 'incomplete');
    expect(typesOf(doc)).to.deep.equal(['load', loggedOut]);
  });
});

describe('one at a time, while another tab logs this page out', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const heard = heardEvents();
  let clientId: string;
  let tokens: Tokens;
  let element: ArkaneLogoutElement;
  let store: ReturnType<typeof storeOf>;
  const elsewhere = { ...none, trigger: 'other-tab', providerSession: 'unknown' } as const;

  before(() => import('../src/define.js'));
  beforeEach(async () => {
    sessionStorage.clear();
    localStorage.clear();
    clientId = newClient();
    tokens = tokensOf(clientId);
    store = storeOf(tokens);
    element = document.createElement('arkane-logout');
    Object.assign(element, { clientId, authority, tokenStore: store });
    (await fixture<HTMLElement>(html`<div></div>`)).append(element);
    await element.updateComplete;
    await new Promise((resolve) => setTimeout(resolve, 100)); // it looks for a session when the page is idle
  });

  /** The same session in another document, which has a store of its own. */
  const logOutElsewhere = async () => {
    const core = await moduleOf<typeof entry>(await openFrame(), 'core/index');
    return core.logout({ clientId, authority, tokenStore: storeOf(tokens) });
  };

  it('a press while the tokens are wiped here: one word of it, one value, and the provider is asked by that tab alone', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    let isClearing = false;
    const { clear } = store;
    store.clear = () => {
      isClearing = true;
      return clear();
    };
    store.isCleared = promise;
    expect(await logOutElsewhere()).to.deep.equal(ended);
    await until(() => isClearing);
    expect(isLoggingOut({ clientId, authority })).to.be.true;
    const runs = [element.logout(), logout({ clientId, authority }), element.logout()];
    buttonOf(element).click();
    await expectStatus(element, 'pending');
    resolve(true);
    const results = await Promise.all(runs);
    expect([...new Set(results)]).to.deep.equal([elsewhere]);
    await settled();
    expect(heard.types).to.deep.equal([loggedOut]);
    expect(heard.targets[0] === document).to.be.true;
    expect(provider.asked).to.deep.equal(['token', 'token']);
    expect(store.held).to.be.null;
    expect(isLoggingOut()).to.be.false;
    expect(wasLoggedOut({ clientId, authority })).to.be.true;
    await expectStatus(element, 'idle');
  });

  it('a press while this page looks whom it has: one run, one word of it', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>();
    let isReading = false;
    const { tokens: read } = store;
    store.tokens = () => {
      isReading = true;
      return read();
    };
    store.isRead = promise;
    expect(await logOutElsewhere()).to.deep.equal(ended);
    await until(() => isReading);
    const runs = [element.logout(), logout({ clientId, authority })];
    resolve(true);
    const results = await Promise.all(runs);
    expect(new Set(results).size).to.equal(1);
    await settled();
    expect(heard.types.filter((type) => type !== asked)).to.deep.equal([loggedOut]);
    expect(store.held).to.be.null;
    expect(isLoggingOut()).to.be.false;
    expect(element.status).to.be.oneOf(['idle', 'done']);
  });

  it('a press as that tab begins: it is told of that tab, and asks nobody', async () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    provider.token = () => promise;
    const core = await moduleOf<typeof entry>(await openFrame(), 'core/index');
    const runs: Promise<LogoutResult>[] = [];
    const theirs = storeOf(tokens);
    const { clear } = theirs;
    theirs.clear = () => {
      if (runs.length === 0) runs.push(element.logout(), element.logout()); // before the other tab's word can have come
      return clear();
    };
    const there = core.logout({ clientId, authority, tokenStore: theirs });
    await until(() => runs.length > 0);
    expect([...new Set(await Promise.all(runs))]).to.deep.equal([elsewhere]);
    resolve(status(204));
    provider.token = () => status(204);
    expect(await there).to.deep.equal(ended);
    await settled();
    expect(heard.types).to.deep.equal([asked, loggedOut]);
    expect(heard.targets.map((target) => target === element)).to.deep.equal([true, true]);
    expect(provider.asked).to.deep.equal(['token', 'token']);
    expect(store.held).to.be.null;
    await expectStatus(element, 'idle');
  });

  it('a press right after it: nobody is there any more, and nobody is asked', async () => {
    expect(await logOutElsewhere()).to.deep.equal(ended);
    await until(() => heard.types.length > 0);
    expect(await element.logout()).to.deep.equal(none);
    expect(heard.types).to.deep.equal([loggedOut, asked, loggedOut]);
    expect(provider.asked).to.deep.equal(['token', 'token']);
    await expectStatus(element, 'idle');
  });
});
