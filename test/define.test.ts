import { expect } from '@open-wc/testing';
import { ArkaneLogoutElement } from '../src/arkane-logout-element.js';

describe('arkane-logout/define.js', () => {
  it('registers <arkane-logout>, and a second time throws nothing', async () => {
    expect(customElements.get('arkane-logout') === undefined).to.be.true;
    await import('../src/define.js');
    expect(customElements.get('arkane-logout') === ArkaneLogoutElement).to.be.true;
    // As a second copy of the package does: the same code at another address.
    const copy = new URL('../src/define.ts?copy', import.meta.url);
    await import(copy.href);
    expect(customElements.get('arkane-logout') === ArkaneLogoutElement).to.be.true;
  });

  it('exports what the entry exports', async () => {
    expect(await import('../src/define.js')).to.include({ ...(await import('../src/index.js')) });
  });
});
