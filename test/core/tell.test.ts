import { expect } from '@open-wc/testing';
import { place } from '../../src/core/ended.js';
import { wasLoggedOut } from '../../src/core/latch.js';
import { logout } from '../../src/core/logout.js';
import type { LogoutResult } from '../../src/core/result.js';
import { stateOf } from '../../src/core/state.js';
import { tell } from '../../src/core/tell.js';
import { heardEvents, page } from '../support/events.js';
import { scriptedProvider } from '../support/provider.js';
import { ended } from '../support/results.js';
import { authority, newClient, signIn } from '../support/sign-in.js';
import { markersOf } from '../support/storage.js';

describe('tell', () => {
  scriptedProvider();
  const heard = heardEvents();

  it('tells the page, then those who watch, of one result', () => {
    const state = stateOf({ clientId: newClient(), authority });
    const order: [where: string, detail: LogoutResult][] = [];
    state.watchers.addEventListener('arkane-logged-out', (event) => {
      order.push(['watcher', (event as CustomEvent<LogoutResult>).detail]);
    });
    tell(state, ended, (event) => {
      order.push(['page', (event as CustomEvent<LogoutResult>).detail]);
    });
    expect(order.map(([where]) => where)).to.deep.equal(['page', 'watcher']);
    for (const [, detail] of order) expect(detail).to.equal(ended);
    expect(heard.types).to.deep.equal([]);
  });

  it('tells document where nobody says whom', () => {
    tell(stateOf({ clientId: newClient(), authority }), ended);
    expect(heard.targets).to.deep.equal([document]);
    expect(heard.last.detail).to.equal(ended);
  });

  it('writes marks anew where a listener has emptied the storage', async () => {
    const clientId = newClient();
    const key = { clientId, authority };
    signIn(clientId);
    const empty = () => {
      sessionStorage.clear();
      localStorage.clear();
    };
    page.on('arkane-logged-out', empty);
    await logout(key);
    expect(markersOf(clientId)).to.have.length(1);
    expect(localStorage.getItem(place)).to.contain(clientId);
    expect(wasLoggedOut(key)).to.be.true;
  });

  it('writes none where a listener has signed somebody in', async () => {
    const clientId = newClient();
    const key = { clientId, authority };
    signIn(clientId);
    page.on('arkane-logged-out', () => {
      signIn(clientId);
    });
    await logout(key);
    expect(wasLoggedOut(key)).to.be.false;
    expect(markersOf(clientId)).to.deep.equal([]);
    expect(localStorage.getItem(place)).to.contain(clientId); // of the session that has ended
  });
});
