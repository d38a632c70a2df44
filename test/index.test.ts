import { expect } from '@open-wc/testing';
import * as core from '../src/core/index.js';
import * as entry from '../src/index.js';

// A page of its own: once anything here registered the element, this could not fail.
describe('arkane-logout', () => {
  it('registers nothing by being imported', () => {
    expect(customElements.get('arkane-logout') === undefined).to.be.true;
  });

  it('has the class, and all of the core', () => {
    expect(entry.ArkaneLogoutElement).to.be.a('function');
    expect(entry).to.include({ ...core });
  });

  it('lets a page register a class of its own', () => {
    class OwnLogout extends entry.ArkaneLogoutElement {}
    customElements.define('own-logout', OwnLogout);
    const element = document.createElement('own-logout');
    expect(element).to.be.instanceOf(OwnLogout);
    expect(element).to.have.property('status', 'idle');
  });
});
