import { expect } from '@open-wc/testing';
import Keycloak from 'keycloak-js';
import { InMemoryWebStorage, User, UserManager, type UserManagerSettings, WebStorageStateStore } from 'oidc-client-ts';
import { LogoutError } from '../../src/core/errors.js';
import { isEmpty } from '../../src/core/tokens.js';
import { oidcClientStorage, storeFrom, type TokenSource } from '../../src/core/token-store.js';
import { heldTimers } from '../support/popups.js';
import { authority, isSignedIn, newClient, now, signIn, storageKey, tokensOf, userOf } from '../support/sign-in.js';
import { blockStorage, breakStorage } from '../support/storage.js';
import { thrownBy } from '../support/thrown.js';

describe('oidcClientStorage', () => {
  let clientId: string;
  let tokens: ReturnType<typeof tokensOf>;
  beforeEach(() => {
    clientId = newClient();
    tokens = tokensOf(clientId);
  });
  afterEach(() => {
    for (const storage of [sessionStorage, localStorage])
      for (const issuer of [authority, `${authority}/`]) storage.removeItem(storageKey(clientId, issuer));
  });

  it('is null where nobody is signed in', () => {
    expect(oidcClientStorage(authority, clientId, 'session').tokens()).to.be.null;
  });

  for (const [where, storage] of [
    ['sessionStorage', sessionStorage],
    ['localStorage', localStorage],
  ] as const)
    for (const written of [authority, `${authority}/`])
      for (const asked of [authority, `${authority}/`])
        it(`finds and wipes a user in ${where} under ${written} when asked for ${asked}`, () => {
          storage.setItem(storageKey(clientId, written), userOf(tokens));
          const store = oidcClientStorage(asked, clientId, 'session');
          expect(store.tokens()).to.deep.equal(tokens);
          void store.clear();
          expect(store.tokens()).to.be.null;
          expect(isSignedIn(clientId)).to.be.false;
        });

  for (const [first, expected] of [
    ['session', 'of-the-session'],
    ['local', 'of-the-device'],
  ] as const)
    it(`reads ${first} first, and wipes both`, () => {
      signIn(clientId, { ...tokens, accessToken: 'of-the-session' }, sessionStorage);
      signIn(clientId, { ...tokens, accessToken: 'of-the-device' }, localStorage);
      const store = oidcClientStorage(authority, clientId, first);
      expect(store.tokens()).to.include({ accessToken: expected });
      void store.clear();
      expect(isSignedIn(clientId)).to.be.false;
    });

  it('leaves other clients, other issuers and the rest of the page alone', () => {
    const others = [storageKey(`${clientId}2`), storageKey(clientId, `${authority}2`), `app-${clientId}`];
    for (const name of others) sessionStorage.setItem(name, 'kept');
    void oidcClientStorage(authority, clientId, 'session').clear();
    for (const name of others) {
      expect(sessionStorage.getItem(name)).to.equal('kept');
      sessionStorage.removeItem(name);
    }
  });

  it('gives what is missing as missing', () => {
    sessionStorage.setItem(storageKey(clientId), JSON.stringify({ access_token: 'a' }));
    expect(oidcClientStorage(authority, clientId, 'session').tokens()).to.deep.equal({
      idToken: undefined,
      accessToken: 'a',
      refreshToken: undefined,
      expiresAt: undefined,
    });
  });

  for (const text of ['null', '5', '"text"', '[]', '{}'])
    it(`finds no token in ${text}`, async () => {
      sessionStorage.setItem(storageKey(clientId), text);
      expect(isEmpty(await oidcClientStorage(authority, clientId, 'session').tokens())).to.be.true;
    });

  it('says that the stored user is not JSON, without quoting it', () => {
    sessionStorage.setItem(storageKey(clientId), 'secret-token');
    const error = thrownBy(() => oidcClientStorage(authority, clientId, 'session').tokens()) as LogoutError;
    expect(error).to.be.instanceOf(LogoutError);
    expect(error.code).to.equal('configuration');
    expect(error.message).to.match(/^storage: /);
    expect(error).not.to.have.property('cause'); // a SyntaxError quotes its input
    expect(error.message).not.to.contain('secret-token');
  });

  it('throws when an entry cannot be removed, after all the others were', () => {
    for (const storage of [sessionStorage, localStorage]) signIn(clientId, tokens, storage);
    const mend = breakStorage(
      'removeItem',
      (storage, name) => storage === sessionStorage && name === storageKey(clientId),
    );
    const error = thrownBy(() => oidcClientStorage(authority, clientId, 'session').clear());
    mend();
    expect(error).to.be.instanceOf(LogoutError);
    expect(error).to.have.nested.property('cause.name', 'SecurityError');
    expect(localStorage.getItem(storageKey(clientId))).to.be.null;
  });

  it('throws in its functions, not when it is made, where storage is blocked', () => {
    const unblock = blockStorage('sessionStorage', 'localStorage');
    const store = oidcClientStorage(authority, clientId, 'session');
    const errors = [thrownBy(() => store.tokens()), thrownBy(() => store.clear())];
    unblock();
    for (const error of errors) {
      expect(error).to.be.instanceOf(LogoutError);
      expect(error).to.have.nested.property('cause.name', 'SecurityError');
    }
  });
});

/** A real `UserManager` that holds a user, in memory. */
const managerOf = async (
  clientId: string,
  tokens: ReturnType<typeof tokensOf>,
  settings: Partial<UserManagerSettings> = {},
): Promise<UserManager> => {
  const manager = new UserManager({
    authority,
    client_id: clientId,
    redirect_uri: location.href,
    userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    automaticSilentRenew: false,
    ...settings,
  });
  await manager.storeUser(User.fromStorageString(userOf(tokens)));
  return manager;
};

/** A real keycloak-js that was given its tokens. */
const keycloakOf = async (clientId: string, tokens: ReturnType<typeof tokensOf>): Promise<Keycloak> => {
  const keycloak = new Keycloak({ url: location.origin, realm: 'units', clientId });
  const { accessToken: token, idToken, refreshToken } = tokens;
  const { fetch } = globalThis;
  // It renews them at once.
  globalThis.fetch = () =>
    Promise.resolve(Response.json({ access_token: token, id_token: idToken, refresh_token: refreshToken }));
  await keycloak.init({ token, idToken, refreshToken, checkLoginIframe: false });
  globalThis.fetch = fetch;
  return keycloak;
};

describe('storeFrom', () => {
  let clientId: string;
  let tokens: ReturnType<typeof tokensOf>;
  beforeEach(() => {
    clientId = newClient();
    tokens = tokensOf(clientId);
  });

  it('takes an object with tokens() and clear(), and calls them as its own', async () => {
    class Store {
      held: object | null = tokens;
      tokens() {
        return this.held;
      }
      clear() {
        this.held = null;
      }
    }
    const store = storeFrom(new Store());
    expect(await store.tokens()).to.equal(tokens);
    await store.clear();
    expect(await store.tokens()).to.be.null;
  });

  for (const [what, source] of [
    ['nothing that is known', {}],
    ['a store that cannot be emptied', { tokens: () => null }],
    ['a number', 5],
    ['react-oidc-context’s own object of a signed-in user', { isAuthenticated: true, removeUser: () => undefined }],
  ] as const)
    it(`does not take ${what}`, () => {
      expect(() => storeFrom(source as unknown as TokenSource))
        .to.throw(LogoutError, 'tokenStore: ')
        .with.property('code', 'configuration');
    });

  describe('with a UserManager', () => {
    it('gives its tokens, and empties it, so that its users hear of that once', async () => {
      const manager = await managerOf(clientId, tokens);
      const heard: string[] = [];
      manager.events.addUserUnloaded(() => void heard.push('userUnloaded'));
      manager.events.addUserLoaded(() => void heard.push('userLoaded'));
      const store = storeFrom(manager);
      expect(await store.tokens()).to.deep.equal(tokens);
      await store.clear();
      expect(await manager.getUser()).to.be.null;
      expect(await store.tokens()).to.deep.equal({
        idToken: undefined,
        accessToken: undefined,
        refreshToken: undefined,
        expiresAt: undefined,
      });
      expect(heard).to.deep.equal(['userUnloaded']);
    });

    describe('that renews', () => {
      const timers = heldTimers(1000);

      it('stops its renewal, which goes on with the next sign-in', async () => {
        const manager = await managerOf(clientId, tokens, { automaticSilentRenew: true });
        const store = storeFrom(manager);
        await manager.getUser();
        let asked = 0;
        manager.signinSilent = () => {
          asked += 1;
          return Promise.resolve(null);
        };
        // Of a user whose token has run out already, none is renewed; of one whose token is about to, a second later.
        const expiring = Object.assign(User.fromStorageString(userOf(tokens)), { expires_at: now() + 30 });
        const renew = async () => {
          await manager.events.load(expiring);
          const { now: clock } = Date;
          Date.now = () => clock() + 2000;
          timers.pass(1000);
          Date.now = clock;
          await manager.events.unload();
        };
        await renew();
        expect(asked).to.equal(1);
        await store.clear();
        await renew();
        expect(asked).to.equal(1);
        store.onSignIn?.();
        await renew();
        expect(asked).to.equal(2);
        manager.stopSilentRenew();
      });
    });

    it('does not begin to renew for an app that does not', async () => {
      const manager = await managerOf(clientId, tokens);
      let started = 0;
      manager.startSilentRenew = () => {
        started += 1;
      };
      const store = storeFrom(manager);
      await store.clear();
      store.onSignIn?.();
      expect(started).to.equal(0);
    });

    it('tells of each user who is stored, until that is ended', async () => {
      const manager = await managerOf(clientId, tokens);
      const heard: unknown[] = [];
      const end = storeFrom(manager).onStored?.((each) => heard.push(each));
      const user = User.fromStorageString(userOf(tokens));
      await manager.events.load(user);
      end?.();
      await manager.events.load(user);
      expect(heard).to.deep.equal([tokens]);
    });

    it('lends its metadata', async () => {
      const manager = await managerOf(clientId, tokens, { metadata: { issuer: authority, jwks_uri: 'kept' } });
      expect(await storeFrom(manager).metadata?.()).to.deep.equal({ issuer: authority, jwks_uri: 'kept' });
    });
  });

  describe('with a keycloak-js instance', () => {
    it('gives its tokens, and empties it, so that its users hear of that once', async () => {
      const keycloak = await keycloakOf(clientId, tokens);
      let heard = 0;
      keycloak.onAuthLogout = () => (heard += 1);
      const store = storeFrom(keycloak);
      expect(await store.tokens()).to.deep.equal({
        idToken: tokens.idToken,
        accessToken: tokens.accessToken,
        refreshToken: tokens.refreshToken,
      });
      await store.clear();
      const { token, tokenParsed, idToken, idTokenParsed, refreshToken, refreshTokenParsed, subject } = keycloak;
      for (const left of [token, tokenParsed, idToken, idTokenParsed, refreshToken, refreshTokenParsed, subject])
        expect(left).to.be.undefined;
      expect(keycloak.authenticated).to.be.false;
      expect(heard).to.equal(1);
    });

    it('does not let it leave for the sign-in page', async () => {
      const keycloak = await keycloakOf(clientId, tokens);
      keycloak.loginRequired = true;
      let left = 0;
      keycloak.login = () => {
        left += 1;
        return Promise.resolve();
      };
      await storeFrom(keycloak).clear();
      expect(left).to.equal(0);
      expect(keycloak.token).to.be.undefined;
    });

    it('leaves no refresh token where the access token is gone already', async () => {
      const keycloak = await keycloakOf(clientId, tokens);
      delete keycloak.token;
      await storeFrom(keycloak).clear();
      expect(keycloak.refreshToken).to.be.undefined;
    });
  });

  describe('with what the Arkane SDK gives', () => {
    const instance = () => ({
      authenticated: true,
      subject: 'someone',
      token: tokens.accessToken,
      refreshToken: tokens.refreshToken,
      idToken: tokens.idToken,
    });

    it('empties an AuthenticationInstance without clearToken()', async () => {
      const auth = instance();
      const store = storeFrom(auth);
      expect(await store.tokens()).to.include({ idToken: tokens.idToken, accessToken: tokens.accessToken });
      await store.clear();
      expect(auth).to.deep.equal({ authenticated: false });
    });

    it('awaits its clearToken()', async () => {
      let isCleared = false;
      const clearToken = async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        isCleared = true;
      };
      await storeFrom({ ...instance(), clearToken }).clear();
      expect(isCleared).to.be.true;
    });

    it('keeps the tokens of one that cannot be changed, and says nothing else', async () => {
      const store = storeFrom(Object.freeze(instance()));
      await Promise.resolve(store.clear()).catch(() => undefined);
      expect(await store.tokens()).to.include({ idToken: tokens.idToken });
    });

    it('takes an AuthenticationResult, of a user or of nobody', async () => {
      const auth = instance();
      const store = storeFrom({ isAuthenticated: true, auth });
      await store.clear();
      expect(auth.token).to.be.undefined;
      const nobody = storeFrom({ isAuthenticated: false });
      expect(await nobody.tokens()).to.deep.equal({
        idToken: undefined,
        accessToken: undefined,
        refreshToken: undefined,
      });
      await nobody.clear();
    });
  });
});
