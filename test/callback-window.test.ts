import { expect } from '@open-wc/testing';
import type { Answer } from '../src/core/result.js';
import { moduleOf, navigationOf, openFrame, type Page, settled, until } from './support/documents.js';
import { newClient } from './support/sign-in.js';
import { storedTrip, storeTrip, tripName } from './support/trips.js';

/** A provider's page, or the app's: a document that is sent there stays where it is. */
const pageAt = (clientId: string, path = 'check') => `${location.origin}/no-content/${path}?client_id=${clientId}`;

/** Its five seconds are short, and that it closes itself is only noted. */
const markup = `<script>{
  document.currentScript.remove();
  const { setTimeout } = globalThis;
  globalThis.delays = [];
  globalThis.setTimeout = (work, ms) => {
    if (ms) delays.push(ms);
    return setTimeout(work, ms / 50);
  };
  globalThis.close = () => { globalThis.isClosed = true; };
}</script>`;
interface CallbackPage extends Page {
  delays: number[];
  isClosed?: true;
}

const open = async (search: string): Promise<CallbackPage> => {
  const page = (await openFrame(search, markup)) as CallbackPage;
  await moduleOf(page, 'callback');
  return page;
};
const textOf = ({ document }: Page) => document.body.textContent.replace(/\s+/g, ' ').trim();
const isClean = (page: Page) => {
  expect(page.location.href).to.equal(`${location.origin}/test/pages/document.html`);
};
const nobody = 'No logout is waiting for this page. You can close it. Back to the app';
const over = nobody;

describe('callback.js, in a window', () => {
  let clientId: string;
  let channel: BroadcastChannel;
  let heard: Record<string, unknown>[];
  let next: unknown;
  let state: string;

  beforeEach(() => {
    sessionStorage.clear();
    clientId = newClient();
    state = `state-of-${clientId}`;
    heard = [];
    next = undefined;
    channel = new BroadcastChannel('arkane-logout');
    // The page that opened the window: it says where to go, where the test has it do so.
    channel.onmessage = ({ data }: MessageEvent<Record<string, unknown>>) => {
      heard.push(data);
      if (next !== undefined) channel.postMessage({ state: data.state, next });
    };
  });
  afterEach(() => {
    channel.close();
  });

  for (const [search, answer] of [
    ['', 'returned'],
    ['error=login_required', 'ended'],
    ['error=login_required&error_description=x', 'ended'],
    ['code=secret', 'alive'],
    ['error=consent_required', 'alive'],
    ['error=interaction_required', 'alive'],
    ['error=account_selection_required', 'alive'],
    ['code=', 'alive'],
    ['error=login_required_not', 'returned'],
    ['error=LOGIN_REQUIRED', 'returned'],
    ['error=no_consent_required', 'returned'],
    ['error=temporarily_unavailable', 'returned'],
    ['error=invalid_request', 'returned'],
    ['error=', 'returned'],
    ['error=access_denied&error=login_required', 'returned'],
  ] as const)
    it(`says ${answer} at "${search}", of its state, and nothing else`, async () => {
      next = 'close';
      const page = await open(`?state=${state}&${search}`);
      await until(() => heard.length);
      expect(heard).to.deep.equal([{ state, answer }]);
      isClean(page);
    });

  it('never says a code, nor keeps one', async () => {
    next = 'close';
    const page = await open(`?state=${state}&code=secret-code&session_state=secret-session&iss=secret-issuer`);
    await until(() => page.isClosed);
    const kept = [heard, Object.entries(sessionStorage), Object.entries(localStorage), page.history.state];
    expect(JSON.stringify(kept)).not.to.contain('secret');
    expect(page.location.href + page.document.documentElement.innerHTML).not.to.contain('secret');
  });

  it('closes when it is told to, and says what to do where it cannot', async () => {
    next = 'close';
    const page = await open(`?state=${state}`);
    await until(() => page.isClosed);
    expect(textOf(page)).to.equal(over);
    await new Promise((resolve) => setTimeout(resolve, 150)); // longer than its five seconds
    expect(textOf(page)).to.equal(over);
  });

  it('goes on where it is told to, and leaves no entry in the history', async () => {
    next = pageAt(clientId);
    const { length } = history;
    const page = await open(`?state=${state}`);
    expect((await navigationOf(clientId)).href).to.equal(next);
    expect(page).not.to.have.property('isClosed');
    expect(history).to.have.length(length);
    expect(textOf(page)).to.equal('');
  });

  for (const evil of [
    'javascript:void (parent.followed = true)',
    ' javascript:void (parent.followed = true)',
    'data:text/html,<script>parent.followed = true</script>',
    `blob:${location.origin}/evil`,
    '//evil.example/',
    '/elsewhere',
    'httpx://evil.example/',
    '',
  ])
    it(`does not follow ${JSON.stringify(evil)}`, async () => {
      next = evil;
      const page = await open(`?state=${state}`);
      await until(() => heard.length);
      await new Promise((resolve) => setTimeout(resolve, 50));
      await settled(page);
      isClean(page);
      expect(page).not.to.have.property('isClosed');
      expect(globalThis).not.to.have.property('followed');
    });

  it('says a sentence, with a link to the app, where nobody answers for five seconds', async () => {
    const page = await open(`?state=${state}`);
    await until(() => textOf(page));
    expect(textOf(page)).to.equal(nobody);
    expect(page.document.querySelector('a')!.href).to.equal(new URL('./', page.location.href).href);
    expect(page.delays).to.deep.equal([5000]);
    expect(heard).to.deep.equal([{ state, answer: 'returned' }]);
    isClean(page);
  });

  it('still hears the answer that comes after that', async () => {
    const page = await open(`?state=${state}`);
    await until(() => textOf(page));
    channel.postMessage({ state, next: 'close' });
    await until(() => page.isClosed);
    expect(textOf(page)).to.equal(over);
  });

  it('ignores what is not for its state, and what says nothing', async () => {
    const page = await open(`?state=${state}`);
    await until(() => heard.length);
    const to = pageAt(clientId, 'evil');
    const others = [
      null,
      undefined,
      'close',
      5,
      {},
      [],
      { state },
      { state, next: 5 },
      { state, next: null },
      { state, next: { href: to } },
      { state: 'another', next: to },
      { state: null, next: to },
      { state: [state], next: to },
      { next: 'close' },
      { state: `${state} `, next: 'close' },
      { state, answer: 'returned' },
    ];
    for (const other of others) channel.postMessage(other);
    await until(() => textOf(page));
    expect(textOf(page)).to.equal(nobody);
    expect(page).not.to.have.property('isClosed');
    channel.postMessage({ state, next: pageAt(clientId, 'mine') });
    expect((await navigationOf(clientId)).pathname).to.equal('/no-content/mine');
  });

  it('follows once: what comes later is not heard', async () => {
    const page = await open(`?state=${state}`);
    await until(() => heard.length);
    channel.postMessage({ state, next: pageAt(clientId, 'mine') });
    channel.postMessage({ state, next: 'close' });
    expect((await navigationOf(clientId)).pathname).to.equal('/no-content/mine');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(page).not.to.have.property('isClosed');
  });

  it('is not led anywhere by postMessage', async () => {
    const page = await open(`?state=${state}`);
    page.postMessage({ state, next: 'close' }, location.origin);
    await until(() => textOf(page));
    expect(textOf(page)).to.equal(nobody);
    expect(page).not.to.have.property('isClosed');
  });

  it('asks nobody without a state', async () => {
    next = 'close';
    const page = await open('?error=login_required');
    expect(textOf(page)).to.equal(nobody);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard).to.deep.equal([]);
  });

  it('asks where the trip that lies in storage is another’s, and leaves that alone', async () => {
    next = 'close';
    storeTrip({ clientId, url: pageAt(clientId), state: 'another' });
    const trip = storedTrip();
    const page = await open(`?state=${state}`);
    await until(() => page.isClosed);
    expect(storedTrip()).to.deep.equal(trip);
  });
});

describe('callback.js, on a trip with a session check', () => {
  let clientId: string;
  let check: { state: string; url: string };
  let app: string;
  beforeEach(() => {
    sessionStorage.clear();
    clientId = newClient();
    check = { state: 'check', url: pageAt(clientId, 'auth') };
    app = pageAt(clientId, 'wallet');
  });
  const store = (part: Parameters<typeof storeTrip>[0] = {}) => {
    storeTrip({ clientId, url: app, state: 'ours', check, ...part });
  };

  it('goes from the end-session endpoint to the check, and notes that it was back', async () => {
    store();
    const trip = storedTrip();
    const page = await open('?state=ours');
    expect((await navigationOf(clientId)).href).to.equal(check.url);
    expect(storedTrip()).to.deep.equal({ ...trip, answered: 'returned' });
    isClean(page);
  });

  for (const [search, answered] of [
    ['error=login_required', 'ended'],
    ['code=secret', 'alive'],
    ['error=consent_required', 'alive'],
    ['error=interaction_required', 'alive'],
    ['error=account_selection_required', 'alive'],
    ['error=invalid_request', 'returned'],
    ['', 'returned'],
  ] as [string, Answer][])
    it(`goes from the check to where the user was, and notes ${answered} at "${search}"`, async () => {
      store({ answered: 'returned' });
      const trip = storedTrip();
      const page = await open(`?state=check&${search}`);
      expect((await navigationOf(clientId)).href).to.equal(app);
      expect(storedTrip()).to.deep.equal({ ...trip, answered });
      expect(sessionStorage.getItem(tripName)).not.to.contain('secret');
      isClean(page);
    });

  for (const search of ['error=login_required', 'code=secret'])
    it(`takes no word of the end-session endpoint for the check’s: "${search}"`, async () => {
      store();
      await open(`?state=ours&${search}`);
      expect((await navigationOf(clientId)).href).to.equal(check.url);
      expect(storedTrip()?.answered).to.equal('returned');
    });

  it('does not take the check’s answer before the end-session endpoint’s', async () => {
    store();
    const trip = storedTrip();
    const page = await open('?state=check&error=login_required');
    await until(() => textOf(page));
    expect(textOf(page)).to.equal(nobody);
    expect(storedTrip()).to.deep.equal(trip);
  });

  for (const url of ['javascript:void (parent.followed = true)', 'data:text/html,x', 'nowhere', ''])
    it(`does not follow a check at ${JSON.stringify(url)}`, async () => {
      store({ check: { state: 'check', url } });
      const page = await open('?state=ours');
      await settled(page);
      isClean(page);
      expect(globalThis).not.to.have.property('followed');
    });

  it('does not go from the check to another origin', async () => {
    store({ answered: 'returned', url: 'https://evil.example/' });
    const page = await open('?state=check&error=login_required');
    await until(() => textOf(page));
    expect(textOf(page)).to.equal(nobody);
    expect(storedTrip()?.answered).to.equal('returned');
  });
});
