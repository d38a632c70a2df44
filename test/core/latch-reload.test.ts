import { expect } from '@open-wc/testing';
import * as latches from '../../src/core/latch.js';
import { logout } from '../../src/core/logout.js';
import type { ClientKey } from '../../src/core/request.js';
import { moduleOf, openFrame } from '../support/documents.js';
import { scriptedProvider } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { authority, newClient, signIn, tokensOf } from '../support/sign-in.js';
import { markersOf } from '../support/storage.js';

const { wasLoggedOut } = latches;

/** The module as a document has it that is loaded later in this tab: nothing in memory, the same storage. */
const afterReload = async () => moduleOf<typeof latches>(await openFrame(), 'core/latch');

describe('wasLoggedOut, after a reload', () => {
  staysQuiet();
  scriptedProvider();
  let key: ClientKey;
  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    key = { clientId: newClient(), authority };
    signIn(key.clientId);
  });

  it('is still true, and still lifted by a sign-in', async () => {
    await logout(key);
    const reloaded = await afterReload();
    expect(reloaded.wasLoggedOut(key)).to.be.true;
    expect(reloaded.wasLoggedOut()).to.be.true;
    expect(reloaded.isLoggingOut(key)).to.be.false;
    signIn(key.clientId);
    expect(reloaded.wasLoggedOut(key)).to.be.false;
    expect(markersOf(key.clientId)).to.deep.equal([]);
    expect((await afterReload()).wasLoggedOut(key)).to.be.false;
  });

  it('is still true where the app’s store empties all of sessionStorage', async () => {
    const tokenStore = {
      tokens: () => (sessionStorage.getItem('mine') ? { refreshToken: 'mine' } : null),
      clear: () => {
        sessionStorage.clear();
      },
    };
    sessionStorage.setItem('mine', 'yes');
    await logout({ ...key, tokenStore });
    expect(sessionStorage.getItem('mine')).to.be.null;
    expect((await afterReload()).wasLoggedOut(key)).to.be.true;
  });

  it('knows it from a marker that holds no token', async () => {
    const tokens = tokensOf(key.clientId);
    signIn(key.clientId, tokens);
    await logout(key);
    expect(markersOf(key.clientId)).to.have.length(1);
    const stored = JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)]);
    for (const token of [tokens.idToken, tokens.accessToken, tokens.refreshToken]) expect(stored).not.to.contain(token);
    expect(stored).not.to.contain('eyJ');
  });

  it('tells clients apart whose names could be mistaken for each other', async () => {
    await logout({ ...key, clientId: `${key.clientId}"],["x` });
    expect((await afterReload()).wasLoggedOut(key)).to.be.false;
  });

  it('speaks of any client without a key', async () => {
    const { wasLoggedOut: wasAnyLoggedOut } = await afterReload();
    expect(wasAnyLoggedOut()).to.be.false;
    await logout(key);
    expect(wasLoggedOut()).to.be.true;
    expect(wasAnyLoggedOut()).to.be.true;
    signIn(key.clientId);
    expect(wasAnyLoggedOut()).to.be.false;
  });
});
