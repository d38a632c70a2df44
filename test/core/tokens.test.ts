import { expect } from '@open-wc/testing';
import { LogoutError } from '../../src/core/errors.js';
import {
  claimsOf,
  isEmpty,
  isLeftOf,
  sendable,
  sessionKeyOf,
  type Tokens,
  withoutSlash,
} from '../../src/core/tokens.js';
import { authority, jwt, now, tokensOf } from '../support/sign-in.js';
import { thrownBy } from '../support/thrown.js';

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

describe('sessionKeyOf', () => {
  const keyOf = (claims: object) => sessionKeyOf({ idToken: jwt(claims) });

  it('is the same for all ID tokens of a session, and another for another', () => {
    expect(keyOf({ sid: 'one', iat: 1 }))
      .to.be.a('string')
      .that.equals(keyOf({ sid: 'one', iat: 2, sub: 'someone' }));
    expect(keyOf({ sid: 'two' })).not.to.equal(keyOf({ sid: 'one' }));
  });

  it('is of the user and the time of the sign-in where there is no sid', () => {
    const key = keyOf({ sub: 'someone', auth_time: 1000, iat: 1 });
    expect(key)
      .to.be.a('string')
      .that.equals(keyOf({ sub: 'someone', auth_time: 1000, iat: 2 }));
    expect(keyOf({ sub: 'someone', auth_time: 1001 })).not.to.equal(key);
    expect(keyOf({ sub: 'another', auth_time: 1000 })).not.to.equal(key);
  });

  it('is not known without these claims, or without an ID token', () => {
    for (const claims of [{}, { sub: 'someone' }, { auth_time: 1000 }]) expect(keyOf(claims)).to.be.undefined;
    for (const tokens of [null, undefined, {}, { idToken: 'opaque' }, { accessToken: jwt({ sid: 'one' }) }])
      expect(sessionKeyOf(tokens)).to.be.undefined;
  });

  it('names nobody', () => {
    expect(keyOf({ sub: 'alice@example.org', auth_time: 1000 })).not.to.contain('alice');
  });
});
