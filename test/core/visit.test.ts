import { expect } from '@open-wc/testing';
import { validate } from '../../src/core/request.js';
import type * as visits from '../../src/core/visit.js';
import { hasFetched, moduleOf, openFrame, type Page, until } from '../support/documents.js';
import { fakeOpen } from '../support/popups.js';
import { staysQuiet } from '../support/quiet.js';
import { authority } from '../support/sign-in.js';

const callbackUri = `${location.origin}/callback`;
const request = (part: object = {}) => validate({ clientId: 'app', authority, callbackUri, ...part });
const endpoints = { endSession: `${authority}/logout`, authorization: `${authority}/auth` };
const { signal } = new AbortController();

describe('what opens windows', () => {
  staysQuiet();
  let frame: Page;
  let visit: typeof visits;
  beforeEach(async () => {
    frame = await openFrame();
    visit = await moduleOf(frame, 'core/visit');
  });

  const isFetched = () => hasFetched(frame, 'core/window');
  /** Nothing more can be loaded there. */
  const cutOff = () => {
    const policy = frame.document.createElement('meta');
    policy.httpEquiv = 'Content-Security-Policy';
    policy.content = "script-src 'none'";
    frame.document.head.append(policy);
  };

  it('opens none before it is loaded, one after, and says which it is: not wanted, blocked, open', async () => {
    const popups = fakeOpen(frame);
    expect(visit.openWindow(request())).to.equal(undefined);
    expect(popups.calls).to.deep.equal([]);
    await visit.loadWindows();
    expect(visit.openWindow(request({ callbackUri: null }))).to.equal(undefined);
    expect(visit.openWindow(request({ windowMode: 'REDIRECT' }))).to.equal(undefined);
    expect(popups.calls).to.deep.equal([]);
    popups.isBlocked = true;
    expect(visit.openWindow(request())).to.be.null;
    popups.isBlocked = false;
    const popup = visit.openWindow(request());
    expect(popup).to.respondTo('show');
    popup?.close();
  });

  it('checks the session where that is wanted, and loads what it needs', async () => {
    const check = await visit.checkAfter(request({ verify: true }), endpoints.authorization, signal);
    expect(check?.url).to.contain(`${authority}/auth?client_id=app`);
    expect(new URL(check!.url).searchParams.get('state')).to.equal(check?.state);
    expect(isFetched()).to.be.true;
  });

  it('checks nothing where it is not wanted, or the provider has no endpoint for it, and loads nothing', async () => {
    expect(await visit.checkAfter(request(), endpoints.authorization, signal)).to.equal(undefined);
    expect(await visit.checkAfter(request({ verify: true }), undefined, signal)).to.equal(undefined);
    expect(isFetched()).to.be.false;
  });

  it('goes without a check that does not come in time', async () => {
    const aborted = AbortSignal.abort(new Error('late'));
    expect(await visit.checkAfter(request({ verify: true }), endpoints.authorization, aborted)).to.equal(undefined);
    await until(isFetched); // and nothing is left under way
    await visit.loadWindows();
  });

  it('goes without a check, and without a window, where they cannot be loaded', async () => {
    cutOff();
    expect(await visit.checkAfter(request({ verify: true }), endpoints.authorization, signal)).to.equal(undefined);
    const error: unknown = await visit.loadWindows().catch((reason: unknown) => reason);
    expect(error).to.have.property('name', 'TypeError');
    expect(visit.openWindow(request())).to.equal(undefined);
  });
});
