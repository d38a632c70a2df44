// The truth matrix: every cell of cells.txt with TRUTH=<a file for the results>, else a tenth of them.
import assert from 'node:assert/strict';
import { appendFile } from 'node:fs/promises';
import { after, afterEach, before, describe, it } from 'node:test';
import { type Browser, engines, open } from '../support/drivers.ts';
import type { Front } from '../support/proxy.ts';
import { Scene, startWorld, type World } from '../support/scene.ts';
import { type Cell, cells, driverOf, engineNames, titleOf, worldOf } from './list.ts';
import { couldSayMore } from './oracle.ts';
import { play, problemsOf, said } from './play.ts';

const { TRUTH, KEYCLOAK } = process.env;
/** In a run of the tests the cells of the real Keycloak belong to its lane, the others to the other one. */
const isPlayed = ({ provider }: Cell, index: number) =>
  TRUTH ? true : index % 10 === 0 && (provider === 'keycloak') === !!KEYCLOAK;
const played = cells.filter(isPlayed);

describe('the truth matrix', { concurrency: TRUTH ? 3 : false }, () => {
  for (const engine of engineNames.filter((name) => engines.includes(driverOf[name].engine))) {
    const ofEngine = Map.groupBy(
      played.filter((cell) => cell.engine === engine),
      ({ provider, scheme, answer }) => `${provider}, ${scheme}${answer === 'blocked' ? ', pop-up blocker' : ''}`,
    );
    if (ofEngine.size > 0)
      describe(engine, { concurrency: 1 }, () => {
        for (const [title, group] of ofEngine)
          describe(title, { concurrency: 1 }, () => {
            playAll(engine, group);
          });
      });
  }
});

function playAll(engine: Cell['engine'], group: Cell[]): void {
  const [{ provider, scheme, answer }] = group as [Cell];
  const driver = driverOf[engine];
  const stage = {} as { world: World; browser: Browser };
  let front: Front | undefined;
  before(async () => {
    stage.world = await startWorld({
      ...worldOf[provider],
      https: scheme === 'https',
      firstScript: '/e2e/pages/witness.ts',
      front: async (request, response) => (await front?.(request, response)) ?? false,
    });
    stage.browser = await open(driver.engine, { itp: !!driver.itp, popupBlocker: answer === 'blocked' });
  });
  after(async () => {
    await stage.browser.close();
    await stage.world.stop();
  });
  afterEach(() => (front = undefined));

  for (const cell of group)
    it(`${titleOf(cell)}: ${cell.says}`, async () => {
      const result = await play(new Scene(stage.browser, stage.world), cell, (met) => (front = met));
      const last = result.told.at(-1);
      const found = { ...cell, said: last && said(last), problems: problemsOf(result), truth: result.truth };
      if (TRUTH) {
        const more = !!last && couldSayMore(last, result.truth);
        await appendFile(TRUTH, `${JSON.stringify({ ...found, more, version: stage.browser.version })}\n`);
      }
      assert.deepEqual(found.problems, []);
      assert.equal(found.said, cell.says);
    });
}
