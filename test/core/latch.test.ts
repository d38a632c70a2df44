import { expect } from '@open-wc/testing';
import { LogoutError } from '../../src/core/errors.js';
import type * as entry from '../../src/core/index.js';
import { isLoggingOut, wasLoggedOut } from '../../src/core/latch.js';
import { logout } from '../../src/core/logout.js';
import type { ClientKey } from '../../src/core/request.js';
import type { Tokens } from '../../src/core/tokens.js';
import { leave, moduleOf, navigationOf, openFrame, showAgain } from '../support/documents.js';
import { page } from '../support/events.js';
import { scriptedProvider, status } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { authority, failure, isSignedIn, newClient, signIn, storageKey, tokensOf, userOf } from '../support/sign-in.js';
import { blockStorage, breakStorage, markersOf } from '../support/storage.js';

describe('wasLoggedOut, before any logout of the page', () => {
  it('is not thrown off by an entry that begins as ours and is not', () => {
    sessionStorage.setItem('arkane-logout:theme', 'dark');
    expect(() => wasLoggedOut()).not.to.throw();
    sessionStorage.clear();
  });
});

describe('isLoggingOut', () => {
  staysQuiet();
  scriptedProvider();
  let key: ClientKey;
  beforeEach(() => {
    key = { clientId: newClient(), authority };
    signIn(key.clientId);
  });

  it('is true from the call until the logout has ended', async () => {
    expect(isLoggingOut(key)).to.be.false;
    const run = logout(key);
    expect(isLoggingOut(key)).to.be.true;
    await run;
    expect(isLoggingOut(key)).to.be.false;
  });

  it('is true while the page is asked, before a token is gone', async () => {
    const seen: unknown[] = [];
    page.on('arkane-logging-out', (event) => {
      seen.push(isLoggingOut(key), isSignedIn(key.clientId));
      event.waitUntil(
        Promise.resolve().then(() => {
          seen.push(isLoggingOut(key));
        }),
      );
    });
    await logout(key);
    expect(seen).to.deep.equal([true, true, true]);
  });

  it('is false again after a cancelled logout', async () => {
    await failure(logout({ ...key, signal: AbortSignal.abort() }));
    expect(isLoggingOut(key)).to.be.false;
  });

  it('is false after a logout that was misconfigured', async () => {
    await failure(logout({ ...key, timeout: -1 }));
    expect(isLoggingOut(key)).to.be.false;
  });

  it('speaks of one client at one provider, its trailing slash aside', async () => {
    const run = logout(key);
    expect(isLoggingOut({ ...key, authority: `${authority}/` })).to.be.true;
    expect(isLoggingOut({ ...key, clientId: newClient() })).to.be.false;
    expect(isLoggingOut({ ...key, authority: `${authority}2` })).to.be.false;
    await run;
  });

  it('speaks of any client without a key', async () => {
    expect(isLoggingOut()).to.be.false;
    const run = logout(key);
    expect(isLoggingOut()).to.be.true;
    await run;
    expect(isLoggingOut()).to.be.false;
  });

  for (const ask of [isLoggingOut, wasLoggedOut])
    it(`${ask.name} throws on a key that names no client or an unknown environment`, () => {
      for (const [attribute, wrong] of [
        ['client-id', { clientId: '' }],
        ['environment', { clientId: 'app', environment: 'sandbox' as 'prod' }],
        ['authority', { clientId: 'app', authority: 'javascript:0' }],
      ] as const)
        expect(() => ask(wrong)).to.throw(LogoutError, new RegExp(`^${attribute}: `));
    });
});

describe('isLoggingOut and wasLoggedOut, of a page that leaves', () => {
  staysQuiet();
  scriptedProvider();

  it('are true until it is shown again; on the page that the user comes back to, the logout is over', async () => {
    sessionStorage.clear();
    const key = { clientId: newClient(), authority };
    const frame = await openFrame();
    const core = await moduleOf<typeof entry>(frame, 'core/index');
    const run = core.logout({ ...key, windowMode: 'REDIRECT' });
    const { searchParams } = await navigationOf(key.clientId);
    await leave(frame);
    const back = await openFrame(`?state=${searchParams.get('state') ?? ''}`);
    const there = await moduleOf<typeof entry>(back, 'core/index');
    there.resumeLogout();
    expect([core.isLoggingOut(key), core.wasLoggedOut(key)]).to.deep.equal([true, true]);
    expect([there.isLoggingOut(key), there.wasLoggedOut(key)]).to.deep.equal([false, true]);
    showAgain(frame);
    await run;
    expect([core.isLoggingOut(key), core.wasLoggedOut(key)]).to.deep.equal([false, true]);
    signIn(key.clientId);
    expect([core.wasLoggedOut(key), there.wasLoggedOut(key)]).to.deep.equal([false, false]);
  });

  it('are as before where the page did not leave after all', async () => {
    sessionStorage.clear();
    const key = { clientId: newClient(), authority };
    const core = await moduleOf<typeof entry>(await openFrame(), 'core/index');
    await core.logout({ ...key, windowMode: 'REDIRECT', timeout: 100 });
    expect([core.isLoggingOut(key), core.wasLoggedOut(key)]).to.deep.equal([false, true]);
  });
});

describe('wasLoggedOut', () => {
  staysQuiet();
  const provider = scriptedProvider();
  let key: ClientKey;
  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    key = { clientId: newClient(), authority };
    signIn(key.clientId);
  });

  it('is false of a client that nobody logged out', () => {
    expect(wasLoggedOut(key)).to.be.false;
  });

  it('is true after a logout, until the next sign-in, and stays false after that one is gone', async () => {
    await logout(key);
    expect(wasLoggedOut(key)).to.be.true;
    signIn(key.clientId);
    expect(wasLoggedOut(key)).to.be.false;
    sessionStorage.removeItem(storageKey(key.clientId));
    expect(wasLoggedOut(key)).to.be.false;
  });

  it('is true after a logout that was not proved', async () => {
    provider.token = provider.hint = () => status(500);
    await logout(key);
    expect(wasLoggedOut(key)).to.be.true;
  });

  it('notices a sign-in in the other storage too, and with a trailing slash', async () => {
    for (const sign of [
      () => signIn(key.clientId, tokensOf(key.clientId), localStorage),
      () => {
        sessionStorage.setItem(storageKey(key.clientId, `${authority}/`), userOf(tokensOf(key.clientId)));
      },
    ]) {
      await logout(key);
      expect(wasLoggedOut(key)).to.be.true;
      sign();
      expect(wasLoggedOut(key)).to.be.false;
    }
  });

  it('is true again after another logout', async () => {
    await logout(key);
    signIn(key.clientId);
    expect(wasLoggedOut(key)).to.be.false;
    await logout(key);
    expect(wasLoggedOut(key)).to.be.true;
  });

  it('is true from the wipe on, and while the logout still runs whatever is stored', async () => {
    const seen: boolean[] = [];
    provider.token = () => {
      seen.push(wasLoggedOut(key));
      signIn(key.clientId); // a renewal that was in flight
      seen.push(wasLoggedOut(key));
      sessionStorage.removeItem(storageKey(key.clientId));
      return status(204);
    };
    await logout(key);
    expect(seen).to.deep.equal([true, true, true, true]); // it is sent twice
  });

  it('is false after a logout that was cancelled or misconfigured', async () => {
    await failure(logout({ ...key, signal: AbortSignal.abort() }));
    await failure(logout({ ...key, storage: 'cookie' as 'local' }));
    expect(wasLoggedOut(key)).to.be.false;
    expect(markersOf(key.clientId)).to.deep.equal([]);
  });

  it('does not take the tokens for a sign-in that a logout could not remove', async () => {
    breakStorage('removeItem', (_, name) => name.startsWith('oidc.user:'));
    expect((await logout(key)).local).to.equal('kept');
    expect(wasLoggedOut(key)).to.be.true;
  });

  it('does not take a user that cannot be read for a sign-in', async () => {
    await logout(key);
    sessionStorage.setItem(storageKey(key.clientId), 'not JSON');
    expect(wasLoggedOut(key)).to.be.true;
    const unblock = blockStorage('sessionStorage', 'localStorage');
    expect(wasLoggedOut(key)).to.be.true;
    unblock();
  });

  it('looks for the sign-in where the last logout found the tokens', async () => {
    let held: Tokens | null = tokensOf(key.clientId);
    const tokenStore = {
      tokens: () => held,
      clear: () => {
        held = null;
      },
    };
    await logout({ ...key, tokenStore });
    expect(wasLoggedOut(key)).to.be.true; // although oidc-client-ts's storage has a user, that is nobody's here
    held = tokensOf(key.clientId);
    expect(wasLoggedOut(key)).to.be.false;
  });

  it('does not wait for a store that answers later, nor leave its failure unhandled', async () => {
    let answer: () => Promise<Tokens | null> = () => Promise.resolve(null);
    await logout({ ...key, tokenStore: { tokens: () => answer(), clear: () => Promise.resolve() } });
    answer = () => Promise.reject(new Error('offline'));
    expect(wasLoggedOut(key)).to.be.true;
    answer = () => Promise.resolve(tokensOf(key.clientId));
    expect(wasLoggedOut(key)).to.be.true;
  });

  it('speaks of one client, its trailing slash aside', async () => {
    await logout(key);
    expect(wasLoggedOut({ ...key, clientId: newClient() })).to.be.false;
    expect(wasLoggedOut({ ...key, authority: `${authority}2` })).to.be.false;
    expect(wasLoggedOut({ ...key, authority: `${authority}/` })).to.be.true;
  });

  it('works in memory alone where the marker cannot be stored', async () => {
    breakStorage('setItem', (_, name) => name.startsWith('arkane-logout:'));
    expect((await logout(key)).providerSession).to.equal('ended');
    expect(wasLoggedOut(key)).to.be.true;
    expect(markersOf(key.clientId)).to.deep.equal([]);
    signIn(key.clientId);
    expect(wasLoggedOut(key)).to.be.false;
  });

  it('works in memory alone where storage is blocked, and its lifting throws nothing', async () => {
    let held: Tokens | null = tokensOf(key.clientId);
    const tokenStore = {
      tokens: () => held,
      clear: () => {
        held = null;
      },
    };
    const unblock = blockStorage('sessionStorage', 'localStorage');
    const result = await logout({ ...key, tokenStore });
    const before = [wasLoggedOut(key), wasLoggedOut()];
    held = tokensOf(key.clientId);
    const after = wasLoggedOut(key);
    unblock();
    expect(result).to.include({ providerSession: 'ended', local: 'wiped' });
    expect(before).to.deep.equal([true, true]);
    expect(after).to.be.false;
  });
});
