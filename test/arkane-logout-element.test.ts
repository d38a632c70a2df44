import { expect, fixture, html } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { ArkaneLogoutElement } from '../src/arkane-logout-element.js';
import type { ArkaneLogoutErrorEvent } from '../src/core/events.js';
import { logout } from '../src/core/logout.js';
import { buttonOf, expectStatus, said } from './support/element.js';
import { heardEvents, page } from './support/events.js';
import { offline, scriptedProvider, status } from './support/provider.js';
import { staysQuiet } from './support/quiet.js';
import { ended } from './support/results.js';
import { authority, failure, isSignedIn, newClient, signIn, tokensOf } from './support/sign-in.js';

// Elements are compared by `===`: a runner that has to print two of them does not come to an end.

/** Gives back once the element's current run has ended; a press gives no promise. */
const ending = () =>
  new Promise<Event>((resolve) => {
    page.on('arkane-logged-out', resolve);
    page.on('arkane-logout-error', resolve);
  });

describe('<arkane-logout>', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const heard = heardEvents();
  let clientId: string;

  before(async () => {
    // Before it is defined, for what an element was given before its upgrade.
    early.innerHTML = '<arkane-logout storage="local"></arkane-logout>';
    document.body.append(early);
    Object.assign(early.firstElementChild!, { clientId: 'given-early', authority, timeout: 77, label: 'Leave' });
    await import('../src/define.js');
  });
  const early = document.createElement('div');

  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    clientId = newClient();
  });

  const inPage = () =>
    fixture<ArkaneLogoutElement>(html`<arkane-logout client-id=${clientId} authority=${authority}></arkane-logout>`);

  /** Holds the provider's answer back, so that the element stays pending. */
  const heldBack = () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    provider.token = () => promise;
    return () => {
      resolve(status(204));
    };
  };

  describe('is made', () => {
    const defaults = {
      clientId: null,
      environment: 'prod',
      authority: null,
      windowMode: 'POPUP',
      redirectUri: null,
      callbackUri: null,
      storage: 'session',
      timeout: 10_000,
      label: null,
      disabled: false,
      tokenStore: null,
      params: null,
      status: 'idle',
      result: null,
    };

    for (const [how, make] of [
      ['new', () => new ArkaneLogoutElement()],
      ['createElement', () => document.createElement('arkane-logout')],
      [
        'markup',
        () => {
          const parent = document.createElement('div');
          parent.innerHTML = '<arkane-logout></arkane-logout>';
          document.body.append(parent);
          parent.remove();
          return parent.firstElementChild as ArkaneLogoutElement;
        },
      ],
    ] as const)
      it(`by ${how}, with its defaults and no attribute of its own`, () => {
        const element = make();
        expect(element).to.be.instanceOf(ArkaneLogoutElement);
        expect(element).to.include(defaults);
        expect(element.getAttributeNames()).to.deep.equal([]);
      });

    it('with what it was given before it was defined', async () => {
      const element = early.querySelector('arkane-logout')!;
      await element.updateComplete;
      expect(element).to.include({ clientId: 'given-early', authority, timeout: 77, label: 'Leave', storage: 'local' });
      expect(buttonOf(element).textContent.trim()).to.equal('Leave');
      // Nor does it get in the way of what is set later.
      element.label = 'Bye';
      element.setAttribute('timeout', '78');
      await element.updateComplete;
      expect(buttonOf(element).textContent.trim()).to.equal('Bye');
      expect(element.timeout).to.equal(78);
    });

    it('without sending, storing or dispatching anything', async () => {
      await inPage();
      expect(provider.sent).to.deep.equal([]);
      expect(sessionStorage).to.have.length(0);
      expect(heard.types).to.deep.equal([]);
    });

    it('with an author’s own attributes left alone', async () => {
      const element = await fixture<ArkaneLogoutElement>(
        html`<arkane-logout role="group" tabindex="-1" class="mine" id="own"></arkane-logout>`,
      );
      await failure(element.logout());
      await element.updateComplete;
      expect(Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value]))).to.deep.equal({
        role: 'group',
        tabindex: '-1',
        class: 'mine',
        id: 'own',
      });
    });
  });

  describe('takes', () => {
    it('its attributes for properties', () => {
      const parent = document.createElement('div');
      parent.innerHTML = `<arkane-logout client-id="app" environment="qa" authority="${authority}" window-mode="redirect"
        redirect-uri="/bye" callback-uri="/callback" storage="local" timeout="250" label="Leave" disabled></arkane-logout>`;
      document.body.append(parent);
      expect(parent.firstElementChild).to.include({
        clientId: 'app',
        environment: 'qa',
        authority,
        windowMode: 'redirect',
        redirectUri: '/bye',
        callbackUri: '/callback',
        storage: 'local',
        timeout: 250,
        label: 'Leave',
        disabled: true,
      });
      parent.remove();
    });

    it('attributes in any order, and as they are at the press', async () => {
      signIn(clientId, tokensOf(clientId), localStorage);
      const element = document.createElement('arkane-logout');
      document.body.append(element);
      element.setAttribute('storage', 'LOCAL');
      element.setAttribute('window-mode', 'popup');
      element.setAttribute('authority', authority);
      element.setAttribute('client-id', clientId);
      expect(await element.logout()).to.deep.equal(ended);
      element.remove();
    });

    it('a removed attribute for its default', async () => {
      const element = await inPage();
      for (const [name, bad] of [
        ['window-mode', 'TAB'],
        ['storage', 'cookie'],
        ['timeout', '-1'],
      ] as const) {
        element.setAttribute(name, bad);
        expect((await failure(element.logout())).message).to.match(new RegExp(`^${name}: `));
        element.removeAttribute(name);
        expect(await element.logout()).to.include({ providerSession: 'none' });
      }
    });

    it('a property for what an attribute cannot hold', async () => {
      const element = await inPage();
      let held: ReturnType<typeof tokensOf> | null = tokensOf(clientId);
      element.tokenStore = {
        tokens: () => held,
        clear: () => {
          held = null;
        },
      };
      element.params = { ui_locales: 'nl' };
      expect(await element.logout()).to.deep.equal(ended);
      expect(provider.sent[0]?.form).to.include({ ui_locales: 'nl' });
    });

    it('nothing for its status and result: they are told, not set', () => {
      const element = document.createElement('arkane-logout');
      for (const name of ['status', 'result'])
        expect(() => Object.assign(element, { [name]: 'done' })).to.throw(TypeError);
      expect(element).to.include({ status: 'idle', result: null });
    });

    it('the options of one call before its attributes', async () => {
      const element = await inPage();
      expect((await failure(element.logout({ windowMode: 'TAB' as 'POPUP' }))).message).to.match(/^window-mode: /);
      expect((await failure(element.logout({ signal: AbortSignal.abort() }))).code).to.equal('cancelled');
      const elsewhere = { windowMode: 'REDIRECT', redirectUri: 'javascript:alert(1)' } as const;
      expect((await failure(element.logout(elsewhere))).message).to.match(/^redirect-uri: /);
      element.windowMode = 'TAB' as 'POPUP';
      expect(await element.logout({ windowMode: 'POPUP' })).to.include({ providerSession: 'none' });
    });

    it('no event from a property that is set', async () => {
      const element = await inPage();
      Object.assign(element, { clientId: 'other', timeout: -1, disabled: true, label: 'x', windowMode: 'TAB' });
      await element.updateComplete;
      expect(heard.types).to.deep.equal([]);
    });
  });

  describe('logout()', () => {
    it('dispatches on the element, which bubbles, and gives what the event says', async () => {
      signIn(clientId);
      const element = await inPage();
      const result = await element.logout();
      expect(result).to.deep.equal(ended);
      expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
      expect(heard.targets).to.deep.equal([element, element]);
      expect(heard.last.detail).to.equal(result);
      expect(element.result).to.equal(result);
    });

    it('has status and result ready when the event comes', async () => {
      signIn(clientId);
      const element = await inPage();
      const seen: unknown[] = [];
      page.on('arkane-logging-out', () => seen.push(element.status, element.result));
      page.on('arkane-logged-out', ({ detail }) => seen.push(element.status, element.result === detail));
      await element.logout();
      expect(seen).to.deep.equal(['pending', null, 'done', true]);
    });

    it('crosses the shadow root that the element is in', async () => {
      signIn(clientId);
      const host = await fixture<HTMLElement>(html`<div></div>`);
      const element = document.createElement('arkane-logout');
      Object.assign(element, { clientId, authority });
      host.attachShadow({ mode: 'closed' }).append(element);
      await element.logout();
      expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
      expect(heard.targets).to.deep.equal([host, host]);
    });

    it('works on an element that is in no document, and tells document', async () => {
      signIn(clientId);
      const element = document.createElement('arkane-logout');
      Object.assign(element, { clientId, authority });
      expect(await element.logout()).to.deep.equal(ended);
      expect(heard.targets).to.deep.equal([document, document]);
      expect(element.status).to.equal('done');
    });

    it('goes on when the element is removed in the middle, and tells document', async () => {
      signIn(clientId);
      const element = await inPage();
      const release = heldBack();
      const run = element.logout();
      element.remove();
      release();
      expect(await run).to.deep.equal(ended);
      expect(heard.targets).to.deep.equal([element, document]);
      expect(element.status).to.equal('done');
    });

    it('tells the element again when it is moved in the middle', async () => {
      signIn(clientId);
      const element = await inPage();
      const release = heldBack();
      const run = element.logout();
      (await fixture<HTMLElement>(html`<div></div>`)).append(element);
      release();
      await run;
      expect(heard.targets).to.deep.equal([element, element]);
      expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
      await expectStatus(element, 'done');
    });

    it('is one run for two elements and a call of one client: one event, one result', async () => {
      signIn(clientId);
      const [one, two] = [await inPage(), await inPage()];
      const runs = [one.logout(), two.logout(), logout({ clientId, authority })];
      expect([one.status, two.status]).to.deep.equal(['pending', 'pending']);
      const results = await Promise.all(runs);
      expect(new Set(results).size).to.equal(1);
      expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
      expect(heard.targets).to.deep.equal([one, one]);
      expect(provider.asked).to.deep.equal(['token', 'token']);
      expect(two.result).to.equal(one.result);
      for (const element of [one, two]) await expectStatus(element, 'done');
    });

    it('shows what its status says on an element of the same client that was not pressed', async () => {
      signIn(clientId);
      const [one, two] = [await inPage(), await inPage()];
      await one.logout();
      await two.updateComplete;
      const [shown, words] = [two.matches(':state(done)'), said(two)];
      expect(two.status).to.equal(shown ? 'done' : 'idle');
      await expectStatus(two, shown ? 'done' : 'idle');
      expect(said(two)).to.equal(words);
    });

    it('shares a cancellation too, and both are as before', async () => {
      signIn(clientId);
      const [one, two] = [await inPage(), await inPage()];
      page.on('arkane-logging-out', (event) => {
        event.preventDefault();
      });
      const errors = await Promise.all([failure(one.logout()), failure(two.logout())]);
      expect(errors[0]).to.equal(errors[1]);
      expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logout-error']);
      for (const element of [one, two]) await expectStatus(element, 'idle');
      expect(isSignedIn(clientId)).to.be.true;
    });

    it('runs for elements of two clients apart', async () => {
      const [one, two] = [await inPage(), await inPage()];
      two.clientId = newClient();
      for (const each of [clientId, two.clientId]) signIn(each);
      await Promise.all([one.logout(), two.logout()]);
      expect(heard.targets).to.have.members([one, one, two, two]);
    });
  });

  describe('with bad markup', () => {
    for (const [attribute, value] of [
      ['client-id', ''],
      ['environment', 'sandbox'],
      ['environment', ''],
      ['window-mode', 'TAB'],
      ['redirect-uri', ''],
      ['redirect-uri', 'bye'],
      ['redirect-uri', 'javascript:alert(1)'],
      ['redirect-uri', 'http://app.example/bye'],
      ['redirect-uri', 'https://someone:secret@app.example/bye'],
      ['callback-uri', ''],
      ['callback-uri', 'https://elsewhere.example/callback'],
      ['callback-uri', 'javascript:alert(1)'],
      ['storage', 'cookie'],
      ['timeout', 'soon'],
      ['timeout', ''],
      ['timeout', '0'],
      ['timeout', 'Infinity'],
      ['authority', ''],
      ['authority', 'javascript:alert(1)'],
      ['authority', 'data:text/html,/realms/units'],
      ['authority', 'https://someone:secret@login.example/realms/units'],
      ['authority', 'http://login.example/realms/units'],
    ] as const)
      it(`throws nothing and names ${attribute} in its event: ${attribute}="${value}"`, async () => {
        signIn(clientId);
        const element = await inPage();
        if (attribute === 'environment') element.removeAttribute('authority');
        if (attribute === 'redirect-uri') element.windowMode = 'REDIRECT'; // it has no effect in POPUP
        element.setAttribute(attribute, value);
        await element.updateComplete;
        expect(heard.types).to.deep.equal([]);

        buttonOf(element).click();
        expect(heard.types).to.deep.equal(['arkane-logout-error']);
        expect(heard.targets).to.deep.equal([element]);
        const { error } = (heard.last as ArkaneLogoutErrorEvent).detail;
        expect(error.code).to.equal('configuration');
        expect(error.message).to.match(new RegExp(`^${attribute}: `));
        expect(error.message).not.to.contain('secret');
        expect(isSignedIn(clientId)).to.be.true;
        expect(provider.sent).to.deep.equal([]);
        await expectStatus(element, 'failed');

        expect((await failure(element.logout())).message).to.equal(error.message);
      });

    it('names client-id where there is none', async () => {
      const element = await fixture<ArkaneLogoutElement>(html`<arkane-logout></arkane-logout>`);
      expect((await failure(element.logout())).message).to.match(/^client-id: /);
      await expectStatus(element, 'failed');
    });
  });

  describe('status', () => {
    it('goes from idle over pending to done, and is said politely', async () => {
      signIn(clientId);
      const element = await inPage();
      await expectStatus(element, 'idle');
      expect(said(element) ?? '').to.equal('');
      const release = heldBack();
      const run = element.logout();
      await expectStatus(element, 'pending');
      expect(said(element)).to.equal('Logging out…');
      release();
      await run;
      await expectStatus(element, 'done');
      expect(said(element)).to.equal('You are logged out.');
    });

    it('is idle after nobody was signed in, which is said', async () => {
      const element = await inPage();
      await element.logout();
      await expectStatus(element, 'idle');
      expect(said(element)).to.equal('No sign-in was found here.');
    });

    it('is incomplete without a proof, never idle again, and done by a later press', async () => {
      signIn(clientId);
      const element = await inPage();
      const online = { ...provider };
      Object.assign(provider, offline);
      const seen: string[] = [];
      page.on('arkane-logged-out', () => seen.push(element.status));
      await element.logout();
      await expectStatus(element, 'incomplete');
      expect(said(element)).to.contain('could not be reached').and.to.contain('again');
      await element.logout();
      await expectStatus(element, 'incomplete');
      Object.assign(provider, { token: online.token, hint: online.hint });
      expect(await element.logout()).to.include({ trigger: 'completed', providerSession: 'ended' });
      await expectStatus(element, 'done');
      expect(seen).to.deep.equal(['incomplete', 'incomplete', 'done']);
      expect(heard.types.filter((type) => type === 'arkane-logging-out')).to.have.length(1);
    });

    it('is incomplete when tokens were kept, although the session has ended', async () => {
      const element = await inPage();
      element.tokenStore = { tokens: () => tokensOf(clientId), clear: () => undefined };
      const { local, providerSession } = await element.logout();
      expect([local, providerSession]).to.deep.equal(['kept', 'ended']);
      await expectStatus(element, 'incomplete');
    });

    it('is failed when the ID token is another client’s', async () => {
      signIn(clientId, tokensOf(clientId, { id: { aud: 'other', azp: 'other' } }));
      const element = await inPage();
      expect((await failure(element.logout())).message).to.match(/^client-id: /);
      await expectStatus(element, 'failed');
      expect(said(element)).to.contain('Nothing was changed');
    });

    const misconfigure = async (element: ArkaneLogoutElement) => {
      element.storage = 'cookie' as 'local';
      await failure(element.logout());
      element.storage = 'session';
    };
    const cancel = (element: ArkaneLogoutElement) => failure(element.logout({ signal: AbortSignal.abort() }));

    for (const [from, arrive] of [
      ['idle', () => Promise.resolve()],
      ['failed', misconfigure],
      [
        'done',
        async (element: ArkaneLogoutElement) => {
          signIn(clientId);
          await element.logout();
        },
      ],
      [
        'incomplete',
        async (element: ArkaneLogoutElement) => {
          signIn(clientId);
          Object.assign(provider, offline);
          await element.logout();
        },
      ],
    ] as const) {
      it(`is ${from} as before after a press that was cancelled`, async () => {
        const element = await inPage();
        await arrive(element);
        const { result } = element;
        await expectStatus(element, from);
        await cancel(element);
        await expectStatus(element, from);
        expect(element.result).to.equal(result);
      });

      const then = from === 'incomplete' ? 'incomplete' : 'failed';
      it(`is ${then} after a press that was misconfigured, when it was ${from}`, async () => {
        const element = await inPage();
        await arrive(element);
        await misconfigure(element);
        await expectStatus(element, then);
      });
    }

    it('is no longer failed once the markup is mended', async () => {
      signIn(clientId);
      const element = await inPage();
      await misconfigure(element);
      await element.logout();
      await expectStatus(element, 'done');
    });
  });

  it('is failed after a double click where the ID token is of another client', async () => {
    signIn(clientId, tokensOf(clientId, { id: { aud: 'other', azp: 'other' } }));
    const element = await inPage();
    await Promise.all([failure(element.logout()), failure(element.logout())]);
    await expectStatus(element, 'failed');
  });

  it('is idle after a new sign-in whose logout was cancelled', async () => {
    signIn(clientId);
    const element = await inPage();
    provider.token = provider.hint = () => status(500);
    provider.userinfo = () => status(500);
    await element.logout();
    await expectStatus(element, 'incomplete');
    signIn(clientId, tokensOf(clientId, { refresh: { jti: 'new' } }));
    page.on('arkane-logging-out', (event) => {
      event.preventDefault();
    });
    await failure(element.logout());
    await expectStatus(element, 'idle');
  });

  it('keeps its attribute where an option of logout() is undefined', async () => {
    const element = await inPage();
    element.setAttribute('window-mode', 'TAB');
    expect((await failure(element.logout({ windowMode: undefined }))).message).to.match(/^window-mode: /);
    element.setAttribute('window-mode', 'REDIRECT');
    element.setAttribute('redirect-uri', 'nowhere');
    expect((await failure(element.logout({ redirectUri: undefined }))).message).to.match(/^redirect-uri: /);
  });

  it('has what was set before its upgrade, in no document too', async () => {
    const { contentDocument } = await fixture<HTMLIFrameElement>(html`<iframe></iframe>`);
    const detached = contentDocument!.createElement('arkane-logout');
    Object.assign(detached, { clientId, authority });
    document.adoptNode(detached);
    customElements.upgrade(detached);
    expect(await detached.logout()).to.include({ providerSession: 'none' });
  });

  it('is idle, and does not say "logged out", when the page prevents the logout of a new sign-in', async () => {
    signIn(clientId);
    const element = await inPage();
    await element.logout();
    await expectStatus(element, 'done');
    signIn(clientId);
    page.on('arkane-logging-out', (event) => {
      event.preventDefault();
    });
    await failure(element.logout());
    await expectStatus(element, 'idle');
    expect(said(element)).to.equal('');
  });

  it('does not say that nobody is signed in when the page prevents the logout of a new sign-in', async () => {
    const element = await inPage();
    await element.logout();
    signIn(clientId);
    page.on('arkane-logging-out', (event) => {
      event.preventDefault();
    });
    await failure(element.logout());
    await expectStatus(element, 'idle');
    expect(said(element)).to.equal('');
    expect(element.result).to.be.null;
  });

  it('does not say "logged out" where tokens were kept', async () => {
    const element = await inPage();
    const tokens = tokensOf(clientId);
    element.tokenStore = { tokens: () => tokens, clear: () => undefined };
    await element.logout();
    await expectStatus(element, 'incomplete');
    expect(said(element)).to.match(/could not remove/);
  });

  it('is not disabled by undefined, which templates pass', async () => {
    const element = await inPage();
    element.disabled = undefined;
    expect(element.disabled).to.be.false;
  });

  it('takes a timeout as text, which frameworks set as a property', async () => {
    signIn(clientId);
    const element = await inPage();
    (element as { timeout: unknown }).timeout = '5000';
    expect(await element.logout()).to.deep.equal(ended);
  });

  it('takes null for the options of logout()', async () => {
    signIn(clientId);
    expect(await (await inPage()).logout(null)).to.deep.equal(ended);
  });

  it('keeps a slotted link from navigating while disabled', async () => {
    const element = await inPage();
    element.disabled = true;
    element.innerHTML = '<a slot="trigger" href="#gone">Leave</a>';
    element.querySelector('a')!.click();
    expect(location.hash).to.equal('');
    expect(heard.types).to.deep.equal([]);
  });

  describe('button', () => {
    it('is a real one with a default text and no more attributes than it needs', async () => {
      const button = buttonOf(await inPage());
      expect(button.type).to.equal('button');
      expect(button.disabled).to.be.false;
      expect(button.textContent.trim()).to.equal('Log out');
      expect(button.getAttributeNames()).to.have.members(['part', 'type']);
      expect(button.getAttribute('part')).to.equal('button');
    });

    it('takes label for its name and its text', async () => {
      const element = await inPage();
      element.label = 'Leave';
      await element.updateComplete;
      expect(buttonOf(element).getAttribute('aria-label')).to.equal('Leave');
      expect(buttonOf(element).textContent.trim()).to.equal('Leave');
      element.removeAttribute('label');
      element.label = null;
      await element.updateComplete;
      expect(buttonOf(element).hasAttribute('aria-label')).to.be.false;
      expect(buttonOf(element).textContent.trim()).to.equal('Log out');
    });

    it('shows markup in a label as text', async () => {
      const element = await inPage();
      element.label = '<img src=x onerror=alert(1)>';
      await element.updateComplete;
      expect(element.shadowRoot!.querySelector('img')).to.be.null;
      expect(buttonOf(element).textContent.trim()).to.equal(element.label);
    });

    it('shows what is in the default slot in place of its text, and is pressed through it', async () => {
      signIn(clientId);
      const element = await fixture<ArkaneLogoutElement>(
        html`<arkane-logout client-id=${clientId} authority=${authority}><b>Afmelden</b></arkane-logout>`,
      );
      const slot = buttonOf(element).querySelector('slot')!;
      expect(slot.assignedElements()).to.deep.equal([element.querySelector('b')]);
      const end = ending();
      element.querySelector('b')!.click();
      await end;
      expect(element.result).to.deep.equal(ended);
    });

    it('logs out by a click, and only once by two', async () => {
      signIn(clientId);
      const element = await inPage();
      const end = ending();
      buttonOf(element).click();
      buttonOf(element).click();
      await end;
      await expectStatus(element, 'done');
      expect(provider.asked).to.deep.equal(['token', 'token']);
      expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
    });

    for (const [name, key] of [
      ['Enter', 'Enter'],
      ['Space', ' '], // the one name for it that all three drivers know
    ] as const)
      it(`logs out by ${name}, the focus going to it through the element`, async () => {
        signIn(clientId);
        const element = await inPage();
        element.focus();
        expect(document.activeElement === element).to.be.true;
        expect(element.shadowRoot!.activeElement === buttonOf(element)).to.be.true;
        const end = ending();
        await sendKeys({ press: key });
        await end;
        await expectStatus(element, 'done');
        expect(document.activeElement === element).to.be.true; // it does not lose the focus by being busy
      });

    it('is reached by Tab', async () => {
      const parent = await fixture<HTMLElement>(
        html`<div><input /><arkane-logout client-id="app"></arkane-logout><input /></div>`,
      );
      parent.querySelector('input')!.focus();
      await sendKeys({ press: 'Tab' });
      expect(document.activeElement === parent.querySelector('arkane-logout')).to.be.true;
    });

    it('does not submit the form that it is in', async () => {
      const form = await fixture<HTMLFormElement>(
        html`<form><arkane-logout client-id=${clientId} authority=${authority}></arkane-logout></form>`,
      );
      let isSubmitted = false;
      form.addEventListener('submit', (event) => {
        event.preventDefault();
        isSubmitted = true;
      });
      const end = ending();
      buttonOf(form.querySelector('arkane-logout')!).click();
      await end;
      expect(isSubmitted).to.be.false;
    });

    it('stays to be pressed, and keeps its live region, while a logout is under way', async () => {
      signIn(clientId);
      const element = await inPage();
      const release = heldBack();
      const run = element.logout();
      await expectStatus(element, 'pending');
      const region = element.shadowRoot!.querySelector('[role=status]');
      expect(buttonOf(element).disabled).to.be.false;
      release();
      await run;
      await element.updateComplete;
      expect(element.shadowRoot!.querySelector('[role=status]') === region).to.be.true;
    });
  });

  describe('slot="trigger"', () => {
    it('takes a control of the page in place of the button', async () => {
      signIn(clientId);
      const element = await fixture<ArkaneLogoutElement>(
        html`<arkane-logout client-id=${clientId} authority=${authority}>
          <button slot="trigger">Afmelden</button>
        </arkane-logout>`,
      );
      expect(buttonOf(element).getClientRects()).to.have.length(0);
      const end = ending();
      element.querySelector('button')!.click();
      await end;
      await expectStatus(element, 'done');
    });

    it('stops a link from going anywhere', async () => {
      signIn(clientId);
      const element = await fixture<ArkaneLogoutElement>(
        html`<arkane-logout client-id=${clientId} authority=${authority}>
          <a slot="trigger" href="#gone-elsewhere">Afmelden</a>
        </arkane-logout>`,
      );
      const click = new MouseEvent('click', { bubbles: true, cancelable: true, composed: true });
      const end = ending();
      expect(element.querySelector('a')!.dispatchEvent(click)).to.be.false;
      expect(location.hash).to.equal('');
      await end;
      expect(element.result).to.deep.equal(ended);
    });

    it('leaves alone a click that the page has prevented', async () => {
      signIn(clientId);
      const element = await fixture<ArkaneLogoutElement>(
        html`<arkane-logout client-id=${clientId} authority=${authority}>
          <button
            slot="trigger"
            @click=${(event: Event) => {
              event.preventDefault();
            }}
          >
            Afmelden
          </button>
        </arkane-logout>`,
      );
      element.querySelector('button')!.click();
      expect(element.status).to.equal('idle');
      expect(heard.types).to.deep.equal([]);
      expect(isSignedIn(clientId)).to.be.true;
    });
  });

  describe('disabled', () => {
    it('does nothing by the button, a trigger, a key or a command; logout() still works', async () => {
      signIn(clientId);
      const element = await fixture<ArkaneLogoutElement>(
        html`<arkane-logout client-id=${clientId} authority=${authority} disabled>
          <button slot="trigger">Afmelden</button>
        </arkane-logout>`,
      );
      expect(buttonOf(element).disabled).to.be.true;
      buttonOf(element).click();
      element.querySelector('button')!.click();
      element.querySelector('button')!.focus();
      await sendKeys({ press: 'Enter' });
      element.dispatchEvent(Object.assign(new Event('command', { cancelable: true }), { command: '--logout' }));
      expect(element.status).to.equal('idle');
      expect(heard.types).to.deep.equal([]);
      expect(isSignedIn(clientId)).to.be.true;
      expect(await element.logout()).to.deep.equal(ended);
    });

    it('is seen in the attribute when the property is set', async () => {
      const element = await inPage();
      element.disabled = true;
      await element.updateComplete;
      expect(element.hasAttribute('disabled')).to.be.true;
      element.disabled = false;
      await element.updateComplete;
      expect(element.hasAttribute('disabled')).to.be.false;
      expect(buttonOf(element).disabled).to.be.false;
    });
  });

  describe('command', () => {
    const send = (element: Element, command: string) =>
      element.dispatchEvent(Object.assign(new Event('command', { cancelable: true }), { command }));

    it('--logout logs out, and no other does', async () => {
      signIn(clientId);
      const element = await inPage();
      for (const other of ['--log-out', '--LOGOUT', 'logout', 'close', '']) send(element, other);
      expect(heard.types).to.deep.equal([]);
      const end = ending();
      expect(send(element, '--logout')).to.be.false;
      await end;
      await expectStatus(element, 'done');
    });

    it('comes from a button elsewhere in the page, where the browser has commandfor', async () => {
      signIn(clientId);
      const parent = await fixture<HTMLElement>(
        html`<div>
          <arkane-logout id="it" client-id=${clientId} authority=${authority}></arkane-logout>
          <button commandfor="it" command="--logout">Afmelden</button>
        </div>`,
      );
      const element = parent.querySelector('arkane-logout')!;
      const end = ending();
      parent.querySelector<HTMLButtonElement>('div > button')!.click();
      // WebKitGTK has no commandfor yet: there the click does nothing, and the event itself has to do.
      if (!('commandForElement' in HTMLButtonElement.prototype)) send(element, '--logout');
      await end;
      expect(element.result).to.deep.equal(ended);
      expect(heard.targets).to.deep.equal([element, element]);
    });
  });

  describe('in the page', () => {
    it('can be detached and attached again, and works once', async () => {
      signIn(clientId);
      const element = await inPage();
      const parent = element.parentElement!;
      for (let times = 0; times < 3; times += 1) {
        element.remove();
        parent.append(element);
      }
      const end = ending();
      buttonOf(element).click();
      await end;
      send(element);
      await element.logout();
      expect(heard.types.filter((type) => type === 'arkane-logging-out')).to.have.length(2);
      expect(element.shadowRoot!.querySelectorAll('button')).to.have.length(1);
    });
    const send = (element: Element) =>
      element.dispatchEvent(Object.assign(new Event('command', { cancelable: true }), { command: '--logout' }));

    it('adds no listener to window or document, however often it is attached', async () => {
      const added: string[] = [];
      const originals = [window, document].map(
        (target) => [target, Object.getOwnPropertyDescriptor(target, 'addEventListener')] as const,
      );
      for (const [target] of originals) target.addEventListener = (type: string) => added.push(type);
      const element = document.createElement('arkane-logout');
      document.body.append(element);
      await element.updateComplete;
      element.remove();
      for (const [target, original] of originals)
        if (original) Object.defineProperty(target, 'addEventListener', original);
        else Reflect.deleteProperty(target, 'addEventListener');
      expect(added).to.deep.equal([]);
    });

    it('is inline by default, hidden by the attribute', async () => {
      const element = await inPage();
      expect(getComputedStyle(element).display).to.equal('inline-block');
      element.hidden = true;
      expect(getComputedStyle(element).display).to.equal('none');
    });

    it('takes on the page’s font, and can be styled by part and by state', async () => {
      const parent = await fixture<HTMLElement>(
        html`<div style="font: 27px monospace">
          <style>
            arkane-logout::part(button) {
              letter-spacing: 3px;
            }
            arkane-logout:state(failed) {
              opacity: 0.5;
            }
          </style>
          <arkane-logout></arkane-logout>
        </div>`,
      );
      const element = parent.querySelector('arkane-logout')!;
      const { fontSize, letterSpacing } = getComputedStyle(buttonOf(element));
      expect([fontSize, letterSpacing]).to.deep.equal(['27px', '3px']);
      expect(getComputedStyle(element).opacity).to.equal('1');
      await failure(element.logout());
      expect(getComputedStyle(element).opacity).to.equal('0.5');
    });

    it('has no inline style or script, so that a strict CSP is no matter', async () => {
      const element = await inPage();
      await element.logout();
      await element.updateComplete;
      expect(element.shadowRoot!.querySelectorAll('[style], style, script')).to.have.length(0);
    });

    it('shows its outcome to those who hear it, without taking room', async () => {
      const element = await inPage();
      const { width } = element.getBoundingClientRect();
      await element.logout();
      await element.updateComplete;
      expect(said(element)).not.to.equal('');
      expect(element.getBoundingClientRect().width).to.equal(width);
    });

    it('never has a token in its markup', async () => {
      const tokens = signIn(clientId);
      const element = await inPage();
      const release = heldBack();
      const run = element.logout();
      await element.updateComplete;
      const markup = () => element.outerHTML + element.shadowRoot!.innerHTML;
      const during = markup();
      release();
      await run;
      await element.updateComplete;
      for (const each of [during, markup()]) {
        expect(each).to.contain('role="status"');
        expect(each).not.to.contain(tokens.idToken!);
        expect(each).not.to.contain('eyJ');
      }
    });
  });

  describe('is accessible', () => {
    it('when idle, with and without a label, and disabled', async () => {
      const element = await inPage();
      await expect(element).to.be.accessible();
      element.label = 'Leave';
      element.disabled = true;
      await element.updateComplete;
      await expect(element).to.be.accessible();
    });

    it('when pending and when done', async () => {
      signIn(clientId);
      const element = await inPage();
      const release = heldBack();
      const run = element.logout();
      await expectStatus(element, 'pending');
      await expect(element).to.be.accessible();
      release();
      await run;
      await expectStatus(element, 'done');
      await expect(element).to.be.accessible();
    });

    it('when incomplete', async () => {
      signIn(clientId);
      Object.assign(provider, offline);
      const element = await inPage();
      await element.logout();
      await expectStatus(element, 'incomplete');
      await expect(element).to.be.accessible();
    });

    it('when failed', async () => {
      const element = await fixture<ArkaneLogoutElement>(html`<arkane-logout></arkane-logout>`);
      await failure(element.logout());
      await expectStatus(element, 'failed');
      await expect(element).to.be.accessible();
    });

    it('with a trigger of the page', async () => {
      const element = await fixture<ArkaneLogoutElement>(
        html`<arkane-logout client-id=${clientId} authority=${authority}>
          <a slot="trigger" href="#out">Afmelden</a>
        </arkane-logout>`,
      );
      await expect(element).to.be.accessible();
    });
  });
});
