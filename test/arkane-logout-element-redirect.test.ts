import { expect, fixture, html } from '@open-wc/testing';
import type { ArkaneLogoutElement } from '../src/arkane-logout-element.js';
import type { ArkaneLoggedOutEvent } from '../src/core/events.js';
import { latch } from '../src/core/latch.js';
import type { LogoutResult } from '../src/core/result.js';
import { watchLogout } from '../src/core/resume.js';
import { stateOf } from '../src/core/state.js';
import '../src/define.js';
import {
  leave,
  navigationOf,
  openFrame,
  openTab,
  type Page,
  settled,
  showAgain,
  typesOf,
  until,
} from './support/documents.js';
import { buttonOf, expectStatus, said } from './support/element.js';
import { page } from './support/events.js';
import { newIssuer, scriptedProvider, unreachable } from './support/provider.js';
import { staysQuiet } from './support/quiet.js';
import { ended } from './support/results.js';
import { authority, isSignedIn, newClient, signIn } from './support/sign-in.js';
import { storedTrip, storeTrip, tripName } from './support/trips.js';

// Tests that leave, or come back, in a document of their own; the others are in arkane-logout-element.test.ts.

const returned: LogoutResult = {
  windowMode: 'REDIRECT',
  trigger: 'return',
  via: 'redirect',
  providerSession: 'returned',
  evidence: 'return',
  local: 'wiped',
};

staysQuiet();
const provider = scriptedProvider();
let clientId: string;
beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  clientId = newClient();
});

const define = '<script type="module" src="/src/define.ts"></script>';
const markup = (attributes = '') =>
  `<arkane-logout client-id="${clientId}" authority="${authority}" ${attributes}></arkane-logout>${define}`;
const elementOf = (page: Page) => page.document.querySelector('arkane-logout')!;

describe('<arkane-logout window-mode="REDIRECT">', () => {
  const redirect = (attributes = '') => openFrame('?tab=nfts#top', markup(`window-mode="redirect" ${attributes}`));
  const sent = async () => {
    const { searchParams } = await navigationOf(clientId);
    return searchParams.get('post_logout_redirect_uri');
  };
  const here = `${location.origin}/test/pages/document.html`;

  it('leaves by a press, pending as long as it does', async () => {
    signIn(clientId);
    const page = await redirect();
    const element = elementOf(page);
    buttonOf(element).click();
    expect(await sent()).to.equal(here);
    await expectStatus(element, 'pending');
    expect(said(element)).to.equal('Logging out…');
    expect(element.result).to.be.null;
    expect(typesOf(page)).to.deep.equal(['load', 'arkane-logging-out']);
    expect(page.seen[1]).to.have.nested.property('detail.windowMode', 'REDIRECT');
    expect(isSignedIn(clientId)).to.be.false;
    await leave(page);
    expect(storedTrip()).to.include({ clientId, url: page.location.href });
  });

  for (const [what, attributes, uri, url] of [
    ['redirect-uri', `redirect-uri="${location.origin}/bye?x#y"`, '/bye?x', '/bye?x#y'],
    ['callback-uri', `callback-uri="${location.origin}/callback"`, '/callback', `${here}?tab=nfts#top`],
    [
      'both',
      `redirect-uri="${location.origin}/bye?x#y" callback-uri="${location.origin}/callback"`,
      '/callback',
      '/bye?x#y',
    ],
  ] as const)
    it(`tells the provider of ${what}`, async () => {
      const page = await redirect(attributes);
      buttonOf(elementOf(page)).click();
      expect(await sent()).to.equal(new URL(uri, location.origin).href);
      expect(storedTrip()?.url).to.equal(new URL(url, location.origin).href);
      await leave(page);
    });

  for (const [redirectUri, uri] of [
    [`${location.origin}/once`, `${location.origin}/once`],
    [null, here],
    [undefined, `${location.origin}/bye`],
  ] as const)
    it(`takes the redirectUri of one call before its attribute: ${String(redirectUri)}`, async () => {
      const page = await redirect(`redirect-uri="${location.origin}/bye"`);
      elementOf(page)
        .logout({ redirectUri })
        .catch(() => undefined);
      expect(await sent()).to.equal(uri);
      await leave(page);
      expect(elementOf(page).redirectUri).to.equal(`${location.origin}/bye`);
    });

  it('takes the windowMode of one call before its attribute', async () => {
    signIn(clientId);
    const page = await redirect();
    expect(await elementOf(page).logout({ windowMode: 'POPUP' })).to.deep.equal(ended);
  });

  it('is incomplete where nothing happens, and a press goes again', async () => {
    const page = await redirect('timeout="200"');
    const element = elementOf(page);
    const { error } = await element.logout();
    expect(error?.code).to.equal('timeout');
    await expectStatus(element, 'incomplete');
    element.timeout = 5000;
    buttonOf(element).click();
    await expectStatus(element, 'pending');
    await until(() => storedTrip()?.trigger === 'completed');
    await leave(page);
  });

  it('is incomplete, and says so, when it is shown again without an answer', async () => {
    signIn(clientId);
    const page = await redirect();
    const element = elementOf(page);
    const run = element.logout();
    await navigationOf(clientId);
    await leave(page);
    showAgain(page);
    const result = await run;
    expect(result).to.include({ trigger: 'return', providerSession: 'unknown' });
    expect(result.error?.code).to.equal('closed');
    await expectStatus(element, 'incomplete');
    expect(said(element)).to.contain('may still be open');
    expect(page.seen.at(-1)).to.have.property('target', element);
  });

  it('is idle, and claims nothing, when it is shown again and was told elsewhere', async () => {
    signIn(clientId);
    const page = await redirect();
    const element = elementOf(page);
    const run = element.logout();
    await navigationOf(clientId);
    await leave(page);
    sessionStorage.removeItem(tripName);
    showAgain(page);
    expect((await run).trigger).to.equal('restored');
    await expectStatus(element, 'idle');
    expect(said(element)).to.equal('');
  });
});

describe('<arkane-logout>, on the way back', () => {
  const store = (part: Parameters<typeof storeTrip>[0] = {}) => {
    storeTrip({ clientId, authority, state: 'ours', url: `${location.origin}/test/pages/document.html?x#y`, ...part });
    latch(stateOf({ clientId, authority }), false);
  };

  it('is done, says so, and has the result for those who listen late', async () => {
    store();
    const page = await openFrame('?state=ours', markup());
    const element = elementOf(page);
    await expectStatus(element, 'done');
    expect(element.result).to.deep.equal(returned);
    expect(said(element)).to.equal('You are logged out here, and the provider has sent you back.');
    expect(page.location.search + page.location.hash).to.equal('?x#y');
  });

  it('is told once, on document, its status and result ready', async () => {
    store();
    const page = await openFrame(
      '?state=ours',
      `<script>
        globalThis.then = [];
        document.addEventListener('arkane-logged-out', () => {
          const { status, result } = document.querySelector('arkane-logout');
          then.push(status, result);
        });
      </script>${markup()}${markup()}`,
    );
    await settled(page);
    expect(typesOf(page)).to.deep.equal(['load', 'arkane-logged-out']);
    const { target, detail } = page.seen[1] as ArkaneLoggedOutEvent;
    expect(target === page.document).to.be.true;
    expect((page as unknown as { then: unknown[] }).then).to.deep.equal(['done', detail]);
    for (const element of page.document.querySelectorAll('arkane-logout')) {
      await expectStatus(element, 'done');
      expect(element.result).to.equal(detail);
    }
  });

  it('is done also where a script sets its client later', async () => {
    store();
    const page = await openFrame('?state=ours', `<arkane-logout></arkane-logout>${define}`);
    const element = elementOf(page);
    await expectStatus(element, 'idle');
    await settled(page); // the event has come
    Object.assign(element, { clientId, authority });
    expect(element.result).to.deep.equal(returned);
    await expectStatus(element, 'done');
  });

  it('is done by itself where a script sets its client before the event', async () => {
    store();
    const page = await openFrame(
      '?state=ours',
      `<arkane-logout></arkane-logout>${define}
      <script type="module">
        Object.assign(document.querySelector('arkane-logout'), { clientId: '${clientId}', authority: '${authority}' });
      </script>`,
    );
    await settled(page);
    await elementOf(page).updateComplete;
    // Not by asking for its status, which would look again.
    expect(elementOf(page).matches(':state(done)')).to.be.true;
    expect(said(elementOf(page))).to.contain('sent you back');
  });

  it('listens until the page is told, and one that comes later does not', async () => {
    store();
    const page = await openFrame(
      '?state=ours',
      `<script>
        globalThis.listening = 0;
        const listen = window.addEventListener;
        window.addEventListener = (type, ...rest) => {
          if (type === 'arkane-logged-out') listening++;
          listen.call(window, type, ...rest);
        };
      </script><arkane-logout></arkane-logout>${define}`,
    );
    await settled(page);
    const { listening } = page as unknown as { listening: number };
    const later = page.document.createElement('arkane-logout');
    page.document.body.append(later);
    Object.assign(later, { clientId, authority });
    expect(later.result).to.deep.equal(returned);
    expect([listening, (page as unknown as { listening: number }).listening]).to.deep.equal([1, 1]);
  });

  it('is done where it comes into the page after all that', async () => {
    store();
    const page = await openFrame('?state=ours', markup());
    await settled(page);
    const element = page.document.createElement('arkane-logout');
    Object.assign(element, { clientId, authority });
    page.document.body.append(element);
    await expectStatus(element, 'done');
    expect(typesOf(page)).to.deep.equal(['load', 'arkane-logged-out']);
  });

  it('is incomplete where no answer came, and a press goes to the provider again', async () => {
    store();
    const page = await openTab('', markup());
    const element = elementOf(page);
    await expectStatus(element, 'incomplete');
    expect(element.result).to.include({ trigger: 'return', providerSession: 'unknown' });
    expect(said(element)).to.contain('may still be open').and.to.contain('again');
    await settled(page);
    buttonOf(element).click();
    await navigationOf(clientId);
    expect(storedTrip(page.sessionStorage)).to.include({ trigger: 'completed', windowMode: 'POPUP' });
    expect(typesOf(page)).to.deep.equal(['load', 'arkane-logged-out']);
    await leave(page);
  });

  it('is incomplete where tokens were kept', async () => {
    store({ kept: 'tokenStore: clear() left tokens behind.' });
    const page = await openFrame('?state=ours', markup());
    await expectStatus(elementOf(page), 'incomplete');
    expect(said(elementOf(page))).to.match(/could not remove/);
  });

  it('is incomplete where tokens were kept in oidc-client-ts’s own storage', async () => {
    store({ kept: 'storage: the browser does not allow it.' });
    signIn(clientId);
    const page = await openFrame('?state=ours', markup());
    await expectStatus(elementOf(page), 'incomplete');
  });

  it('is idle where it is of another client', async () => {
    store();
    const other = `<arkane-logout client-id="other" authority="${authority}"></arkane-logout>`;
    const page = await openFrame('?state=ours', other + define);
    await settled(page);
    expect(typesOf(page)).to.deep.equal(['load', 'arkane-logged-out']);
    await expectStatus(elementOf(page), 'idle');
    expect(elementOf(page).result).to.be.null;
  });

  it('is idle after the next sign-in', async () => {
    store();
    const page = await openFrame('?state=ours', `<arkane-logout></arkane-logout>${define}`);
    signIn(clientId);
    Object.assign(elementOf(page), { clientId, authority });
    await expectStatus(elementOf(page), 'idle');
  });

  it('says what its own press came to, not what the way back did', async () => {
    store();
    const page = await openFrame('?state=ours', `<arkane-logout></arkane-logout>${define}`);
    const element = elementOf(page);
    Object.assign(element, { clientId: newClient(), authority });
    const result = await element.logout();
    expect(result).to.include({ providerSession: 'none' });
    element.clientId = clientId;
    expect(element.result).to.equal(result);
    await expectStatus(element, 'idle');
  });

  it('starts afresh with a press after a return', async () => {
    store();
    const page = await openFrame('?state=ours', markup());
    await settled(page);
    signIn(clientId);
    expect(await elementOf(page).logout()).to.deep.equal(ended);
    await expectStatus(elementOf(page), 'done');
    expect(said(elementOf(page))).to.equal('You are logged out.');
    expect(typesOf(page)).to.deep.equal(['load', 'arkane-logged-out', 'arkane-logging-out', 'arkane-logged-out']);
  });

  it('is in a page like any other where somebody else’s state is in the URL', async () => {
    const page = await openTab('?state=theirs#y', markup());
    await settled(page);
    await expectStatus(elementOf(page), 'idle');
    expect(typesOf(page)).to.deep.equal(['load']);
    expect(page.location.search + page.location.hash).to.equal('?state=theirs#y');
  });

  it('works where something else is stored in the place of a trip', async () => {
    sessionStorage.setItem(tripName, '{}');
    const page = await openTab('', markup());
    expect(page.noise.splice(0)).to.deep.equal([]);
    await expectStatus(elementOf(page), 'idle');
    expect(buttonOf(elementOf(page)).textContent.trim()).to.equal('Log out');
  });
});

describe('watchLogout, of an element', () => {
  it('hears of its runs, after the page did', async () => {
    signIn(clientId);
    const element = await fixture<ArkaneLogoutElement>(
      html`<arkane-logout client-id=${clientId} authority=${authority}></arkane-logout>`,
    );
    const order: unknown[] = [];
    page.on('arkane-logged-out', ({ detail }) => order.push('page', detail));
    watchLogout((detail) => order.push(element.status, detail), { clientId, authority });
    const result = await element.logout();
    expect(order).to.deep.equal(['page', result, 'done', result]);
  });
});

describe('<arkane-logout>, at a provider that is not Keycloak-shaped', () => {
  const at = (issuer: string) =>
    fixture<ArkaneLogoutElement>(
      html`<arkane-logout client-id=${clientId} authority=${issuer}></arkane-logout
        ><arkane-logout client-id=${clientId} authority=${issuer}></arkane-logout>`,
    );

  it('asks for the metadata once, when the page is idle, and not in the press', async () => {
    const element = await at(newIssuer());
    await until(() => provider.asked.length);
    await new Promise((resolve) => setTimeout(resolve, 300)); // longer than WebKit takes to be idle
    expect(provider.asked).to.deep.equal(['metadata']);
    await element.logout();
    expect(provider.asked).to.deep.equal(['metadata']);
  });

  it('says nothing where that fails, and asks again in the press', async () => {
    const issuer = newIssuer();
    const { metadata } = provider;
    provider.metadata = unreachable;
    const element = await at(issuer);
    await until(() => provider.asked.length);
    await expectStatus(element, 'idle');
    provider.metadata = metadata;
    sessionStorage.setItem(`oidc.user:${issuer}:${clientId}`, JSON.stringify({ id_token: 'opaque' }));
    const asked = provider.asked.length;
    await element.logout();
    expect(provider.asked.slice(asked)).to.include('metadata');
  });
});
