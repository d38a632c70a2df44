import { expect } from '@open-wc/testing';
import * as core from '../../src/core/index.js';

describe('arkane-logout/core.js', () => {
  it('has what a page without the element needs', () => {
    expect(core).to.have.all.keys(
      'logout',
      'prepareLogout',
      'isLoggingOut',
      'wasLoggedOut',
      'resumeLogout',
      'watchLogout',
      'LogoutError',
      'ArkaneLoggingOutEvent',
      'ArkaneLoggedOutEvent',
      'ArkaneLogoutErrorEvent',
    );
  });

  it('has done nothing by being imported', () => {
    expect(customElements.get('arkane-logout') === undefined).to.be.true;
    expect(Object.keys(sessionStorage).filter((name) => name.startsWith('arkane-logout'))).to.deep.equal([]);
    expect(core.isLoggingOut()).to.be.false;
    expect(core.wasLoggedOut()).to.be.false;
  });
});
