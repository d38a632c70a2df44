import { expect } from '@open-wc/testing';
import type * as entry from '../../src/core/index.js';
import { wasLoggedOut } from '../../src/core/latch.js';
import { logout } from '../../src/core/logout.js';
import { type Ask, monitor } from '../../src/core/monitor.js';
import { prepareLogout } from '../../src/core/prepare.js';
import type { LogoutOptions } from '../../src/core/request.js';
import type { LogoutResult } from '../../src/core/result.js';
import type { Tokens } from '../../src/core/tokens.js';
import { moduleOf, openFrame, type Page, settled as settledIn, typesOf, until } from '../support/documents.js';
import { heardEvents, page } from '../support/events.js';
import { gone, newIssuer, scriptedProvider, status, unreachable } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { ended } from '../support/results.js';
import { authority, isSignedIn, newClient, signIn, tokensOf } from '../support/sign-in.js';

const pause = 30_000;
const known = () => status(200);

const settled = async () => {
  for (let task = 0; task < 4; task += 1) await new Promise((resolve) => setTimeout(resolve));
};

/** The clock, ms ahead of what it is; and whether the page is to be seen. New for each test of the group. */
const fakeSurroundings = () => {
  const { now } = Date;
  const visibility = Object.getOwnPropertyDescriptor(Document.prototype, 'visibilityState')!;
  const surroundings = { ahead: 0, visibilityState: 'visible' };
  beforeEach(() => {
    Object.assign(surroundings, { ahead: 0, visibilityState: 'visible' });
    Date.now = () => now() + surroundings.ahead;
    const get = () => surroundings.visibilityState;
    Object.defineProperty(Document.prototype, 'visibilityState', { ...visibility, get });
  });
  afterEach(() => {
    Date.now = now;
    Object.defineProperty(Document.prototype, 'visibilityState', visibility);
  });
  return surroundings;
};

const seeAgain = async () => {
  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  await settled();
};
const comeOnline = async () => {
  dispatchEvent(new Event('online'));
  await settled();
};

describe('monitor', () => {
  staysQuiet();
  const surroundings = fakeSurroundings();
  let answer: Awaited<ReturnType<Ask>>;
  let count: { asks: number; over: number };
  const start = async (ask: Ask = () => Promise.resolve(answer)) => {
    const counted = count; // it listens as long as the document lives
    monitor(
      () => {
        counted.asks += 1;
        return ask();
      },
      () => {
        counted.over += 1;
      },
    )();
    await settled();
  };
  beforeEach(() => {
    count = { asks: 0, over: 0 };
    answer = ['token', 'known'];
  });

  it('asks at once, and again when the page is seen, or the network is back, 30 s later', async () => {
    await start();
    expect(count.asks).to.equal(1);
    surroundings.ahead = pause - 1000;
    await seeAgain();
    await comeOnline();
    expect(count.asks).to.equal(1);
    surroundings.ahead = pause;
    await seeAgain();
    expect(count.asks).to.equal(2);
    await comeOnline();
    expect(count.asks).to.equal(2);
    surroundings.ahead = 2 * pause;
    await comeOnline();
    expect(count.asks).to.equal(3);
  });

  it('tells of a token that was known and is gone', async () => {
    await start();
    expect(count.over).to.equal(0);
    surroundings.ahead = pause;
    answer = ['token', 'gone'];
    await seeAgain();
    expect(count.over).to.equal(1);
  });

  it('tells of it also after an answer that said nothing', async () => {
    await start();
    for (const said of ['unclear', 'gone'] as const) {
      surroundings.ahead += pause;
      answer = ['token', said];
      await seeAgain();
    }
    expect(count.over).to.equal(1);
  });

  it('does not tell of a token that it never knew, nor of one that is not clear', async () => {
    answer = ['token', 'gone'];
    await start();
    answer = ['token', 'known'];
    surroundings.ahead = pause;
    await seeAgain();
    answer = ['token', 'unclear'];
    surroundings.ahead = 2 * pause;
    await seeAgain();
    answer = ['another', 'gone'];
    surroundings.ahead = 3 * pause;
    await seeAgain();
    expect(count.asks).to.equal(4);
    expect(count.over).to.equal(0);
  });

  it('does not tell of the token before the last one that it knew', async () => {
    await start();
    answer = ['renewed', 'known'];
    surroundings.ahead = pause;
    await seeAgain();
    answer = ['token', 'gone'];
    surroundings.ahead = 2 * pause;
    await seeAgain();
    expect(count.over).to.equal(0);
  });

  it('asks as soon as there is something to ask: a pause begins with a question', async () => {
    answer = null;
    await start();
    answer = ['token', 'known'];
    await seeAgain();
    await seeAgain();
    expect(count.asks).to.equal(2);
  });

  it('asks once at a time', async () => {
    await start(() => new Promise<never>(() => undefined));
    await seeAgain();
    await comeOnline();
    expect(count.asks).to.equal(1);
  });

  it('is silent of a question that fails, and asks again 30 s later', async () => {
    await start(() => Promise.reject(new Error('offline')));
    await seeAgain();
    expect(count.asks).to.equal(1);
    surroundings.ahead = pause;
    await seeAgain();
    expect(count.asks).to.equal(2);
    expect(count.over).to.equal(0);
  });
});

describe('prepareLogout with monitor', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const heard = heardEvents();
  const surroundings = fakeSurroundings();
  let key: { clientId: string; authority: string };
  let tokens: Tokens;

  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    key = { clientId: newClient(), authority };
    tokens = signIn(key.clientId);
    provider.userinfo = known;
  });
  afterEach(() => {
    sessionStorage.clear(); // the pages of earlier tests have nobody to ask for
    localStorage.clear();
  });
  const prepare = (part: Partial<LogoutOptions> = {}) => {
    prepareLogout({ ...key, monitor: true, ...part });
  };
  const start = async (part: Partial<LogoutOptions> = {}) => {
    prepare(part);
    await until(() => provider.sent.length);
    await settled();
  };
  /** The next question, 30 s later. */
  const later = async () => {
    surroundings.ahead += pause;
    await seeAgain();
  };
  const remote: LogoutResult = {
    windowMode: 'POPUP',
    trigger: 'remote',
    via: 'none',
    providerSession: 'unknown',
    evidence: 'none',
    local: 'wiped',
  };
  const nobodyIsSignedOut = () => {
    expect(heard.types).to.deep.equal([]);
    expect(isSignedIn(key.clientId)).to.be.true;
    expect(wasLoggedOut(key)).to.be.false;
  };

  it('signs the user out whose token was known, and is of a session that is gone', async () => {
    await start();
    expect(provider.forms('userinfo')).to.deep.equal([{ access_token: tokens.accessToken }]);
    nobodyIsSignedOut();
    provider.userinfo = gone;
    await later();
    expect(heard.types).to.deep.equal(['arkane-logged-out']);
    expect(heard.last.detail).to.deep.equal(remote);
    expect(heard.last).to.include({ target: document, cancelable: false });
    expect(isSignedIn(key.clientId)).to.be.false;
    expect(wasLoggedOut(key)).to.be.true;
    expect(provider.asked).to.deep.equal(['userinfo', 'userinfo']); // and nothing to end it with
    await later();
    expect(heard.types).to.have.length(1);
    expect(provider.asked).to.have.length(2);
  });

  it('says so in the page’s own window mode, and whether its store could be emptied', async () => {
    await start({ windowMode: 'REDIRECT', tokenStore: { tokens: () => tokens, clear: () => undefined } });
    provider.userinfo = gone;
    await later();
    const { error, ...result } = heard.last.detail as LogoutResult;
    expect(result).to.deep.equal({ ...remote, windowMode: 'REDIRECT', local: 'kept' });
    expect(error?.code).to.equal('configuration');
    expect(wasLoggedOut(key)).to.be.true;
  });

  it('asks nothing without it, and asks once however often the page prepares', async () => {
    prepareLogout(key);
    await settled();
    expect(provider.sent).to.deep.equal([]);
    await start();
    prepare();
    await seeAgain();
    expect(provider.asked).to.deep.equal(['userinfo']);
  });

  it('asks when the network is back, too', async () => {
    await start();
    provider.userinfo = gone;
    surroundings.ahead = pause;
    await comeOnline();
    expect(heard.types).to.deep.equal(['arkane-logged-out']);
  });

  it('does not believe the first answer: why it is refused is not known', async () => {
    provider.userinfo = gone;
    await start();
    await later();
    expect(provider.asked).to.have.length(2);
    nobodyIsSignedOut();
  });

  const challenge = (text: string) => ({
    'WWW-Authenticate': `Bearer error="invalid_token", error_description="${text}"`,
  });
  for (const [what, answer] of [
    ['a network that is gone', unreachable],
    ['another 401', () => status(401, challenge('Token verification failed'))],
    ['a 401 without a word', () => status(401)],
    ['a 403 of the same words', () => status(403, challenge('user_session_not_found'))],
    ['a server that fails', () => status(503)],
  ] as const)
    it(`signs nobody out for ${what}`, async () => {
      await start();
      provider.userinfo = answer;
      await later();
      expect(provider.asked).to.have.length(2);
      nobodyIsSignedOut();
    });

  it('does not ask of a token that is about to expire', async () => {
    await start();
    provider.userinfo = gone;
    surroundings.ahead = 275_000; // of 300 s
    await seeAgain();
    expect(provider.asked).to.have.length(1);
    nobodyIsSignedOut();
  });

  it('does not ask of a token that is not of the session', async () => {
    signIn(key.clientId, tokensOf(key.clientId, { access: { sid: 'another' } }));
    prepare();
    await settled();
    await seeAgain();
    expect(provider.sent).to.deep.equal([]);
  });

  it('asks nothing while nobody looks, and at once when somebody does', async () => {
    surroundings.visibilityState = 'hidden';
    prepare();
    await settled();
    await seeAgain();
    await comeOnline();
    expect(provider.sent).to.deep.equal([]);
    surroundings.visibilityState = 'visible';
    await seeAgain();
    expect(provider.asked).to.deep.equal(['userinfo']);
  });

  it('asks nothing where nobody is signed in, and at once when somebody is', async () => {
    sessionStorage.clear();
    prepare();
    await settled();
    expect(provider.sent).to.deep.equal([]);
    signIn(key.clientId);
    await seeAgain();
    expect(provider.asked).to.deep.equal(['userinfo']);
  });

  it('asks nothing of a provider that is not Keycloak-shaped', async () => {
    const issuer = newIssuer();
    const claims = { iss: issuer, sid: 'session' };
    const theirs = tokensOf(key.clientId, { id: claims, access: claims, refresh: claims });
    prepare({ authority: issuer, tokenStore: { tokens: () => theirs, clear: () => undefined } });
    await until(() => provider.sent.length);
    await settled();
    await later();
    expect(provider.asked).to.deep.equal(['metadata']);
  });

  it('knows nothing of a token that was renewed, until it has asked', async () => {
    await start();
    signIn(key.clientId);
    provider.userinfo = gone;
    await later();
    expect(provider.asked).to.have.length(2);
    nobodyIsSignedOut();
  });

  it('drops an answer about a token that was renewed meanwhile', async () => {
    await start();
    provider.userinfo = () => {
      signIn(key.clientId);
      return gone();
    };
    await later();
    expect(provider.asked).to.have.length(2);
    nobodyIsSignedOut();
  });

  it('drops an answer about a user who is gone meanwhile', async () => {
    await start();
    provider.userinfo = () => {
      sessionStorage.clear();
      return gone();
    };
    await later();
    expect(heard.types).to.deep.equal([]);
    expect(wasLoggedOut(key)).to.be.false;
  });

  it('asks nothing while a logout runs', async () => {
    await start();
    const { promise, resolve } = Promise.withResolvers<undefined>();
    page.on('arkane-logging-out', (event) => {
      event.waitUntil(promise);
    });
    const run = logout(key);
    provider.userinfo = gone;
    await later();
    expect(provider.asked).to.deep.equal(['userinfo']);
    resolve(undefined);
    expect(await run).to.deep.equal(ended);
  });

  it('leaves it to a logout that began while it asked', async () => {
    await start();
    const { promise, resolve } = Promise.withResolvers<Response>();
    provider.userinfo = () => promise;
    const wait = Promise.withResolvers<undefined>();
    page.on('arkane-logging-out', (event) => {
      event.waitUntil(wait.promise);
    });
    await later();
    const run = logout(key);
    resolve(gone());
    await settled();
    expect(heard.types).to.deep.equal(['arkane-logging-out']);
    wait.resolve(undefined);
    expect(await run).to.deep.equal(ended);
    expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
  });

  it('is silent where the store fails, or holds tokens of another client', async () => {
    const failing = { tokens: () => Promise.reject(new Error('offline')), clear: () => undefined };
    prepare({ tokenStore: failing });
    prepare({ clientId: newClient(), tokenStore: { tokens: () => tokens, clear: () => undefined } });
    await settled();
    await seeAgain();
    expect(provider.sent).to.deep.equal([]);
    expect(heard.types).to.deep.equal([]);
  });

  it('keeps renewals out afterwards, as after any logout', async () => {
    await start();
    provider.userinfo = gone;
    await later();
    signIn(key.clientId, tokens);
    expect(wasLoggedOut(key)).to.be.true;
    await until(() => !isSignedIn(key.clientId));
  });

  describe('of a session of two tabs', () => {
    let other: Page;
    const listenElsewhere = async () => {
      other = await openFrame();
      const there = await moduleOf<typeof entry>(other, 'core/index');
      there.prepareLogout({ ...key, tokenStore: { tokens: () => tokens, clear: () => undefined } });
      await settledIn(other);
    };
    const tellsOther = async () => {
      provider.userinfo = gone;
      await later();
      // What was stored before that has been heard of as well.
      const told = new Promise((resolve) => {
        other.addEventListener('storage', ({ key: name }) => {
          if (name === 'mark') resolve(settledIn(other));
        });
      });
      localStorage.setItem('mark', '');
      await told;
      expect(typesOf(other)).to.deep.equal(['load', 'arkane-logged-out']);
      expect((other.seen[1] as CustomEvent<LogoutResult>).detail).to.include({ trigger: 'other-tab', via: 'none' });
      expect(heard.types).to.deep.equal(['arkane-logged-out']);
    };

    it('tells the other, which asks nobody', async () => {
      await listenElsewhere();
      await start();
      await tellsOther();
      expect(provider.asked).to.deep.equal(['userinfo', 'userinfo']);
    });

    it('tells the other also of somebody who has signed in after the page had prepared', async () => {
      sessionStorage.clear();
      prepare();
      await settled();
      signIn(key.clientId, tokens);
      await listenElsewhere();
      await comeOnline();
      await tellsOther();
    });
  });
});
