import { expect } from '@open-wc/testing';
import { isKeycloakShaped, keycloakEndpoints } from '../../src/core/endpoints.js';

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

describe('keycloakEndpoints', () => {
  const expected = {
    endSession: 'https://login.example/auth/realms/units/protocol/openid-connect/logout',
    userinfo: 'https://login.example/auth/realms/units/protocol/openid-connect/userinfo',
  };

  it('derives them from the issuer', () => {
    expect(keycloakEndpoints('https://login.example/auth/realms/units')).to.deep.equal(expected);
  });

  it('has no double slash when the issuer ends in one', () => {
    expect(keycloakEndpoints('https://login.example/auth/realms/units/')).to.deep.equal(expected);
  });
});
