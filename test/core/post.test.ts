import { expect } from '@open-wc/testing';
import { post } from '../../src/core/post.js';
import { never, scriptedProvider, unreachable } from '../support/provider.js';
import { staysQuiet } from '../support/quiet.js';
import { authority } from '../support/sign-in.js';

const endpoint = `${authority}/protocol/openid-connect/logout`;

describe('post', () => {
  staysQuiet();
  const provider = scriptedProvider();

  it('sends a form without cookies, referrer or cache, and to nobody whom the provider redirects to', async () => {
    await post(endpoint, { client_id: 'app', refresh_token: 'a.b.c' }, new AbortController().signal);
    const [{ url, init, settings, form }] = provider.sent as [(typeof provider.sent)[0]];
    expect(url).to.equal(endpoint);
    expect(form).to.deep.equal({ client_id: 'app', refresh_token: 'a.b.c' });
    expect(init.body instanceof URLSearchParams).to.be.true; // which is what makes it application/x-www-form-urlencoded
    expect(settings).to.deep.equal({
      method: 'POST',
      credentials: 'omit',
      redirect: 'error',
      referrerPolicy: 'no-referrer',
      cache: 'no-store',
      keepalive: true,
    });
  });

  it('escapes what it sends', async () => {
    const value = 'a&client_id=other +/=é';
    await post(endpoint, { client_id: value }, new AbortController().signal);
    expect(provider.sent[0]?.form).to.deep.equal({ client_id: value });
  });

  for (const [what, cancelled] of [
    ['', () => Promise.resolve()],
    [', nor minds when it cannot', () => Promise.reject(new Error('broken'))],
  ] as const)
    it(`does not go on loading an answer that nobody reads${what}`, async () => {
      let isCancelled = false;
      const body = new ReadableStream({
        cancel() {
          isCancelled = true;
          return cancelled();
        },
      });
      provider.token = () => new Response(body);
      expect(await post(endpoint, {}, new AbortController().signal)).to.have.property('status', 200);
      expect(isCancelled).to.be.true;
    });

  it('fails as fetch does', async () => {
    provider.token = unreachable;
    const failed = await post(endpoint, {}, new AbortController().signal).catch((error: unknown) => error);
    expect(failed).to.be.instanceOf(TypeError);
  });

  it('ends with the reason of its signal, also where fetch does not heed it', async () => {
    const controller = new AbortController();
    const { fetch } = globalThis;
    globalThis.fetch = never;
    const sent = post(endpoint, {}, controller.signal).catch((error: unknown) => error);
    globalThis.fetch = fetch;
    const reason = new Error('enough');
    controller.abort(reason);
    expect(await sent).to.equal(reason);
  });
});
