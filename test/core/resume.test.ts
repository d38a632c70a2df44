import { expect } from '@open-wc/testing';
import { LogoutError } from '../../src/core/errors.js';
import type { ArkaneLoggedOutEvent } from '../../src/core/events.js';
import type * as entry from '../../src/core/index.js';
import * as latches from '../../src/core/latch.js';
import { logout } from '../../src/core/logout.js';
import * as requests from '../../src/core/request.js';
import type { LogoutResult } from '../../src/core/result.js';
import * as resume from '../../src/core/resume.js';
import { page as testPage } from '../support/events.js';
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
} from '../support/documents.js';
import { stateOf } from '../../src/core/state.js';
import { offline, scriptedProvider } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { ended } from '../support/results.js';
import { authority, newClient, signIn, storageKey } from '../support/sign-in.js';
import { blockStorage, breakStorage, markersOf } from '../support/storage.js';
import { storedTrip, storeTrip, tripName } from '../support/trips.js';

const { latch, wasLoggedOut } = latches;
const { validate } = requests;
const { depart, forget, watchLogout } = resume;

const returned: LogoutResult = {
  windowMode: 'REDIRECT',
  trigger: 'return',
  via: 'redirect',
  providerSession: 'returned',
  evidence: 'return',
  local: 'wiped',
};
const unanswered = { ...returned, providerSession: 'unknown', evidence: 'none' } as const;

const resumeOf = (page: Page) => moduleOf<typeof resume>(page, 'core/resume');
const route = `${location.origin}/test/pages/document.html?tab=nfts&x=1#top`;

let clientId: string;
beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  clientId = newClient();
});

describe('depart', () => {
  staysQuiet();
  const { href, origin, pathname } = location;
  before(() => {
    history.replaceState(history.state, '', `${href}&tab=nfts#top`);
  });
  after(() => {
    history.replaceState(history.state, '', href);
  });

  /** What the provider is to know. */
  const go = (options: Partial<requests.LogoutOptions> = {}) => {
    const request = validate({ clientId, authority, windowMode: 'REDIRECT', ...options });
    return depart(request, { trigger: 'return', kept: undefined })[1];
  };

  for (const [what, options, sent, url] of [
    ['this page: the provider is told neither query nor hash', {}, origin + pathname, `${href}&tab=nfts#top`],
    ['a redirect-uri: its query is told, its hash is not', { redirectUri: `${origin}/bye?x#y` }, '/bye?x', '/bye?x#y'],
    [
      'a callback-uri: the page itself is not told',
      { callbackUri: `${origin}/callback` },
      '/callback',
      `${href}&tab=nfts#top`,
    ],
    [
      'a redirect-uri over a callback-uri',
      { redirectUri: `${origin}/bye?x#y`, callbackUri: `${origin}/callback?logout` },
      '/callback?logout',
      '/bye?x#y',
    ],
  ] as const)
    it(`notes the way back to ${what}`, () => {
      const { state, ...parameters } = go(options);
      expect(parameters).to.deep.equal({ post_logout_redirect_uri: new URL(sent, origin).href });
      expect(storedTrip()).to.deep.equal({
        windowMode: 'REDIRECT',
        trigger: 'return',
        clientId,
        authority,
        state,
        url: new URL(url, origin).href,
      });
    });

  it('has a state that nobody can guess, another one each time', () => {
    const states = [go().state, go().state, go().state];
    expect(new Set(states).size).to.equal(3);
    for (const state of states) expect(state).to.have.length.above(20);
    expect(storedTrip()?.state).to.equal(states[2]);
  });

  it('carries the trigger, the window mode and why tokens were kept', () => {
    const request = validate({ clientId, authority });
    depart(request, { trigger: 'completed', kept: 'tokenStore: broken.' });
    expect(storedTrip()).to.include({ windowMode: 'POPUP', trigger: 'completed', kept: 'tokenStore: broken.' });
  });

  it('gives no state to a page of another origin, and notes nothing down', () => {
    expect(go({ redirectUri: 'https://elsewhere.example/bye' })).to.deep.equal({
      post_logout_redirect_uri: 'https://elsewhere.example/bye',
    });
    expect(sessionStorage).to.have.length(0);
  });

  it('goes without a state where storage is full', () => {
    breakStorage('setItem');
    expect(go()).to.deep.equal({ post_logout_redirect_uri: origin + pathname });
    expect(sessionStorage).to.have.length(0);
  });

  it('goes without a state where storage is blocked', () => {
    const unblock = blockStorage('sessionStorage', 'localStorage');
    const parameters = go();
    unblock();
    expect(parameters).to.deep.equal({ post_logout_redirect_uri: origin + pathname });
  });

  it('is forgotten as if it had not been, and forgetting never throws', () => {
    go();
    forget();
    expect(sessionStorage).to.have.length(0);
    blockStorage('sessionStorage');
    forget();
  });

  it('reads the way back that its page was loaded on, before it notes down another', async () => {
    storeTrip({ clientId, authority, url: route, state: 'first' });
    latch(stateOf({ clientId, authority }), false);
    const page = await openFrame('?state=first');
    const there = await resumeOf(page);
    const request = await moduleOf<typeof requests>(page, 'core/request');
    there.depart(request.validate({ clientId, authority }), { trigger: 'completed', kept: undefined });
    expect(there.resumeLogout()).to.deep.equal(returned);
    expect(page.location.href).to.equal(route);
    expect(storedTrip()?.state).not.to.equal('first');
  });
});

describe('resumeLogout', () => {
  staysQuiet();
  scriptedProvider();

  /** As an app calls it: from a module, before `load`, which a late image puts off. */
  const early = `<img src="/late/image" alt="" /><script type="module">
    import { resumeLogout } from '/src/core/resume.ts';
    globalThis.first = resumeLogout();
    addEventListener('load', () => seen.push('load'));
  </script>`;
  type EarlyPage = Page & { first: LogoutResult | null };

  const store = (part: Parameters<typeof storeTrip>[0] = {}) => {
    storeTrip({ clientId, authority, url: route, state: 'ours', ...part });
    latch(stateOf({ clientId, authority }), false);
  };
  const all = (storage: Storage) => Object.fromEntries(Object.entries(storage));
  /** A page that finds nothing of its own in the URL, and does nothing. */
  const leavesAlone = async (page: Page, search: string) => {
    const [stored, { history }] = [all(page.sessionStorage), page];
    history.replaceState({ router: 7 }, '');
    expect((await resumeOf(page)).resumeLogout()).to.be.null;
    await settled(page);
    expect(page.location.search + page.location.hash).to.equal(search);
    expect(history.state).to.deep.equal({ router: 7 });
    expect(all(page.sessionStorage)).to.deep.equal(stored);
    expect(page.seen).to.deep.equal(['load']);
  };

  describe('with a state that this tab stored', () => {
    it('says returned, and puts the route back that the user left from', async () => {
      store();
      const page = await openTab('?state=ours');
      page.history.replaceState({ router: 7 }, '');
      const { resumeLogout } = await resumeOf(page);
      expect(resumeLogout()).to.deep.equal(returned);
      expect(page.location.href).to.equal(route);
      expect(page.history.state).to.deep.equal({ router: 7 });
      expect(storedTrip(page.sessionStorage)).to.be.null;
    });

    it('adds no entry to the history', async () => {
      store();
      const page = await openFrame('?state=ours');
      const { length } = page.history;
      (await resumeOf(page)).resumeLogout();
      expect(page.history).to.have.length(length);
    });

    it('tells document once, in the first task after load', async () => {
      store();
      const page = (await openTab('?state=ours', early)) as EarlyPage;
      await settled(page);
      expect(page.seen).to.have.length(3);
      const [load, last, event] = page.seen as [string, string, ArkaneLoggedOutEvent];
      expect([load, last, event.type]).to.deep.equal(['load', 'load', 'arkane-logged-out']);
      expect(event.target === page.document).to.be.true;
      expect(event.detail).to.deep.equal(returned);
      expect(event.detail).to.equal(page.first);
    });

    it('tells in a task of its own where it is called after load', async () => {
      store();
      const page = await openFrame('?state=ours');
      const { resumeLogout } = await resumeOf(page);
      const result = resumeLogout();
      await Promise.resolve();
      expect(page.seen).to.deep.equal(['load']);
      await settled(page);
      expect(typesOf(page)).to.deep.equal(['load', 'arkane-logged-out']);
      expect((page.seen[1] as ArkaneLoggedOutEvent).detail).to.equal(result);
    });

    it('is parsed once a document, whatever becomes of the URL', async () => {
      store();
      const page = await openFrame('?state=ours');
      const { resumeLogout } = await resumeOf(page);
      const result = resumeLogout();
      store({ state: 'another' });
      page.history.replaceState(null, '', '?state=another');
      expect(resumeLogout()).to.equal(result);
      await settled(page);
      expect(page.seen).to.have.length(2);
      expect(page.location.search).to.equal('?state=another');
    });

    it('keeps the path of a page that the app’s server led the user to, and all else that is there', async () => {
      store({ url: `${location.origin}/wallet?tab=nfts#top` });
      const page = await openFrame('?lang=nl&state=theirs&state=ours&a=b#there');
      expect((await resumeOf(page)).resumeLogout()).to.deep.equal(returned);
      const { pathname, search, hash } = page.location;
      expect(pathname + search + hash).to.equal('/test/pages/document.html?lang=nl&state=theirs&a=b#there');
    });

    it('leaves no question mark where the state was all', async () => {
      store({ url: `${location.origin}/wallet` });
      const page = await openFrame('?state=ours');
      (await resumeOf(page)).resumeLogout();
      expect(page.location.href).to.equal(`${location.origin}/test/pages/document.html`);
    });

    it('does not go to the origin that was stored', async () => {
      store({ url: 'https://evil.example/test/pages/document.html?x' });
      const page = await openFrame('?state=ours');
      (await resumeOf(page)).resumeLogout();
      expect(page.location.origin + page.location.pathname).to.equal(`${location.origin}/test/pages/document.html`);
    });

    it('counts once: the same URL again is left alone', async () => {
      store();
      const first = await openFrame('?state=ours');
      expect((await resumeOf(first)).resumeLogout()).to.deep.equal(returned);
      await leavesAlone(await openFrame('?state=ours'), '?state=ours');
      await leavesAlone(await openTab('?state=ours'), '?state=ours');
    });

    it('carries that it was a later press, and of which window mode', async () => {
      store({ trigger: 'completed', windowMode: 'POPUP' });
      const page = await openTab('?state=ours');
      const expected = { ...returned, trigger: 'completed', windowMode: 'POPUP' };
      expect((await resumeOf(page)).resumeLogout()).to.deep.equal(expected);
    });

    it('carries that tokens were kept, and why', async () => {
      store({ kept: 'tokenStore: clear() left tokens behind.' });
      const page = await openTab('?state=ours');
      const { error, ...result } = (await resumeOf(page)).resumeLogout()!;
      expect(result).to.deep.equal({ ...returned, local: 'kept' });
      expect(error).to.include({ code: 'configuration', message: 'tokenStore: clear() left tokens behind.' });
    });

    it('counts in a frame, if that is where the user was', async () => {
      store();
      expect((await resumeOf(await openFrame('?state=ours'))).resumeLogout()).to.deep.equal(returned);
    });
  });

  describe('with a state that is not this tab’s', () => {
    it('leaves everything alone', async () => {
      latch(stateOf({ clientId, authority }), false);
      signIn(clientId);
      await leavesAlone(await openTab('?state=theirs&x=1#y'), '?state=theirs&x=1#y');
      await leavesAlone(await openFrame('?state=theirs&x=1#y'), '?state=theirs&x=1#y');
    });

    it('leaves everything alone in a frame, also while this tab is on a trip', async () => {
      store();
      await leavesAlone(await openFrame('?state=theirs#y'), '?state=theirs#y');
      expect(storedTrip()?.state).to.equal('ours');
    });

    it('is no answer to the trip that this tab is on, and stays in the URL', async () => {
      store();
      const page = await openTab('?state=theirs#y');
      expect((await resumeOf(page)).resumeLogout()).to.include({ providerSession: 'unknown' });
      expect(page.location.search + page.location.hash).to.equal('?state=theirs#y');
    });
  });

  it('does nothing on a page that was loaded on no trip', async () => {
    await leavesAlone(await openTab('?x=1#y'), '?x=1#y');
  });

  describe('without a state in the URL', () => {
    it('says returned where the callback page has seen the answer', async () => {
      store({ answered: 'returned' });
      const page = await openTab('?tab=nfts#top');
      expect((await resumeOf(page)).resumeLogout()).to.deep.equal(returned);
      expect(page.location.search + page.location.hash).to.equal('?tab=nfts#top');
      expect(storedTrip(page.sessionStorage)).to.be.null;
    });

    it('says unknown, closed, where nobody has: the user came back by himself', async () => {
      store();
      const page = (await openTab('?tab=nfts#top', early)) as EarlyPage;
      await settled(page);
      const { error, ...result } = page.first!;
      expect(result).to.deep.equal(unanswered);
      expect(error?.code).to.equal('closed');
      expect(typesOf(page)).to.deep.equal(['load', 'load', 'arkane-logged-out']);
      expect(storedTrip(page.sessionStorage)).to.be.null;
      expect(page.location.search + page.location.hash).to.equal('?tab=nfts#top');
    });

    it('lets the next press finish, by a redirect, and without asking the page again', async () => {
      store();
      const page = await openTab();
      const { resumeLogout } = await resumeOf(page);
      expect(resumeLogout()).to.include({ trigger: 'return', providerSession: 'unknown' });
      const core = await moduleOf<typeof entry>(page, 'core/index');
      const run = core.logout({ clientId, authority });
      const { searchParams } = await navigationOf(clientId);
      expect([...searchParams.keys()]).to.have.members(['client_id', 'post_logout_redirect_uri', 'state']);
      const trip = storedTrip(page.sessionStorage);
      expect(trip).to.include({ trigger: 'completed', windowMode: 'POPUP', state: searchParams.get('state') });
      await leave(page);
      showAgain(page);
      expect(await run).to.include({ trigger: 'completed', windowMode: 'POPUP', providerSession: 'unknown' });
      expect(typesOf(page)).not.to.contain('arkane-logging-out');
    });

    it('is silent where somebody has signed in since, and drops the trip', async () => {
      store();
      signIn(clientId);
      const page = await openTab();
      expect((await resumeOf(page)).resumeLogout()).to.be.null;
      await settled(page);
      expect(page.seen).to.deep.equal(['load']);
      expect(storedTrip(page.sessionStorage)).to.be.null;
      expect(page.sessionStorage.getItem(storageKey(clientId))).not.to.be.null;
    });

    it('does not take tokens that were kept for a sign-in', async () => {
      store({ kept: 'storage: not allowed by the browser.' });
      signIn(clientId);
      const page = await openTab();
      const result = (await resumeOf(page)).resumeLogout();
      expect(result).to.include({ trigger: 'return', providerSession: 'unknown', local: 'kept' });
      expect(result?.error?.code).to.equal('closed');
    });

    it('is silent where the trip has ended, although sessionStorage has it still, as Firefox may', async () => {
      store();
      const [[, trip]] = Object.entries(sessionStorage).filter(([name]) => name === tripName) as [[string, string]];
      (await resumeOf(await openFrame('?state=ours'))).resumeLogout();
      expect(storedTrip()).to.be.null;
      sessionStorage.setItem(tripName, trip);
      const page = await openTab();
      expect((await resumeOf(page)).resumeLogout()).to.be.null;
      expect(storedTrip(page.sessionStorage)).to.be.null;
    });

    it('is silent where somebody has signed in and out again since', async () => {
      store();
      for (const [name] of markersOf(clientId)) sessionStorage.removeItem(name);
      const page = await openTab();
      expect((await resumeOf(page)).resumeLogout()).to.be.null;
      expect(storedTrip(page.sessionStorage)).to.be.null;
    });

    it('leaves a trip alone in a frame, which may load while its page leaves', async () => {
      for (const answered of [undefined, 'returned'] as const) {
        store({ ...(answered && { answered }) });
        await leavesAlone(await openFrame(), '');
        expect(storedTrip()?.state).to.equal('ours');
      }
    });
  });

  for (const [what, text] of [
    ['not JSON', '{"state":'],
    ['a number', '5'],
    ['a text', '"ours"'],
    ['true', 'true'],
    ['null', 'null'],
    ['a list', '[]'],
    ['empty', '{}'],
    ['a state alone', '{"state":"ours"}'],
    ['of no URL', JSON.stringify({ state: 'ours', clientId: 'app', authority, url: 'nowhere' })],
    ['of no client', JSON.stringify({ state: 'ours', authority, url: route })],
    ['of a client that is no text', JSON.stringify({ state: 'ours', clientId: 7, authority, url: route })],
    ['of an authority that is none', JSON.stringify({ state: 'ours', clientId: 'app', authority: 'x', url: route })],
  ] as const)
    it(`claims nothing and throws nothing where what is stored is ${what}`, async () => {
      sessionStorage.setItem(tripName, text);
      for (const page of [await openTab(), await openFrame('?state=ours')]) {
        const result = (await resumeOf(page)).resumeLogout();
        expect(result?.providerSession).not.to.equal('ended');
        await settled(page);
      }
    });

  it('throws nothing where storage is blocked', async () => {
    const page = await openTab(
      '?state=ours',
      `<script>
        Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } });
      </script>`,
    );
    expect((await resumeOf(page)).resumeLogout()).to.be.null;
    expect(page.location.search).to.equal('?state=ours');
  });

  it('counts where localStorage alone is blocked', async () => {
    store();
    const page = await openFrame(
      '?state=ours',
      `<script>
        Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } });
      </script>`,
    );
    expect((await resumeOf(page)).resumeLogout()).to.deep.equal(returned);
  });

  it('throws nothing where the trip cannot be removed', async () => {
    store();
    const page = await openFrame(
      '?state=ours',
      `<script>
        Storage.prototype.removeItem = () => { throw new DOMException('broken', 'SecurityError'); };
      </script>`,
    );
    expect((await resumeOf(page)).resumeLogout()).to.deep.equal(returned);
  });
});

describe('watchLogout', () => {
  staysQuiet();
  const provider = scriptedProvider();
  let key: { clientId: string; authority: string };
  let test: AbortController;
  beforeEach(() => {
    key = { clientId, authority };
    test = new AbortController();
  });
  afterEach(() => {
    test.abort();
  });

  const watched = (part: Partial<Parameters<typeof watchLogout>[1]> = {}) => {
    const heard: LogoutResult[] = [];
    watchLogout((result) => heard.push(result), { ...key, signal: test.signal, ...part });
    return heard;
  };

  it('hears of each logout of its client, after the page was told', async () => {
    const order: string[] = [];
    testPage.on('arkane-logged-out', () => order.push('page'));
    const heard = watched();
    watchLogout(() => order.push('watcher'), { ...key, signal: test.signal });
    signIn(clientId);
    const first = await logout(key);
    const second = await logout(key);
    expect(heard).to.deep.equal([first, second]);
    expect(heard[0]).to.equal(first);
    expect(first).to.deep.equal(ended);
    expect(order).to.deep.equal(['page', 'watcher', 'page', 'watcher']);
  });

  it('hears nothing of another client, nor of its own at another provider', async () => {
    const heard = [watched({ clientId: newClient() }), watched({ authority: `${authority}2` })];
    signIn(clientId);
    await logout(key);
    expect(heard).to.deep.equal([[], []]);
  });

  it('knows its client with a trailing slash in the authority', async () => {
    const heard = watched({ authority: `${authority}/` });
    await logout(key);
    expect(heard).to.have.length(1);
  });

  it('hears of a later press that finishes', async () => {
    signIn(clientId);
    const heard = watched();
    const { token, hint } = provider;
    Object.assign(provider, offline);
    await logout(key);
    Object.assign(provider, { token, hint });
    await logout(key);
    expect(heard.map(({ trigger, providerSession }) => [trigger, providerSession])).to.deep.equal([
      ['user', 'unknown'],
      ['completed', 'ended'],
    ]);
  });

  it('hears nothing of a logout that changed nothing', async () => {
    const heard = watched();
    await logout({ ...key, signal: AbortSignal.abort() }).catch(() => undefined);
    await logout({ ...key, timeout: -1 }).catch(() => undefined);
    expect(heard).to.deep.equal([]);
  });

  it('is ended by its signal', async () => {
    const heard = watched();
    await logout(key);
    test.abort();
    await logout(key);
    expect(heard).to.have.length(1);
  });

  it('is over before it began where its signal was aborted', async () => {
    const heard = watched({ signal: AbortSignal.abort() });
    await logout(key);
    expect(heard).to.deep.equal([]);
  });

  it('hears of what comes, not of what was', async () => {
    await logout(key);
    const heard = watched();
    await new Promise((resolve) => setTimeout(resolve));
    expect(heard).to.deep.equal([]);
    expect(wasLoggedOut(key)).to.be.true;
  });

  it('throws on a key that names no client or an unknown environment', () => {
    for (const [attribute, wrong] of [
      ['client-id', { clientId: '' }],
      ['environment', { clientId: 'app', environment: 'sandbox' as 'prod' }],
      ['authority', { clientId: 'app', authority: 'javascript:0' }],
    ] as const)
      expect(() => {
        watchLogout(() => undefined, wrong);
      }).to.throw(LogoutError, new RegExp(`^${attribute}: `));
  });

  it('is not disturbed by a listener that throws, nor is the logout', async () => {
    const page = await openFrame();
    const core = await moduleOf<typeof entry>(page, 'core/index');
    const heard: LogoutResult[] = [];
    core.watchLogout((page as unknown as typeof globalThis).Function('throw new Error("theirs")') as () => void, key);
    core.watchLogout((result) => heard.push(result), key);
    signIn(clientId);
    expect(await core.logout(key)).to.deep.equal(ended);
    expect(heard).to.deep.equal([ended]);
    expect(core.isLoggingOut(key)).to.be.false;
    expect(page.noise.splice(0)).to.have.length(1);
  });

  it('hears of the way back that its page was loaded on, of its client alone', async () => {
    storeTrip({ clientId, authority, url: route, state: 'ours' });
    latch(stateOf(key), false);
    const page = await openFrame('?state=ours');
    const there = await resumeOf(page);
    const [heard, other]: LogoutResult[][] = [[], []];
    there.watchLogout((result) => heard!.push(result), key);
    there.watchLogout((result) => other!.push(result), { ...key, clientId: newClient() });
    expect(heard).to.deep.equal([]);
    await settled(page);
    expect(heard).to.deep.equal([returned]);
    expect(other).to.deep.equal([]);
    expect(heard![0]).to.equal(there.resumeLogout());
  });
});
