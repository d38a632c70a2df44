// Makes a fresh clone ready: dependencies, and with --browsers the browsers that the tests drive.
// No dependencies, and any Node from 18 on: it runs before anything is installed.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findBrowsers, wantedEngines } from './browsers.mjs';

process.chdir(dirname(dirname(fileURLToPath(import.meta.url))));

/** @type {(message: string) => void} */
const say = (message) => {
  console.log(`setup: ${message}`);
};
/**
 * Quiet when all is well, the whole output when not.
 * @type {(command: string, args: string[], env?: Record<string, string>) => void}
 */
const run = (command, args, env = {}) => {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status === 0) return;
  console.error(error?.message ?? stdout + stderr);
  console.error(`setup: "${command} ${args.join(' ')}" failed`);
  process.exit(1);
};

const installDependencies = () => {
  const installed = 'node_modules/.package-lock.json'; // npm writes it last
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync('package-lock.json').mtimeMs) return;
  say('npm ci, about 20 s (with a pinned Node among the dependencies, so that any Node from 18 on will do) …');
  // npm_* of the npm that started us would count as its options.
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
};

const debianPackages = {
  chromium: ['chromium'],
  firefox: ['firefox-esr'],
  webkit: ['webkit2gtk-driver', 'libwebkit2gtk-4.1-0', 'xvfb'],
};

const installBrowsers = () => {
  const missing = () => wantedEngines().filter((engine) => !findBrowsers()[engine]);
  const canInstall = process.getuid?.() === 0 && existsSync('/etc/debian_version');
  if (missing().length > 0 && canInstall) {
    const packages = missing().flatMap((engine) => debianPackages[engine]);
    say(`apt-get install ${packages.join(' ')} …`);
    const quiet = { DEBIAN_FRONTEND: 'noninteractive' };
    run('apt-get', ['update', '-qq'], quiet);
    run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet);
  }
  const engines = missing();
  if (engines.length === 0) return;
  say(`not found, so its tests do not run: ${engines.join(', ')}; scripts/browsers.mjs says where they are looked for`);
  // On a machine that decides about a merge a skipped engine would be a lie.
  if (process.env.CI === 'true') process.exit(1);
};

installDependencies();
if (process.argv.includes('--browsers')) installBrowsers();
