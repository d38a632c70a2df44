import { expect } from '@open-wc/testing';
import { LogoutError } from '../../src/core/errors.js';
import type * as limits from '../../src/core/limit.js';
import * as requests from '../../src/core/request.js';
import type { Outcome } from '../../src/core/result.js';
import * as strategies from '../../src/core/strategies.js';
import type { Tokens } from '../../src/core/tokens.js';
import { leave, moduleOf, navigationOf, openFrame, type Page, until } from '../support/documents.js';
import {
  gone,
  inTurn,
  json,
  metadataOf,
  never,
  newIssuer,
  offline,
  scriptedProvider,
  status,
  unreachable,
} from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { authority, jwt, newClient, now, tokensOf } from '../support/sign-in.js';
import { storedTrip } from '../support/trips.js';

const { validate } = requests;
const { endSession } = strategies;
const clientId = newClient();
const byToken: Outcome = { via: 'token', providerSession: 'ended', evidence: 'logout-response' };
const byHint: Outcome = { via: 'hint', providerSession: 'ended', evidence: 'token-check' };
const known = () => status(200);

const end = (tokens: Tokens, { params = {}, signal = new AbortController().signal } = {}) =>
  endSession(validate({ clientId, authority, params }), tokens, signal);

/** Checks that nothing is claimed, and gives why. */
const unproved = async (ending: ReturnType<typeof endSession>, via: Outcome['via']): Promise<LogoutError> => {
  const { error, ...rest } = (await ending) as Outcome;
  expect(rest).to.deep.equal({ via, providerSession: 'unknown', evidence: 'none' });
  if (error instanceof LogoutError) return error;
  throw new Error('Nothing says why it is unknown.');
};

describe('endSession, in the background', () => {
  staysQuiet();
  const provider = scriptedProvider();

  describe('by token', () => {
    it('proves the end by a request that is answered 204, twice', async () => {
      expect(await end(tokensOf(clientId))).to.deep.equal(byToken);
      expect(provider.asked).to.deep.equal(['token', 'token']);
    });

    it('sends the client, the refresh token and the ID token in a form that outlives the page', async () => {
      const { idToken, refreshToken } = tokensOf(clientId);
      await end({ idToken, refreshToken });
      const [{ url, settings, form }] = provider.sent as [(typeof provider.sent)[0]];
      expect(url).to.equal(`${authority}/protocol/openid-connect/logout`);
      expect(form).to.deep.equal({ client_id: clientId, refresh_token: refreshToken, id_token_hint: idToken });
      expect(settings).to.deep.equal({
        method: 'POST',
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
        cache: 'no-store',
        keepalive: true,
      });
    });

    it('does without an ID token', async () => {
      const { refreshToken } = tokensOf(clientId);
      expect(await end({ refreshToken })).to.deep.equal(byToken);
      expect(provider.sent[0]?.form).to.deep.equal({ client_id: clientId, refresh_token: refreshToken });
    });

    it('sends extra parameters', async () => {
      await end(tokensOf(clientId), { params: { ui_locales: 'nl' } });
      expect(provider.sent[0]?.form).to.include({ ui_locales: 'nl', client_id: clientId });
    });

    for (const what of ['with an ID token', 'without an ID token']) {
      const tokens = tokensOf(clientId);
      const idToken = what === 'with an ID token' ? tokens.idToken : undefined;
      const { refreshToken } = tokens;

      it(`claims nothing before its second request is answered, ${what}`, async () => {
        const { promise, resolve } = Promise.withResolvers<Response>();
        provider.token = () => (provider.sent.length > 1 ? promise : status(204));
        let outcome: unknown;
        const ending = end({ idToken, refreshToken }).then((value) => (outcome = value));
        await until(() => provider.sent.length > 1);
        await new Promise((settled) => setTimeout(settled, 20));
        expect(outcome).to.equal(undefined);
        resolve(status(204));
        expect(await ending).to.deep.equal(byToken);
        expect(provider.asked).to.deep.equal(['token', 'token']);
      });

      it(`asks again by the same request, ${what}`, async () => {
        expect(await end({ idToken, refreshToken }, { params: { ui_locales: 'nl' } })).to.deep.equal(byToken);
        expect(provider.asked).to.deep.equal(['token', 'token']);
        const [first, second] = provider.sent;
        expect(second!.form).to.deep.equal({
          client_id: clientId,
          refresh_token: refreshToken,
          ...(idToken && { id_token_hint: idToken }),
          ui_locales: 'nl',
        });
        for (const part of ['url', 'form', 'settings'] as const) expect(second![part]).to.deep.equal(first![part]);
      });
    }

    for (const code of [200, 400, 503]) {
      it(`claims nothing where that is answered ${code} the second time, with no ID token to go on with`, async () => {
        provider.token = inTurn(
          () => status(204),
          () => status(code),
        );
        const error = await unproved(end({ refreshToken: tokensOf(clientId).refreshToken }), 'token');
        expect(error.code).to.equal('refused');
        expect(error.message).to.contain(String(code));
        expect(provider.asked).to.deep.equal(['token', 'token']);
      });

      it(`claims nothing where that is answered ${code} the second time, and goes on to hint`, async () => {
        provider.token = inTurn(
          () => status(204),
          () => status(code),
        );
        provider.userinfo = gone;
        const error = await unproved(end(tokensOf(clientId)), 'hint');
        expect(error.code).to.equal('unproved');
        expect(error.cause).to.have.property('code', 'refused');
        expect(error.cause).to.have.property('message').that.contains(String(code));
        expect(provider.asked).to.deep.equal(['token', 'token', 'userinfo', 'hint', 'reach']);
      });
    }

    it('claims nothing where the network is lost before the second request, with no ID token to go on with', async () => {
      provider.token = inTurn(() => status(204), unreachable);
      const error = await unproved(end({ refreshToken: tokensOf(clientId).refreshToken }), 'token');
      expect(error.code).to.equal('network');
      expect(error.cause).to.be.instanceOf(TypeError);
      expect(provider.asked).to.deep.equal(['token', 'token']);
    });

    it('claims nothing where the network is lost before the second request, and goes on to hint', async () => {
      provider.token = () => {
        Object.assign(provider, offline);
        return status(204);
      };
      const error = await unproved(end(tokensOf(clientId)), 'hint');
      expect(error.code).to.equal('network');
      expect(error.cause).to.be.instanceOf(TypeError);
      expect(provider.asked).to.deep.equal(['token', 'token', 'userinfo', 'hint', 'reach']);
    });

    it('proves nothing by hint where it could not ask again and the session was over', async () => {
      provider.token = inTurn(() => status(204), unreachable);
      provider.userinfo = gone;
      const error = await unproved(end(tokensOf(clientId)), 'hint');
      expect(error.code).to.equal('unproved');
      expect(error.cause).to.have.property('code', 'network');
      expect(provider.asked).to.deep.equal(['token', 'token', 'userinfo', 'hint', 'reach']);
    });

    for (const [what, again] of [
      ['could not ask again', unreachable],
      ['was refused the second time', () => status(400)],
    ] as const)
      it(`proves it by hint where it ${what} and the session had come back`, async () => {
        provider.token = inTurn(() => status(204), again);
        provider.userinfo = inTurn(known, gone);
        expect(await end(tokensOf(clientId))).to.deep.equal(byHint);
        expect(provider.asked).to.deep.equal(['token', 'token', 'userinfo', 'hint', 'userinfo']);
      });

    for (const code of [200, 201, 202, 205])
      it(`takes ${code} for no proof, although it is no error`, async () => {
        provider.token = () => status(code);
        const { refreshToken } = tokensOf(clientId);
        const error = await unproved(end({ refreshToken }), 'token');
        expect(error.code).to.equal('refused');
        expect(error.message).to.contain(String(code));
      });

    for (const code of [400, 401, 403, 404, 500, 503])
      it(`says that the provider refused with ${code} when there is no ID token to go on with`, async () => {
        provider.token = () => status(code);
        const { refreshToken } = tokensOf(clientId);
        const error = await unproved(end({ refreshToken }), 'token');
        expect(error.code).to.equal('refused');
        expect(error.message).to.contain(String(code));
      });

    it('goes on to hint after a refusal', async () => {
      provider.token = () => status(400);
      expect(await end(tokensOf(clientId))).to.deep.equal(byHint);
      expect(provider.asked).to.deep.equal(['token', 'userinfo', 'hint', 'userinfo']);
    });

    it('says network when the provider is out of reach and there is no ID token to go on with', async () => {
      provider.token = unreachable;
      const error = await unproved(end({ refreshToken: tokensOf(clientId).refreshToken }), 'token');
      expect(error.code).to.equal('network');
      expect(error.cause).to.be.instanceOf(TypeError);
    });

    for (const [what, refreshToken] of [
      ['an offline token', jwt({ iss: authority, typ: 'Offline', sid: 's' })],
      ['a token of no type', jwt({ iss: authority, sid: 's' })],
      ['a token of a type in other letters', jwt({ iss: authority, typ: 'refresh', sid: 's' })],
      ['a token of another session', jwt({ iss: authority, typ: 'Refresh', sid: 'another' })],
      ['a token of no session', jwt({ iss: authority, typ: 'Refresh' })],
      ['an opaque token', 'opaque'],
    ] as const) {
      const { idToken, accessToken, expiresAt } = tokensOf(clientId, { id: { sid: 's' }, access: { sid: 's' } });

      it(`takes 204 to ${what} for no proof`, async () => {
        provider.userinfo = known;
        const error = await unproved(end({ idToken, refreshToken }), 'hint');
        expect(error.code).to.equal('unproved');
        expect(error.cause).to.have.property('code', 'unproved');
      });

      it(`proves it by hint after 204 to ${what}, the first check made before both`, async () => {
        expect(await end({ idToken, accessToken, refreshToken, expiresAt })).to.deep.equal(byHint);
        expect(provider.asked).to.deep.equal(['userinfo', 'token', 'hint', 'userinfo']);
      });

      it(`proves nothing by hint when ${what} had been dead before`, async () => {
        provider.userinfo = gone;
        const error = await unproved(end({ idToken, accessToken, refreshToken, expiresAt }), 'hint');
        expect(error.code).to.equal('unproved');
        expect(provider.asked).to.deep.equal(['userinfo', 'token', 'hint', 'reach']);
      });
    }

    it('does not ask again, before hint does, after a 204 that proves nothing', async () => {
      const tokens = tokensOf(clientId, { refresh: { typ: 'Offline' } });
      expect(await end(tokens)).to.deep.equal(byHint);
      expect(provider.asked).to.deep.equal(['userinfo', 'token', 'hint', 'userinfo']);
      const { idToken, refreshToken } = tokens;
      expect(provider.forms('token')).to.deep.equal([
        { client_id: clientId, id_token_hint: idToken, refresh_token: refreshToken },
      ]);
      expect(provider.forms('hint')).to.deep.equal([{ client_id: clientId, id_token_hint: idToken }]);
    });

    it('says unproved for a refresh token that proves nothing where there is nothing else, and asks once', async () => {
      expect((await unproved(end({ refreshToken: 'opaque' }), 'token')).code).to.equal('unproved');
      expect(provider.asked).to.deep.equal(['token']);
    });
  });

  describe('by hint', () => {
    const withoutRefresh = (claims?: Parameters<typeof tokensOf>[1]) => {
      const { idToken, accessToken, expiresAt } = tokensOf(clientId, claims);
      return { idToken, accessToken, expiresAt };
    };

    it('proves the end by 200 before and 401 user_session_not_found after', async () => {
      expect(await end(withoutRefresh())).to.deep.equal(byHint);
      expect(provider.asked).to.deep.equal(['userinfo', 'hint', 'userinfo']);
    });

    it('sends the client and the ID token without cookies, in a form that outlives the page', async () => {
      const tokens = withoutRefresh();
      await end(tokens, { params: { ui_locales: 'nl' } });
      const [before, { url, settings, form }, after] = provider.sent as [
        (typeof provider.sent)[0],
        (typeof provider.sent)[0],
        (typeof provider.sent)[0],
      ];
      expect(url).to.equal(`${authority}/protocol/openid-connect/logout`);
      expect(form).to.deep.equal({ client_id: clientId, id_token_hint: tokens.idToken, ui_locales: 'nl' });
      expect(settings).to.deep.equal({
        method: 'POST',
        credentials: 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
        cache: 'no-store',
        keepalive: true,
      });
      for (const check of [before, after]) {
        expect(check.form).to.deep.equal({ access_token: tokens.accessToken });
        expect(check.settings).to.deep.equal({
          method: 'POST',
          credentials: 'omit',
          redirect: 'error',
          referrerPolicy: 'no-referrer',
          cache: 'no-store',
          keepalive: true,
        });
      }
    });

    it('puts no token into any URL', async () => {
      Object.assign(provider, { token: () => status(400), userinfo: known });
      await end(tokensOf(clientId));
      expect(provider.asked).to.deep.equal(['token', 'userinfo', 'hint', 'userinfo', 'reach']);
      for (const { url } of provider.sent) {
        expect(new URL(url).search).to.equal('');
        expect(url).not.to.contain('eyJ'); // how every JWT begins
      }
    });

    for (const [what, answer] of [
      ['may not be read', unreachable],
      ['is a page', () => status(200)],
      ['is a refusal', () => status(400)],
    ] as const)
      it(`proves the end by the checks alone where the answer to the hint ${what}, and sends no last POST`, async () => {
        provider.hint = answer;
        provider.userinfo = inTurn(known, gone);
        expect(await end(withoutRefresh())).to.deep.equal(byHint);
        expect(provider.asked).to.deep.equal(['userinfo', 'hint', 'userinfo']);
      });

    const plain401 = () => status(401, { 'WWW-Authenticate': 'Bearer error_description="Token verification failed"' });
    const once = ['userinfo', 'hint', 'reach'];
    const twice = ['userinfo', 'hint', 'userinfo', 'reach'];
    for (const [what, before, after, asked] of [
      ['it was gone before', gone, gone, once],
      ['the first check cannot be read', () => status(500), gone, once],
      ['the first check fails', unreachable, gone, once],
      ['the session is still known', known, known, twice],
      ['the token is merely refused afterwards', known, plain401, twice],
      ['the last check cannot be read', known, () => status(500), twice],
      ['the last check fails', known, unreachable, twice],
    ] as const)
      it(`proves nothing when ${what}, and the hint is sent all the same`, async () => {
        provider.userinfo = inTurn(before, after);
        expect((await unproved(end(withoutRefresh()), 'hint')).code).to.equal('unproved');
        expect(provider.asked).to.deep.equal(asked);
      });

    it('asks last, where nothing is proved, with nothing at all, and without cookies', async () => {
      provider.userinfo = known;
      await unproved(end(withoutRefresh(), { params: { ui_locales: 'nl' } }), 'hint');
      expect(provider.asked).to.deep.equal(twice);
      const { url, init, settings } = provider.sent[3]!;
      expect(url).to.equal(`${authority}/protocol/openid-connect/logout`);
      expect(String(init.body as URLSearchParams)).to.equal('');
      expect(settings).to.deep.equal({
        method: 'POST',
        mode: 'no-cors',
        credentials: 'omit',
        redirect: 'follow', // no-cors allows nothing else
        referrerPolicy: 'no-referrer',
        cache: 'no-store',
        keepalive: true,
      });
    });

    for (const [what, answer] of [
      ['may not be read', unreachable],
      ['is a page', () => status(200)],
    ] as const) {
      it(`says unproved where the answer to the hint ${what}, and the last POST goes through`, async () => {
        Object.assign(provider, { hint: answer, userinfo: known });
        const error = await unproved(end(withoutRefresh()), 'hint');
        expect(error.code).to.equal('unproved');
        expect(error.cause).to.be.undefined;
        expect(provider.asked).to.deep.equal(twice);
      });

      it(`says network where the answer to the hint ${what}, and the last POST does not go through`, async () => {
        Object.assign(provider, { hint: answer, userinfo: known, reach: unreachable });
        const error = await unproved(end(withoutRefresh()), 'hint');
        expect(error.code).to.equal('network');
        expect(error.cause).to.be.instanceOf(TypeError);
        expect(provider.asked).to.deep.equal(twice);
      });
    }

    it('says unproved whatever the last POST is answered', async () => {
      Object.assign(provider, { userinfo: known, reach: () => status(500) });
      expect((await unproved(end(withoutRefresh()), 'hint')).code).to.equal('unproved');
    });

    for (const [what, tokens] of [
      ['is missing', { ...withoutRefresh(), accessToken: undefined }],
      ['has expired', { ...withoutRefresh(), expiresAt: now() - 1 }],
      ['has less than 30 s left', { ...withoutRefresh(), expiresAt: now() + 29 }],
      ['does not say when it expires', { ...withoutRefresh(), expiresAt: undefined }],
      ['expires at no number', { ...withoutRefresh(), expiresAt: 'soon' as unknown as number }],
    ] as const)
      it(`does not check an access token that ${what}, and proves nothing`, async () => {
        expect((await unproved(end(tokens), 'hint')).code).to.equal('unproved');
        expect(provider.asked).to.deep.equal(['hint', 'reach']);
      });

    it('takes an access token that has a little over 30 s left', async () => {
      expect(await end({ ...withoutRefresh(), expiresAt: now() + 40 })).to.deep.equal(byHint);
    });

    it('says network when the provider is out of reach', async () => {
      Object.assign(provider, offline);
      const error = await unproved(end(tokensOf(clientId)), 'hint');
      expect(error.code).to.equal('network');
      expect(error.cause).to.be.instanceOf(TypeError);
      expect(provider.asked).to.deep.equal(['token', 'userinfo', 'hint', 'reach']);
    });

    it('says unproved, not network, when only CORS refuses: the last POST, which is no-cors, went through', async () => {
      Object.assign(provider, { token: unreachable, hint: unreachable, userinfo: unreachable });
      const error = await unproved(end(tokensOf(clientId)), 'hint');
      expect(error.code).to.equal('unproved');
      expect(error.cause).to.have.property('code', 'network');
      expect(provider.asked).to.deep.equal(['token', 'userinfo', 'hint', 'reach']);
    });

    it('ends what the token POST could not, when its answer was lost on the way', async () => {
      provider.token = unreachable;
      expect(await end(tokensOf(clientId))).to.deep.equal(byHint);
    });

    it('proves nothing when the token POST ended the session but its answer was lost', async () => {
      Object.assign(provider, { token: unreachable, userinfo: gone });
      expect((await unproved(end(tokensOf(clientId)), 'hint')).code).to.equal('unproved');
    });
  });

  it('asks nobody, and says so, when an access token is all there is', async () => {
    const { accessToken, expiresAt } = tokensOf(clientId);
    expect((await unproved(end({ accessToken, expiresAt }), 'none')).code).to.equal('unproved');
    expect(provider.sent).to.deep.equal([]);
  });

  it('gives no cause where hint was the only way', async () => {
    const tokens = { ...tokensOf(clientId), refreshToken: undefined, accessToken: undefined };
    const error = await unproved(end(tokens), 'hint');
    expect(error.code).to.equal('unproved');
    expect(error.cause).to.be.undefined;
  });

  it('proves nothing by hint with an access token of another session than the ID token', async () => {
    const tokens = tokensOf(clientId, { id: { sid: 'B' }, access: { sid: 'A' }, refresh: { sid: 'A' } });
    provider.hint = () => status(400); // B lives on; A was ended by the refresh token
    expect(await end(tokens)).to.include({ providerSession: 'unknown', evidence: 'none' });
  });

  describe('when its signal aborts', () => {
    const reason = new LogoutError('timeout', 'Too late.');

    /** Aborts while the named endpoint is asked. */
    const abortedAt = (
      endpoint: 'token' | 'hint' | 'reach',
      tokens: Tokens,
      answer: () => Response | Promise<Response> = never,
    ) => {
      const controller = new AbortController();
      provider[endpoint] = () => {
        controller.abort(reason);
        return answer();
      };
      return end(tokens, { signal: controller.signal });
    };

    it('ends with its reason, and tries no other strategy', async () => {
      expect(await unproved(abortedAt('token', tokensOf(clientId)), 'token')).to.equal(reason);
      expect(provider.asked).to.deep.equal(['token']);
    });

    for (const [what, answer] of [
      ['is not answered', never],
      ['may not read the answer', unreachable],
      ['is answered', () => status(200)],
    ] as const) {
      it(`ends with its reason during the hint where it ${what}, and sends nothing more`, async () => {
        const { idToken, accessToken, expiresAt } = tokensOf(clientId);
        expect(await unproved(abortedAt('hint', { idToken, accessToken, expiresAt }, answer), 'hint')).to.equal(reason);
        expect(provider.asked).to.deep.equal(['userinfo', 'hint']);
      });

      it(`ends with its reason during the last POST where it ${what}`, async () => {
        const { idToken } = tokensOf(clientId);
        expect(await unproved(abortedAt('reach', { idToken }, answer), 'hint')).to.equal(reason);
        expect(provider.asked).to.deep.equal(['hint', 'reach']);
      });
    }

    for (const [what, answer] of [
      ['is not answered', never],
      ['may not read the answer', unreachable],
      ['is refused', () => status(400)],
      ['is answered 204', () => status(204)],
    ] as const)
      for (const [having, tokens] of [
        ['an ID token', tokensOf(clientId)],
        ['no ID token', { refreshToken: tokensOf(clientId).refreshToken }],
      ] as const)
        it(`ends with its reason while it asks again and ${what}, claims nothing, and goes no further, with ${having}`, async () => {
          const controller = new AbortController();
          provider.token = () => {
            if (provider.sent.length === 1) return status(204);
            controller.abort(reason);
            return answer();
          };
          expect(await unproved(end(tokens, { signal: controller.signal }), 'token')).to.equal(reason);
          expect(provider.asked).to.deep.equal(['token', 'token']);
        });

    it('ends with its reason during the last check, and claims nothing', async () => {
      const controller = new AbortController();
      provider.userinfo = inTurn(known, () => {
        controller.abort(reason);
        return gone();
      });
      const { idToken, accessToken, expiresAt } = tokensOf(clientId);
      const outcome = end({ idToken, accessToken, expiresAt }, { signal: controller.signal });
      expect(await unproved(outcome, 'hint')).to.equal(reason);
    });

    it('sends nothing when it was aborted before', async () => {
      expect(await unproved(end(tokensOf(clientId), { signal: AbortSignal.abort(reason) }), 'token')).to.equal(reason);
      expect(provider.sent).to.deep.equal([]);
    });
  });

  it('keeps every token out of what it says', async () => {
    provider.token = () => status(400);
    provider.userinfo = known;
    const tokens = tokensOf(clientId);
    const error = await unproved(end(tokens), 'hint');
    for (let each: unknown = error; each instanceof Error; each = each.cause)
      expect(`${each.message} ${each.stack ?? ''} ${JSON.stringify(each)}`).not.to.contain('eyJ');
  });
});

describe('endSession, in the background at a provider that is not Keycloak-shaped', () => {
  staysQuiet();
  const provider = scriptedProvider();
  let issuer: string;
  beforeEach(() => {
    issuer = newIssuer();
  });
  const endThere = (tokens: Tokens, options: Partial<requests.LogoutOptions> = {}) =>
    endSession(validate({ clientId, authority: issuer, ...options }), tokens, new AbortController().signal);
  const tokens = () => tokensOf(clientId, { id: { iss: issuer }, access: { iss: issuer }, refresh: { iss: issuer } });

  it('sends the hint alone of all tokens, after discovery, and proves nothing, whatever userinfo would say', async () => {
    expect((await unproved(endThere({ ...tokens(), refreshToken: undefined }), 'hint')).code).to.equal('unproved');
    expect(provider.asked).to.deep.equal(['metadata', 'hint', 'reach']);
  });

  it('sends the hint with the provider’s cookies, on which the session lives there', async () => {
    const { idToken } = tokens();
    await endThere({ idToken }, { params: { ui_locales: 'nl' } });
    const { url, form, settings } = provider.sent[1]!;
    expect(url).to.equal(`${issuer}/session/end`);
    expect(form).to.deep.equal({ client_id: clientId, id_token_hint: idToken, ui_locales: 'nl' });
    expect(settings).to.deep.equal({
      method: 'POST',
      credentials: 'include',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      keepalive: true,
    });
  });

  it('asks last with nothing at all, and without cookies, there too', async () => {
    const { idToken } = tokens();
    await endThere({ idToken }, { params: { ui_locales: 'nl' } });
    expect(provider.asked).to.deep.equal(['metadata', 'hint', 'reach']);
    const { url, init, settings } = provider.sent[2]!;
    expect(url).to.equal(`${issuer}/session/end`);
    expect(String(init.body as URLSearchParams)).to.equal('');
    expect(settings).to.include({ mode: 'no-cors', credentials: 'omit', redirect: 'follow' });
  });

  it('says network, not unproved, where the last POST does not go through', async () => {
    provider.reach = unreachable;
    const { idToken } = tokens();
    expect((await unproved(endThere({ idToken }), 'hint')).code).to.equal('network');
    expect(provider.asked).to.deep.equal(['metadata', 'hint', 'reach']);
  });

  it('revokes the refresh token after the last POST, without cookies and in a form that outlives the page', async () => {
    const { idToken, refreshToken } = tokens();
    await unproved(endThere({ idToken, refreshToken }), 'hint');
    expect(provider.asked).to.deep.equal(['metadata', 'hint', 'reach', 'revocation']);
    const { url, form, settings } = provider.sent.at(-1)!;
    expect(url).to.equal(`${issuer}/token/revocation`);
    expect(form).to.deep.equal({ client_id: clientId, token: refreshToken, token_type_hint: 'refresh_token' });
    expect(settings).to.deep.equal({
      method: 'POST',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      keepalive: true,
    });
  });

  for (const [what, answer] of [
    ['does not answer', never],
    ['is out of reach', unreachable],
    ['refuses', () => status(500)],
  ] as const)
    it(`does not wait for a revocation that ${what}`, async () => {
      provider.revocation = answer;
      expect((await unproved(endThere(tokens()), 'hint')).code).to.equal('unproved');
      expect(provider.asked).to.include('revocation');
    });

  it('stops a revocation that takes longer than the time limit', async () => {
    provider.revocation = never;
    await endThere(tokens(), { timeout: 300 });
    const { signal } = provider.sent.at(-1)!.init;
    expect(signal?.aborted).to.be.false;
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
  });

  it('revokes although the hint could not be sent', async () => {
    Object.assign(provider, offline);
    expect((await unproved(endThere(tokens()), 'hint')).code).to.equal('network');
    expect(provider.asked).to.deep.equal(['metadata', 'hint', 'reach', 'revocation']);
  });

  it('revokes where there is no ID token to send', async () => {
    const { refreshToken } = tokens();
    expect((await unproved(endThere({ refreshToken }), 'none')).code).to.equal('unproved');
    expect(provider.asked).to.deep.equal(['metadata', 'revocation']);
  });

  it('revokes nothing without a refresh token, nor without an endpoint for it', async () => {
    const { idToken } = tokens();
    await endThere({ idToken });
    issuer = newIssuer();
    provider.metadata = () => json({ ...metadataOf(issuer), revocation_endpoint: undefined });
    await endThere(tokens());
    expect(provider.asked).to.deep.equal(['metadata', 'hint', 'reach', 'metadata', 'hint', 'reach']);
  });

  for (const [what, answer, code] of [
    ['is out of reach', unreachable, 'network'],
    ['answers 404', () => status(404), 'refused'],
    ['names another issuer', () => json(metadataOf(newIssuer())), 'refused'],
    ['has no end_session_endpoint', () => json({ issuer }), 'unsupported'],
  ] as const)
    it(`sends no token, and says ${code}, where discovery ${what}`, async () => {
      provider.metadata = answer;
      const error = await unproved(endThere(tokens()), 'none');
      expect(error.code).to.equal(code);
      if (code === 'network') expect(error.cause).to.be.instanceOf(TypeError);
      expect(provider.asked).to.deep.equal(['metadata']);
    });
});

describe('endSession, with a trip', () => {
  staysQuiet();
  const provider = scriptedProvider();
  let page: Page;
  let client: string;

  beforeEach(async () => {
    sessionStorage.clear();
    client = newClient();
    page = await openFrame('?tab=nfts#top');
  });

  const go = async (tokens: Tokens | null, options: Partial<requests.LogoutOptions> = {}) => {
    const there = await moduleOf<typeof requests>(page, 'core/request');
    const { within } = await moduleOf<typeof limits>(page, 'core/limit');
    const module = await moduleOf<typeof strategies>(page, 'core/strategies');
    const request = there.validate({ clientId: client, authority, windowMode: 'REDIRECT', timeout: 5000, ...options });
    return within(request, (signal) =>
      module.endSession(request, tokens, signal, { trigger: 'return', kept: undefined }),
    );
  };
  const unreached = async (ending: ReturnType<typeof go>, via: Outcome['via']) => {
    const { error, ...rest } = (await ending) as Outcome;
    expect(rest).to.deep.equal({ via, providerSession: 'unknown', evidence: 'none' });
    return error!;
  };
  const here = () => page.location.origin + page.location.pathname;

  it('goes to the end-session endpoint with the hint, and with a way back that it has noted down', async () => {
    const { idToken } = tokensOf(client);
    const left = go({ idToken }, { params: { ui_locales: 'nl' } });
    const url = await navigationOf(client);
    expect(url.origin + url.pathname).to.equal(`${authority}/protocol/openid-connect/logout`);
    const trip = storedTrip()!;
    expect(Object.fromEntries(url.searchParams)).to.deep.equal({
      ui_locales: 'nl',
      client_id: client,
      id_token_hint: idToken,
      post_logout_redirect_uri: here(),
      state: trip.state,
    });
    await leave(page);
    expect(await left).to.have.property('state', storedTrip()!.state);
    expect(storedTrip()).to.deep.equal(trip);
  });

  it('asks a Keycloak-shaped provider nothing before it leaves, nor revokes anything', async () => {
    const left = go(tokensOf(client));
    await navigationOf(client);
    await leave(page);
    await left;
    expect(provider.sent).to.deep.equal([]);
  });

  it('goes with the client alone where there are no tokens', async () => {
    const left = go(null);
    const { searchParams } = await navigationOf(client);
    expect([...searchParams.keys()]).to.have.members(['client_id', 'post_logout_redirect_uri', 'state']);
    await leave(page);
    expect(await left).to.have.property('state', storedTrip()!.state);
  });

  it('never takes the access or the refresh token along', async () => {
    const { accessToken, refreshToken, ...tokens } = tokensOf(client);
    const left = go({ ...tokens, accessToken, refreshToken });
    const { href } = await navigationOf(client);
    await leave(page);
    await left;
    expect(href).not.to.contain(accessToken).and.not.to.contain(refreshToken);
  });

  it('keeps the way back short of tokens', async () => {
    const left = go(tokensOf(client));
    await navigationOf(client);
    await leave(page);
    await left;
    expect(JSON.stringify(Object.entries(sessionStorage))).not.to.contain('eyJ');
  });

  it('leaves the hint out of a URL that would be too long', async () => {
    const left = go({ idToken: tokensOf(client, { id: { roles: 'x'.repeat(6000) } }).idToken });
    const { searchParams } = await navigationOf(client);
    expect([...searchParams.keys()]).to.have.members(['client_id', 'post_logout_redirect_uri', 'state']);
    await leave(page);
    expect(await left).to.have.property('state', storedTrip()!.state);
  });

  it('says timeout where nothing happens, and forgets the trip', async () => {
    const error = await unreached(go(tokensOf(client), { timeout: 200 }), 'redirect');
    expect(error.code).to.equal('timeout');
    expect(storedTrip()).to.be.null;
  });

  it('stops a navigation that takes longer than the time limit: the user stays where he is told so', async () => {
    const late = `${location.origin}/late/realms/units`;
    const error = await unreached(go(null, { authority: late, timeout: 200 }), 'redirect');
    expect(error.code).to.equal('timeout');
    await new Promise((resolve) => setTimeout(resolve, 1500)); // the late answer has come meanwhile
    expect(page.location.pathname).to.equal('/test/pages/document.html');
    expect(page.document.body.textContent).not.to.contain('too late');
  });

  it('is cut short by the caller’s signal, and forgets the trip', async () => {
    const controller = new AbortController();
    const left = go(tokensOf(client), { signal: controller.signal });
    await navigationOf(client);
    controller.abort();
    expect((await unreached(left, 'redirect')).code).to.equal('cancelled');
    expect(storedTrip()).to.be.null;
  });

  describe('elsewhere', () => {
    let issuer: string;
    beforeEach(() => {
      issuer = newIssuer();
    });

    it('goes where discovery says, and revokes the refresh token as it leaves, not waiting for it', async () => {
      provider.revocation = never;
      const { idToken, refreshToken } = tokensOf(client, { id: { iss: issuer } });
      const left = go({ idToken, refreshToken }, { authority: issuer });
      const url = await navigationOf(client);
      expect(url.origin + url.pathname).to.equal(`${issuer}/session/end`);
      expect(url.searchParams.get('id_token_hint')).to.equal(idToken);
      expect(provider.asked).to.deep.equal(['metadata', 'revocation']);
      expect(provider.sent[1]?.form).to.deep.equal({
        client_id: client,
        token: refreshToken,
        token_type_hint: 'refresh_token',
      });
      expect(provider.sent[1]?.settings).to.include({ keepalive: true, credentials: 'omit' });
      await leave(page);
      expect(await left).to.have.property('state', storedTrip()!.state);
    });

    for (const [what, answer, code] of [
      ['answers 404', () => status(404), 'refused'],
      ['has no end_session_endpoint', () => json({ issuer }), 'unsupported'],
      ['does not answer in time', never, 'timeout'],
    ] as const)
      it(`goes nowhere, sends nothing and notes nothing down where discovery ${what}: ${code}`, async () => {
        provider.metadata = answer;
        const left = go(tokensOf(client, { id: { iss: issuer } }), { authority: issuer, timeout: 1000 });
        expect((await unreached(left, 'none')).code).to.equal(code);
        expect(provider.asked).to.deep.equal(['metadata']);
        expect(storedTrip()).to.be.null;
      });
  });
});
