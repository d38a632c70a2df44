import { expect } from '@open-wc/testing';
import type * as sdk from '../src/arkane-connect.js';
import type { Answer } from '../src/core/result.js';
import { english } from '../src/words.js';
import { fetched, hasFetched, moduleOf, openFrame, type Page, settled, until } from './support/documents.js';
import { fakeOpen, playedCallback, type Popups } from './support/popups.js';
import { scriptedProvider, status } from './support/provider.js';
import { staysQuiet } from './support/quiet.js';
import { authority, newClient, signIn } from './support/sign-in.js';

const callbackUri = `${location.origin}/callback`;

describe('ArkaneConnect, with a window', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const callback = playedCallback();
  let frame: Page;
  let { ArkaneConnect } = {} as typeof sdk;
  let popups: Popups;
  let clientId: string;

  beforeEach(async () => {
    sessionStorage.clear();
    localStorage.clear();
    clientId = newClient();
    signIn(clientId);
    Object.assign(provider, { token: () => status(400), hint: () => status(200) });
    frame = await openFrame();
    ({ ArkaneConnect } = await moduleOf<typeof sdk>(frame, 'arkane-connect'));
    popups = fakeOpen(frame);
    Object.defineProperty(frame.navigator, 'userActivation', { value: { isActive: true } });
  });

  const prepared = async (options: sdk.ConstructorOptions, isCovered: boolean) => {
    const connect = new ArkaneConnect(clientId, { authority, callbackUri, ...options });
    await fetched(frame, 'core/window', ...(isCovered ? ['overlay'] : []));
    return connect;
  };
  const cover = () => frame.document.body.lastElementChild?.shadowRoot?.querySelector('dialog');
  const sent = () => until(() => popups.opened[0]?.urls.length);
  const comeBack = (answer?: Answer) => callback.comeBack(popups.url, answer);

  it('resolves when the window is back', async () => {
    const run = (await prepared({}, false)).logout();
    await sent();
    expect(Boolean(cover())).to.be.false;
    await comeBack();
    expect(await run.then(() => 'resolved')).to.equal('resolved');
  });

  it('rejects with closed, and its result, when the window is given up', async () => {
    const run = (await prepared({ useOverlayWithPopup: true }, true)).logout();
    const rejected = run.catch((error: unknown) => error);
    await sent();
    cover()!.querySelectorAll('button')[1]!.click();
    const error = (await rejected) as sdk.LogoutFailure;
    expect(error).to.include({ name: 'LogoutError', code: 'closed' });
    expect(error.result).to.include({ providerSession: 'unknown', trigger: 'completed', via: 'window' });
    expect(Boolean(cover())).to.be.false;
  });

  it('covers the page in English while the window is open, where it was made so', async () => {
    const run = (await prepared({ useOverlayWithPopup: true }, true)).logout();
    await sent();
    expect(cover()?.textContent).to.contain(english.cover);
    expect(cover()?.getRootNode()).to.have.nested.property('host.lang', 'en');
    await comeBack();
    await run;
    expect(Boolean(cover())).to.be.false;
  });

  for (const [made, called, isCovered] of [
    [true, false, false],
    [true, null, true],
    [true, undefined, true],
  ] as const)
    it(`${isCovered ? 'covers' : 'does not cover'} it when made with ${made}, and called with ${String(called)}`, async () => {
      const run = (await prepared({ useOverlayWithPopup: made }, true)).logout({ useOverlayWithPopup: called });
      await sent();
      expect(Boolean(cover())).to.equal(isCovered);
      await comeBack();
      await run;
    });

  it('loads no cover without it', async () => {
    for (const useOverlayWithPopup of [undefined, null, false]) await prepared({ useOverlayWithPopup }, false);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(hasFetched(frame, 'overlay')).to.be.false;
  });

  it('does not wait for a cover that is asked for with the press', async () => {
    const run = (await prepared({}, false)).logout({ useOverlayWithPopup: true });
    await sent();
    await comeBack();
    expect(await run.then(() => 'resolved')).to.equal('resolved');
    await settled(frame);
  });
});
