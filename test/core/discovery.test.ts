import { expect } from '@open-wc/testing';
import { UserManager } from 'oidc-client-ts';
import { discover } from '../../src/core/discovery.js';
import { LogoutError } from '../../src/core/errors.js';
import { post } from '../../src/core/post.js';
import { allowedUrl, validate } from '../../src/core/request.js';
import { json, metadataOf, never, newIssuer, scriptedProvider, status, unreachable } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { failure } from '../support/sign-in.js';

describe('discover', () => {
  staysQuiet();
  const provider = scriptedProvider();
  let issuer: string;
  beforeEach(() => {
    issuer = newIssuer();
  });

  const ask = (authority = issuer) =>
    discover({ ...validate({ clientId: 'app', authority }), timeout: 7000 }, allowedUrl, LogoutError, post);
  /** The provider's metadata, some of it changed; `undefined` is left out. */
  const says = (part: Record<string, unknown>) => {
    provider.metadata = () => json({ ...metadataOf(issuer), ...part });
  };

  it('gives the endpoints that end a session, check it and revoke a token, and no userinfo, which proves nothing there', async () => {
    const { revoke, ...urls } = await ask();
    expect(urls).to.deep.equal({ endSession: `${issuer}/session/end`, authorization: `${issuer}/auth` });
    if (revoke) revoke({ refreshToken: 'it' }, { clientId: 'app', timeout: 1000 });
    expect(provider.sent[1]).to.include({ url: `${issuer}/token/revocation` });
  });

  it('asks for the metadata where the specification has it, without a cookie of another site', async () => {
    await ask();
    expect(provider.sent.map(({ url, init }) => [init.method, url])).to.deep.equal([
      ['GET', `${issuer}/.well-known/openid-configuration`],
    ]);
    expect(provider.sent[0]?.init.credentials).not.to.equal('include');
  });

  it('asks once where the authority has a trailing slash', async () => {
    await ask(`${issuer}/`);
    expect(provider.sent.map(({ url }) => url)).to.deep.equal([`${issuer}/.well-known/openid-configuration`]);
  });

  for (const [written, said] of [
    ['', '/'],
    ['/', ''],
    ['/', '/'],
  ] as const)
    it(`takes the issuer "${said}" for the authority "${written}": one trailing slash aside`, async () => {
      says({ issuer: issuer + said });
      expect(await ask(issuer + written)).to.have.property('endSession', `${issuer}/session/end`);
    });

  for (const [what, other] of [
    ['another issuer', () => 'https://evil.example'],
    ['an issuer below this one', () => `${issuer}/other`],
    ['this issuer with two slashes', () => `${issuer}//`],
    ['this issuer in capitals', () => issuer.toUpperCase()],
    ['no issuer', () => undefined],
    ['an issuer that is null', () => null],
    ['a list with this issuer', () => [issuer, issuer]],
  ] as const)
    it(`refuses metadata that names ${what}`, async () => {
      says({ issuer: other() });
      const error = await failure(ask());
      expect(error.code).to.equal('refused');
      expect(error.message).to.contain('issuer');
    });

  it('does without a revocation endpoint', async () => {
    says({ revocation_endpoint: undefined });
    expect(await ask()).to.have.property('revoke', undefined);
  });

  it('does without an authorization endpoint', async () => {
    says({ authorization_endpoint: undefined });
    expect(await ask()).to.have.property('authorization', undefined);
  });

  it('says unsupported where there is no end_session_endpoint', async () => {
    says({ end_session_endpoint: undefined });
    const error = await failure(ask());
    expect(error.code).to.equal('unsupported');
    expect(error.message).to.contain('end_session_endpoint');
  });

  for (const name of ['end_session_endpoint', 'authorization_endpoint', 'revocation_endpoint'])
    for (const [what, url] of [
      ['on http at a foreign host', 'http://login.example/session/end'],
      ['with credentials', 'https://someone:opensesame@login.example/session/end'],
      ['relative', '/session/end'],
      ['empty', ''],
      ['a script', 'javascript:alert(1)'],
      ['no string', 7],
    ] as const)
      it(`refuses a ${name} that is ${what}`, async () => {
        says({ [name]: url });
        const error = await failure(ask());
        expect(error.code).to.equal('refused');
        expect(error.message).to.contain(name).and.not.to.contain('opensesame');
        expect(error.cause).to.have.property('code', 'configuration');
      });

  const html = (code: number) => () =>
    new Response('<p>Hello</p>', { status: code, headers: { 'Content-Type': 'text/html' } });
  for (const [what, answer] of [
    ['404', () => status(404)],
    ['404 and a page', html(404)],
    ['404 and JSON', () => Response.json({ error: 'not_found' }, { status: 404 })],
    ['500', () => status(500)],
    ['500 and a page', html(500)],
    ['a page', html(200)],
    ['JSON that is broken', () => new Response('{"issuer":', { headers: { 'Content-Type': 'application/json' } })],
    ['nothing', () => status(200)],
    ['null', () => json(null)],
    ['a number', () => json(7)],
    ['a list', () => json([])],
  ] as const)
    it(`says refused of a provider that answers ${what}`, async () => {
      provider.metadata = answer;
      expect((await failure(ask())).code).to.equal('refused');
    });

  it('fails as fetch does where the provider is out of reach', async () => {
    provider.metadata = unreachable;
    const failed = await ask().catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(TypeError);
  });

  it('says timeout of a provider that has not answered in time', async () => {
    provider.metadata = never;
    const { setTimeout } = globalThis;
    const waits: (number | undefined)[] = [];
    globalThis.setTimeout = ((work: () => void, ms?: number) => {
      waits.push(ms);
      return setTimeout(work);
    }) as typeof globalThis.setTimeout;
    try {
      expect((await failure(ask())).code).to.equal('timeout');
    } finally {
      globalThis.setTimeout = setTimeout;
    }
    expect(waits).to.include(7000);
  });

  it('asks the UserManager’s own metadata service, where the app has one', async () => {
    const manager = new UserManager({
      authority: issuer,
      client_id: 'app',
      redirect_uri: location.href,
      metadata: { ...metadataOf(issuer), end_session_endpoint: `${issuer}/its-own` },
    });
    const { endSession } = await discover(
      validate({ clientId: 'app', authority: issuer, tokenStore: manager }),
      allowedUrl,
      LogoutError,
      post,
    );
    expect(endSession).to.equal(`${issuer}/its-own`);
    expect(provider.sent).to.deep.equal([]);
  });

  it('says timeout of a provider whose answer stops after its headers', async () => {
    provider.metadata = () => new Response(new ReadableStream(), { headers: { 'Content-Type': 'application/json' } });
    expect(
      (
        await failure(
          discover({ ...validate({ clientId: 'app', authority: issuer }), timeout: 50 }, allowedUrl, LogoutError, post),
        )
      ).code,
    ).to.equal('timeout');
  });

  it('logs nothing, and stores nothing', async () => {
    sessionStorage.clear();
    localStorage.clear();
    await ask();
    expect([sessionStorage.length, localStorage.length]).to.deep.equal([0, 0]);
  });
});
