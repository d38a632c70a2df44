import { expect } from '@open-wc/testing';
import { LogoutError } from '../../src/core/errors.js';
import { type LogoutOptions, resolveClient, validate } from '../../src/core/request.js';

const clientId = 'app';

/** Not `Partial<LogoutOptions>`: a page has no types. */
const refusal = (options: Record<string, unknown>): LogoutError => {
  try {
    validate({ clientId, ...options });
  } catch (error) {
    if (error instanceof LogoutError) return error;
    throw new Error('Something else than a LogoutError was thrown.', { cause: error });
  }
  throw new Error('These options were taken.');
};

describe('validate', () => {
  it('needs a client and has a default for everything else', () => {
    const { store, returnTo, postLogoutRedirectUri, ...request } = validate({ clientId });
    expect(request).to.deep.equal({
      clientId,
      authority: 'https://login.arkane.network/auth/realms/Arkane',
      windowMode: 'POPUP',
      mayOpen: false,
      verify: false,
      monitor: false,
      timeout: 10_000,
      params: {},
      signal: undefined,
    });
    expect(store.tokens()).to.be.null;
    expect(returnTo.href).to.equal(location.href);
    expect(postLogoutRedirectUri).to.equal(location.origin + location.pathname);
  });

  it('takes null for a default, because a removed attribute is null', () => {
    const nothing = {
      authority: null,
      environment: null,
      windowMode: null,
      redirectUri: null,
      callbackUri: null,
      verify: null,
      storage: null,
      timeout: null,
      tokenStore: null,
      params: null,
      signal: null,
    };
    const given = validate({ clientId, ...nothing });
    expect({ ...given, store: null }).to.deep.equal({ ...validate({ clientId }), store: null });
    expect(given.store.tokens()).to.be.null;
  });

  it('takes enumerated values in any case', () => {
    const options = { clientId, environment: 'Staging', windowMode: 'popup', storage: 'LOCAL' };
    const request = validate(options as unknown as LogoutOptions);
    expect(request.authority).to.equal('https://login-staging.arkane.network/auth/realms/Arkane');
    expect(request.windowMode).to.equal('POPUP');
    expect(validate({ clientId, windowMode: 'redirect' as 'REDIRECT' }).windowMode).to.equal('REDIRECT');
  });

  it('passes on the store, the signal and a copy of the parameters', () => {
    const held = { refreshToken: 'it' };
    const tokenStore = { tokens: () => held, clear: () => undefined };
    const { signal } = new AbortController();
    const params = { ui_locales: 'nl', logout_hint: 'someone' };
    const request = validate({ clientId, tokenStore, signal, params, timeout: 1 });
    expect(request.store.tokens()).to.equal(held);
    expect(request.signal).to.equal(signal);
    expect(request.params).to.deep.equal(params);
    expect(request.params).not.to.equal(params);
    expect(request.timeout).to.equal(1);
  });

  it('may open a window where that can come back, and not in REDIRECT', () => {
    const callbackUri = `${location.origin}/callback`;
    expect(validate({ clientId, callbackUri, verify: true })).to.include({ mayOpen: true, verify: true });
    expect(validate({ clientId, callbackUri, windowMode: 'REDIRECT' }).mayOpen).to.be.false;
  });

  const bad: [attribute: string, what: string, options: Record<string, unknown>][] = [
    ['client-id', 'missing', { clientId: undefined }],
    ['client-id', 'null', { clientId: null }],
    ['client-id', 'empty', { clientId: '' }],
    ['client-id', 'blank', { clientId: '  ' }],
    ['client-id', 'a number', { clientId: 7 }],
    ['environment', 'unknown, never silently prod', { environment: 'sandbox' }],
    ['environment', 'empty, never silently prod', { environment: '' }],
    ['environment', 'a name that every object has', { environment: 'constructor' }],
    ['window-mode', 'unknown', { windowMode: 'TAB' }],
    ['window-mode', 'empty', { windowMode: '' }],
    ['storage', 'unknown', { storage: 'cookie' }],
    ['storage', 'a storage itself', { storage: sessionStorage }],
    ['timeout', 'zero', { timeout: 0 }],
    ['timeout', 'negative', { timeout: -1 }],
    ['timeout', 'no number', { timeout: Number.NaN }],
    ['timeout', 'infinite', { timeout: Infinity }],
    ['timeout', 'longer than a timer can wait', { timeout: 2 ** 31 }],
    ['timeout', 'a string', { timeout: '10000' }],
    ['tokenStore', 'no object', { tokenStore: 'session' }],
    ['tokenStore', 'without clear()', { tokenStore: { tokens: () => null } }],
    ['tokenStore', 'without tokens()', { tokenStore: { clear: () => undefined } }],
    ['params', 'no object', { params: 'ui_locales=nl' }],
    ['params', 'with a value that is no string', { params: { ui_locales: ['nl'] } }],
    ...['client_id', 'refresh_token', 'id_token_hint', 'post_logout_redirect_uri', 'state'].map(
      (name): [string, string, Record<string, unknown>] => ['params', `naming ${name}`, { params: { [name]: 'x' } }],
    ),
    ...(
      [
        ['empty', ''],
        ['relative', '/realms/units'],
        ['javascript:', 'javascript:alert(1)//realms/units'],
        ['data:', 'data:text/html,/realms/units'],
        ['blob:', 'blob:https://login.example/realms/units'],
        ['ftp:', 'ftp://login.example/realms/units'],
        ['no URL', 'https://'],
        ['no string', 7],
        ['http on a host that is not loopback', 'http://login.example/realms/units'],
        ['http on a host that looks like loopback', 'http://localhost.example/realms/units'],
        ['http on a host that ends like loopback', 'http://notlocalhost/realms/units'],
        ['http on a host that starts like loopback', 'http://127.0.0.1.example/realms/units'],
        ['a URL with a user name', 'https://someone@login.example/realms/units'],
        ['a URL with a query', 'https://login.example/realms/units?x=1'],
        ['a URL with a fragment', 'https://login.example/realms/units#x'],
      ] as const
    ).map(([what, authority]): [string, string, Record<string, unknown>] => ['authority', what, { authority }]),
    ...(
      [
        ['empty', ''],
        ['relative to this page', 'bye'],
        ['relative to the folder', './bye'],
        ['a query alone', '?bye'],
        ['of another host, without a scheme', '//evil.example/bye'],
        ['of another host, in the browsers’ own spelling', '/\\evil.example/bye'],
        ['of another host, behind a tab', '/\t/evil.example/bye'],
        ['javascript:', 'javascript:alert(1)'],
        ['javascript: in capitals', 'JavaScript:alert(1)'],
        ['data:', 'data:text/html,bye'],
        ['blob:', `blob:${location.origin}/bye`],
        ['no string', 7],
        ['http on a host that is not loopback', 'http://app.example/bye'],
        ['a URL with a user name', `${location.protocol}//someone@${location.host}/bye`],
        ['a URL with a password', `${location.protocol}//:opensesame@${location.host}/bye`],
      ] as const
    ).flatMap(([what, uri]): [string, string, Record<string, unknown>][] => [
      ['redirect-uri', what, { windowMode: 'REDIRECT', redirectUri: uri }],
      ['callback-uri', what, { callbackUri: uri }],
    ]),
    ['verify', 'without callback-uri', { verify: true }],
    ['callback-uri', 'of another origin', { callbackUri: 'https://elsewhere.example/callback' }],
    ['callback-uri', 'of another port', { callbackUri: `${location.protocol}//${location.hostname}:1/callback` }],
    [
      'redirect-uri',
      'of another origin, with a callback-uri',
      { windowMode: 'REDIRECT', redirectUri: 'https://elsewhere.example/', callbackUri: `${location.origin}/callback` },
    ],
  ];
  for (const [attribute, what, options] of bad)
    it(`refuses ${attribute}: ${what}`, () => {
      const error = refusal(options);
      expect(error.code).to.equal('configuration');
      expect(error.message).to.match(new RegExp(`^${attribute}: .+\\.$`));
    });

  it('does not quote a password in its message', () => {
    const error = refusal({ authority: 'https://someone:opensesame@login.example/realms/units' });
    expect(error.message).to.match(/^authority: /);
    expect(error.message).not.to.contain('opensesame');
  });

  it('says which environments there are', () => {
    const { message } = refusal({ environment: 'sandbox' });
    for (const environment of ['prod', 'staging', 'qa']) expect(message).to.contain(environment);
  });
});

describe('validate, of what only a page without types passes', () => {
  for (const [attribute, value] of [
    ['params', ['nl']],
    ['signal', {}],
    ['authority', 'https://idp.example/realms/Arkane '],
    ['authority', 'https://idp.example/realms/Arkane?'],
    ['authority', 'https://idp.example/realms/Arkane#'],
  ] as const)
    it(`names ${attribute} of ${JSON.stringify(value)}`, () => {
      expect(refusal({ [attribute]: value }).message).to.match(new RegExp(`^${attribute}: `));
    });
});

describe('validate, of the way back', () => {
  const { href, origin, pathname } = location;
  before(() => {
    history.replaceState(history.state, '', `${href}&tab=nfts#top`);
  });
  after(() => {
    history.replaceState(history.state, '', href);
  });

  const wayBack = (options: Partial<LogoutOptions>) => {
    const { returnTo, postLogoutRedirectUri } = validate({ clientId, windowMode: 'REDIRECT', ...options });
    return [returnTo.href, postLogoutRedirectUri];
  };

  for (const [what, options, returnTo, sent] of [
    ['this page, of which the provider is told neither query nor hash', {}, `${href}&tab=nfts#top`, origin + pathname],
    [
      'the redirect-uri, its hash not told',
      { redirectUri: `${origin}/bye?x=1#y` },
      `${origin}/bye?x=1#y`,
      `${origin}/bye?x=1`,
    ],
    [
      'the redirect-uri of another origin',
      { redirectUri: 'https://elsewhere.example/bye?x=1' },
      'https://elsewhere.example/bye?x=1',
      'https://elsewhere.example/bye?x=1',
    ],
    [
      'this page, over the callback-uri',
      { callbackUri: `${origin}/callback` },
      `${href}&tab=nfts#top`,
      `${origin}/callback`,
    ],
    [
      'the redirect-uri, over the callback-uri',
      { redirectUri: `${origin}/bye?x=1#y`, callbackUri: `${origin}/callback?logout` },
      `${origin}/bye?x=1#y`,
      `${origin}/callback?logout`,
    ],
    [
      'this page, where a POPUP has to be finished by a redirect',
      { windowMode: 'POPUP', redirectUri: `${origin}/bye` },
      `${href}&tab=nfts#top`,
      origin + pathname,
    ],
  ] as const)
    it(`leads to ${what}`, () => {
      expect(wayBack(options)).to.deep.equal([returnTo, sent]);
    });

  it('sends what is given as it is written, because providers compare it letter by letter', () => {
    expect(wayBack({ redirectUri: 'https://foo.example' })).to.deep.equal([
      'https://foo.example/',
      'https://foo.example',
    ]);
    const callbackUri = `${origin.toUpperCase()}/callback`;
    expect(wayBack({ callbackUri })[1]).to.equal(callbackUri);
  });

  it('does not look at a redirect-uri in POPUP, where it has no effect', () => {
    expect(wayBack({ windowMode: 'POPUP', redirectUri: 'javascript:alert(1)' })[1]).to.equal(origin + pathname);
  });

  it('tells the provider of no hash in the callback-uri, which a redirect URI may not have', () => {
    expect(wayBack({ callbackUri: `${origin}/callback#x` })[1]).to.equal(`${origin}/callback`);
  });
});

describe('resolveClient', () => {
  for (const [environment, authority] of [
    ['prod', 'https://login.arkane.network/auth/realms/Arkane'],
    ['staging', 'https://login-staging.arkane.network/auth/realms/Arkane'],
    ['qa', 'https://login-qa.arkane.network/auth/realms/Arkane'],
  ] as const)
    it(`knows where ${environment} is`, () => {
      expect(resolveClient({ clientId, environment })).to.deep.equal({ clientId, authority });
    });

  it('does not look at the environment when there is an authority', () => {
    const authority = 'https://login.example/realms/units';
    const key = { clientId, authority, environment: 'sandbox' as 'prod' };
    expect(resolveClient(key)).to.deep.equal({ clientId, authority });
  });

  for (const authority of [
    'http://localhost:8080/realms/units',
    'http://idp.localhost/realms/units',
    'http://127.0.0.1:8080/realms/units',
    'http://127.8.8.8/realms/units',
    'http://[::1]:8080/realms/units',
    'https://login.example:8443/auth/realms/units/',
    'https://login.example/oauth2/default',
    'https://login.example',
  ])
    it(`takes ${authority}`, () => {
      expect(resolveClient({ clientId, authority })).to.deep.equal({ clientId, authority });
    });
});
