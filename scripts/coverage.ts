// The lines of src that the unit tests or the end-to-end tests ran (both in Chromium), and whether they are enough.
import { readFile, readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import coverage from 'istanbul-lib-coverage';
import type { CoverageMapData } from 'istanbul-lib-coverage';
import { mappedLines } from './source-lines.ts';

const required = 95; // per cent of all lines

process.chdir(fileURLToPath(new URL('..', import.meta.url)));

const merged = coverage.createCoverageMap();
let reports = 0;
for (const folder of ['coverage/unit', 'coverage/e2e']) {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.endsWith('.json')) continue;
    merged.merge(JSON.parse(await readFile(`${folder}/${name}`, 'utf8')) as CoverageMapData);
    reports += 1;
  }
}

/** Lines with code. The unit tests' report counts comments and types too, which would flatter the figure. */
const codeLines = async (path: string) => {
  const { code } = await transform(await readFile(path, 'utf8'), {
    loader: 'ts',
    sourcemap: 'inline',
    sourcefile: path,
    target: 'es2022',
    tsconfigRaw: await readFile('tsconfig.json', 'utf8'),
  });
  return [...new Set(mappedLines(code).map(({ line }) => line))].sort((a, b) => a - b);
};

/** `3-5, 9`: neighbours among the lines with code belong together. */
const ranges = (lines: number[], missed: number[]) => {
  const groups: number[][] = [];
  for (const line of missed) {
    const group = groups.at(-1);
    const previous = lines[lines.indexOf(line) - 1];
    if (group && group.at(-1) === previous) group.push(line);
    else groups.push([line]);
  }
  return groups.map((group) => [...new Set([group[0], group.at(-1)])].join('-')).join(', ');
};

const percent = (part: number, whole: number) => (whole === 0 ? 100 : (100 * part) / whole);
const row = (name: string, covered: number, all: number, missed = '') => {
  const share = percent(covered, all).toFixed(1).padStart(6);
  console.log(name.padEnd(32), `${share} %`, `${covered}/${all}`.padStart(9), ` ${missed}`.trimEnd());
};

const total = { covered: 0, all: 0 };
console.log('lines of src that the tests ran (Chromium)');
const names = (await readdir('src', { recursive: true })).filter((name) => name.endsWith('.ts'));
for (const name of names.sort()) {
  const path = `${process.cwd()}/src/${name}`;
  const lines = await codeLines(path);
  const hits = merged.files().includes(path) ? merged.fileCoverageFor(path).getLineCoverage() : {};
  const missed = lines.filter((line) => !hits[line]);
  total.covered += lines.length - missed.length;
  total.all += lines.length;
  if (lines.length > 0) row(name, lines.length - missed.length, lines.length, ranges(lines, missed));
}
row('all', total.covered, total.all);

if (reports === 0) console.error('no reports: run the tests with COVERAGE=1 first');
if (reports === 0 || percent(total.covered, total.all) < required) {
  console.error(`coverage: fewer than ${required} % of the lines`);
  process.exitCode = 1;
}
