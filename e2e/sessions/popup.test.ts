// The main job: a signed-in user, the tag, one press, and the session at the provider is over.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sidOf } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';

inEachEngine('POPUP, on the demo page', (stage) => {
  it('ends the session with two requests, wipes the tokens, and the page cleans itself', async () => {
    const { scene } = stage;
    const user = await scene.signIn();
    const asked = await scene.requests();
    const terminal = await scene.press();
    assert.equal(terminal.type, 'arkane-logged-out');
    assert.deepEqual(terminal.detail, {
      windowMode: 'POPUP',
      trigger: 'user',
      via: 'token',
      providerSession: 'ended',
      evidence: 'logout-response',
      local: 'wiped',
    });
    assert.deepEqual((await scene.requests()).slice(asked.length), ['logout', 'logout']);
    assert.equal(await scene.storedUser(), null);
    assert.deepEqual(
      await scene.browser.evaluate(() => ({
        status: document.querySelector('arkane-logout')!.status,
        signedInPart: document.getElementById('signed-in')!.hidden,
        wallet: document.getElementById('wallet')!.textContent,
        events: [...document.querySelectorAll('#events strong')].map((name) => name.textContent),
      })),
      { status: 'done', signedInPart: true, wallet: '', events: ['arkane-logging-out', 'arkane-logged-out'] },
    );
    assert.deepEqual(await scene.mishaps(), []);
    assert.deepEqual(await scene.truths(sidOf(user)), { tokensSession: 'over', browser: 'over' });
  });

  it('asks for a password when the next person signs in', async () => {
    const { scene } = stage;
    await scene.signIn();
    await scene.press();
    await scene.browser.click('#sign-in');
    await scene.browser.until(
      () => scene.browser.evaluate(() => document.querySelector('#password') !== null),
      'a password field',
    );
  });

  it('leaves the user signed in when the page prevents it', async () => {
    const { scene } = stage;
    const user = await scene.signIn();
    await scene.browser.evaluate(() => {
      document.addEventListener('arkane-logging-out', (event) => {
        event.preventDefault();
      });
    });
    const asked = await scene.requests();
    const terminal = await scene.press();
    assert.equal(terminal.type, 'arkane-logout-error');
    assert.equal(terminal.detail.error?.code, 'cancelled');
    assert.deepEqual((await scene.requests()).slice(asked.length), []);
    assert.deepEqual(await scene.storedUser(), user);
    assert.deepEqual(await scene.truths(sidOf(user)), { tokensSession: 'alive', browser: 'alive' });
  });
});
