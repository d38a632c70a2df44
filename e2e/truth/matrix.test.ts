// The truth matrix: every cell of cells.txt with TRUTH=<a file for the results>, else a tenth of them.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { type Browser, engines, open } from '../support/drivers.ts';
import { wordsOf } from '../support/scene.ts';
import { type Cell, cells, driverOf, engineNames, titleOf } from './list.ts';
import { couldSayMore } from './oracle.ts';
import { play, problemsOf } from './play.ts';
import { record, TRUTH } from './record.ts';
import { setStage, type Stage } from './stage.ts';

const { KEYCLOAK } = process.env;
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
  const [first] = group as [Cell];
  const driver = driverOf[engine];
  let stage: Stage;
  let browser: Browser;
  before(async () => {
    stage = await setStage(first);
    browser = await open(driver.engine, { itp: !!driver.itp, popupBlocker: first.answer === 'blocked' });
  });
  after(async () => {
    await browser.close();
    await stage.world.stop();
  });
  afterEach(() => {
    stage.meet(undefined);
  });

  for (const cell of group)
    it(`${titleOf(cell)}: ${cell.says}`, async () => {
      const result = await play(stage, browser, cell);
      const problems = problemsOf(result, cell);
      const last = result.told.at(-1);
      await record({
        kind: 'cell',
        ...cell,
        said: last ? wordsOf(last) : 'nothing',
        problems,
        truth: result.truth,
        more: !!last && couldSayMore(last, result.truth),
        version: browser.version,
      });
      assert.deepEqual(problems, []);
    });
}
