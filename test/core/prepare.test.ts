import { expect } from '@open-wc/testing';
import { endpointsOf } from '../../src/core/endpoints.js';
import { prepareLogout } from '../../src/core/prepare.js';
import { validate } from '../../src/core/request.js';
import { newIssuer, scriptedProvider, unreachable } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';

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
