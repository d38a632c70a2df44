import { expect } from '@open-wc/testing';
import { LogoutError } from '../../src/core/errors.js';
import {
  claimsOf,
  isEmpty,
  isLeftOf,
  oidcClientStorage,
  sendable,
  type Tokens,
  withoutSlash,
} from '../../src/core/token-store.js';
import {
  authority,
  isSignedIn,
  jwt,
  newClient,
  now,
  signIn,
  storageKey,
  tokensOf,
  userOf,
} from '../support/sign-in.js';
import { blockStorage, breakStorage } from '../support/storage.js';

const thrownBy = (work: () => unknown): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown.');
};

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

describe('withoutSlash', () => {
  it('takes off one trailing slash and no more', () => {
    expect(['https://a/b', 'https://a/b/', 'https://a/b//'].map(withoutSlash)).to.deep.equal([
      'https://a/b',
      'https://a/b',
      'https://a/b/',
    ]);
  });
});

describe('isEmpty', () => {
  it('is true of null and of tokens that are all missing', () => {
    expect(isEmpty(null)).to.be.true;
    expect(isEmpty({})).to.be.true;
    expect(isEmpty({ idToken: undefined, expiresAt: 1 })).to.be.true;
  });

  for (const tokens of [{ idToken: 'x' }, { accessToken: 'x' }, { refreshToken: 'x' }, { idToken: '' }])
    it(`is false of ${JSON.stringify(tokens)}: malformed is held all the same`, () => {
      expect(isEmpty(tokens)).to.be.false;
    });
});

describe('isLeftOf', () => {
  const tokens = { idToken: 'i', accessToken: 'a', refreshToken: 'r', expiresAt: 1 };

  it('is true of all, of some and of none of the tokens that were there', () => {
    for (const left of [tokens, { ...tokens, expiresAt: 2 }, { refreshToken: 'r' }, {}, null])
      expect(isLeftOf(left, tokens)).to.be.true;
    expect(isLeftOf(null, undefined)).to.be.true;
  });

  for (const name of ['idToken', 'accessToken', 'refreshToken'] as const)
    it(`is false with another ${name}`, () => {
      expect(isLeftOf({ ...tokens, [name]: 'other' }, tokens)).to.be.false;
      expect(isLeftOf({ [name]: 'other' }, null)).to.be.false;
    });
});

describe('claimsOf', () => {
  it('reads the payload, with the letters that only base64url has and without padding', () => {
    const claims = { sub: '???>>>', sid: '~~~' };
    const token = jwt(claims);
    expect(token).to.match(/[-_]/).and.not.to.contain('=');
    expect(claimsOf(token)).to.deep.equal(claims);
  });

  for (const [what, token] of [
    ['nothing', undefined],
    ['an empty string', ''],
    ['an opaque token', 'opaque'],
    ['too few parts', 'a.'],
    ['a payload that is not base64', 'a.€.c'],
    ['a payload that is not JSON', `a.${btoa('{')}.c`],
    ['a payload that is a string', jwt('text')],
    ['a payload that is null', jwt(null)],
  ] as const)
    it(`is null of ${what}`, () => {
      expect(claimsOf(token)).to.be.null;
    });
});

describe('sendable', () => {
  const clientId = 'app';
  const send = (tokens: Tokens | null) => sendable(tokens, authority, clientId);

  it('is null where the store holds nothing', () => {
    expect(send(null)).to.be.null;
    expect(send({})).to.be.null;
    expect(send({ expiresAt: 1 })).to.be.null;
  });

  it('passes on the tokens of this authority and client', () => {
    const tokens = tokensOf(clientId);
    expect(send(tokens)).to.deep.equal(tokens);
  });

  it('takes opaque access and refresh tokens: nobody said that they are JWTs', () => {
    expect(send({ accessToken: 'opaque-a', refreshToken: 'opaque-r' })).to.include({
      accessToken: 'opaque-a',
      refreshToken: 'opaque-r',
    });
  });

  for (const malformed of [
    'undefined',
    'null',
    'NaN',
    '[object Object]',
    '',
    ' ',
    'two words',
    'line\nbreak',
    'é',
    7,
    {},
    true,
  ] as unknown as string[])
    it(`leaves out ${JSON.stringify(malformed)}, whichever token it is`, () => {
      const sent = send({ idToken: malformed, accessToken: malformed, refreshToken: malformed });
      expect(sent).to.deep.equal({
        idToken: undefined,
        accessToken: undefined,
        refreshToken: undefined,
        expiresAt: undefined,
      });
    });

  it('leaves out an ID token that is no JWT', () => {
    expect(send({ idToken: 'opaque', refreshToken: 'r' })).to.include({ idToken: undefined, refreshToken: 'r' });
  });

  for (const name of ['access', 'refresh'] as const)
    it(`leaves out an ${name} token that another issuer signed`, () => {
      const tokens = tokensOf(clientId, { [name]: { iss: 'https://evil.example/realms/units' } });
      expect(send(tokens)).to.deep.equal({ ...tokens, [`${name}Token`]: undefined });
    });

  for (const iss of [null, 7, [authority]])
    it(`leaves out a token whose issuer is ${JSON.stringify(iss)}`, () => {
      expect(send(tokensOf(clientId, { refresh: { iss } }))?.refreshToken).to.be.undefined;
    });

  it('takes one trailing slash of the issuer for none, either way', () => {
    const tokens = tokensOf(clientId, {
      id: { iss: `${authority}/` },
      access: { iss: `${authority}/` },
      refresh: { iss: `${authority}/` },
    });
    expect(send(tokens)).to.deep.equal(tokens);
    expect(sendable(tokensOf(clientId), `${authority}/`, clientId)).to.include.keys('idToken');
  });

  for (const [what, iss] of [
    ['another issuer', 'https://evil.example/realms/units'],
    ['an issuer that starts alike', `${authority}2`],
    ['an issuer with two slashes more', `${authority}//`],
    ['an issuer in other letters', authority.toUpperCase()],
    ['no issuer', undefined],
    ['an issuer that is no string', [authority]],
  ] as const)
    it(`refuses an ID token of ${what}`, () => {
      const error = thrownBy(() => send(tokensOf(clientId, { id: { iss } }))) as LogoutError;
      expect(error).to.be.instanceOf(LogoutError);
      expect(error.code).to.equal('configuration');
      expect(error.message).to.match(/^authority: .*environment/);
    });

  for (const [what, id] of [
    ['another audience', { aud: 'other' }],
    ['no audience', { aud: undefined }],
    ['audiences without this client', { aud: ['other', 'third'] }],
    ['another authorized party', { aud: [clientId, 'other'], azp: 'other' }],
  ] as const)
    it(`refuses an ID token for ${what}`, () => {
      const error = thrownBy(() => send(tokensOf(clientId, { id }))) as LogoutError;
      expect(error).to.be.instanceOf(LogoutError);
      expect(error.code).to.equal('configuration');
      expect(error.message).to.match(/^client-id: /);
    });

  for (const id of [
    { aud: [clientId, 'other'], azp: clientId },
    { aud: clientId, azp: undefined },
    { aud: [clientId] },
  ])
    it(`takes an ID token for ${JSON.stringify(id)}`, () => {
      const tokens = tokensOf(clientId, { id });
      expect(send(tokens)?.idToken).to.equal(tokens.idToken);
    });

  it('reads when the access token expires where the store does not say', () => {
    const exp = now() + 60;
    const { accessToken } = tokensOf(clientId, { access: { exp } });
    expect(send({ accessToken })?.expiresAt).to.equal(exp);
    expect(send({ accessToken, expiresAt: 7 })?.expiresAt).to.equal(7);
    expect(send({ accessToken: 'opaque' })?.expiresAt).to.be.undefined;
  });
});
