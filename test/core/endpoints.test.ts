import { expect } from '@open-wc/testing';
import { endpointsOf, endSessionUrl, isKeycloakShaped } from '../../src/core/endpoints.js';
import { LogoutError } from '../../src/core/errors.js';
import { oidcClientStorage } from '../../src/core/token-store.js';
import { json, metadataOf, never, newIssuer, scriptedProvider, status, unreachable } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { failure } from '../support/sign-in.js';

const store = oidcClientStorage('https://login.example', 'Arketype', 'session');

const ask = async (authority: string, signal = new AbortController().signal) => {
  const endpoints = await endpointsOf({ authority, clientId: 'Arketype', timeout: 7000, store }, signal);
  const { endSession, authorization, userinfo } = endpoints;
  return { endSession, authorization, ...(userinfo && { userinfo }) };
};

describe('isKeycloakShaped', () => {
  for (const issuer of [
    'https://login.example/realms/units',
    'https://login.example/auth/realms/units',
    'https://login.example/auth/realms/units/',
    'https://login.example/realms/with%20space',
    'https://login.example/realms/realms',
  ])
    it(`says yes to ${issuer}`, () => {
      expect(isKeycloakShaped(issuer)).to.be.true;
    });

  for (const issuer of [
    'https://login.example',
    'https://login.example/realms',
    'https://login.example/realms/',
    'https://login.example/realms/units/more',
    'https://login.example/realms/units//',
    'https://login.example/myrealms-of/units',
    'https://login.example/?issuer=/realms/units',
    'https://login.example/#/realms/units',
  ])
    it(`says no to ${issuer}`, () => {
      expect(isKeycloakShaped(issuer)).to.be.false;
    });
});

describe('endpointsOf, at a Keycloak-shaped issuer', () => {
  const provider = scriptedProvider();
  const expected = {
    endSession: 'https://login.example/auth/realms/units/protocol/openid-connect/logout',
    authorization: 'https://login.example/auth/realms/units/protocol/openid-connect/auth',
    userinfo: 'https://login.example/auth/realms/units/protocol/openid-connect/userinfo',
  };

  it('derives them from the issuer, without a request', async () => {
    expect(await ask('https://login.example/auth/realms/units')).to.deep.equal(expected);
    expect(provider.sent).to.deep.equal([]);
  });

  it('has no double slash when the issuer ends in one', async () => {
    expect(await ask('https://login.example/auth/realms/units/')).to.deep.equal(expected);
  });
});

describe('endpointsOf, elsewhere', () => {
  staysQuiet();
  const provider = scriptedProvider();
  let issuer: string;
  beforeEach(() => {
    issuer = newIssuer();
  });
  const expected = () => ({ endSession: `${issuer}/session/end`, authorization: `${issuer}/auth` });

  it('reads them in the provider’s metadata, once a document', async () => {
    expect(await ask(issuer)).to.deep.equal(expected());
    expect(await ask(issuer)).to.deep.equal(expected());
    expect(provider.asked).to.deep.equal(['metadata']);
    expect(provider.sent[0]?.url).to.equal(`${issuer}/.well-known/openid-configuration`);
  });

  it('asks once for two who ask at the same time', async () => {
    expect(await Promise.all([ask(issuer), ask(issuer)])).to.deep.equal([expected(), expected()]);
    expect(provider.asked).to.deep.equal(['metadata']);
  });

  it('asks each provider for its own', async () => {
    const other = newIssuer();
    expect((await ask(issuer)).endSession).to.equal(`${issuer}/session/end`);
    expect((await ask(other)).endSession).to.equal(`${other}/session/end`);
  });

  for (const [what, answer, code] of [
    ['answers 500', () => status(500), 'refused'],
    ['has no end_session_endpoint', () => json({ issuer }), 'unsupported'],
  ] as const)
    it(`says ${code} of a provider that ${what}, and asks again the next time`, async () => {
      const { metadata } = provider;
      provider.metadata = answer;
      expect((await failure(ask(issuer))).code).to.equal(code);
      provider.metadata = metadata;
      expect(await ask(issuer)).to.deep.equal(expected());
    });

  it('fails as fetch does of a provider that is out of reach, and asks again the next time', async () => {
    const { metadata } = provider;
    provider.metadata = unreachable;
    const failed = await ask(issuer).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(TypeError);
    provider.metadata = metadata;
    expect(await ask(issuer)).to.deep.equal(expected());
  });

  it('ends with the reason of its signal, and asks again the next time', async () => {
    const { metadata } = provider;
    provider.metadata = never;
    const controller = new AbortController();
    const asked = failure(ask(issuer, controller.signal));
    const reason = new LogoutError('timeout', 'Too late.');
    controller.abort(reason);
    expect(await asked).to.equal(reason);
    provider.metadata = metadata;
    expect(await ask(issuer)).to.deep.equal(expected());
  });

  it('goes on for one who waits when another has had enough', async () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    provider.metadata = () => promise;
    const controller = new AbortController();
    const [patient, impatient] = [ask(issuer), failure(ask(issuer, controller.signal))];
    controller.abort(new LogoutError('cancelled', 'Enough.'));
    expect((await impatient).code).to.equal('cancelled');
    resolve(json(metadataOf(issuer)));
    expect(await patient).to.deep.equal(expected());
  });
});

describe('endSessionUrl', () => {
  const endpoint = 'https://login.example/session/end';

  it('puts the parameters into the query, escaped', () => {
    const url = new URL(endSessionUrl(endpoint, { client_id: 'a&b=c', state: 'x y' }));
    expect(url.origin + url.pathname).to.equal(endpoint);
    expect([...url.searchParams]).to.deep.equal([
      ['client_id', 'a&b=c'],
      ['state', 'x y'],
    ]);
  });

  it('keeps the endpoint’s own query, of which none overrides ours', () => {
    const url = new URL(endSessionUrl(`${endpoint}?tenant=7&state=theirs`, { state: 'ours' }));
    expect([...url.searchParams]).to.deep.equal([
      ['tenant', '7'],
      ['state', 'ours'],
    ]);
  });

  const parameters = (length: number) => ({ client_id: 'app', id_token_hint: 'x'.repeat(length), state: 's' });
  const rest = endSessionUrl(endpoint, parameters(0)).length;

  it('is up to 6,000 characters long with the hint', () => {
    const url = endSessionUrl(endpoint, parameters(6000 - rest));
    expect(url).to.have.length(6000);
    expect(new URL(url).searchParams.get('id_token_hint')).to.have.length(6000 - rest);
  });

  it('goes without the hint where it would be longer, and with all else', () => {
    const url = new URL(endSessionUrl(endpoint, parameters(6001 - rest)));
    expect([...url.searchParams]).to.deep.equal([
      ['client_id', 'app'],
      ['state', 's'],
    ]);
  });
});
