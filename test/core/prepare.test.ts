import { expect } from '@open-wc/testing';
import type { User, UserManager } from 'oidc-client-ts';
import { noteEnded } from '../../src/core/ended.js';
import { endpointsOf } from '../../src/core/endpoints.js';
import { isUnfinished, wasLoggedOut } from '../../src/core/latch.js';
import { logout } from '../../src/core/logout.js';
import { prepareLogout } from '../../src/core/prepare.js';
import { validate } from '../../src/core/request.js';
import { loadedAt, nameOf } from '../../src/core/state.js';
import { sessionKeyOf, type Tokens } from '../../src/core/tokens.js';
import { heardEvents } from '../support/events.js';
import { newIssuer, scriptedProvider, status, unreachable } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { ended } from '../support/results.js';
import { authority, isSignedIn, newClient, signIn, tokensOf, userOf } from '../support/sign-in.js';
import { markersOf } from '../support/storage.js';
import { hasEnded } from '../support/record.js';

const ask = (authority: string) =>
  endpointsOf(validate({ clientId: 'Arketype', authority }), new AbortController().signal);

describe('prepareLogout', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const asked = async (times: number) => {
    while (provider.asked.length < times) await new Promise((resolve) => setTimeout(resolve));
  };

  it('asks for what a press will need, which then asks no more', async () => {
    const issuer = newIssuer();
    prepareLogout({ clientId: 'Arketype', authority: issuer });
    await asked(1);
    expect(await ask(issuer)).to.have.property('endSession', `${issuer}/session/end`);
    expect(provider.asked).to.deep.equal(['metadata']);
  });

  it('is silent where it fails, and a press asks again', async () => {
    const issuer = newIssuer();
    const { metadata } = provider;
    provider.metadata = unreachable;
    prepareLogout({ clientId: 'Arketype', authority: issuer });
    await asked(1);
    await new Promise((resolve) => setTimeout(resolve));
    provider.metadata = metadata;
    expect(await ask(issuer)).to.have.property('endSession', `${issuer}/session/end`);
    expect(provider.asked).to.deep.equal(['metadata', 'metadata']);
  });

  it('asks nothing of a Keycloak-shaped issuer, and is silent of a client that is misconfigured', async () => {
    prepareLogout({ clientId: 'Arketype', authority: 'https://login.example/auth/realms/units' });
    prepareLogout({ clientId: 'Arketype' });
    prepareLogout({ clientId: '', authority: newIssuer() });
    prepareLogout({ clientId: 'Arketype', authority: 'javascript:alert(1)' });
    await new Promise((resolve) => setTimeout(resolve, 20)); // longer than a request takes to go out
    expect(provider.sent).to.deep.equal([]);
  });
});

describe('prepareLogout, which attends to a client', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const heard = heardEvents();
  let key: { clientId: string; authority: string };
  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    key = { clientId: newClient(), authority };
  });
  const settled = async () => {
    for (let task = 0; task < 3; task += 1) await new Promise((resolve) => setTimeout(resolve));
  };
  /** As a logout before a reload left it. */
  const mark = (text = '') => {
    sessionStorage.setItem(nameOf(key), text);
  };
  /** What a logout needs of a UserManager. */
  const managerOf = (tokens: Tokens | null) => {
    const listeners = new Set<(user: User) => unknown>();
    const manager = {
      user: tokens && (JSON.parse(userOf(tokens)) as User),
      listeners,
      getUser: () => Promise.resolve(manager.user),
      removeUser: () => {
        manager.user = null;
        return Promise.resolve();
      },
      load: async (loaded: Tokens) => {
        manager.user = JSON.parse(userOf(loaded)) as User;
        for (const listener of listeners) listener(manager.user);
        await settled();
      },
      stopSilentRenew: () => undefined,
      settings: {},
      events: {
        addUserLoaded: (listener: (user: User) => unknown) => {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
      },
    };
    return manager;
  };
  type Manager = ReturnType<typeof managerOf>;
  const prepare = (manager: Manager) => {
    prepareLogout({ ...key, tokenStore: manager as unknown as UserManager });
  };

  it('tells nobody of who is signed in, and changes nothing', async () => {
    signIn(key.clientId);
    prepareLogout(key);
    await settled();
    expect(isSignedIn(key.clientId)).to.be.true;
    expect(wasLoggedOut(key)).to.be.false;
    expect(heard.types).to.deep.equal([]);
    expect(provider.sent).to.deep.equal([]);
  });

  it('finds out that somebody has signed in since a logout before a reload', async () => {
    mark();
    signIn(key.clientId);
    prepareLogout(key);
    await settled();
    expect(markersOf(key.clientId)).to.deep.equal([]);
  });

  it('finds out also where the page’s store tells it later', async () => {
    mark('unfinished');
    prepare(managerOf(tokensOf(key.clientId)));
    await settled();
    expect(markersOf(key.clientId)).to.deep.equal([]);
  });

  for (const [what, text] of [
    ['', ''],
    [' that is not finished', 'unfinished'],
  ] as const)
    it(`keeps the marker of a logout${what} where nobody has signed in since`, async () => {
      mark(text);
      prepareLogout(key);
      await settled();
      expect(markersOf(key.clientId)).to.deep.equal([[nameOf(key), text]]);
      expect(wasLoggedOut(key)).to.be.true;
      expect(isUnfinished(key)).to.equal(text !== '');
    });

  it('lifts the record of a session that somebody was in as the page was loaded, and none of later', async () => {
    const [before, since] = [tokensOf(key.clientId), tokensOf(key.clientId)];
    const name = nameOf(key);
    noteEnded(name, sessionKeyOf(before)!, loadedAt - 1);
    noteEnded(name, sessionKeyOf(since)!, loadedAt + 1);
    for (const tokens of [before, since]) {
      signIn(key.clientId, tokens);
      prepareLogout(key);
      await settled();
    }
    expect(hasEnded(name, sessionKeyOf(before), 0)).to.be.false;
    expect(hasEnded(name, sessionKeyOf(since), 0)).to.be.true;
  });

  it('hears of a sign-in from a UserManager', async () => {
    const manager = managerOf(null);
    mark();
    prepare(manager);
    await settled();
    expect(markersOf(key.clientId)).to.have.length(1);
    await manager.load(tokensOf(key.clientId));
    expect(markersOf(key.clientId)).to.deep.equal([]);
  });

  it('listens to the UserManager that was given last, once', () => {
    const [first, second] = [managerOf(null), managerOf(null)];
    prepare(first);
    prepare(first);
    expect(first.listeners.size).to.equal(1);
    prepare(second);
    expect([first.listeners.size, second.listeners.size]).to.deep.equal([0, 1]);
    prepareLogout(key);
    expect(second.listeners.size).to.equal(0);
  });

  it('stays with the store of a logout that runs, and of one that is not finished', async () => {
    const [first, second] = [managerOf(tokensOf(key.clientId)), managerOf(tokensOf(key.clientId))];
    provider.token = provider.hint = () => {
      prepare(second);
      return status(400);
    };
    const run = logout({ ...key, tokenStore: first as unknown as UserManager });
    expect((await run).error?.code).to.equal('unproved');
    prepare(second);
    await settled();
    expect([first.listeners.size, second.listeners.size]).to.deep.equal([2, 0]); // one keeps renewals out
    expect(second.user).not.to.be.null;
    await first.load(tokensOf(key.clientId));
    expect(wasLoggedOut(key)).to.be.false;
  });

  it('does not take what is in the store for a sign-in while a logout runs', async () => {
    signIn(key.clientId);
    const seen: unknown[] = [];
    provider.token = async () => {
      signIn(key.clientId);
      prepareLogout(key);
      await settled();
      seen.push(markersOf(key.clientId).length);
      return status(204);
    };
    expect(await logout(key)).to.deep.equal(ended);
    expect(seen).to.deep.equal([1, 1]);
  });

  it('is silent where the store fails, or hangs', async () => {
    mark();
    for (const tokens of [
      () => {
        throw new Error('not ready');
      },
      () => Promise.reject(new Error('offline')),
      () => new Promise<never>(() => undefined),
    ])
      prepareLogout({ ...key, timeout: 10, tokenStore: { tokens, clear: () => undefined } });
    await new Promise((resolve) => setTimeout(resolve, 30)); // longer than its timeout
    expect(markersOf(key.clientId)).to.have.length(1);
    expect(heard.types).to.deep.equal([]);
  });

  it('attends to nobody where it is misconfigured', async () => {
    mark();
    signIn(key.clientId);
    prepareLogout({ ...key, timeout: -1 });
    await settled();
    expect(markersOf(key.clientId)).to.have.length(1);
  });
});
