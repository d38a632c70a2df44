import { expect, fixture, html } from '@open-wc/testing';
import type { ArkaneLogoutElement } from '../src/arkane-logout-element.js';
import { logout } from '../src/core/logout.js';
import type { Answer } from '../src/core/result.js';
import { loadWindows } from '../src/core/visit.js';
import { loadCover } from '../src/cover.js';
import '../src/define.js';
import { english } from '../src/words.js';
import { hasFetched, moduleOf, openFrame, type Page, settled, until } from './support/documents.js';
import { buttonOf, expectStatus, said } from './support/element.js';
import { heardEvents, page } from './support/events.js';
import { fakePopups, fakeUser, heldTimers, playedCallback } from './support/popups.js';
import { newIssuer, offline, scriptedProvider, status } from './support/provider.js';
import { staysQuiet } from './support/quiet.js';
import { authority, failure, newClient, signIn, storageKey } from './support/sign-in.js';

const callbackUri = `${location.origin}/callback`;
const [asked, loggedOut] = ['arkane-logging-out', 'arkane-logged-out'];

/** The store is looked at before anything is told. */
const untilTold = async (element: ArkaneLogoutElement) => {
  for (let turn = 0; turn < 20 && element.status === 'pending'; turn += 1) await Promise.resolve();
};

describe('<arkane-logout>, with a window', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const heard = heardEvents();
  const popups = fakePopups();
  const user = fakeUser();
  const timers = heldTimers(250, 1000, 120_000);
  const callback = playedCallback();
  let clientId: string;

  before(async () => {
    await loadWindows();
  });
  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    clientId = newClient();
    provider.token = () => status(400);
    provider.hint = () => status(200);
  });

  const inPage = async (part: Partial<ArkaneLogoutElement> = {}, text = '') => {
    const element = await fixture<ArkaneLogoutElement>(
      html`<arkane-logout client-id=${clientId} authority=${authority} callback-uri=${callbackUri}
        >${text}</arkane-logout
      >`,
    );
    Object.assign(element, part);
    await element.updateComplete;
    return element;
  };
  const textOf = (element: ArkaneLogoutElement) => buttonOf(element).textContent.trim();
  const regionOf = (element: ArkaneLogoutElement) => element.shadowRoot!.querySelector<HTMLElement>('[role=status]')!;
  const sent = (count = 1) => until(() => popups.opened[count - 1]?.urls.length);
  const comeBack = (answer?: Answer) => callback.comeBack(popups.url, answer);
  const comeBackChecked = async (answer: Answer) => callback.comeBack(new URL((await comeBack()) as string), answer);
  /** Pressed, and the window is on its way. */
  const opened = async (part: Partial<ArkaneLogoutElement> = {}, text = '') => {
    signIn(clientId);
    const element = await inPage(part, text);
    buttonOf(element).click();
    await sent();
    return element;
  };
  const coverOf = () => document.body.lastElementChild?.shadowRoot?.querySelector('dialog');

  describe('that is open', () => {
    it('is pending, says where to go on, and has told the page', async () => {
      const element = await opened();
      await expectStatus(element, 'pending');
      expect(said(element)).to.equal(english.window);
      expect(element.result).to.include({ providerSession: 'unknown', via: 'window', trigger: 'user' });
      expect(element.result).not.to.have.property('error');
      expect(heard.types).to.deep.equal([asked, loggedOut]);
      await comeBack();
    });

    for (const [answer, reached, words] of [
      ['returned', 'done', english.returned],
      ['ended', 'done', english.done],
      ['alive', 'incomplete', english.alive],
    ] as const)
      it(`is ${reached} when it comes to ${answer}, and says so`, async () => {
        const element = await opened({ verify: true });
        await comeBackChecked(answer);
        await expectStatus(element, reached);
        expect(said(element)).to.equal(words);
        expect(element.result).to.include({ trigger: 'completed', providerSession: answer });
        expect(heard.types).to.deep.equal([asked, loggedOut, loggedOut]);
        expect(heard.targets).to.deep.equal([element, element, element]);
      });

    it('is incomplete when it is given up, and done when a late answer comes', async () => {
      const element = await opened();
      user.hasFocus = false;
      timers.pass(250);
      popups.last.closed = user.hasFocus = true;
      timers.pass(250, 5);
      await untilTold(element);
      await expectStatus(element, 'incomplete');
      expect(said(element)).to.equal(english.incomplete);
      expect(textOf(element)).to.equal(english.finish);
      await comeBack();
      await expectStatus(element, 'done');
    });

    it('is brought forward by another press', async () => {
      const element = await opened();
      buttonOf(element).click();
      expect(popups.opened).to.have.length(1);
      expect(popups.last.focused).to.equal(1);
      await expectStatus(element, 'pending');
      await comeBack();
      await expectStatus(element, 'done');
      expect(heard.types).to.deep.equal([asked, loggedOut, loggedOut]);
    });

    it('goes on when the element is removed, and tells document', async () => {
      const element = await opened();
      element.remove();
      await comeBack();
      expect(heard.targets).to.deep.equal([element, element, document]);
      expect(element.status).to.equal('done');
    });

    it('settles the promise of logout() with its first outcome', async () => {
      signIn(clientId);
      const element = await inPage();
      const run = element.logout();
      await sent();
      await comeBack();
      expect(await run).to.equal(element.result);
      expect((await run).trigger).to.equal('completed');
    });

    it('is another element’s too: its outcome holds here', async () => {
      const other = await inPage();
      await opened();
      const run = other.logout();
      expect(popups.last.focused).to.equal(1);
      await expectStatus(other, 'pending');
      await comeBack();
      await run;
      await expectStatus(other, 'done');
    });

    it('is nobody’s business any more once somebody has signed in: idle, and nothing is told', async () => {
      signIn(clientId);
      const element = await inPage();
      const run = element.logout();
      await sent();
      signIn(clientId);
      await comeBack();
      await run;
      await expectStatus(element, 'idle');
      expect(element.result).to.be.null;
      expect(said(element)).to.equal('');
      expect(heard.types).to.deep.equal([asked, loggedOut]);
    });

    it('never has a token in the element’s markup', async () => {
      const element = await opened();
      await element.updateComplete;
      expect(element.outerHTML + element.shadowRoot!.innerHTML).not.to.contain('eyJ');
      await comeBack();
    });
  });

  it('is blocked: incomplete, says why, and the next press opens it first thing', async () => {
    signIn(clientId);
    popups.isBlocked = true;
    const element = await inPage();
    await element.logout();
    await expectStatus(element, 'incomplete');
    expect(said(element)).to.equal(english.blocked);
    popups.isBlocked = false;
    buttonOf(element).click();
    expect(popups.opened).to.have.length(1);
    await sent();
    await comeBack();
    await expectStatus(element, 'done');
    expect(heard.types).to.deep.equal([asked, loggedOut, loggedOut]);
  });

  it('is not spoken of while a press tries the background again', async () => {
    signIn(clientId);
    Object.assign(provider, offline);
    const element = await inPage({ callbackUri: null });
    await element.logout();
    expect(said(element)).to.equal(english.network);
    const { promise, resolve } = Promise.withResolvers<Response>();
    Object.assign(provider, { token: () => promise, hint: () => status(200) });
    const run = element.logout();
    await expectStatus(element, 'pending');
    expect(said(element)).to.equal(english.pending);
    resolve(status(204));
    await run;
    await expectStatus(element, 'done');
  });

  describe('incomplete', () => {
    const incomplete = async () => {
      signIn(clientId);
      const element = await inPage({ callbackUri: null });
      await element.logout();
      await expectStatus(element, 'incomplete');
      return element;
    };

    it('is idle again when somebody has signed in: at once to who asks, soon to who looks', async () => {
      const element = await incomplete();
      signIn(clientId);
      timers.pass(1000);
      await element.updateComplete;
      expect(element.matches(':state(incomplete)')).to.be.false;
      expect([textOf(element), said(element)]).to.deep.equal([english.logOut, '']);
      expect([element.status, element.result]).to.deep.equal(['idle', null]);

      const other = await incomplete();
      signIn(clientId);
      expect([other.status, other.result]).to.deep.equal(['idle', null]);
    });

    it('stays so as long as nobody does', async () => {
      const element = await incomplete();
      const { result } = element;
      timers.pass(1000, 3);
      await expectStatus(element, 'incomplete');
      expect(element.result).to.equal(result);
    });

    it('ends on an element that only knew of it, when the logout is finished elsewhere', async () => {
      await incomplete();
      const element = await inPage();
      await expectStatus(element, 'incomplete');
      expect(element.result).to.be.null;
      const run = logout({ clientId, authority, callbackUri });
      await sent();
      await comeBack();
      await run;
      await expectStatus(element, 'idle');
    });

    it('keeps no timer when the element is removed, and looks again when it is back', async () => {
      await new Promise((resolve) => setTimeout(resolve, 150)); // the store of an earlier test may be looked at until now
      const others = timers.count;
      const element = await incomplete();
      const { parentElement } = element;
      const before = timers.count;
      element.remove();
      expect(timers.count).to.equal(before - 1);
      parentElement!.append(element);
      expect(timers.count).to.equal(before);
      element.remove();
      signIn(clientId);
      parentElement!.append(element);
      await expectStatus(element, 'idle');
      await until(() => timers.count === others); // nor, once the page is idle, what keeps a renewal out
    });
  });

  it('is not misconfigured for good: failed, and idle when the next press is cancelled', async () => {
    signIn(clientId);
    const element = await inPage({ callbackUri: null, verify: true });
    expect((await failure(element.logout())).message).to.match(/^verify: /);
    await expectStatus(element, 'failed');
    page.on('arkane-logging-out', (event) => {
      event.preventDefault();
    });
    element.verify = false;
    await failure(element.logout());
    await expectStatus(element, 'idle');
  });

  it('stays incomplete where a later press is misconfigured', async () => {
    signIn(clientId);
    popups.isBlocked = true;
    const element = await inPage();
    await element.logout();
    element.timeout = -1;
    await failure(element.logout());
    await expectStatus(element, 'incomplete');
  });

  describe('use-overlay-with-popup', () => {
    before(async () => {
      loadCover();
      await import('../src/overlay.js');
    });

    it('is an attribute, and a property', () => {
      const element = document.createElement('arkane-logout');
      expect(element.useOverlayWithPopup).to.be.false;
      element.setAttribute('use-overlay-with-popup', '');
      expect(element.useOverlayWithPopup).to.be.true;
      element.removeAttribute('use-overlay-with-popup');
      expect(element.useOverlayWithPopup).to.be.false;
    });

    it('covers the page while the window is open', async () => {
      const element = await opened({ useOverlayWithPopup: true });
      expect(coverOf()?.open).to.be.true;
      expect(coverOf()?.textContent).to.contain(english.cover);
      expect(coverOf()?.getRootNode()).to.have.nested.property('host.lang', 'en');
      await comeBack();
      await expectStatus(element, 'done');
      expect(coverOf()).to.equal(undefined);
    });

    it('says it in the strings of the element', async () => {
      await opened({ useOverlayWithPopup: true, strings: { cover: 'Klaar?', show: 'Toon' } });
      expect([...coverOf()!.querySelectorAll('button')].map(({ textContent }) => textContent)).to.deep.equal([
        'Toon',
        english.cancel,
      ]);
      expect(coverOf()?.textContent).to.contain('Klaar?');
      expect((coverOf()?.getRootNode() as ShadowRoot).host.hasAttribute('lang')).to.be.false;
      await comeBack();
    });

    it('shows the window, and gives it up, by its buttons', async () => {
      const element = await opened({ useOverlayWithPopup: true });
      const [show, cancel] = coverOf()!.querySelectorAll('button');
      show!.click();
      expect(popups.last.focused).to.equal(1);
      cancel!.click();
      expect(popups.last.closed).to.be.true;
      expect(coverOf()).to.equal(undefined);
      await untilTold(element);
      await expectStatus(element, 'incomplete');
      expect(element.result?.error?.code).to.equal('closed');
    });

    it('covers nothing without it', async () => {
      await opened();
      expect(coverOf()).to.equal(undefined);
      await comeBack();
    });
  });

  describe('says', () => {
    const dutch = { logOut: 'Afmelden', finish: 'Afmelden afmaken', blocked: 'Geblokkeerd', done: 'U bent afgemeld.' };
    const incomplete = async (part: Partial<ArkaneLogoutElement> = {}, text = '') => {
      signIn(clientId);
      popups.isBlocked = true;
      const element = await inPage(part, text);
      await element.logout();
      await expectStatus(element, 'incomplete');
      return element;
    };

    it('what the next press does, on the button, when it is incomplete', async () => {
      const element = await incomplete();
      expect(textOf(element)).to.equal(english.finish);
      expect(buttonOf(element).hasAttribute('aria-label')).to.be.false;
    });

    it('label all the same, where that is given', async () => {
      const element = await incomplete({ label: 'Leave' });
      expect(textOf(element)).to.equal('Leave');
      expect(buttonOf(element).getAttribute('aria-label')).to.equal('Leave');
    });

    it('what is slotted all the same, where something is', async () => {
      const element = await incomplete({}, 'Ga weg');
      const slot = buttonOf(element).querySelector('slot')!;
      expect(slot.assignedNodes().map(({ textContent }) => textContent)).to.deep.equal(['Ga weg']);
      expect(said(element)).to.equal(english.blocked);
    });

    it('strings in place of its own, each by itself', async () => {
      const element = await incomplete({ strings: dutch });
      expect([textOf(element), said(element)]).to.deep.equal([dutch.finish, dutch.blocked]);
      element.strings = { finish: 'Nog eens' };
      await element.updateComplete;
      expect([textOf(element), said(element)]).to.deep.equal(['Nog eens', english.blocked]);
      element.strings = null;
      await element.updateComplete;
      expect([textOf(element), said(element)]).to.deep.equal([english.finish, english.blocked]);
    });

    it('strings on a button that nobody has pressed, and label before them', async () => {
      const element = await inPage({ strings: dutch });
      expect(textOf(element)).to.equal(dutch.logOut);
      expect(said(element)).to.equal('');
      element.label = 'Leave';
      await element.updateComplete;
      expect(textOf(element)).to.equal('Leave');
    });

    it('markup in strings as text', async () => {
      const element = await incomplete({ strings: { blocked: '<img src=x>', finish: '<b>x</b>' } });
      expect([textOf(element), said(element)]).to.deep.equal(['<b>x</b>', '<img src=x>']);
      expect(element.shadowRoot!.querySelector('img, b')).to.be.null;
    });

    it('English in a region that is marked as English, and strings in the page’s own language', async () => {
      const element = await inPage();
      expect(regionOf(element).lang).to.equal('en');
      element.strings = dutch;
      await element.updateComplete;
      expect(regionOf(element).hasAttribute('lang')).to.be.false;
      element.strings = null;
      await element.updateComplete;
      expect(regionOf(element).lang).to.equal('en');
    });

    it('nothing of strings in an attribute', async () => {
      const element = await inPage();
      const before = element.getAttributeNames();
      element.strings = dutch;
      await element.updateComplete;
      expect(element.getAttributeNames()).to.deep.equal(before);
      element.setAttribute('strings', '{"logOut":"x"}');
      await element.updateComplete;
      expect(element.strings).to.equal(dutch);
    });
  });

  describe('is accessible', () => {
    it('when pending with a window, and with what it comes to', async () => {
      const element = await opened({ verify: true });
      await expectStatus(element, 'pending');
      await expect(element).to.be.accessible();
      await comeBackChecked('alive');
      await expectStatus(element, 'incomplete');
      await expect(element).to.be.accessible();
    });

    it('when blocked, with strings, and when done', async () => {
      signIn(clientId);
      popups.isBlocked = true;
      const element = await inPage({ strings: { finish: 'Afmaken' } });
      await element.logout();
      await expectStatus(element, 'incomplete');
      await expect(element).to.be.accessible();
      popups.isBlocked = false;
      buttonOf(element).click();
      await sent();
      await comeBack();
      await expectStatus(element, 'done');
      await expect(element).to.be.accessible();
    });
  });
});

describe('<arkane-logout>, when a lost network is back', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const heard = heardEvents();

  it('is done, and says so on the element', async () => {
    sessionStorage.clear();
    const clientId = newClient();
    signIn(clientId);
    const { token, hint, reach, userinfo } = provider;
    Object.assign(provider, offline);
    const element = await fixture<ArkaneLogoutElement>(
      html`<arkane-logout client-id=${clientId} authority=${authority}></arkane-logout>`,
    );
    await element.logout();
    await expectStatus(element, 'incomplete');
    expect(said(element)).to.equal(english.network);
    Object.assign(provider, { token, hint, reach, userinfo });
    dispatchEvent(new Event('online'));
    await until(() => element.status === 'done');
    await expectStatus(element, 'done');
    expect(heard.types).to.deep.equal([asked, loggedOut, loggedOut]);
    expect(heard.last.target).to.equal(element);
  });
});

describe('<arkane-logout>, unfinished before a reload', () => {
  staysQuiet();
  const provider = scriptedProvider();
  let clientId: string;
  beforeEach(async () => {
    sessionStorage.clear();
    localStorage.clear();
    clientId = newClient();
    signIn(clientId);
    Object.assign(provider, { token: () => status(400), hint: () => status(200) });
    await logout({ clientId, authority });
  });

  const reload = async (attributes = '') => {
    const frame = await openFrame(
      '',
      `<arkane-logout client-id="${clientId}" authority="${authority}" ${attributes}></arkane-logout>`,
    );
    await moduleOf(frame, 'define');
    await settled(frame);
    return frame;
  };
  const elementOf = ({ document }: Page) => document.querySelector('arkane-logout')!;

  it('is incomplete, offers to finish, and has no result', async () => {
    const element = elementOf(await reload());
    await expectStatus(element, 'incomplete');
    expect(textOf(element)).to.equal(english.finish);
    expect(said(element)).to.equal(english.incomplete);
    expect(element.result).to.be.null;
  });
  const textOf = (element: ArkaneLogoutElement) => buttonOf(element).textContent.trim();

  it('is so too where its client is told later', async () => {
    const frame = await openFrame('', '<arkane-logout></arkane-logout>');
    await moduleOf(frame, 'define');
    const element = elementOf(frame);
    await expectStatus(element, 'idle');
    Object.assign(element, { clientId, authority });
    await expectStatus(element, 'incomplete');
  });

  it('is idle for another client', async () => {
    const frame = await openFrame('', `<arkane-logout client-id="other" authority="${authority}"></arkane-logout>`);
    await moduleOf(frame, 'define');
    await expectStatus(elementOf(frame), 'idle');
  });

  it('is idle once somebody has signed in', async () => {
    signIn(clientId);
    const element = elementOf(await reload());
    await expectStatus(element, 'idle');
    expect(textOf(element)).to.equal(english.logOut);
    sessionStorage.removeItem(storageKey(clientId));
    await expectStatus(elementOf(await reload()), 'idle');
  });

  it('is idle after one that was proved', async () => {
    signIn(clientId);
    provider.token = () => status(204);
    await logout({ clientId, authority });
    await expectStatus(elementOf(await reload()), 'idle');
  });

  it('stays incomplete where a press is misconfigured', async () => {
    const element = elementOf(await reload('timeout="-1"'));
    const error: unknown = await element.logout().catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'configuration');
    await expectStatus(element, 'incomplete');
  });
});

describe('<arkane-logout> prepares', () => {
  staysQuiet();
  const provider = scriptedProvider();
  let frame: Page;
  beforeEach(async () => {
    sessionStorage.clear();
    frame = await openFrame();
    await moduleOf(frame, 'define');
  });

  const put = (attributes: Record<string, string>) => {
    const element = frame.document.createElement('arkane-logout');
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    frame.document.body.append(element);
    return element;
  };
  const windows = () => hasFetched(frame, 'core/window');
  const cover = () => hasFetched(frame, 'overlay');
  /** Longer than it takes to ask when idle, and to load. */
  const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

  it('the window and the cover, where there may be any', async () => {
    put({ 'client-id': 'app', authority, 'callback-uri': callbackUri, 'use-overlay-with-popup': '' });
    await until(() => windows() && cover());
    expect(provider.sent).to.deep.equal([]);
  });

  it('neither of them where there is none', async () => {
    put({ 'client-id': 'app', authority });
    await pause();
    expect([windows(), cover()]).to.deep.equal([false, false]);
  });

  it('them when an attribute says later that there is one', async () => {
    const element = put({ 'client-id': 'app', authority });
    await element.updateComplete;
    await pause();
    expect([windows(), cover()]).to.deep.equal([false, false]);
    element.setAttribute('callback-uri', callbackUri);
    await until(windows);
    expect(cover()).to.be.false;
    element.setAttribute('use-overlay-with-popup', '');
    await until(cover);
  });

  it('discovery when an attribute names another provider', async () => {
    const [first, second] = [newIssuer(), newIssuer()];
    const element = put({ 'client-id': 'app', authority: first });
    await until(() => provider.sent.length);
    await element.updateComplete;
    element.setAttribute('authority', second);
    await until(() => provider.sent.length > 1);
    expect(provider.sent.map(({ url }) => url)).to.deep.equal(
      [first, second].map((issuer) => `${issuer}/.well-known/openid-configuration`),
    );
  });

  it('nothing for an element that is in no document', async () => {
    const element = frame.document.createElement('arkane-logout');
    element.setAttribute('client-id', 'app');
    element.setAttribute('authority', newIssuer());
    element.setAttribute('callback-uri', callbackUri);
    await pause();
    expect(provider.sent).to.deep.equal([]);
    expect(windows()).to.be.false;
  });
});
