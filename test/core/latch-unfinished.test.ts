import { expect } from '@open-wc/testing';
import type * as entry from '../../src/core/index.js';
import * as latches from '../../src/core/latch.js';
import { logout } from '../../src/core/logout.js';
import type { ClientKey } from '../../src/core/request.js';
import type { LogoutResult } from '../../src/core/result.js';
import { stateOf } from '../../src/core/state.js';
import type { Tokens } from '../../src/core/tokens.js';
import { leave, moduleOf, navigationOf, openFrame, typesOf, until } from '../support/documents.js';
import { fakeOpen, playedCallback } from '../support/popups.js';
import { offline, scriptedProvider, status } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { ended } from '../support/results.js';
import { authority, newClient, signIn, storageKey, tokensOf } from '../support/sign-in.js';
import { blockStorage, breakStorage, markersOf } from '../support/storage.js';
import { storedTrip } from '../support/trips.js';

const { isUnfinished, settle } = latches;
const callbackUri = `${location.origin}/callback`;
const completed: LogoutResult = {
  ...ended,
  trigger: 'completed',
  via: 'window',
  providerSession: 'returned',
  evidence: 'return',
};

/** The module as a document has it that is loaded later in this tab: nothing in memory, the same storage. */
const afterReload = async () => moduleOf<typeof latches>(await openFrame(), 'core/latch');

describe('isUnfinished', () => {
  staysQuiet();
  const provider = scriptedProvider();
  let key: ClientKey;
  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    key = { clientId: newClient(), authority };
    signIn(key.clientId);
  });

  const lose = async () => {
    Object.assign(provider, offline);
    expect(await logout(key)).to.include({ providerSession: 'unknown' });
  };
  const marker = () => markersOf(key.clientId).map(([, value]) => String(value));

  it('is false of a client that nobody logged out', async () => {
    expect(isUnfinished(key)).to.be.false;
    expect((await afterReload()).isUnfinished(key)).to.be.false;
    expect(markersOf(key.clientId)).to.deep.equal([]);
  });

  it('is false after a logout that was proved, here and after a reload', async () => {
    await logout(key);
    expect(isUnfinished(key)).to.be.false;
    expect((await afterReload()).isUnfinished(key)).to.be.false;
    expect(marker()).to.deep.equal(['']);
  });

  it('is true after one that was not, here and after a reload, from a marker that holds no token', async () => {
    await lose();
    expect(isUnfinished(key)).to.be.true;
    expect((await afterReload()).isUnfinished(key)).to.be.true;
    expect(marker()).to.deep.equal(['unfinished']);
    const stored = JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)]);
    expect(stored).not.to.contain('eyJ');
  });

  it('is true where the page is reloaded while the logout runs', async () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    provider.token = () => promise;
    const run = logout(key);
    await until(() => provider.sent.length);
    expect((await afterReload()).isUnfinished(key)).to.be.true;
    resolve(status(204));
    await run;
    expect((await afterReload()).isUnfinished(key)).to.be.false;
  });

  it('is false again once it is finished', async () => {
    const online = { token: provider.token, hint: provider.hint };
    await lose();
    Object.assign(provider, online);
    expect(await logout(key)).to.include({ providerSession: 'ended' });
    expect(isUnfinished(key)).to.be.false;
    expect((await afterReload()).isUnfinished(key)).to.be.false;
  });

  it('is false again once somebody has signed in, and stays so', async () => {
    await lose();
    signIn(key.clientId);
    expect(isUnfinished(key)).to.be.false;
    const reloaded = await afterReload();
    expect(reloaded.isUnfinished(key)).to.be.false;
    sessionStorage.removeItem(storageKey(key.clientId));
    expect((await afterReload()).isUnfinished(key)).to.be.false;
  });

  it('is not set anew, by an answer that comes late, over a sign-in', async () => {
    await lose();
    signIn(key.clientId);
    const outcome = { via: 'window', providerSession: 'alive', evidence: 'session-check' } as const;
    settle(stateOf({ clientId: key.clientId, authority }), { windowMode: 'POPUP', trigger: 'completed' }, outcome);
    expect(markersOf(key.clientId)).to.deep.equal([]);
    expect(isUnfinished(key)).to.be.false;
    expect((await afterReload()).isUnfinished(key)).to.be.false;
  });

  it('looks in the page’s own store too, where that answers at once', async () => {
    await lose();
    const reloaded = await afterReload();
    const store = (tokens: () => Tokens | null | Promise<Tokens | null>) => ({
      ...key,
      tokenStore: { tokens, clear: () => undefined },
    });
    expect(reloaded.isUnfinished(store(() => null))).to.be.true;
    expect(reloaded.isUnfinished(store(() => ({ refreshToken: 'it' })))).to.be.false;
    expect(reloaded.isUnfinished(store(() => Promise.resolve(null)))).to.be.false;
    expect(reloaded.isUnfinished(store(() => Promise.reject(new Error('broken'))))).to.be.false;
    const broken = () => {
      throw new Error('broken');
    };
    expect(reloaded.isUnfinished(store(broken))).to.be.undefined;
  });

  it('is of one client, and of an authority with and without its slash', async () => {
    await lose();
    const reloaded = await afterReload();
    expect(reloaded.isUnfinished({ ...key, authority: `${authority}/` })).to.be.true;
    expect(reloaded.isUnfinished({ ...key, clientId: newClient() })).to.be.false;
  });

  it('is undefined, and silent, of a key that names nobody', () => {
    expect(isUnfinished({ clientId: '' })).to.be.undefined;
    expect(isUnfinished({ clientId: 'app', authority: 'javascript:alert(1)' })).to.be.undefined;
  });

  it('is true in this document where storage is full, and false after a reload', async () => {
    breakStorage('setItem');
    await lose();
    expect(isUnfinished(key)).to.be.true;
    expect((await afterReload()).isUnfinished(key)).to.be.false;
  });

  it('is silent where storage is blocked', () => {
    const unblock = blockStorage('sessionStorage', 'localStorage');
    const answer = isUnfinished(key);
    unblock();
    expect(answer).to.be.false;
  });
});

describe('logout, unfinished before a reload', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const callback = playedCallback();
  let clientId: string;
  beforeEach(async () => {
    sessionStorage.clear();
    localStorage.clear();
    clientId = newClient();
    signIn(clientId);
    Object.assign(provider, { token: () => status(400), hint: () => status(200) });
    await logout({ clientId, authority });
  });

  const reload = async () => {
    const frame = await openFrame();
    const core = await moduleOf<typeof entry>(frame, 'core/index');
    const { loadWindows } = await moduleOf<{ loadWindows: () => Promise<unknown> }>(frame, 'core/visit');
    await loadWindows();
    return { frame, core, popups: fakeOpen(frame) };
  };

  it('is finished by a press, in a window, with client_id alone, without asking the page', async () => {
    const { frame, core, popups } = await reload();
    const before = provider.sent.length;
    const run = core.logout({ clientId, authority, callbackUri });
    expect(popups.opened).to.have.length(1);
    await until(() => popups.last.urls.length);
    const { state, ...parameters } = Object.fromEntries(popups.url.searchParams);
    expect(state).to.be.a('string');
    expect(parameters).to.deep.equal({ client_id: clientId, post_logout_redirect_uri: callbackUri });
    await callback.comeBack(popups.url);
    expect(await run).to.deep.equal(completed);
    expect(typesOf(frame)).to.deep.equal(['load', 'arkane-logged-out']);
    expect(provider.sent).to.have.length(before);
    expect(markersOf(clientId).map(([, value]) => String(value))).to.deep.equal(['']);
  });

  it('is finished by a redirect where there is no callback-uri', async () => {
    const { frame, core } = await reload();
    void core.logout({ clientId, authority });
    const url = await navigationOf(clientId);
    await leave(frame);
    expect(url.searchParams.get('client_id')).to.equal(clientId);
    expect(url.searchParams.has('id_token_hint')).to.be.false;
    expect(storedTrip()).to.include({ trigger: 'completed', windowMode: 'POPUP' });
    expect(typesOf(frame)).to.deep.equal(['load']);
  });

  it('is no matter to a user who has signed in since: the page is asked, and that one logged out', async () => {
    const tokens = signIn(clientId, tokensOf(clientId));
    provider.token = () => status(204);
    const { frame, core } = await reload();
    expect(await core.logout({ clientId, authority })).to.deep.equal(ended);
    expect(provider.forms('token').at(-1)).to.include({ refresh_token: tokens.refreshToken });
    expect(typesOf(frame)).to.deep.equal(['load', 'arkane-logging-out', 'arkane-logged-out']);
  });
});
