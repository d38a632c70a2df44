import { expect } from '@open-wc/testing';
import type * as covers from '../src/cover.js';
import { english } from '../src/words.js';
import { hasFetched, moduleOf, openFrame, type Page, until } from './support/documents.js';
import { staysQuiet } from './support/quiet.js';

const popup = { show: () => undefined, cancel: () => undefined };

describe('coverSaying', () => {
  staysQuiet();
  let page: Page;
  let cover: typeof covers;
  beforeEach(async () => {
    page = await openFrame();
    cover = await moduleOf(page, 'cover');
  });

  const dialog = () => page.document.body.lastElementChild?.shadowRoot?.querySelector('dialog');
  const isFetched = () => hasFetched(page, 'overlay');
  /** Until it covers: that it is loaded is not to be seen from outside. */
  const covering = (strings = english, lang = 'en') =>
    until(() => {
      const uncover = cover.coverSaying(strings, lang)(popup);
      return dialog() && uncover;
    }) as Promise<() => void>;

  it('goes without a cover that is not loaded, and fetches none', async () => {
    const uncover = cover.coverSaying(english, 'en')(popup);
    expect(dialog()).to.equal(undefined);
    uncover();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(isFetched()).to.be.false;
  });

  it('covers at once what opens after it was loaded, in these words and this language', async () => {
    cover.loadCover();
    const strings = { ...english, cover: 'Klaar?' };
    const uncover = await covering(strings, 'nl');
    expect(isFetched()).to.be.true;
    expect(dialog()?.textContent).to.contain('Klaar?');
    expect(page.document.body.lastElementChild).to.have.property('lang', 'nl');
    uncover();
    expect(dialog()).to.equal(undefined);
  });

  it('is silent where the cover cannot be loaded', async () => {
    const policy = page.document.createElement('meta');
    policy.httpEquiv = 'Content-Security-Policy';
    policy.content = "script-src 'none'";
    page.document.head.append(policy);
    cover.loadCover();
    await new Promise((resolve) => setTimeout(resolve, 100));
    cover.coverSaying(english, 'en')(popup)();
    expect(dialog()).to.equal(undefined);
    expect(page.noise).to.deep.equal([]);
  });
});
