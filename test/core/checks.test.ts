import { expect } from '@open-wc/testing';
import { tokenCheck } from '../../src/core/checks.js';
import { gone, never, scriptedProvider, status, unreachable } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { authority } from '../support/sign-in.js';

describe('tokenCheck', () => {
  staysQuiet();
  const provider = scriptedProvider();
  const ask = (signal = new AbortController().signal) =>
    tokenCheck(`${authority}/protocol/openid-connect/userinfo`, 'access.token', signal);

  it('sends the access token in the form, not in a header or the URL, so that there is no preflight', async () => {
    await ask();
    expect(provider.sent).to.have.length(1);
    const [{ url, settings, form }] = provider.sent as [(typeof provider.sent)[0]];
    expect(form).to.deep.equal({ access_token: 'access.token' });
    expect(url).not.to.contain('access.token');
    expect(settings).not.to.have.property('headers');
  });

  it('is known when the provider answers 200', async () => {
    expect(await ask()).to.equal('known');
  });

  it('is gone when the provider answers 401 user_session_not_found', async () => {
    provider.userinfo = gone;
    expect(await ask()).to.equal('gone');
  });

  const failed = 'Bearer error="invalid_token", error_description="Token verification failed"';
  const notFound = gone().headers.get('www-authenticate') ?? '';
  for (const [what, answer] of [
    ['401 for a token that is expired or garbled', () => status(401, { 'WWW-Authenticate': failed })],
    ['401 with no reason that can be read', () => status(401)],
    ['403 with the words of a session that is over', () => status(403, { 'WWW-Authenticate': notFound })],
    ['500', () => status(500)],
    ['204', () => status(204)],
    ['nothing: it cannot be reached', unreachable],
  ] as const)
    it(`is unclear when the provider answers ${what}`, async () => {
      provider.userinfo = answer;
      expect(await ask()).to.equal('unclear');
    });

  it('is unclear when it is aborted', async () => {
    provider.userinfo = never;
    const controller = new AbortController();
    const checked = ask(controller.signal);
    controller.abort();
    expect(await checked).to.equal('unclear');
  });
});
