// The matrix notices what it is there for: bugs are planted, and each must be found by its cell.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Browser, engines, open } from '../support/drivers.ts';
import { play, problemsOf } from './play.ts';
import { type Plant, plants } from './plants.ts';
import { TRUTH } from './record.ts';
import { setStage } from './stage.ts';

const plantIn = ({ changes }: Plant, text: string) =>
  changes.reduce((changed, [from, to]) => replace(changed, from, to), text);

if (!process.env.KEYCLOAK)
  describe('each plant', () => {
    it('is listed in README.md, and has its place in the code', () => {
      const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
      for (const plant of plants) {
        assert.ok(readme.includes(`| ${plant.name} `), plant.name);
        plantIn(plant, readFileSync(join(import.meta.dirname, '../../src', plant.file), 'utf8'));
      }
    });
  });

if (TRUTH && engines.includes('chromium'))
  describe('the truth matrix finds', () => {
    let browser: Browser;
    before(async () => (browser = await open('chromium')));
    after(() => browser.close());

    for (const plant of plants)
      it(plant.name, async () => {
        const { file, cell, found } = plant;
        const alter = (path: string, text: string) => (path === `/src/${file}` ? plantIn(plant, text) : text);
        const stage = await setStage(cell, alter);
        try {
          const problems = problemsOf(await play(stage, browser, cell, 3000), cell);
          assert.ok(
            problems.some((problem) => found.test(problem)),
            `it found ${JSON.stringify(problems)}`,
          );
        } finally {
          await stage.world.stop();
        }
      });
  });

/** A plant that the code has outgrown must not pass for one that was noticed. */
function replace(text: string, from: string, to: string): string {
  assert.ok(text.includes(from), `there is no ${JSON.stringify(from)} any more`);
  return text.replace(from, to);
}
