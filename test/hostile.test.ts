// Pages that are in nobody's interest: what they do to the document, to the store, and in the listeners of our events.
import { expect, fixture, html } from '@open-wc/testing';
import type { ArkaneLogoutElement } from '../src/arkane-logout-element.js';
import type * as entry from '../src/core/index.js';
import type { LogoutOptions } from '../src/core/request.js';
import { isLoggingOut, latch, wasLoggedOut } from '../src/core/latch.js';
import { logout } from '../src/core/logout.js';
import type { LogoutResult } from '../src/core/result.js';
import { stateOf } from '../src/core/state.js';
import type { TokenStore } from '../src/core/token-store.js';
import type { Tokens } from '../src/core/tokens.js';
import { leave, moduleOf, openFrame, type Page, settled, showAgain, typesOf, until } from './support/documents.js';
import { buttonOf, expectStatus } from './support/element.js';
import { heardEvents, page } from './support/events.js';
import { json, metadataOf, never, newIssuer, scriptedProvider, status } from './support/provider.js';
import { staysQuiet } from './support/quiet.js';
import { ended } from './support/results.js';
import { authority, isSignedIn, newClient, signIn, storageKey, tokensOf, userOf } from './support/sign-in.js';
import { storeTrip } from './support/trips.js';

const [asked, loggedOut, failed] = ['arkane-logging-out', 'arkane-logged-out', 'arkane-logout-error'];
const forever = () => new Promise<never>(() => undefined);
const tag = (clientId: string, more = '') =>
  `<arkane-logout client-id="${clientId}" authority="${authority}" ${more}></arkane-logout>`;
const elementOf = (doc: Page) => doc.document.querySelector('arkane-logout')!;
/** A function of that page: an error of a listener is told in the page that the listener is of. */
const theirs = (doc: Page, body: string) => (doc as unknown as typeof globalThis).Function('event', body) as () => void;
const on = (doc: Page, type: string, listener: (event: Event) => void) => {
  doc.addEventListener(type, listener);
};

let clientId: string;
beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  clientId = newClient();
});

describe('in a document whose properties are hidden by forms', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const names = [
    ...['dispatchEvent', 'addEventListener', 'removeEventListener', 'readyState', 'visibilityState', 'hasFocus'],
    ...['adoptedStyleSheets', 'createElement', 'createTextNode', 'importNode', 'body', 'head', 'documentElement'],
    ...['querySelector', 'getElementById', 'defaultView', 'baseURI', 'URL', 'documentURI', 'domain', 'referrer'],
    ...['cookie', 'forms', 'scripts', 'activeElement', 'hidden', 'implementation', 'location', 'title'],
  ];
  const forms = names.map((name) => `<form name="${name}"></form>`).join('');
  const open = async (more = '', search = '') => {
    const doc = await openFrame(search, forms + tag(clientId, more));
    await moduleOf(doc, 'define');
    await elementIn(doc).updateComplete;
    return doc;
  };
  // Not by way of what a form hides.
  const elementIn = (doc: Page) => doc.document.lastElementChild!.querySelector('arkane-logout')!;

  it('they are hidden indeed', async () => {
    const doc = await open();
    for (const name of names.filter((name) => name !== 'location'))
      expect(String(Reflect.get(doc.document, name)), name).to.equal('[object HTMLFormElement]');
  });

  it('logs out by a press', async () => {
    signIn(clientId);
    const doc = await open();
    buttonOf(elementIn(doc)).click();
    await until(() => typesOf(doc).length === 3);
    expect(typesOf(doc)).to.deep.equal(['load', asked, loggedOut]);
    expect(elementIn(doc).result).to.deep.equal(ended);
    expect(provider.asked).to.deep.equal(['token', 'token']);
    expect(isSignedIn(clientId)).to.be.false;
    await expectStatus(elementIn(doc), 'done');
  });

  it('logs out by core, on document', async () => {
    signIn(clientId);
    const doc = await open();
    const core = await moduleOf<typeof entry>(doc, 'core/index');
    core.prepareLogout({ clientId, authority, monitor: true });
    expect(await core.logout({ clientId, authority })).to.deep.equal(ended);
    expect(typesOf(doc)).to.deep.equal(['load', asked, loggedOut]);
    expect((doc.seen[2] as Event).target === doc.document).to.be.true;
  });

  it('names what is misconfigured', async () => {
    signIn(clientId);
    const doc = await open('timeout="soon"');
    buttonOf(elementIn(doc)).click();
    expect(typesOf(doc)).to.deep.equal(['load', failed]);
    expect(isSignedIn(clientId)).to.be.true;
    await expectStatus(elementIn(doc), 'failed');
  });

  it('tells of the way back, after load', async () => {
    storeTrip({ clientId, url: location.href, state: 'ours' });
    latch(stateOf({ clientId, authority }), false);
    const doc = await open('', '?state=ours');
    await settled(doc);
    expect(typesOf(doc)).to.deep.equal(['load', loggedOut]);
    await expectStatus(elementIn(doc), 'done');
  });

  it('is hidden, told and loaded anew when it is shown again and its session is over', async () => {
    signIn(clientId);
    const doc = await open();
    await new Promise((resolve) => setTimeout(resolve, 100)); // it looks for a session when the page is idle
    await leave(doc);
    await logout({ clientId, authority });
    const { seen } = doc;
    let wasHidden = false;
    const root = doc.document.lastElementChild!;
    on(doc, loggedOut, () => (wasHidden = doc.getComputedStyle(root).display === 'none'));
    showAgain(doc);
    await until(() => doc.seen !== seen && (doc as Partial<Page>).seen?.includes('load'));
    expect(wasHidden).to.be.true;
  });
});

describe('in a page whose built-in prototypes are frozen, as they are under SES', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const open = async (more = '', ...loaded: string[]) => {
    const doc = await openFrame('', tag(clientId, more));
    for (const path of loaded) await moduleOf(doc, path);
    theirs(
      doc,
      `for (const each of [Object, Array, Function, Error, TypeError, Promise, Event, CustomEvent, EventTarget, Map, Set,
        RegExp, String, Number, URL, URLSearchParams, AbortController, AbortSignal, DOMException])
        Object.freeze(each.prototype);`,
    ).call(doc);
    await moduleOf(doc, 'define');
    await elementOf(doc).updateComplete;
    return doc;
  };
  /** What nobody caught; here, because a hook that fails would keep the tests after this one from running. */
  const noise = (doc: Page) => doc.noise.splice(0);

  it('logs out by a press', async () => {
    signIn(clientId);
    const doc = await open();
    buttonOf(elementOf(doc)).click();
    await settled(doc);
    expect(noise(doc)).to.deep.equal([]);
    await until(() => typesOf(doc).length === 3);
    expect(typesOf(doc)).to.deep.equal(['load', asked, loggedOut]);
    expect(elementOf(doc).result).to.deep.equal(ended);
    expect(isSignedIn(clientId)).to.be.false;
    await expectStatus(elementOf(doc), 'done');
  });

  it('names what is misconfigured', async () => {
    const doc = await open('timeout="soon"');
    const error = await elementOf(doc)
      .logout()
      .then(
        () => undefined,
        (reason: unknown) => reason as Record<string, unknown>,
      );
    expect(error).to.include({ name: 'LogoutError', code: 'configuration' });
    expect(error!.message).to.match(/^timeout: /);
    expect(typesOf(doc)).to.deep.equal(['load', failed]);
    await expectStatus(elementOf(doc), 'failed');
  });

  const atIssuer = () => {
    const issuer = newIssuer();
    const claims = { iss: issuer };
    sessionStorage.setItem(
      storageKey(clientId, issuer),
      userOf(tokensOf(clientId, { id: claims, access: claims, refresh: claims })),
    );
    return issuer;
  };

  const slow = () => new Response(new ReadableStream(), { headers: { 'content-type': 'application/json' } });
  const answers = [
    ['is well', undefined, 'unproved'],
    ['hangs', never, 'timeout'],
    ['hangs in its body', slow, 'timeout'],
    ['answers 500', () => status(500), 'refused'],
    ['is of another issuer', () => json(metadataOf('https://idp.example')), 'refused'],
  ] as const;
  // jwt-decode, which comes with oidc-client-ts, writes to what is frozen here as it is loaded: that file does not come.
  for (const [when, loaded, isThere] of [
    ['before', [], false],
    ['after', ['core/discovery'], true],
  ] as const)
    for (const [what, answer, code] of answers)
      it(`frozen ${when} oidc-client-ts is loaded: wipes, and tells in time, where discovery ${what}`, async () => {
        if (answer) provider.metadata = answer;
        const issuer = atIssuer();
        const hangs = isThere && code === 'timeout';
        const doc = await open(`timeout="${hangs ? 150 : 5000}"`, ...loaded); // a file takes its time to fail on a busy machine
        elementOf(doc).authority = issuer;
        const result = await elementOf(doc).logout();
        await new Promise((resolve) => setTimeout(resolve, 400)); // what else would throw does so now
        expect(noise(doc)).to.deep.equal([]);
        expect(result).to.include({ providerSession: 'unknown', local: 'wiped' });
        expect(result.error?.code).to.equal(isThere ? code : 'network');
        expect(typesOf(doc)).to.deep.equal(['load', asked, loggedOut]);
        expect(sessionStorage.getItem(storageKey(clientId, issuer))).to.be.null;
        await expectStatus(elementOf(doc), 'incomplete');
      });
});

describe('where a listener of the page throws', () => {
  staysQuiet();
  const provider = scriptedProvider();
  let doc: Page;
  beforeEach(async () => {
    signIn(clientId);
    doc = await openFrame('', tag(clientId));
    await moduleOf(doc, 'define');
  });
  const noise = () => doc.noise.splice(0).map((each) => /theirs\w*/.exec(String(each))?.[0] ?? each);

  for (const where of ['document', 'element'] as const)
    it(`on ${where}, the browser reports it, and the logout goes on`, async () => {
      const target = where === 'document' ? doc.document : elementOf(doc);
      for (const type of [asked, loggedOut])
        target.addEventListener(type, theirs(doc, `throw new Error('theirs' + event.eventPhase)`));
      expect(await elementOf(doc).logout()).to.deep.equal(ended);
      expect(typesOf(doc)).to.deep.equal(['load', asked, loggedOut]);
      const phase = where === 'document' ? 'theirs3' : 'theirs2';
      expect(noise()).to.deep.equal([phase, phase]);
      expect(provider.asked).to.deep.equal(['token', 'token']);
      expect(isSignedIn(clientId)).to.be.false;
      await expectStatus(elementOf(doc), 'done');
    });

  it('of the error, that is told all the same', async () => {
    elementOf(doc).setAttribute('timeout', 'soon');
    doc.document.addEventListener(failed, theirs(doc, `throw new Error('theirs')`));
    buttonOf(elementOf(doc)).click();
    expect(typesOf(doc)).to.deep.equal(['load', failed]);
    await settled(doc);
    expect(noise()).to.deep.equal(['theirs']);
    await expectStatus(elementOf(doc), 'failed');
  });

  it('after it has prevented the logout, that is cancelled', async () => {
    doc.document.addEventListener(asked, theirs(doc, `event.preventDefault(); throw new Error('theirs')`));
    await elementOf(doc)
      .logout()
      .catch(() => undefined);
    expect(typesOf(doc)).to.deep.equal(['load', asked, failed]);
    expect(isSignedIn(clientId)).to.be.true;
    expect(noise()).to.deep.equal(['theirs']);
  });

  it('nothing at all, which is thrown too, is no matter', async () => {
    doc.document.addEventListener(loggedOut, theirs(doc, `throw undefined`));
    expect(await elementOf(doc).logout()).to.deep.equal(ended);
    expect(doc.noise.splice(0)).to.have.length(1);
  });
});

describe('where the page makes a logout wait', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const heard = heardEvents();
  let element: ArkaneLogoutElement;
  before(() => import('../src/define.js'));
  beforeEach(async () => {
    signIn(clientId);
    element = await fixture(html`<arkane-logout client-id=${clientId} authority=${authority}></arkane-logout>`);
  });
  const waitFor = (...promises: unknown[]) => {
    page.on('arkane-logging-out', (event) => {
      for (const each of promises) event.waitUntil(each as Promise<unknown>);
    });
  };
  const thenable = (then: () => unknown) => ({ then });

  it('for ever, it goes on when its time is over, and has all of it for the provider', async () => {
    element.timeout = 500;
    waitFor(
      forever(),
      thenable(() => undefined),
    );
    const begun = performance.now();
    expect(await element.logout()).to.deep.equal(ended);
    expect(performance.now() - begun).to.be.within(490, 3000);
    expect(heard.types).to.deep.equal([asked, loggedOut]);
    expect(provider.asked).to.deep.equal(['token', 'token']);
    await expectStatus(element, 'done');
  });

  const throws = () => {
    throw new Error('theirs');
  };
  const refusals: [what: string, promise: () => unknown][] = [
    ['a thenable that throws', () => thenable(throws)],
    ['a thenable that throws when it is looked at', () => Object.defineProperty({}, 'then', { get: throws })],
    ['a thenable that rejects with nothing', () => thenable(((_: unknown, reject: () => void) => { reject(); }) as () => void)], // prettier-ignore
    ['a promise that is rejected', () => Promise.reject(new Error('theirs'))],
    ['two, of which the second is never settled', () => Promise.race([forever(), Promise.reject(new Error('theirs'))])],
  ];
  for (const [what, promise] of refusals)
    it(`for ${what}, it is cancelled, and the user stays`, async () => {
      waitFor(promise(), forever());
      const error = await element.logout().then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.include({ name: 'LogoutError', code: 'cancelled' });
      expect(heard.types).to.deep.equal([asked, failed]);
      expect(provider.asked).to.deep.equal([]);
      expect(isSignedIn(clientId)).to.be.true;
      expect(isLoggingOut()).to.be.false;
      await expectStatus(element, 'idle');
    });

  it('for what is no promise, it does not wait', async () => {
    waitFor(undefined, null, 42, 'soon', {}, () => undefined, Symbol('x'));
    expect(await element.logout()).to.deep.equal(ended);
  });

  it('for a promise that is rejected after its time, nothing is left unhandled', async () => {
    element.timeout = 500;
    waitFor(
      new Promise((_, reject) => {
        setTimeout(() => {
          reject(new Error('late'));
        }, 600);
      }),
    );
    expect(await element.logout()).to.deep.equal(ended);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(heard.types).to.deep.equal([asked, loggedOut]);
  });
});

describe('with a token store that', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const heard = heardEvents();
  let element: ArkaneLogoutElement;
  before(() => import('../src/define.js'));
  beforeEach(async () => {
    element = await fixture(
      html`<arkane-logout client-id=${clientId} authority=${authority} timeout="1000"></arkane-logout>`,
    );
  });
  const throws = () => {
    throw new Error('theirs');
  };
  /** What every press comes to, whatever the store is: told once, in time, and the guards answer. */
  const press = async (tokenStore: TokenStore): Promise<LogoutResult> => {
    element.tokenStore = tokenStore;
    await new Promise((resolve) => setTimeout(resolve, 30)); // the element reads it, too
    const begun = performance.now();
    const result = await element.logout();
    expect(performance.now() - begun).to.be.below(3000);
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(heard.types).to.deep.equal([asked, loggedOut]);
    expect(heard.last.detail).to.equal(result);
    expect(isLoggingOut()).to.be.false;
    expect(wasLoggedOut({ clientId, authority })).to.be.true;
    const { status: now } = element;
    await expectStatus(element, now);
    return result;
  };

  const getters = (...names: string[]) =>
    names.reduce((tokens, name) => Object.defineProperty(tokens, name, { get: throws }), tokensOf(clientId));
  for (const [what, names] of [
    ['idToken', ['idToken']],
    ['refreshToken', ['refreshToken']],
    ['expiresAt', ['expiresAt']],
    ['all of them', ['idToken', 'accessToken', 'refreshToken', 'expiresAt']],
  ] as const)
    it(`has a getter that throws: ${what}`, async () => {
      let held: ReturnType<typeof getters> | null = getters(...names);
      const result = await press({ tokens: () => held, clear: () => (held = null) });
      expect(result).to.include({ providerSession: 'unknown' });
      expect(result.error?.code).to.equal('configuration');
      expect(held).to.be.null;
      expect(element.status).to.equal('incomplete');
    });

  it('has a getter that throws, and keeps it', async () => {
    const held = getters('idToken');
    const result = await press({ tokens: () => held, clear: () => undefined });
    expect(result).to.include({ providerSession: 'unknown', local: 'kept' });
    expect(element.status).to.equal('incomplete');
  });

  it('has a getter that throws, and keeps it: the page can be left, and nothing is thrown', async () => {
    const doc = await openFrame('', tag(clientId));
    await moduleOf(doc, 'define');
    let isBroken = true;
    const held = Object.defineProperty(tokensOf(clientId), 'idToken', {
      get: () => (isBroken ? throws() : null),
    });
    elementOf(doc).tokenStore = { tokens: () => held, clear: () => undefined };
    expect(await elementOf(doc).logout()).to.include({ providerSession: 'unknown', local: 'kept' });
    await leave(doc);
    isBroken = false; // it is left once more when the test ends
    expect(doc.noise.splice(0)).to.deep.equal([]); // here: a hook that fails would keep other tests from running
    expect(typesOf(doc)).to.deep.equal(['load', asked, loggedOut]);
  });

  it('has getters in place of its functions, which throw later', async () => {
    let isBroken = false;
    const store = {
      get tokens() {
        if (isBroken) throws();
        return () => tokensOf(clientId);
      },
      get clear() {
        if (isBroken) throws();
        return () => undefined;
      },
    };
    page.on('arkane-logging-out', () => (isBroken = true));
    const result = await press(store);
    expect(result).to.include({ providerSession: 'unknown', local: 'kept' });
    expect(result.error?.code).to.equal('configuration');
  });

  it('throws from the getters of its functions: misconfigured, and nothing is thrown at the page', async () => {
    const store = Object.defineProperties({}, { tokens: { get: throws }, clear: { get: throws } }) as TokenStore;
    element.tokenStore = store;
    await new Promise((resolve) => setTimeout(resolve, 30));
    const error = await element.logout().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.include({ name: 'LogoutError', code: 'configuration' });
    expect(heard.types).to.deep.equal([failed]);
    await expectStatus(element, 'failed');
  });

  const circular: Record<string, unknown> = {};
  circular.idToken = circular;
  const nothings: [what: string, garbage: unknown][] = [
    ['undefined', undefined],
    ['null', null],
    ['0', 0],
    ['42', 42],
    ['10n', 10n],
    ['an empty text', ''],
    ['a text', 'eyJ'],
    ['true', true],
    ['a list', [1, 2, 3]],
    ['an object', {}],
    ['a symbol', Symbol('x')],
    ['a function', () => undefined],
    ['an object without prototype', Object.create(null)],
  ];
  for (const [what, garbage] of nothings)
    it(`answers ${what}: nobody is there`, async () => {
      const result = await press({ tokens: () => garbage as null, clear: () => undefined });
      expect(result).to.include({ providerSession: 'none', local: 'wiped' });
      expect(provider.asked).to.deep.equal([]);
      expect(element.status).to.equal('idle');
    });

  const garbages: [what: string, tokens: () => unknown][] = [
    ['numbers', () => ({ idToken: 1, accessToken: 2, refreshToken: 3, expiresAt: 'soon' })],
    ['objects', () => ({ idToken: {}, accessToken: [], refreshToken: new Date() })],
    ['symbols', () => ({ idToken: Symbol('x'), accessToken: Symbol('x'), refreshToken: Symbol('x') })],
    ['functions', () => ({ idToken: throws, refreshToken: throws })],
    ['itself', () => circular],
    ['JWTs of nothing', () => ({ idToken: 'a.bnVsbA.c', accessToken: 'a.W10.c', refreshToken: 'a.MQ.c' })],
    [
      'what throws as text',
      () => ({ idToken: { toString: throws, split: throws }, refreshToken: { toString: throws } }),
    ],
  ];
  for (const [what, tokens] of garbages)
    it(`answers tokens that are ${what}: told, wiped, and never sent`, async () => {
      let held: unknown = tokens();
      const result = await press({ tokens: () => held as null, clear: () => (held = null) });
      expect(result).to.include({ providerSession: 'unknown', local: 'wiped' });
      for (const { form } of provider.sent) expect(Object.keys(form)).to.not.include('id_token_hint');
      expect(held).to.be.null;
      expect(element.status).to.equal('incomplete');
    });

  for (const [what, expiresAt] of [
    ['a symbol', Symbol('x')],
    ['an object that throws as a number', { valueOf: throws }],
    ['a bigint', 10n],
  ] as const)
    it(`says of its good tokens that they expire at ${what}: the session is ended`, async () => {
      let held: object | null = { ...tokensOf(clientId), expiresAt };
      expect(await press({ tokens: () => held, clear: () => (held = null) })).to.deep.equal(ended);
    });

  it('says that an offline token expires at a symbol: the hint is sent all the same', async () => {
    let held: object | null = { ...tokensOf(clientId, { refresh: { typ: 'Offline' } }), expiresAt: Symbol('x') };
    await press({ tokens: () => held, clear: () => (held = null) });
    expect(provider.asked).to.include('hint');
  });

  for (const [what, answer] of [
    ['a thenable that throws', () => ({ then: throws })],
    ['a thenable that throws when it is looked at', () => Object.defineProperty({}, 'then', { get: throws })],
    ['a thenable that never answers', () => ({ then: () => undefined })],
    [
      'a thenable that rejects with nothing',
      () => ({
        then: (_: unknown, reject: () => void) => {
          reject();
        },
      }),
    ],
  ] as [string, () => unknown][])
    for (const name of ['tokens', 'clear'] as const)
      it(`answers ${what} to ${name}(): told in time`, async () => {
        let held: ReturnType<typeof tokensOf> | null = tokensOf(clientId);
        const store = { tokens: () => held, clear: () => (held = null), [name]: answer } as TokenStore;
        const result = await press(store);
        expect(result.local).to.equal('kept');
        expect(result.error?.code).to.be.oneOf(['configuration', 'timeout']);
        if (name === 'clear') expect(result.providerSession).to.equal('ended');
        else expect(held).to.be.null;
        expect(element.status).to.equal('incomplete');
      });

  it('has a clear() that hangs: kept, in time, and finished when it no longer does', async () => {
    let held: ReturnType<typeof tokensOf> | null = tokensOf(clientId);
    const store: TokenStore = { tokens: () => held, clear: forever };
    const result = await press(store);
    expect(result).to.include({ providerSession: 'ended', local: 'kept' });
    expect(result.error?.code).to.equal('timeout');
    expect(element.status).to.equal('incomplete');
    store.clear = () => (held = null);
    expect(await element.logout()).to.deep.equal({ ...ended, trigger: 'completed' });
    expect(held).to.be.null;
    await expectStatus(element, 'done');
  });

  it('kept its tokens: the page that was told so is not out of date when it is seen again', async () => {
    const doc = await openFrame('', tag(clientId));
    await moduleOf(doc, 'define');
    const held = tokensOf(clientId);
    elementOf(doc).tokenStore = { tokens: () => held, clear: () => undefined };
    expect(await elementOf(doc).logout()).to.include({ providerSession: 'ended', local: 'kept' });
    on(doc, loggedOut, (event) => {
      event.preventDefault();
    });
    await leave(doc);
    showAgain(doc);
    await settled(doc);
    expect(typesOf(doc)).to.deep.equal(['load', asked, loggedOut]);
    await expectStatus(elementOf(doc), 'incomplete');
  });

  it('lies: its clear() leaves the tokens, then says that they are gone, then has them again', async () => {
    const tokens = tokensOf(clientId);
    const held = [tokens, tokens, null, tokens, tokens];
    const store: TokenStore = { tokens: () => (held.length > 1 ? held.shift() : held[0]), clear: () => undefined };
    const result = await element.logout.call(Object.assign(element, { tokenStore: store }));
    expect(result).to.include({ providerSession: 'ended' });
    expect(heard.types).to.deep.equal([asked, loggedOut]);
    expect(isLoggingOut()).to.be.false;
  });

  it('logs out in its own clear(): one run', async () => {
    let held: ReturnType<typeof tokensOf> | null = tokensOf(clientId);
    const runs: Promise<LogoutResult>[] = [];
    const clear = () => {
      runs.push(element.logout());
      held = null;
    };
    const result = await press({ tokens: () => held, clear });
    expect(result).to.deep.equal(ended);
    expect(new Set(await Promise.all(runs))).to.deep.equal(new Set([result]));
  });

  it('waits for the logout in its own clear(): kept, in time', async () => {
    let held: ReturnType<typeof tokensOf> | null = tokensOf(clientId);
    const clear = async () => {
      held = null;
      await element.logout();
    };
    const result = await press({ tokens: () => held, clear });
    expect(result).to.include({ providerSession: 'ended', local: 'kept' });
  });
});

describe('where everything in web storage is cleared', () => {
  staysQuiet();
  const provider = scriptedProvider();
  let options: LogoutOptions;
  let first: Page;
  let core: typeof entry;
  beforeEach(async () => {
    options = { clientId, authority };
    signIn(clientId);
    first = await openFrame();
    core = await moduleOf<typeof entry>(first, 'core/index');
  });
  const wipeAll = () => {
    sessionStorage.clear();
    localStorage.clear();
  };
  /** A document with the same session, which is left as it is, and looks no more until it is shown again. */
  const openFrozen = async () => {
    const doc = await openFrame();
    const there = await moduleOf<typeof entry>(doc, 'core/index');
    let held: ReturnType<typeof tokensOf> | null = JSON.parse(JSON.stringify(tokens)) as typeof held;
    there.prepareLogout({ ...options, tokenStore: { tokens: () => held, clear: () => (held = null) } });
    await settled(doc);
    await leave(doc);
    // A frozen document hears nothing.
    doc.addEventListener(
      'storage',
      (event) => {
        event.stopImmediatePropagation();
      },
      { capture: true },
    );
    doc.document.addEventListener(loggedOut, (event) => {
      event.preventDefault();
    });
    return { doc, isWiped: () => held === null };
  };
  let tokens: ReturnType<typeof tokensOf>;
  beforeEach(() => {
    tokens = tokensOf(clientId);
    signIn(clientId, tokens);
  });

  const tokensIn = (user: string | null): Tokens => {
    const { id_token, access_token, refresh_token } = JSON.parse(user ?? '{}') as Record<string, string>;
    return { idToken: id_token, accessToken: access_token, refreshToken: refresh_token };
  };

  for (const [who, prepare] of [
    [
      'by its listener of arkane-logged-out',
      () => {
        first.document.addEventListener(loggedOut, wipeAll);
      },
    ],
    [
      'by its store',
      () => {
        options = {
          ...options,
          tokenStore: {
            tokens: () => tokensIn(sessionStorage.getItem(storageKey(clientId))),
            clear: wipeAll,
          },
        };
      },
    ],
  ] as const)
    describe(who, () => {
      beforeEach(prepare);

      it('this document knows that it was logged out', async () => {
        expect(await core.logout(options)).to.deep.equal(ended);
        expect(core.wasLoggedOut({ clientId, authority })).to.be.true;
        expect(core.wasLoggedOut()).to.be.true;
        expect(isSignedIn(clientId)).to.be.false;
      });

      it('so does the next one of this tab', async () => {
        await core.logout(options);
        const reloaded = await moduleOf<typeof entry>(await openFrame(), 'core/index');
        expect(reloaded.wasLoggedOut({ clientId, authority })).to.be.true;
        expect(reloaded.wasLoggedOut()).to.be.true;
      });

      it('and knows that it is to be finished', async () => {
        provider.token = provider.hint = () => status(400);
        expect(await core.logout(options)).to.include({ providerSession: 'unknown' });
        const doc = await openFrame('', tag(clientId));
        await moduleOf(doc, 'define');
        await expectStatus(elementOf(doc), 'incomplete');
      });

      it('a page that was frozen, or in the back-forward cache, learns of it', async () => {
        const frozen = await openFrozen();
        expect(await core.logout(options)).to.deep.equal(ended);
        showAgain(frozen.doc);
        await until(frozen.isWiped);
        await settled(frozen.doc);
        expect(typesOf(frozen.doc)).to.deep.equal(['load', loggedOut]);
        expect((frozen.doc.seen[1] as CustomEvent<LogoutResult>).detail.trigger).to.equal('restored');
      });

      it('another tab, which clears it as well, hears of it, and a frozen one still learns of it', async () => {
        const [frozen, other] = [await openFrozen(), await openFrame()];
        const there = await moduleOf<typeof entry>(other, 'core/index');
        let held: ReturnType<typeof tokensOf> | null = { ...tokens };
        there.prepareLogout({ ...options, tokenStore: { tokens: () => held, clear: () => (held = null) } });
        other.document.addEventListener(loggedOut, wipeAll);
        await settled(other);
        expect(await core.logout(options)).to.deep.equal(ended);
        await until(() => typesOf(other).length === 2);
        expect(held).to.be.null;
        await new Promise((resolve) => setTimeout(resolve, 100)); // nobody is told twice
        expect(typesOf(other)).to.deep.equal(['load', loggedOut]);
        expect(typesOf(first)).to.deep.equal(['load', asked, loggedOut]);
        showAgain(frozen.doc);
        await until(frozen.isWiped);
        expect(there.wasLoggedOut({ clientId, authority })).to.be.true;
        const reloaded = await moduleOf<typeof entry>(await openFrame(), 'core/index');
        expect(reloaded.wasLoggedOut({ clientId, authority })).to.be.true;
      });

      it('somebody who signs in in the same listener is not said to be logged out', async () => {
        first.document.addEventListener(loggedOut, () => signIn(clientId));
        await core.logout(options);
        expect(core.wasLoggedOut({ clientId, authority })).to.be.false;
        const reloaded = await moduleOf<typeof entry>(await openFrame(), 'core/index');
        expect(reloaded.wasLoggedOut({ clientId, authority })).to.be.false;
      });
    });
});
