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
    const { store, ...request } = validate({ clientId });
    expect(request).to.deep.equal({
      clientId,
      authority: 'https://login.arkane.network/auth/realms/Arkane',
      windowMode: 'POPUP',
      timeout: 10_000,
      params: {},
      signal: undefined,
    });
    expect(store.tokens()).to.be.null;
  });

  it('takes null for a default, because a removed attribute is null', () => {
    const nothing = {
      authority: null,
      environment: null,
      windowMode: null,
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
  });

  it('passes on the store, the signal and a copy of the parameters', () => {
    const tokenStore = { tokens: () => null, clear: () => undefined };
    const { signal } = new AbortController();
    const params = { ui_locales: 'nl', logout_hint: 'someone' };
    const request = validate({ clientId, tokenStore, signal, params, timeout: 1 });
    expect(request.store).to.equal(tokenStore);
    expect(request.signal).to.equal(signal);
    expect(request.params).to.deep.equal(params);
    expect(request.params).not.to.equal(params);
    expect(request.timeout).to.equal(1);
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
    ['window-mode', 'REDIRECT', { windowMode: 'REDIRECT' }],
    ['window-mode', 'redirect', { windowMode: 'redirect' }],
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
        ['a provider that is not Keycloak-shaped', 'https://login.example/oauth2/default'],
      ] as const
    ).map(([what, authority]): [string, string, Record<string, unknown>] => ['authority', what, { authority }]),
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
    expect(refusal({ environment: 'sandbox' }).message)
      .to.contain('sandbox')
      .and.to.contain('prod, staging, qa');
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
  ])
    it(`takes ${authority}`, () => {
      expect(resolveClient({ clientId, authority })).to.deep.equal({ clientId, authority });
    });
});
