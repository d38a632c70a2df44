// A provider that fails, met without a refresh token: the page is told in time, and a press finishes it. What else holds
// under a fault, and with all tokens, is looked at in ../truth/faults.test.ts.
import assert from 'node:assert/strict';
import { before, beforeEach, it } from 'node:test';
import { type Scene, sidOf } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';
import { opened, said } from '../support/windows.ts';
import { type Fault, faults, offline, saysIn } from '../truth/faults.ts';

const lasting = 400; // what a busy machine may add to a timer

let fault: Fault | undefined;

inEachEngine(
  'a provider that fails',
  (stage) => {
    const { engine } = stage;
    let scene: Scene;
    before(() => ({ scene } = stage));
    beforeEach(() => (fault = undefined));

    // Where it does as it is told, or leads elsewhere, there is nothing to finish here.
    for (const met of [...faults.filter(({ reaches, sendsOn }) => !reaches && !sendsOn), offline]) {
      const code = saysIn(engine, met, 'POPUP').replace(/.* /, '');
      it(`${met.name}: told in time, and finished by a press when it is well again`, async () => {
        const user = await scene.tokensFor('Arketype');
        await scene.store({ ...user, refresh_token: undefined });
        await scene.browser.evaluate((timeout) => {
          document.querySelector('arkane-logout')!.timeout = timeout;
        }, met.timeout);
        fault = met;
        const heard = await scene.press();
        assert.ok(heard.after < met.timeout + lasting, `${heard.after} ms`);
        const { windowMode, local } = heard.detail;
        assert.deepEqual(
          { ...said(heard), windowMode, local },
          { ...opened, via: 'hint', error: code, windowMode: 'POPUP', local: 'wiped' },
        );
        assert.equal(await scene.storedUser(), null);

        fault = undefined;
        const finished = await scene.press();
        assert.equal(finished.type, 'arkane-logged-out');
        assert.equal(finished.detail.trigger, 'completed');
        // What could not be reached is tried again in the background, the rest by a trip to the provider.
        assert.equal(finished.detail.providerSession, code === 'network' ? 'ended' : 'returned');
        assert.deepEqual(await scene.mishaps(), []);
        assert.deepEqual(await scene.truths(sidOf(user)), { tokensSession: 'over', browser: 'over' });
      });
    }

    it('is well, but the store cannot be emptied: told so, and finished by a press when it can', async () => {
      const user = await scene.tokensFor('Arketype');
      await scene.store(user);
      await scene.browser.evaluate(() => {
        const whole = Object.getOwnPropertyDescriptor(Storage.prototype, 'removeItem')!;
        Storage.prototype.removeItem = () => undefined;
        document.addEventListener(
          'arkane-logged-out',
          () => Object.defineProperty(Storage.prototype, 'removeItem', whole),
          {
            once: true,
          },
        );
      });
      const { detail } = await scene.press();
      assert.deepEqual([detail.providerSession, detail.local, detail.error?.code], ['ended', 'kept', 'configuration']);
      const finished = (await scene.press()).detail;
      assert.deepEqual([finished.trigger, finished.providerSession, finished.local], ['completed', 'ended', 'wiped']);
      assert.equal(await scene.storedUser(), null);
      assert.deepEqual(await scene.truths(sidOf(user)), { tokensSession: 'over', browser: 'over' });
    });
  },
  {
    real: false,
    async front(request, response) {
      if (!fault?.answer || !/\/(logout|userinfo)/.test(request.url ?? '')) return false;
      await fault.answer(request, response, '');
      return true;
    },
  },
);
