import { expect } from '@open-wc/testing';
import type { ArkaneLoggedOutEvent, ArkaneLogoutErrorEvent } from '../../src/core/events.js';
import type * as entry from '../../src/core/index.js';
import { isLoggingOut, wasLoggedOut } from '../../src/core/latch.js';
import { logout } from '../../src/core/logout.js';
import type { LogoutOptions } from '../../src/core/request.js';
import type { LogoutResult } from '../../src/core/result.js';
import type { TokenStore } from '../../src/core/token-store.js';
import type { Tokens } from '../../src/core/tokens.js';
import {
  leave,
  moduleOf,
  navigationOf,
  openFrame,
  openTab,
  type Page,
  settled,
  showAgain,
  until,
} from '../support/documents.js';
import { heardEvents, page } from '../support/events.js';
import { never, newIssuer, offline, scriptedProvider, status, unreachable } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { ended } from '../support/results.js';
import { authority, failure, isSignedIn, newClient, signIn, storageKey, tokensOf, userOf } from '../support/sign-in.js';
import { blockStorage, breakStorage } from '../support/storage.js';
import { storedTrip, storeTrip, tripName } from '../support/trips.js';

const forever = () => new Promise<never>(() => undefined);

/** A page's own store, and what it was asked. */
const memoryStore = (held: Tokens | null) => {
  const store = {
    held,
    calls: [] as string[],
    tokens: (): Tokens | null | Promise<Tokens | null> => {
      store.calls.push('tokens');
      return store.held;
    },
    clear: (): void | Promise<void> => {
      store.calls.push('clear');
      store.held = null;
    },
  };
  return store satisfies TokenStore;
};

describe('logout', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const heard = heardEvents();
  let clientId: string;
  let options: LogoutOptions;

  beforeEach(() => {
    sessionStorage.clear();
    localStorage.clear();
    clientId = newClient();
    options = { clientId, authority };
  });

  /** What every press that changed nothing has in common. */
  const changedNothing = async (run: Promise<LogoutResult>, code: string, types: string[]) => {
    const error = await failure(run);
    expect(error.code).to.equal(code);
    expect(heard.types).to.deep.equal(types);
    expect((heard.last as ArkaneLogoutErrorEvent).detail.error).to.equal(error);
    expect(heard.last.target).to.equal(document);
    expect(provider.sent).to.deep.equal([]);
    expect(isLoggingOut(options)).to.be.false;
    expect(wasLoggedOut(options)).to.be.false;
    return error;
  };

  it('asks the page, wipes, ends the session, and tells the page what is proved', async () => {
    signIn(clientId);
    const steps: string[] = [];
    const step = (name: string) => {
      steps.push(`${name}, ${isSignedIn(clientId) ? 'signed in' : 'wiped'}`);
    };
    page.on('arkane-logging-out', () => {
      step('asked');
    });
    page.on('arkane-logged-out', () => {
      step('told');
    });
    provider.token = () => {
      step('sent');
      return status(204);
    };
    expect(await logout(options)).to.deep.equal(ended);
    expect(steps).to.deep.equal(['asked, signed in', 'sent, wiped', 'sent, wiped', 'told, wiped']);
  });

  it('dispatches its events on document, with the promise’s own value', async () => {
    signIn(clientId);
    const result = await logout(options);
    expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
    expect(heard.targets).to.deep.equal([document, document]);
    expect((heard.last as ArkaneLoggedOutEvent).detail).to.equal(result);
    expect(heard.all[0]?.detail).to.deep.equal({ windowMode: 'POPUP' });
  });

  it('sends the tokens that were stored', async () => {
    const { idToken, refreshToken } = signIn(clientId);
    await logout({ ...options, params: { ui_locales: 'nl' } });
    const form = { client_id: clientId, id_token_hint: idToken, refresh_token: refreshToken, ui_locales: 'nl' };
    expect(provider.sent.map((sent) => [sent.to, sent.form])).to.deep.equal([
      ['token', form],
      ['token', form],
    ]);
  });

  it('asks the provider nothing where nobody is signed in, and says so', async () => {
    expect(await logout(options)).to.deep.equal({
      ...ended,
      via: 'none',
      providerSession: 'none',
      evidence: 'none',
    });
    expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
    expect(provider.sent).to.deep.equal([]);
  });

  for (const [where, storage, first] of [
    ['sessionStorage', sessionStorage, 'session'],
    ['sessionStorage', sessionStorage, 'local'],
    ['localStorage', localStorage, 'session'],
    ['localStorage', localStorage, 'local'],
  ] as const)
    for (const issuer of [authority, `${authority}/`])
      it(`finds the user in ${where} with storage="${first}" when signed in at ${issuer}`, async () => {
        storage.setItem(storageKey(clientId, issuer), userOf(tokensOf(clientId)));
        expect(await logout({ ...options, storage: first })).to.deep.equal(ended);
        expect(isSignedIn(clientId)).to.be.false;
      });

  describe('with bad input', () => {
    for (const [attribute, bad] of [
      ['client-id', { clientId: '' }],
      ['environment', { authority: null, environment: 'sandbox' }],
      ['authority', { authority: 'javascript:alert(1)' }],
      ['authority', { authority: 'http://login.example/realms/units' }],
      ['window-mode', { windowMode: 'TAB' }],
      ['redirect-uri', { windowMode: 'REDIRECT', redirectUri: 'javascript:alert(1)' }],
      ['callback-uri', { callbackUri: 'https://elsewhere.example/callback' }],
      ['storage', { storage: 'cookie' }],
      ['timeout', { timeout: 0 }],
      ['tokenStore', { tokenStore: {} }],
      ['params', { params: { state: 'mine' } }],
    ] as [string, object][])
      it(`rejects, names ${attribute}, and leaves the user signed in: ${JSON.stringify(bad)}`, async () => {
        signIn(clientId);
        const run = logout({ ...options, ...bad });
        const error = await changedNothing(run, 'configuration', ['arkane-logout-error']);
        expect(error.message).to.match(new RegExp(`^${attribute}: `));
        expect(isSignedIn(clientId)).to.be.true;
      });

    for (const [attribute, claims] of [
      ['authority', { id: { iss: 'https://evil.example/realms/units' } }],
      ['client-id', { id: { aud: 'other', azp: 'other' } }],
      ['client-id', { id: { azp: 'other' } }],
    ] as const)
      it(`rejects, names ${attribute}, and sends nothing: ID token with ${JSON.stringify(claims.id)}`, async () => {
        const tokens = tokensOf(clientId, claims);
        signIn(clientId, tokens);
        const types = ['arkane-logging-out', 'arkane-logout-error'];
        // Not `wasLoggedOut`: that it is false is seen in the storage here.
        const error = await changedNothing(logout(options), 'configuration', types);
        expect(error.message).to.match(new RegExp(`^${attribute}: `));
        expect(error.message).not.to.contain('eyJ');
        expect(sessionStorage.getItem(storageKey(clientId))).to.equal(userOf(tokens));
      });

    it('works once the input is mended', async () => {
      signIn(clientId);
      await failure(logout({ ...options, timeout: -1 }));
      expect(await logout(options)).to.deep.equal(ended);
    });
  });

  it('says what is missing when it is given nothing at all', async () => {
    const run = (logout as unknown as () => Promise<LogoutResult>)();
    expect((await failure(run)).message).to.match(/^client-id: /);
  });

  describe('with tokens that cannot be sent', () => {
    it('goes on to the next strategy when the refresh token is "undefined"', async () => {
      signIn(clientId, { ...tokensOf(clientId), refreshToken: 'undefined' });
      expect(await logout(options)).to.include({ via: 'hint', providerSession: 'ended' });
      expect(JSON.stringify(provider.sent)).not.to.contain('undefined');
    });

    it('never sends a token that another issuer signed', async () => {
      const foreign = { iss: 'https://elsewhere.example/realms/units' };
      const tokens = tokensOf(clientId, { access: foreign, refresh: foreign });
      signIn(clientId, tokens);
      expect(await logout(options)).to.include({ via: 'hint', providerSession: 'unknown' });
      expect(provider.sent.map(({ form }) => form)).to.deep.equal([
        { client_id: clientId, id_token_hint: tokens.idToken },
        {},
      ]);
    });

    it('sends nothing when all of them are malformed, wipes them, and does not say that nobody was there', async () => {
      signIn(clientId, { idToken: 'undefined', accessToken: '[object Object]', refreshToken: 'null' });
      const { error, ...result } = await logout(options);
      expect(result).to.deep.equal({ ...ended, via: 'none', providerSession: 'unknown', evidence: 'none' });
      expect(error?.code).to.equal('unproved');
      expect(provider.sent).to.deep.equal([]);
      expect(isSignedIn(clientId)).to.be.false;
    });

    it('wipes a stored user that is not JSON, says why nothing was asked, and does not quote it', async () => {
      sessionStorage.setItem(storageKey(clientId), 'eyJ-a-token');
      const { error, ...result } = await logout(options);
      expect(result).to.deep.equal({ ...ended, via: 'none', providerSession: 'unknown', evidence: 'none' });
      expect(error?.code).to.equal('configuration');
      expect(error?.message).to.match(/^storage: /);
      expect(`${error?.message ?? ''} ${String(error?.cause)}`).not.to.contain('eyJ');
      expect(isSignedIn(clientId)).to.be.false;
    });
  });

  describe('while the page is asked', () => {
    const asked = 'arkane-logging-out';
    const cancelled = [asked, 'arkane-logout-error'];

    it('is cancelled by preventDefault(), and the user stays signed in', async () => {
      signIn(clientId);
      page.on(asked, (event) => {
        event.preventDefault();
      });
      await changedNothing(logout(options), 'cancelled', cancelled);
      expect(isSignedIn(clientId)).to.be.true;
    });

    it('waits for every waitUntil() with the tokens in place', async () => {
      signIn(clientId);
      const [first, second] = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()];
      page.on(asked, (event) => {
        event.waitUntil(first.promise);
        event.waitUntil(second.promise);
      });
      const run = logout(options);
      first.resolve('saved');
      await new Promise((resolve) => setTimeout(resolve)); // long enough for a logout that does not wait
      expect(isSignedIn(clientId)).to.be.true;
      expect(provider.sent).to.deep.equal([]);
      second.resolve('saved');
      expect(await run).to.deep.equal(ended);
    });

    it('is cancelled by a waitUntil() that is rejected, whose reason is the cause', async () => {
      signIn(clientId);
      const reason = new Error('could not save');
      page.on(asked, (event) => {
        event.waitUntil(Promise.reject(reason));
        event.waitUntil(forever());
      });
      const error = await changedNothing(logout(options), 'cancelled', cancelled);
      expect(error.cause).to.equal(reason);
      expect(isSignedIn(clientId)).to.be.true;
    });

    it('goes on without a waitUntil() that is overdue, and has all its time for the provider', async () => {
      signIn(clientId);
      const late = Promise.withResolvers<never>();
      page.on(asked, (event) => {
        event.waitUntil(late.promise);
      });
      expect(await logout({ ...options, timeout: 500 })).to.deep.equal(ended);
      late.reject(new Error('too late to cancel, and no unhandled rejection'));
    });

    it('is cancelled by preventDefault() while it waits', async () => {
      signIn(clientId);
      page.on(asked, (event) => {
        event.waitUntil(
          Promise.resolve().then(() => {
            event.preventDefault();
          }),
        );
      });
      await changedNothing(logout(options), 'cancelled', cancelled);
      expect(isSignedIn(clientId)).to.be.true;
    });

    it('throws InvalidStateError at a waitUntil() that comes after the event', async () => {
      signIn(clientId);
      let late: unknown;
      page.on(asked, (event) => {
        event.waitUntil(
          Promise.resolve().then(() => {
            try {
              event.waitUntil(forever());
            } catch (error) {
              late = error;
            }
          }),
        );
      });
      expect(await logout(options)).to.deep.equal(ended);
      expect(late).to.be.instanceOf(DOMException).with.property('name', 'InvalidStateError');
    });
  });

  it('is cancelled by a waitUntil() that is rejected with nothing', async () => {
    signIn(clientId);
    const { promise, reject } = Promise.withResolvers<never>();
    page.on('arkane-logging-out', (event) => {
      event.waitUntil(promise);
    });
    const run = logout(options);
    reject();
    expect((await failure(run)).code).to.equal('cancelled');
    expect(isSignedIn(clientId)).to.be.true;
  });

  describe('with a signal', () => {
    it('asks nobody when it is aborted before the call', async () => {
      signIn(clientId);
      const run = logout({ ...options, signal: AbortSignal.abort() });
      await changedNothing(run, 'cancelled', ['arkane-logout-error']);
      expect(isSignedIn(clientId)).to.be.true;
    });

    it('is cancelled while the page’s waitUntil() is awaited', async () => {
      signIn(clientId);
      const controller = new AbortController();
      page.on('arkane-logging-out', (event) => {
        event.waitUntil(forever());
      });
      const run = logout({ ...options, signal: controller.signal });
      controller.abort();
      await changedNothing(run, 'cancelled', ['arkane-logging-out', 'arkane-logout-error']);
      expect(isSignedIn(clientId)).to.be.true;
    });

    it('is cancelled while the tokens are read', async () => {
      const controller = new AbortController();
      const tokenStore = memoryStore(tokensOf(clientId));
      const { tokens } = tokenStore;
      tokenStore.tokens = () => {
        controller.abort();
        return Promise.resolve(tokens());
      };
      const run = logout({ ...options, tokenStore, signal: controller.signal });
      await changedNothing(run, 'cancelled', ['arkane-logging-out', 'arkane-logout-error']);
      expect(tokenStore.held).not.to.be.null;
    });

    it('cuts the provider short after the wipe: wiped, unknown, cancelled', async () => {
      signIn(clientId);
      const controller = new AbortController();
      provider.token = () => {
        setTimeout(() => {
          controller.abort(); // a real answer is never as early as its request
        });
        return never();
      };
      const { error, ...result } = await logout({ ...options, signal: controller.signal });
      expect(result).to.deep.equal({ ...ended, providerSession: 'unknown', evidence: 'none' });
      expect(error?.code).to.equal('cancelled');
      expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
      expect(isSignedIn(clientId)).to.be.false;
    });

    it('changes nothing when it is aborted after the end', async () => {
      signIn(clientId);
      const controller = new AbortController();
      await logout({ ...options, signal: controller.signal });
      controller.abort();
      expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
    });
  });

  describe('at a provider that', () => {
    for (const [what, answer, code] of [
      ['never answers', never, 'timeout'],
      ['is out of reach', unreachable, 'network'],
    ] as const)
      it(`${what}: wiped, unknown, ${code}, one event`, async () => {
        Object.assign(provider, { token: answer, hint: answer, reach: answer, userinfo: answer });
        signIn(clientId);
        const { error, ...result } = await logout({ ...options, timeout: 1000 });
        expect(result).to.include({ providerSession: 'unknown', evidence: 'none', local: 'wiped' });
        expect(error?.code).to.equal(code);
        expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
        expect(isSignedIn(clientId)).to.be.false;
      });

    it('refuses: wiped, unknown, refused', async () => {
      provider.token = () => status(400);
      signIn(clientId, { ...tokensOf(clientId), idToken: undefined });
      const { error, ...result } = await logout(options);
      expect(result).to.deep.equal({ ...ended, providerSession: 'unknown', evidence: 'none' });
      expect(error?.code).to.equal('refused');
    });

    it('answers a page of HTML: nothing is proved', async () => {
      provider.token = () => new Response('<p>You are logged out</p>', { headers: { 'Content-Type': 'text/html' } });
      signIn(clientId, { ...tokensOf(clientId), idToken: undefined });
      expect(await logout(options)).to.include({ providerSession: 'unknown' });
    });

    it('does not answer in time has its request stopped', async () => {
      provider.token = never;
      signIn(clientId);
      await logout({ ...options, timeout: 300 });
      expect(provider.sent[0]?.init.signal?.aborted).to.be.true;
    });
  });

  it('sends the hint although the token check before it never answers', async () => {
    signIn(clientId, { ...tokensOf(clientId), refreshToken: undefined });
    provider.userinfo = never;
    await logout({ ...options, timeout: 800 });
    expect(provider.asked).to.include('hint');
  });

  it('sends an offline token although the token check before it never answers', async () => {
    signIn(clientId, tokensOf(clientId, { refresh: { typ: 'Offline' } }));
    provider.userinfo = never;
    await logout({ ...options, timeout: 800 });
    expect(provider.asked).to.include('token');
  });

  it('is not fooled by an empty user in the other storage', async () => {
    sessionStorage.setItem(storageKey(clientId), 'null');
    signIn(clientId, tokensOf(clientId), localStorage);
    expect(await logout(options)).to.include({ providerSession: 'ended' });
  });

  it('uses the tokens of one storage where the other is blocked', async () => {
    signIn(clientId, tokensOf(clientId), localStorage);
    const unblock = blockStorage('sessionStorage');
    const result = await logout(options);
    unblock();
    expect(result).to.include({ providerSession: 'ended', local: 'kept' });
    expect(result.error?.message).to.match(/^storage: /);
  });

  describe('at a store that', () => {
    it('answers at once is read, cleared, and looked at again', async () => {
      const tokenStore = memoryStore(tokensOf(clientId));
      expect(await logout({ ...options, tokenStore })).to.deep.equal(ended);
      expect(tokenStore.calls).to.deep.equal(['tokens', 'clear', 'tokens']);
    });

    it('answers later works as well', async () => {
      const store = memoryStore(tokensOf(clientId));
      const tokenStore = {
        tokens: async () => Promise.resolve(store.tokens()),
        clear: async () => Promise.resolve(store.clear()),
      };
      expect(await logout({ ...options, tokenStore })).to.deep.equal(ended);
    });

    it('is the page’s own leaves oidc-client-ts’s storage alone', async () => {
      signIn(clientId);
      await logout({ ...options, tokenStore: memoryStore(null) });
      expect(isSignedIn(clientId)).to.be.true;
    });

    for (const [what, tokens] of [
      [
        'throws',
        () => {
          throw new Error('broken');
        },
      ],
      ['rejects', () => Promise.reject(new Error('broken'))],
    ] as const)
      it(`${what} when it is read: cleared all the same, unknown, configuration`, async () => {
        const store = memoryStore(tokensOf(clientId));
        const { error, ...result } = await logout({ ...options, tokenStore: { ...store, tokens } });
        expect(store.held).to.be.null;
        expect(result).to.include({ via: 'none', providerSession: 'unknown', evidence: 'none', local: 'kept' });
        expect(error?.code).to.equal('configuration');
        expect(error?.message).to.match(/^tokenStore: /);
        expect(error?.cause).to.have.property('message', 'broken');
        expect(provider.sent).to.deep.equal([]);
      });

    it('hangs when it is read: cleared within the timeout, unknown, timeout', async () => {
      const store = memoryStore(tokensOf(clientId));
      const { error, ...result } = await logout({
        ...options,
        timeout: 20,
        tokenStore: { ...store, tokens: forever },
      });
      expect(store.held).to.be.null;
      expect(result).to.include({ providerSession: 'unknown', local: 'kept' });
      expect(error?.code).to.equal('timeout');
    });

    it('is a blocked web storage: logs out as far as it can, and claims nothing', async () => {
      signIn(clientId);
      const unblock = blockStorage('sessionStorage', 'localStorage');
      const result = await logout(options);
      unblock();
      expect(result).to.include({ via: 'none', providerSession: 'unknown', evidence: 'none', local: 'kept' });
      expect(result.error?.code).to.equal('configuration');
      expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
    });

    it('is a full web storage: logs out', async () => {
      signIn(clientId);
      breakStorage('setItem');
      expect(await logout(options)).to.deep.equal(ended);
    });
  });

  describe('that could not empty the store', () => {
    const kept: [what: string, clear: (store: ReturnType<typeof memoryStore>) => void | Promise<void>, code: string][] =
      [
        [
          'because clear() throws',
          () => {
            throw new Error('broken');
          },
          'configuration',
        ],
        ['because clear() rejects', () => Promise.reject(new Error('broken')), 'configuration'],
        ['because clear() leaves the tokens', () => undefined, 'configuration'],
        [
          'because clear() leaves one token',
          (store) => {
            store.held = { refreshToken: 'left' };
          },
          'configuration',
        ],
        ['because clear() hangs', forever, 'timeout'],
      ];
    for (const [what, clear, code] of kept)
      it(`says kept and why, with the proof at the provider: ${what}`, async () => {
        const tokenStore = memoryStore(tokensOf(clientId));
        const broken = { tokens: tokenStore.tokens, clear: () => clear(tokenStore) };
        const { error, ...result } = await logout({ ...options, timeout: 1000, tokenStore: broken });
        expect(result).to.deep.equal({ ...ended, local: 'kept' });
        expect(error?.code).to.equal(code);
        if (code === 'configuration') expect(error?.message).to.match(/^tokenStore: /);
      });

    for (const [what, clear] of kept.filter(([reason]) => !reason.includes('one token')))
      it(`is finished by the next press, which only wipes: ${what}`, async () => {
        const tokenStore = memoryStore(tokensOf(clientId));
        const broken = { tokens: tokenStore.tokens, clear: () => clear(tokenStore) };
        await logout({ ...options, timeout: 1000, tokenStore: broken });
        expect(await logout({ ...options, tokenStore })).to.deep.equal({ ...ended, trigger: 'completed' });
        expect(tokenStore.held).to.be.null;
        expect(provider.asked).to.deep.equal(['token', 'token']);
        expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out', 'arkane-logged-out']);
      });

    it('keeps saying kept as long as it is so', async () => {
      signIn(clientId);
      const mend = breakStorage('removeItem', (_, name) => name.startsWith('oidc.user:'));
      for (const trigger of ['user', 'completed', 'completed'] as const) {
        const { error, ...result } = await logout(options);
        expect(result).to.deep.equal({ ...ended, trigger, local: 'kept' });
        expect(error?.code).to.equal('configuration');
      }
      mend();
      expect(await logout(options)).to.deep.equal({ ...ended, trigger: 'completed' });
      expect(isSignedIn(clientId)).to.be.false;
    });

    it('says why of the provider first when both sides failed', async () => {
      signIn(clientId);
      breakStorage('removeItem', (_, name) => name.startsWith('oidc.user:'));
      Object.assign(provider, offline);
      const result = await logout(options);
      expect(result).to.include({ providerSession: 'unknown', local: 'kept' });
      expect(result.error?.code).to.equal('network');
    });
  });

  it('finishes, where clear() left one token, without asking the page again', async () => {
    let held: Tokens | null = tokensOf(clientId);
    const { refreshToken } = held;
    const store = (left: Tokens | null): TokenStore => ({
      tokens: () => held,
      clear: () => {
        held = left;
      },
    });
    await logout({ ...options, tokenStore: store({ refreshToken }) });
    expect(wasLoggedOut(options)).to.be.true;
    const finished = await logout({ ...options, tokenStore: store(null) });
    expect(finished).to.include({ trigger: 'completed', providerSession: 'ended', local: 'wiped' });
    expect(heard.types.filter((type) => type === 'arkane-logging-out')).to.have.length(1);
  });

  describe('at a store that hands out its own object', () => {
    /** What clear() empties is what tokens() gave. */
    const liveStore = (auth: Tokens) => {
      const store = {
        auth,
        isBroken: false,
        tokens: () => auth,
        clear: () => {
          if (store.isBroken) throw new Error('broken');
          Object.assign(auth, { idToken: undefined, accessToken: undefined, refreshToken: undefined });
        },
      };
      return store;
    };

    it('sends what was in it before clear()', async () => {
      expect(await logout({ ...options, tokenStore: liveStore(tokensOf(clientId)) })).to.deep.equal(ended);
    });

    it('sends tokens that are accessors of the object’s class, as an SDK may have them', async () => {
      class Auth {
        #held: ReturnType<typeof tokensOf> | null = tokensOf(clientId);
        get idToken() {
          return this.#held?.idToken;
        }
        get accessToken() {
          return this.#held?.accessToken;
        }
        get refreshToken() {
          return this.#held?.refreshToken;
        }
        clear() {
          this.#held = null;
        }
      }
      const auth = new Auth();
      const tokenStore = {
        tokens: () => auth,
        clear: () => {
          auth.clear();
        },
      };
      expect(await logout({ ...options, tokenStore })).to.deep.equal(ended);
      expect(provider.asked).to.deep.equal(['token', 'token']);
    });

    it('claims nothing of a new sign-in in the same object', async () => {
      const tokenStore = liveStore(tokensOf(clientId));
      tokenStore.isBroken = true;
      expect(await logout({ ...options, tokenStore })).to.include({ providerSession: 'ended', local: 'kept' });
      Object.assign(tokenStore.auth, tokensOf(clientId, { refresh: { jti: 'new' } }));
      tokenStore.isBroken = false;
      const asked = provider.asked.length;
      expect(await logout({ ...options, tokenStore })).to.include({ trigger: 'user', providerSession: 'ended' });
      expect(provider.asked.slice(asked)).to.deep.equal(['token', 'token']);
    });
  });

  it('asks the page again where a store that was kept cannot be read: somebody may have signed in', async () => {
    const store = memoryStore(tokensOf(clientId));
    const clear = store.clear;
    store.clear = () => undefined;
    await logout({ ...options, tokenStore: store });
    store.held = tokensOf(clientId, { refresh: { jti: 'new' } });
    store.clear = clear;
    const tokens = store.tokens;
    store.tokens = () => {
      store.tokens = tokens;
      throw new Error('not now');
    };
    const result = await logout({ ...options, tokenStore: store });
    expect(result).to.include({ trigger: 'user' });
    expect(heard.types.filter((type) => type === 'arkane-logging-out')).to.have.length(2);
  });

  it('says kept while the store that was found full still is, whichever store the press came with', async () => {
    const tokenStore = { ...memoryStore(tokensOf(clientId)), clear: () => undefined };
    expect(await logout({ ...options, tokenStore })).to.include({ local: 'kept' });
    expect(await logout(options)).to.include({ trigger: 'completed', local: 'kept' });
  });

  it('begins anew after a sign-in that a guard has seen, whatever became of that user', async () => {
    signIn(clientId);
    const answers = { ...provider };
    Object.assign(provider, offline);
    await logout(options);
    Object.assign(provider, { token: answers.token, hint: answers.hint });
    signIn(clientId);
    expect(wasLoggedOut(options)).to.be.false;
    sessionStorage.removeItem(storageKey(clientId));
    expect(await logout(options)).to.include({ trigger: 'user', providerSession: 'none' });
    expect(heard.types.filter((type) => type === 'arkane-logging-out')).to.have.length(2);
    expect(wasLoggedOut(options)).to.be.true;
  });

  describe('called twice', () => {
    it('runs once while one runs: one promise, each request once, one event of each kind', async () => {
      signIn(clientId);
      const first = logout(options);
      const second = logout({ ...options, authority: `${authority}/`, timeout: 5, storage: 'local' });
      expect(second).to.equal(first);
      expect(await first).to.deep.equal(ended);
      expect(provider.asked).to.deep.equal(['token', 'token']);
      expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
    });

    it('shares the promise with a listener that calls it from the event', async () => {
      signIn(clientId);
      const inside: Promise<LogoutResult>[] = [];
      for (const type of ['arkane-logging-out', 'arkane-logged-out'] as const)
        page.on(type, () => {
          inside.push(logout(options));
        });
      const run = logout(options);
      await run;
      expect(inside).to.have.length(2);
      for (const each of inside) expect(await each).to.equal(await run);
      expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
    });

    it('shares a cancellation, told once', async () => {
      signIn(clientId);
      page.on('arkane-logging-out', (event) => {
        event.preventDefault();
      });
      const errors = await Promise.all([failure(logout(options)), failure(logout(options))]);
      expect(errors[0]).to.equal(errors[1]);
      expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logout-error']);
    });

    it('refuses bad input while another runs, and does not disturb that one', async () => {
      signIn(clientId);
      const run = logout(options);
      expect((await failure(logout({ ...options, timeout: 0 }))).code).to.equal('configuration');
      expect(await run).to.deep.equal(ended);
    });

    it('runs for two clients at the same time', async () => {
      const other = newClient();
      signIn(clientId);
      signIn(other);
      const [one, two] = [logout(options), logout({ ...options, clientId: other })];
      expect(one).not.to.equal(two);
      expect(await Promise.all([one, two])).to.deep.equal([ended, ended]);
      expect(provider.sent.map(({ to, form }) => [to, form.client_id])).to.have.deep.members([
        ['token', clientId],
        ['token', other],
        ['token', clientId],
        ['token', other],
      ]);
    });

    it('starts afresh after a proved end: the user may have signed in anew', async () => {
      signIn(clientId);
      await logout(options);
      expect(await logout(options)).to.include({ trigger: 'user', providerSession: 'none' });
      signIn(clientId);
      expect(await logout(options)).to.deep.equal(ended);
      expect(heard.types.filter((type) => type === 'arkane-logging-out')).to.have.length(3);
    });

    it('starts afresh after a cancelled one', async () => {
      signIn(clientId);
      await failure(logout({ ...options, signal: AbortSignal.abort() }));
      expect(await logout(options)).to.deep.equal(ended);
    });
  });

  describe('after one that was not proved', () => {
    let tokens: Tokens;
    let online: object;

    beforeEach(async () => {
      tokens = signIn(clientId);
      const { token, hint, reach, userinfo } = provider;
      online = { token, hint, reach, userinfo };
      Object.assign(provider, offline);
      expect(await logout(options)).to.include({ trigger: 'user', providerSession: 'unknown', local: 'wiped' });
      expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
    });

    it('goes on with the tokens of that one, without asking the page again', async () => {
      Object.assign(provider, online);
      expect(await logout(options)).to.deep.equal({ ...ended, trigger: 'completed' });
      expect(provider.forms('token').at(-1)).to.include({ refresh_token: tokens.refreshToken });
      expect(heard.types).to.deep.equal(['arkane-logging-out', 'arkane-logged-out', 'arkane-logged-out']);
    });

    it('stays unproved, and can be tried again, while the network is away', async () => {
      const { error, ...result } = await logout(options);
      expect(result).to.deep.equal({
        ...ended,
        trigger: 'completed',
        via: 'hint',
        providerSession: 'unknown',
        evidence: 'none',
      });
      expect(error?.code).to.equal('network');
      Object.assign(provider, online);
      expect(await logout(options)).to.deep.equal({ ...ended, trigger: 'completed' });
    });

    it('forgets the tokens once it is proved', async () => {
      Object.assign(provider, online);
      await logout(options);
      const before = provider.sent.length;
      expect(await logout(options)).to.include({ trigger: 'user', providerSession: 'none' });
      expect(provider.sent).to.have.length(before);
    });

    it('can be cancelled, and is still there afterwards', async () => {
      expect((await failure(logout({ ...options, signal: AbortSignal.abort() }))).code).to.equal('cancelled');
      Object.assign(provider, online);
      expect(await logout(options)).to.include({ trigger: 'completed', providerSession: 'ended' });
    });

    it('starts afresh where a user has signed in since, and asks the page', async () => {
      const anew = signIn(clientId, tokensOf(clientId));
      Object.assign(provider, online);
      expect(await logout(options)).to.deep.equal(ended);
      expect(provider.forms('token').at(-1)).to.include({ refresh_token: anew.refreshToken });
      expect(heard.types.slice(2)).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
    });

    it('does not send the old tokens when the new sign-in’s logout was cancelled and that user then went', async () => {
      signIn(clientId, tokensOf(clientId));
      const controller = new AbortController();
      page.on('arkane-logging-out', () => {
        controller.abort();
      });
      await failure(logout({ ...options, signal: controller.signal }));
      sessionStorage.removeItem(storageKey(clientId));
      Object.assign(provider, online);
      const before = provider.sent.length;
      expect(await logout(options)).to.include({ trigger: 'user', providerSession: 'none' });
      expect(provider.sent).to.have.length(before);
    });
  });

  it('keeps every token out of events, results, errors and storage', async () => {
    signIn(clientId);
    Object.assign(provider, { token: () => status(400), userinfo: () => status(200) });
    const results = [await logout(options)];
    const observable: unknown[] = [Object.entries(sessionStorage), Object.entries(localStorage), results];
    for (const event of heard.all) observable.push(event.type, event.detail);
    for (let error: unknown = results[0]?.error; error instanceof Error; error = error.cause)
      observable.push(error.message, error.stack, Object.entries(error));
    expect(observable).to.have.length.above(9);
    expect(JSON.stringify(observable)).not.to.contain('eyJ');
  });
});

describe('logout, through the provider', () => {
  staysQuiet();
  const provider = scriptedProvider();
  let frame: Page;
  let core: typeof entry;
  let clientId: string;
  let options: LogoutOptions;

  beforeEach(async () => {
    sessionStorage.clear();
    localStorage.clear();
    clientId = newClient();
    options = { clientId, authority, timeout: 5000 };
    frame = await openFrame('?tab=nfts#top');
    core = await moduleOf<typeof entry>(frame, 'core/index');
  });

  const returned: LogoutResult = {
    windowMode: 'REDIRECT',
    trigger: 'return',
    via: 'redirect',
    providerSession: 'returned',
    evidence: 'return',
    local: 'wiped',
  };
  const closed = { ...returned, providerSession: 'unknown', evidence: 'none' } as const;
  const restored = { ...closed, trigger: 'restored', via: 'none' } as const;

  const redirect = (part: Partial<LogoutOptions> = {}) => core.logout({ ...options, windowMode: 'REDIRECT', ...part });
  const heard = () => frame.seen.filter((each) => each !== 'load');
  const types = () => heard().map(({ type }) => type);
  /** A press that leaves. */
  const gone = async (run: Promise<LogoutResult>) => {
    const url = await navigationOf(clientId);
    await leave(frame);
    return { run, url };
  };
  const withoutError = async (run: Promise<LogoutResult>) => {
    const { error, ...result } = await run;
    return { code: error?.code, result };
  };

  it('asks the page, wipes, and leaves: no request before it, and no word of what only the way back can tell', async () => {
    const { idToken } = signIn(clientId);
    frame.document.addEventListener('arkane-logging-out', () => {
      expect(isSignedIn(clientId)).to.be.true;
    });
    const { url } = await gone(redirect());
    expect(url.searchParams.get('id_token_hint')).to.equal(idToken);
    expect(isSignedIn(clientId)).to.be.false;
    expect(types()).to.deep.equal(['arkane-logging-out']);
    expect(heard()[0]?.detail).to.deep.equal({ windowMode: 'REDIRECT' });
    expect(provider.sent).to.deep.equal([]);
    expect(storedTrip()).to.include({ trigger: 'return', windowMode: 'REDIRECT', url: frame.location.href });
  });

  it('is told once, on the page that the user comes back to', async () => {
    signIn(clientId);
    const { url } = await gone(redirect());
    const page = await openFrame(`?state=${url.searchParams.get('state') ?? ''}`);
    const there = await moduleOf<typeof entry>(page, 'core/index');
    expect(there.resumeLogout()).to.deep.equal(returned);
    await settled(page);
    expect(page.seen).to.have.length(2);
    expect(page.location.href).to.equal(frame.location.href);
    expect(there.wasLoggedOut(options)).to.be.true;
    expect(types()).to.deep.equal(['arkane-logging-out']);
  });

  it('goes to the provider where nobody is signed in here, because somebody may be there', async () => {
    const { url } = await gone(redirect());
    expect(url.searchParams.get('client_id')).to.equal(clientId);
    expect(url.searchParams.has('id_token_hint')).to.be.false;
  });

  it('waits for the page’s waitUntil() before it leaves', async () => {
    signIn(clientId);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    frame.document.addEventListener('arkane-logging-out', (event) => {
      event.waitUntil(promise);
    });
    const run = redirect();
    await settled(frame);
    expect(isSignedIn(clientId)).to.be.true;
    expect(storedTrip()).to.be.null;
    resolve('saved');
    await gone(run);
    expect(isSignedIn(clientId)).to.be.false;
  });

  it('goes nowhere when it is cancelled', async () => {
    signIn(clientId);
    frame.document.addEventListener('arkane-logging-out', (event) => {
      event.preventDefault();
    });
    const error: unknown = await redirect().catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'cancelled');
    expect(isSignedIn(clientId)).to.be.true;
    expect(storedTrip()).to.be.null;
    expect(types()).to.deep.equal(['arkane-logging-out', 'arkane-logout-error']);
  });

  it('goes nowhere with the ID token of another client', async () => {
    signIn(clientId, tokensOf(clientId, { id: { aud: 'other', azp: 'other' } }));
    const error: unknown = await redirect().catch((reason: unknown) => reason);
    expect(error).to.have.property('code', 'configuration');
    expect(isSignedIn(clientId)).to.be.true;
    expect(storedTrip()).to.be.null;
  });

  it('is one run while the page is left', async () => {
    signIn(clientId);
    const run = redirect();
    expect(redirect()).to.equal(run);
    await gone(run);
    expect(redirect()).to.equal(run);
    expect(core.isLoggingOut(options)).to.be.true;
    expect(core.wasLoggedOut(options)).to.be.true;
  });

  it('takes along that tokens were kept, and why', async () => {
    const tokens = tokensOf(clientId);
    await gone(redirect({ tokenStore: { tokens: () => tokens, clear: () => undefined } }));
    expect(storedTrip()?.kept).to.match(/^tokenStore: /);
    expect(JSON.stringify(Object.entries(sessionStorage))).not.to.contain('eyJ');
  });

  it('says timeout where nothing happens, and the next press goes again', async () => {
    signIn(clientId);
    const { code, result } = await withoutError(redirect({ timeout: 200 }));
    expect(result).to.deep.equal({ ...closed, trigger: 'user' });
    expect(code).to.equal('timeout');
    expect(types()).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
    expect(storedTrip()).to.be.null;
    expect(core.isLoggingOut(options)).to.be.false;
    await gone(redirect());
    expect(storedTrip()).to.include({ trigger: 'completed' });
    expect(types()).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
  });

  for (const [what, stored] of [
    ['not JSON', '{"state":'],
    ['not of ours', '{}'],
    ['a number', '5'],
  ] as const)
    it(`leaves all the same where ${what} is stored in the place of a trip`, async () => {
      sessionStorage.setItem(tripName, stored);
      signIn(clientId);
      const tab = await openTab();
      const there = await moduleOf<typeof entry>(tab, 'core/index');
      const run = there.logout({ ...options, windowMode: 'REDIRECT' });
      run.catch(() => undefined);
      await Promise.race([navigationOf(clientId), run]);
      await leave(tab);
      expect(storedTrip(tab.sessionStorage)).to.include({ clientId });
    });

  it('leaves without a way back where storage is full', async () => {
    signIn(clientId);
    breakStorage('setItem');
    const tokens = tokensOf(clientId);
    (frame as unknown as typeof globalThis).Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    const { url } = await gone(redirect({ tokenStore: { tokens: () => tokens, clear: () => undefined } }));
    expect(url.searchParams.has('state')).to.be.false;
    expect(storedTrip()).to.be.null;
  });

  describe('and shown again by the Back button', () => {
    const isHidden = () => frame.getComputedStyle(frame.document.documentElement).display === 'none';
    /** The page does without being loaded anew. */
    const stayOutOfDate = () => {
      frame.document.addEventListener('arkane-logged-out', (event) => {
        event.preventDefault();
      });
    };

    it('says unknown, closed, where no answer came; the next press finishes', async () => {
      const { idToken } = signIn(clientId);
      const { run } = await gone(redirect());
      showAgain(frame);
      const { code, result } = await withoutError(run);
      expect(result).to.deep.equal(closed);
      expect(code).to.equal('closed');
      expect(storedTrip()).to.be.null;
      expect(types()).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
      expect(core.isLoggingOut(options)).to.be.false;

      const second = redirect();
      const state = await until(() => storedTrip()?.state);
      expect(storedTrip()).to.include({ trigger: 'completed', state });
      await leave(frame);
      storeTrip({ ...storedTrip(), answered: 'returned' });
      showAgain(frame);
      expect(await second).to.deep.equal({ ...returned, trigger: 'completed' });
      expect(types()).to.deep.equal(['arkane-logging-out', 'arkane-logged-out', 'arkane-logged-out']);
      expect(idToken).to.be.a('string');
    });

    it('says returned where the callback page had the answer', async () => {
      signIn(clientId);
      const { run } = await gone(redirect({ callbackUri: `${location.origin}/callback` }));
      storeTrip({ ...storedTrip(), answered: 'returned' });
      showAgain(frame);
      expect(await run).to.deep.equal(returned);
      expect(storedTrip()).to.be.null;
    });

    it('is hidden and loaded anew where it is out of date, unless the page prevents that', async () => {
      signIn(clientId);
      const { run } = await gone(redirect());
      sessionStorage.removeItem(tripName);
      let wasHidden = false;
      frame.document.addEventListener('arkane-logged-out', () => (wasHidden = isHidden()));
      run.catch(() => undefined);
      const { seen } = frame;
      showAgain(frame);
      await until(() => frame.seen !== seen && (frame as Partial<Page>).seen?.includes('load'));
      expect(wasHidden).to.be.true;
      expect(types()).to.deep.equal([]);
    });

    it('is merely out of date where it was told on the page that the user came back to', async () => {
      signIn(clientId);
      const { run } = await gone(redirect());
      sessionStorage.removeItem(tripName);
      stayOutOfDate();
      showAgain(frame);
      expect(await run).to.deep.equal(restored);
      expect(isHidden()).to.be.false;
      expect(types()).to.deep.equal(['arkane-logging-out', 'arkane-logged-out']);
      signIn(clientId);
      expect(await core.logout(options)).to.deep.equal(ended);
    });

    it('is merely out of date where its sessionStorage is of before the answer, as in Firefox', async () => {
      signIn(clientId);
      const { run } = await gone(redirect());
      const trip = storedTrip()!;
      const back = await openFrame(`?state=${trip.state}`);
      (await moduleOf<typeof entry>(back, 'core/index')).resumeLogout();
      storeTrip(trip);
      stayOutOfDate();
      showAgain(frame);
      expect(await run).to.deep.equal(restored);
    });

    it('is merely out of date where another trip was begun since', async () => {
      signIn(clientId);
      const { run } = await gone(redirect());
      storeTrip({ clientId, url: location.href, state: 'another' });
      stayOutOfDate();
      showAgain(frame);
      expect(await run).to.deep.equal(restored);
      expect(storedTrip()?.state).to.equal('another');
    });

    it('is merely out of date where the user went to another origin', async () => {
      signIn(clientId);
      const { run, url } = await gone(redirect({ redirectUri: 'https://elsewhere.example/bye' }));
      expect(url.searchParams.has('state')).to.be.false;
      expect(url.searchParams.get('post_logout_redirect_uri')).to.equal('https://elsewhere.example/bye');
      stayOutOfDate();
      showAgain(frame);
      expect(await run).to.deep.equal(restored);
    });

    it('does not say wiped where tokens were kept', async () => {
      const tokens = tokensOf(clientId);
      const { run } = await gone(redirect({ tokenStore: { tokens: () => tokens, clear: () => undefined } }));
      sessionStorage.removeItem(tripName);
      stayOutOfDate();
      showAgain(frame);
      expect(await run).to.include({ trigger: 'restored', local: 'kept' });
    });

    it('tells each client of its own trip', async () => {
      const other = newClient();
      signIn(clientId);
      signIn(other);
      const runs = [redirect(), redirect({ clientId: other })];
      await until(() => storedTrip()?.clientId === other);
      await navigationOf(other);
      await leave(frame);
      showAgain(frame);
      const [first, second] = await Promise.all(runs);
      expect(second).to.include({ trigger: 'return', providerSession: 'unknown' });
      expect(first).not.to.include({ trigger: 'return' });
    });
  });

  describe('after one in the background that was not proved', () => {
    const background: [why: string, prepare: () => Partial<LogoutOptions>][] = [
      [
        'refused',
        () => {
          provider.token = () => status(400);
          signIn(clientId, { ...tokensOf(clientId), idToken: undefined });
          return {};
        },
      ],
      [
        'unproved',
        () => {
          signIn(clientId, { ...tokensOf(clientId), refreshToken: undefined, accessToken: undefined });
          return {};
        },
      ],
      [
        'timeout',
        () => {
          provider.token = never;
          signIn(clientId);
          return { timeout: 50 };
        },
      ],
      [
        'cancelled',
        () => {
          const controller = new AbortController();
          provider.token = () => {
            setTimeout(() => {
              controller.abort();
            });
            return never();
          };
          signIn(clientId);
          return { signal: controller.signal };
        },
      ],
    ];
    for (const [why, prepare] of background)
      it(`because it was ${why}: the next press goes there, without asking the page again`, async () => {
        const { code, result } = await withoutError(core.logout({ ...options, ...prepare() }));
        expect(result).to.include({ trigger: 'user', providerSession: 'unknown' });
        expect(code).to.equal(why);
        const asked = provider.asked.length;

        const { run, url } = await gone(core.logout(options));
        expect(url.searchParams.get('post_logout_redirect_uri')).to.equal(
          frame.location.origin + frame.location.pathname,
        );
        expect(url.searchParams.has('id_token_hint')).to.equal(why !== 'refused');
        expect(storedTrip()).to.include({ trigger: 'completed', windowMode: 'POPUP', url: frame.location.href });
        expect(provider.asked).to.have.length(asked);
        storeTrip({ ...storedTrip(), answered: 'returned' });
        showAgain(frame);
        expect(await run).to.deep.equal({ ...returned, windowMode: 'POPUP', trigger: 'completed' });
        expect(types()).to.deep.equal(['arkane-logging-out', 'arkane-logged-out', 'arkane-logged-out']);
      });

    it('because the network was away: the next press tries the background again, and goes nowhere', async () => {
      signIn(clientId);
      const { token, hint } = provider;
      Object.assign(provider, offline);
      expect((await withoutError(core.logout(options))).code).to.equal('network');
      Object.assign(provider, { token, hint });
      expect(await core.logout(options)).to.deep.equal({ ...ended, trigger: 'completed' });
      expect(storedTrip()).to.be.null;
    });

    it('starts afresh where a user has signed in since, and goes nowhere', async () => {
      await core.logout({ ...options, ...background[1]![1]() });
      provider.token = () => status(204);
      signIn(clientId);
      expect(await core.logout(options)).to.deep.equal(ended);
      expect(storedTrip()).to.be.null;
    });
  });

  it('keeps every token out of events, results and storage', async () => {
    signIn(clientId);
    const { run } = await gone(redirect());
    const stored = [Object.entries(sessionStorage), Object.entries(localStorage)];
    showAgain(frame);
    const observable = JSON.stringify([stored, await run, heard().map(({ detail }) => detail)]);
    expect(observable).to.contain('closed').and.not.to.contain('eyJ');
  });

  describe('at a provider that is not Keycloak-shaped', () => {
    let issuer: string;
    let tokens: Tokens;
    beforeEach(() => {
      issuer = newIssuer();
      options = { ...options, authority: issuer };
      tokens = tokensOf(clientId, { id: { iss: issuer }, access: { iss: issuer }, refresh: { iss: issuer } });
      sessionStorage.setItem(storageKey(clientId, issuer), userOf(tokens));
    });

    it('sends the hint in the background, claims nothing, and goes there with the next press', async () => {
      const { code, result } = await withoutError(core.logout(options));
      expect(result).to.deep.equal({ ...ended, via: 'hint', providerSession: 'unknown', evidence: 'none' });
      expect(code).to.equal('unproved');
      expect(provider.asked).to.deep.equal(['metadata', 'hint', 'reach', 'revocation']);
      const { url } = await gone(core.logout(options));
      expect(url.origin + url.pathname).to.equal(`${issuer}/session/end`);
      expect(url.searchParams.get('id_token_hint')).to.equal(tokens.idToken);
    });

    it('leaves by REDIRECT after discovery, the refresh token revoked on the way', async () => {
      const { url } = await gone(redirect());
      expect(url.origin + url.pathname).to.equal(`${issuer}/session/end`);
      expect(provider.asked).to.deep.equal(['metadata', 'revocation']);
    });

    for (const [what, answer, code] of [
      ['is out of reach', unreachable, 'network'],
      ['refuses', () => status(500), 'refused'],
    ] as const)
      for (const windowMode of ['POPUP', 'REDIRECT'] as const)
        it(`in ${windowMode}, wipes, says ${code}, and can be tried again where discovery ${what}`, async () => {
          const { metadata } = provider;
          // In the frame a failed fetch is that frame's TypeError.
          frame.fetch = (...request) =>
            globalThis.fetch(...request).catch((error: unknown) => {
              throw error instanceof TypeError ? new (frame as unknown as typeof globalThis).TypeError() : error;
            });
          provider.metadata = answer;
          const first = await withoutError(core.logout({ ...options, windowMode }));
          expect(first.result).to.deep.equal({
            ...closed,
            windowMode,
            trigger: 'user',
            via: 'none',
          });
          expect(first.code).to.equal(code);
          expect(sessionStorage.getItem(storageKey(clientId, issuer))).to.be.null;
          provider.metadata = metadata;
          const second = core.logout({ ...options, windowMode });
          if (code === 'network' && windowMode === 'POPUP') {
            expect(await second).to.include({ trigger: 'completed', via: 'hint', providerSession: 'unknown' });
          } else {
            await gone(second);
            expect(storedTrip()).to.include({ trigger: 'completed', windowMode });
          }
        });
  });
});
