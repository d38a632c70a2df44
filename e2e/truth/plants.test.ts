// The matrix notices what it is there for: bugs are planted, and each must be found by its cell.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Browser, engines, open } from '../support/drivers.ts';
import { Scene, startWorld } from '../support/scene.ts';
import { worldOf } from './list.ts';
import { play, problemsOf } from './play.ts';
import { plants } from './plants.ts';

if (engines.includes('chromium') && !process.env.KEYCLOAK)
  describe('the truth matrix finds', () => {
    let browser: Browser;
    before(async () => (browser = await open('chromium')));
    after(() => browser.close());

    for (const { name, file, changes, cell, found } of plants)
      it(name, async () => {
        const alter = (path: string, text: string) =>
          path === `/src/${file}` ? changes.reduce((changed, [from, to]) => replace(changed, from, to), text) : text;
        const world = await startWorld({ ...worldOf[cell.provider], firstScript: '/e2e/pages/witness.ts', alter });
        try {
          const problems = problemsOf(await play(new Scene(browser, world), cell, () => undefined));
          assert.ok(
            problems.some((problem) => found.test(problem)),
            `it found ${JSON.stringify(problems)}`,
          );
        } finally {
          await world.stop();
        }
      });
  });

/** A plant that the code has outgrown must not pass for one that was noticed. */
function replace(text: string, from: string, to: string): string {
  assert.ok(text.includes(from), `there is no ${JSON.stringify(from)} any more`);
  return text.replace(from, to);
}
