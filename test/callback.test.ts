import { expect } from '@open-wc/testing';
import { moduleOf, navigationOf, openFrame, type Page, settled, until } from './support/documents.js';
import { newClient } from './support/sign-in.js';
import { storedTrip, storeTrip, tripName } from './support/trips.js';

const noContent = `${location.origin}/no-content/wallet`;

/** A return page; `markup` comes before the script. */
const openCallback = async (search: string, markup?: string): Promise<Page> => {
  const page = await openFrame(search, markup);
  await moduleOf(page, 'callback');
  await settled(page);
  return page;
};

describe('callback.js', () => {
  let clientId: string;
  beforeEach(() => {
    sessionStorage.clear();
    clientId = newClient();
  });

  const store = (part: Parameters<typeof storeTrip>[0] = {}) => {
    storeTrip({ clientId, url: `${noContent}?client_id=${clientId}&tab=nfts`, state: 'ours', ...part });
  };
  const everything = () => Object.fromEntries(Object.entries(sessionStorage));
  /** A callback page whose seconds are short. */
  const hurried = (search: string, markup = '') =>
    openCallback(
      search,
      `<script>{
        const { setTimeout } = globalThis;
        globalThis.setTimeout = (work, ms) => setTimeout(work, ms / 100);
      }</script>${markup}`,
    );
  const explains = async (page: Page) => {
    await until(() => page.document.querySelector('a'));
    expect(page.document.body.textContent).to.contain('No logout is waiting for this page.');
    const { textContent, href } = page.document.querySelector('a')!;
    expect([textContent, href]).to.deep.equal(['Back to the app', new URL('./', page.location.href).href]);
  };
  const isClean = (page: Page) => {
    expect(page.location.href).to.equal(`${location.origin}/test/pages/document.html`);
  };

  it('marks the trip as answered, and goes where the user was', async () => {
    store();
    const trip = storedTrip();
    const page = await openCallback('?state=ours&x=1#y');
    expect((await navigationOf(clientId)).href).to.equal(`${noContent}?client_id=${clientId}&tab=nfts`);
    expect(storedTrip()).to.deep.equal({ ...trip, answered: 'returned' });
    expect(page.document.body.textContent.trim()).to.equal('');
    isClean(page);
  });

  it('arrives on the exact route, and leaves no entry of its own in the history', async () => {
    const route = `${location.origin}/test/pages/document.html?tab=nfts&x=%20#top`;
    store({ url: route });
    const [{ length }, { href }] = [history, location];
    const page = await openFrame(
      '?state=ours',
      `<script type="module">if (location.search === '?state=ours') await import('/src/callback.ts');</script>`,
    );
    await until(() => page.location.href === route);
    expect(history).to.have.length(length);
    expect(location.href).to.equal(href);
  });

  it('has its URL clean before it looks at anything else', async () => {
    store();
    const page = await openCallback(
      '?state=ours#y',
      `<script>
        const { getItem } = Storage.prototype;
        Storage.prototype.getItem = function (name) {
          globalThis.hrefThen = location.href;
          return getItem.call(this, name);
        };
      </script>`,
    );
    expect(page).to.have.property('hrefThen', `${location.origin}/test/pages/document.html`);
    isClean(page);
  });

  it('goes where the user was although it cannot note down the answer', async () => {
    store();
    await openCallback(
      '?state=ours',
      `<script>
        Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); };
      </script>`,
    );
    expect((await navigationOf(clientId)).pathname).to.equal('/no-content/wallet');
    expect(storedTrip()).not.to.have.property('answered');
  });

  const trip = (part: object) => () => {
    store(part);
  };
  for (const [what, search, prepare] of [
    ['a state that this tab did not store', '?state=theirs', trip({})],
    ['a state of no trip: it was counted already', '?state=ours', () => undefined],
    ['no state, on no trip', '', () => undefined],
    ['no state, on a trip', '', trip({})],
    ['an empty state', '?state=', trip({})],
    ['our state after another one', '?state=theirs&state=ours', trip({})],
    ['a stored URL of another origin', '?state=ours', trip({ url: 'https://evil.example/' })],
    ['a stored URL of another port', '?state=ours', trip({ url: `http://${location.hostname}:1/` })],
    ['a stored URL that is a script', '?state=ours', trip({ url: 'javascript:void (parent.followed = true)' })],
    ['a stored URL that is a document', '?state=ours', trip({ url: 'data:text/html,<p>Evil</p>' })],
    ['a stored URL that is a document of this origin', '?state=ours', trip({ url: `blob:${location.origin}/evil` })],
    ['a stored URL that is none', '?state=ours', trip({ url: 'nowhere' })],
    ['a stored URL that is missing', '?state=ours', trip({ url: undefined })],
  ] as [string, string, () => void][])
    it(`goes nowhere, changes nothing and says a sentence, with a link, at ${what}`, async () => {
      prepare();
      sessionStorage.setItem('theirs', 'untouched');
      const stored = everything();
      const page = await hurried(`${search}#y`);
      isClean(page);
      await explains(page);
      expect(everything()).to.deep.equal(stored);
      expect(globalThis).not.to.have.property('followed');
    });

  for (const text of ['{"state":', '5', '"ours"', 'true', 'null', '[]', '{}', '{"state":null}'])
    it(`says so too where what is stored is ${text}`, async () => {
      sessionStorage.setItem(tripName, text);
      for (const search of ['', '?state=ours']) {
        const page = await hurried(search);
        isClean(page);
        await explains(page);
        expect(sessionStorage.getItem(tripName)).to.equal(text);
      }
    });

  it('says so where storage is blocked', async () => {
    const page = await hurried(
      '?state=ours',
      `<script>
        Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } });
      </script>`,
    );
    isClean(page);
    await explains(page);
  });

  it('quotes nothing of the URL', async () => {
    const page = await hurried('?state=<b>evil</b>&error=evil');
    await explains(page);
    expect(page.document.body.innerHTML).not.to.contain('evil');
  });
});
