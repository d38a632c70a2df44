// npm run truth: the whole matrix and the faults, at a real Keycloak and the embedded provider, and docs/truth.md of it.
import { spawn } from 'node:child_process';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeReport } from './report.ts';

const folder = join(import.meta.dirname, '../../.cache/truth');
const TRUTH = join(folder, 'results.jsonl');
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });

const tests = ['matrix', 'plants', 'faults'].map((name) => join(import.meta.dirname, `${name}.test.ts`));
const options = ['--test-global-setup=e2e/support/one-keycloak.ts', '--test-concurrency=1', '--test-reporter=spec'];
const started = performance.now();
const child = spawn(process.execPath, ['--test', ...options, ...tests], {
  stdio: 'inherit',
  env: { ...process.env, TRUTH, KEYCLOAK: '1' },
});
const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
const minutes = (performance.now() - started) / 60_000;
const isWell = await writeReport(TRUTH, { minutes, isGreen: code === 0 });
console.log(`docs/truth.md is written; ${minutes.toFixed(1)} minutes`);
process.exitCode = isWell ? 0 : 1;
