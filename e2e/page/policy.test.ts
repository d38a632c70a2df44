// The strictest Content-Security-Policy, Trusted Types included: the page works, and the browser has nothing to report.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { sidOf } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';

inEachEngine('under a strict Content-Security-Policy', (stage) => {
  it('the demo page logs out, and nothing is reported', async () => {
    const { scene, world } = stage;
    await scene.signIn();
    assert.equal((await scene.press()).detail.providerSession, 'ended');
    assert.deepEqual(await scene.mishaps(), []);
    assert.deepEqual(world.app.violations, []);
  });

  it('one script and one tag are enough', async () => {
    const { scene, world } = stage;
    const user = await scene.tokensFor('Arketype');
    await scene.browser.goto(`${world.app.origin}/e2e/pages/drop-in.html`);
    await scene.browser.evaluate(
      ({ authority, user }) => {
        sessionStorage.setItem(`oidc.user:${authority}:Arketype`, JSON.stringify(user));
        document.querySelector('arkane-logout')!.setAttribute('authority', authority);
      },
      { authority: world.provider.issuer, user },
    );
    await scene.browser.click('arkane-logout >>> button');
    const result = () => scene.browser.evaluate(() => document.querySelector('arkane-logout')!.result);
    assert.equal((await scene.browser.until(result, 'the result')).providerSession, 'ended');
    assert.deepEqual(world.app.violations, []);
    assert.deepEqual(await scene.truths(sidOf(user)), { tokensSession: 'over', browser: 'over' });
  });

  it('and a violation would have been reported', async () => {
    const { scene, world } = stage;
    await scene.visit();
    await scene.browser.evaluate(() => {
      const style = document.createElement('style');
      style.textContent = 'body { color: red }'; // before it is there: an empty one would be a violation of its own
      document.body.append(style);
    });
    await scene.browser.until(() => world.app.violations.length > 0, 'a report');
    assert.match(world.app.violations.splice(0).join(' '), /style-src/);
  });
});
