import { expect } from '@open-wc/testing';
import { validate } from '../../src/core/request.js';
import type { Answer } from '../../src/core/result.js';
import { type NoAnswer, openWindow, type ProviderWindow, sessionCheck, type Visit } from '../../src/core/window.js';
import { until } from '../support/documents.js';
import { fakePopups, fakeUser, heldTimers, playedCallback } from '../support/popups.js';
import { staysQuiet } from '../support/quiet.js';
import { authority } from '../support/sign-in.js';

const callbackUri = `${location.origin}/callback?logout`;
const endSession = `${authority}/logout?client_id=app`;
const authorization = `${authority}/auth`;
const requestWith = (signal?: AbortSignal) => validate({ clientId: 'app', authority, callbackUri, signal });
const parametersOf = ({ searchParams }: URL) => Object.fromEntries(searchParams);
/** Of 32 random bytes. */
const random = /^[\w-]{43}$/;
const lifetime = 120_000;

describe('sessionCheck', () => {
  const check = (endpoint = authorization) => {
    const { state, url } = sessionCheck(endpoint, requestWith());
    return { state, url: new URL(url) };
  };

  it('asks for a sign-in without a question, of exactly these parameters', () => {
    const { state, url } = check();
    const { code_challenge, nonce, ...parameters } = parametersOf(url);
    expect(url.origin + url.pathname).to.equal(authorization);
    expect(parameters).to.deep.equal({
      client_id: 'app',
      redirect_uri: callbackUri,
      response_type: 'code',
      scope: 'openid',
      prompt: 'none',
      max_age: '31536000',
      code_challenge_method: 'S256',
      state,
    });
    for (const value of [state, code_challenge, nonce]) expect(value).to.match(random);
  });

  it('has a state, a nonce and a challenge of its own each time, and no two of them alike', () => {
    const values = [check(), check()].flatMap(({ url }) => {
      const { state, nonce, code_challenge } = parametersOf(url);
      return [state, nonce, code_challenge];
    });
    expect(new Set(values).size).to.equal(6);
  });

  it('keeps the query that the endpoint has of its own', () => {
    const { url } = check(`${authorization}?p=policy&tenant=a%20b`);
    expect(parametersOf(url)).to.include({ p: 'policy', tenant: 'a b', prompt: 'none', client_id: 'app' });
  });
});

describe('openWindow', () => {
  staysQuiet();
  const popups = fakePopups();
  const timers = heldTimers(250);

  it('opens a blank pop-up that cannot reach this page', () => {
    const popup = openWindow();
    expect(popup).not.to.be.null;
    expect(popups.calls).to.have.length(1);
    const [url, target, features] = popups.calls[0]!;
    expect([url, target]).to.deep.equal(['about:blank', '_blank']);
    expect(features).to.match(/^popup,/);
    expect(popups.last.opener).to.be.null;
    expect(popups.last.urls).to.deep.equal([]);
    popup?.close();
  });

  it('is null where the browser blocks it, and leaves no timer', () => {
    popups.isBlocked = true;
    expect(openWindow()).to.be.null;
    expect(timers.count).to.equal(0);
  });

  it('opens none in a browser that has no channel for its answer', () => {
    const original = globalThis.BroadcastChannel;
    Reflect.deleteProperty(globalThis, 'BroadcastChannel');
    expect(() => openWindow()).to.throw(ReferenceError);
    Object.defineProperty(globalThis, 'BroadcastChannel', { configurable: true, writable: true, value: original });
    expect(popups.calls).to.deep.equal([]);
  });
});

describe('ProviderWindow', () => {
  staysQuiet();
  const popups = fakePopups();
  const user = fakeUser();
  const timers = heldTimers(250, lifetime);
  const callback = playedCallback();
  let opened: ProviderWindow;
  let told: (Answer | NoAnswer)[];

  beforeEach(() => {
    told = [];
    opened = openWindow()!;
  });
  afterEach(() => {
    opened.close();
  });

  const visit = ({ url = endSession, authorization: asked }: Partial<Visit> = {}, signal?: AbortSignal) => {
    opened.visit({ url, authorization: asked }, requestWith(signal), (answer) => told.push(answer));
  };
  const verified = () => {
    visit({ authorization });
  };
  const comeBack = (answer?: Answer) => callback.comeBack(popups.url, answer);
  /** Comes back, and goes to the session check. */
  const goOn = async () => new URL((await comeBack()) as string);
  /** The user goes to the window, closes it and comes back. */
  const closeIt = (ticks: number) => {
    user.hasFocus = false;
    timers.pass(250);
    popups.last.closed = true;
    user.hasFocus = true;
    timers.pass(250, ticks);
  };

  it('goes to the provider’s URL, with a state of its own', () => {
    visit();
    expect(popups.last.urls).to.have.length(1);
    const { client_id, state, ...others } = parametersOf(popups.url);
    expect(popups.url.origin + popups.url.pathname).to.equal(`${authority}/logout`);
    expect(client_id).to.equal('app');
    expect(state).to.match(random);
    expect(others).to.deep.equal({});
  });

  it('leaves no trace of its state in storage, which a window gets a copy of', () => {
    const before = JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)]);
    verified();
    expect(JSON.stringify([Object.entries(sessionStorage), Object.entries(localStorage)])).to.equal(before);
  });

  it('is told to close when it comes back, and says so once', async () => {
    visit();
    const { last } = popups;
    expect(await comeBack()).to.equal('close');
    expect(told).to.deep.equal(['returned']);
    expect(last.closed).to.be.true;
    expect(callback.heard).to.deep.equal([{ state: popups.url.searchParams.get('state'), next: 'close' }]);
  });

  for (const answer of ['ended', 'alive'] as const)
    it(`takes "${answer}" for no proof where no session check was asked`, async () => {
      visit();
      await comeBack(answer);
      expect(told).to.deep.equal(['returned']);
    });

  for (const answer of ['ended', 'alive', 'returned'] as const)
    it(`is sent on to the session check, and says what that says: ${answer}`, async () => {
      verified();
      const check = await goOn();
      expect(check.origin + check.pathname).to.equal(authorization);
      expect(parametersOf(check)).to.include({ prompt: 'none', client_id: 'app', redirect_uri: callbackUri });
      expect(told).to.deep.equal([]);
      expect(popups.last.closed).to.be.false;
      expect(await callback.comeBack(check, answer)).to.equal('close');
      expect(told).to.deep.equal([answer]);
      expect(popups.last.closed).to.be.true;
    });

  it('takes no word of the end-session page for the session check’s', async () => {
    verified();
    expect(await comeBack('ended')).to.match(/prompt=none/);
    expect(told).to.deep.equal([]);
  });

  it('takes the session check’s answer where the other was never heard: it proves as much', async () => {
    const made: string[] = [];
    const original = crypto.getRandomValues.bind(crypto);
    Object.defineProperty(crypto, 'getRandomValues', {
      configurable: true,
      value: (bytes: Uint8Array<ArrayBuffer>) => {
        original(bytes);
        made.push(
          btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (each) => ({ '+': '-', '/': '_' })[each] ?? ''),
        );
        return bytes;
      },
    });
    verified();
    Reflect.deleteProperty(crypto, 'getRandomValues');
    const state = popups.url.searchParams.get('state');
    expect(made).to.include(state);
    // One of them is the check's; the nonce and the challenge are no states.
    for (const each of made.filter((value) => value !== state)) callback.say({ state: each, answer: 'ended' });
    await until(() => told.length > 0);
    expect(told).to.deep.equal(['ended']);
    expect(callback.heard).to.have.length(1);
  });

  it('takes no session check’s answer of an earlier visit', async () => {
    verified();
    const earlier = await goOn();
    opened.close();
    opened = openWindow()!;
    verified();
    callback.say({ state: earlier.searchParams.get('state'), answer: 'ended' });
    await callback.comeBack(await goOn(), 'alive');
    expect(told).to.deep.equal(['alive']);
  });

  it('hears no message that is not of its visit', async () => {
    visit();
    const state = popups.url.searchParams.get('state');
    const others = [
      null,
      undefined,
      5,
      'returned',
      [],
      {},
      { answer: 'ended' },
      { state: 'another', answer: 'ended' },
      { state: undefined, answer: 'ended' },
      { state: '', answer: 'ended' },
      { state },
      { state, answer: '' },
      { state, next: 'close' },
      { state, next: 'https://evil.example/' },
      { state: `${state ?? ''} `, answer: 'ended' },
      { state: [state], answer: 'ended' },
    ];
    for (const other of others) callback.say(other);
    // Another visit hears them too, and only then its own answer.
    const fence = openWindow()!;
    fence.visit({ url: endSession, authorization: undefined }, requestWith(), () => undefined);
    await comeBack();
    expect(told).to.deep.equal([]);
    expect(callback.heard).to.have.length(1);
  });

  it('is not led anywhere by postMessage', () => {
    visit();
    const state = popups.url.searchParams.get('state');
    dispatchEvent(new MessageEvent('message', { data: { state, answer: 'returned' }, origin: location.origin }));
    expect(told).to.deep.equal([]);
  });

  it('is not mistaken for another window that is open', async () => {
    visit();
    const [first, mine] = [popups.url, told];
    const other = openWindow()!;
    const others: unknown[] = [];
    other.visit({ url: endSession, authorization: undefined }, requestWith(), (answer) => others.push(answer));
    await callback.comeBack(first);
    expect([mine, others]).to.deep.equal([['returned'], []]);
    await comeBack();
    expect([mine, others]).to.deep.equal([['returned'], ['returned']]);
    other.close();
  });

  describe('that says it is closed', () => {
    it('is closed when the user has been away, is back, and a second has passed', () => {
      visit();
      closeIt(4);
      expect(told).to.deep.equal([]);
      timers.pass(250);
      expect(told).to.deep.equal(['closed']);
    });

    it('is not, as long as the user has not left this page', () => {
      visit();
      popups.last.closed = true;
      timers.pass(250, 20);
      expect(told).to.deep.equal([]);
    });

    it('is not, as long as the user is not back', () => {
      visit();
      user.hasFocus = false;
      popups.last.closed = true;
      timers.pass(250, 20);
      expect(told).to.deep.equal([]);
    });

    it('is not, where the user has left again within the second', () => {
      visit();
      closeIt(3);
      user.hasFocus = false;
      timers.pass(250);
      user.hasFocus = true;
      timers.pass(250, 4);
      expect(told).to.deep.equal([]);
    });

    it('is not, where it is open after all', () => {
      visit();
      closeIt(4);
      popups.last.closed = false;
      timers.pass(250, 20);
      expect(told).to.deep.equal([]);
    });

    it('before it was sent anywhere is told once it was', () => {
      closeIt(20);
      expect(told).to.deep.equal([]);
      visit();
      timers.pass(250);
      expect(told).to.deep.equal(['closed']);
    });

    it('had come back, where the session check was never answered', async () => {
      verified();
      await goOn();
      closeIt(5);
      expect(told).to.deep.equal(['returned']);
    });

    it('is told once, however long that lasts', () => {
      visit();
      closeIt(50);
      expect(told).to.deep.equal(['closed']);
    });

    for (const answer of ['ended', 'alive', 'returned'] as const)
      it(`is listened to all the same: ${answer} is told after closed`, async () => {
        verified();
        closeIt(5);
        await callback.comeBack(await goOn(), answer);
        expect(told).to.deep.equal(['closed', answer]);
      });

    it('does not say returned twice', async () => {
      verified();
      const check = await goOn();
      closeIt(5);
      await callback.comeBack(check, 'returned');
      expect(told).to.deep.equal(['returned']);
    });
  });

  describe('after two minutes', () => {
    it('is closed, and says timeout', async () => {
      visit();
      expect(timers.delays).to.include(lifetime);
      timers.pass(lifetime);
      expect(told).to.deep.equal(['timeout']);
      expect(popups.last.closed).to.be.true;
      expect(timers.count).to.equal(0);
      callback.say({ state: popups.url.searchParams.get('state'), answer: 'returned' });
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect(told).to.deep.equal(['timeout']);
    });

    it('says returned where it had come back', async () => {
      verified();
      await goOn();
      timers.pass(lifetime);
      expect(told).to.deep.equal(['returned']);
    });

    it('says nothing more where it was given up before, but is listened to no longer', () => {
      visit();
      closeIt(5);
      timers.pass(lifetime);
      expect(told).to.deep.equal(['closed']);
      expect(timers.count).to.equal(0);
    });
  });

  it('leaves no timer behind when it has answered, or is closed', async () => {
    visit();
    expect(timers.count).to.equal(2);
    await comeBack();
    expect(timers.count).to.equal(0);
    opened = openWindow()!;
    expect(timers.count).to.equal(1);
    opened.close();
    expect(timers.count).to.equal(0);
  });

  it('says nothing once nobody listens', async () => {
    visit();
    opened.close();
    expect(popups.last.closed).to.be.true;
    callback.say({ state: popups.url.searchParams.get('state'), answer: 'returned' });
    closeIt(20);
    timers.pass(lifetime);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(told).to.deep.equal([]);
    expect(callback.heard).to.deep.equal([]);
  });

  describe('cancel()', () => {
    it('closes it and says closed; an answer that is on its way is told as well', async () => {
      visit();
      opened.cancel();
      expect(popups.last.closed).to.be.true;
      expect(told).to.deep.equal(['closed']);
      await comeBack();
      expect(told).to.deep.equal(['closed', 'returned']);
    });

    it('says returned where it had come back', async () => {
      verified();
      await goOn();
      opened.cancel();
      expect(told).to.deep.equal(['returned']);
    });

    it('says nothing twice', () => {
      visit();
      opened.cancel();
      opened.cancel();
      closeIt(20);
      expect(told).to.deep.equal(['closed']);
    });
  });

  describe('show()', () => {
    it('brings it forward', () => {
      visit();
      opened.show();
      expect(popups.opened).to.have.length(1);
      expect(popups.last.focused).to.equal(1);
    });

    it('opens it again where it is closed, cut off as the first, for the same visit', async () => {
      visit();
      const first = popups.last;
      first.closed = true;
      opened.show();
      expect(popups.opened).to.have.length(2);
      expect(popups.last.opener).to.be.null;
      expect(popups.last.urls).to.deep.equal(first.urls);
      expect(first.focused).to.equal(0);
      await comeBack();
      expect(told).to.deep.equal(['returned']);
      expect(popups.last.closed).to.be.true;
    });

    it('keeps to the one that it has where the browser blocks another', () => {
      visit();
      popups.last.closed = true;
      popups.isBlocked = true;
      opened.show();
      expect(popups.calls).to.have.length(2);
      popups.last.closed = false;
      opened.show();
      expect(popups.last.focused).to.equal(1);
    });

    it('does nothing once nobody listens', async () => {
      visit();
      await comeBack();
      opened.show();
      expect(popups.opened).to.have.length(1);
      expect(popups.last.focused).to.equal(0);
    });

    it('does not open it again before there is anywhere to go', () => {
      popups.last.closed = true;
      opened.show();
      expect(popups.opened).to.have.length(1);
    });
  });

  describe('with a signal', () => {
    it('is closed when that is aborted, and says cancelled', () => {
      const controller = new AbortController();
      visit({}, controller.signal);
      controller.abort();
      expect(told).to.deep.equal(['cancelled']);
      expect(popups.last.closed).to.be.true;
      expect(timers.count).to.equal(0);
    });

    it('goes nowhere where that was aborted before', () => {
      visit({}, AbortSignal.abort());
      expect(told).to.deep.equal(['cancelled']);
      expect(popups.last.urls).to.deep.equal([]);
      expect(popups.last.closed).to.be.true;
      expect(timers.count).to.equal(0);
    });

    it('says returned where it had come back', async () => {
      const controller = new AbortController();
      visit({ authorization }, controller.signal);
      await goOn();
      controller.abort();
      expect(told).to.deep.equal(['returned']);
    });

    it('does not hear that after it has answered', async () => {
      const controller = new AbortController();
      visit({}, controller.signal);
      await comeBack();
      controller.abort();
      expect(told).to.deep.equal(['returned']);
    });
  });
});
