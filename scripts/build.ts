// npm run build: the package (dist), the files for a <script> tag (dist/cdn), the manifest for editors; sizes and hashes.
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { printIntegrity } from './integrity.ts';
import { printSizes } from './sizes.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const bin = fileURLToPath(new URL('../node_modules/.bin/', import.meta.url));
// The tools are to run under the Node that runs this file.
const env = { ...process.env, PATH: [dirname(process.execPath), process.env.PATH].join(delimiter) };

/** Says nothing when all is well, and everything when not. */
const run = async (tool: string, ...args: string[]) => {
  try {
    await promisify(execFile)(bin + tool, args, { cwd: root, env });
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    console.error(`${tool} ${args.join(' ')}\n${stdout}${stderr}`);
    process.exit(1);
  }
};

const packageAndCdn = async () => {
  await run('tsc', '-p', 'tsconfig.build.json');
  await run('rollup', '--config', 'rollup.config.mjs', '--silent');
};

process.chdir(root);
await rm('dist', { recursive: true, force: true });
await Promise.all([
  packageAndCdn(),
  run('cem', 'analyze', '--config', 'custom-elements-manifest.config.mjs', '--quiet'),
]);
if (!(await printSizes())) process.exitCode = 1;
await printIntegrity();
