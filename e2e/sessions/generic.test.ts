// POPUP at a provider that lives on cookies and asks the user: nothing can be proved in the background, and nothing is claimed.
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { send } from '../support/http-sign-in.ts';
import { sidOf } from '../support/scene.ts';
import { inEachEngine } from '../support/suite.ts';

if (!process.env.KEYCLOAK)
  inEachEngine(
    'POPUP, at a provider that asks',
    (stage) => {
      it('claims nothing in the background, and a press finishes it by going there', async () => {
        const { scene } = stage;
        const { browser, world } = scene;
        const user = await scene.signIn();
        await scene.open('?tab=nfts', {});
        const first = await scene.press();
        assert.equal(first.type, 'arkane-logged-out');
        assert.deepEqual(
          { ...first.detail, error: first.detail.error?.code },
          {
            windowMode: 'POPUP',
            trigger: 'user',
            via: 'hint',
            providerSession: 'unknown',
            evidence: 'none',
            local: 'wiped',
            error: 'unproved',
          },
        );
        assert.equal(await scene.storedUser(), null);
        assert.equal(await world.provider.sessionLives(sidOf(user)), true);

        const { length } = await scene.heard();
        await browser.click('arkane-logout >>> button');
        await browser.click('button[name=logout]');
        const { type, detail, url } = await scene.terminal(length);
        assert.equal(type, 'arkane-logged-out');
        assert.deepEqual(detail, {
          windowMode: 'POPUP',
          trigger: 'completed',
          via: 'redirect',
          providerSession: 'returned',
          evidence: 'return',
          local: 'wiped',
        });
        assert.equal(url, `${world.app.origin}/demo/index.html?tab=nfts`);
        assert.deepEqual(await scene.mishaps(), []);
        assert.deepEqual(await scene.truths(sidOf(user)), { tokensSession: 'over', browser: 'over' });
      });

      for (const mode of ['POPUP', 'REDIRECT'])
        it(`revokes the refresh token, which the provider’s logout would leave alive, in ${mode}`, async () => {
          const { scene } = stage;
          const { browser, world } = scene;
          const user = await scene.signIn();
          await scene.open('', { 'window-mode': mode });
          await browser.click('arkane-logout >>> button');
          const form = { grant_type: 'refresh_token', client_id: 'Arketype', refresh_token: user.refresh_token! };
          await browser.until(async () => {
            const { body } = await send(world.provider.endpoint('token'), { form });
            return (JSON.parse(body) as { error?: string }).error === 'invalid_grant';
          }, 'the revocation');
          // In REDIRECT the user has not even answered yet.
          assert.equal(await world.provider.sessionLives(sidOf(user)), true);
        });
    },
    { profile: 'generic' },
  );
