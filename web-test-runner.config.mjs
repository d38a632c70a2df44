// The unit tests in every engine that is here; BROWSERS=chromium,firefox narrows it.
import { setTimeout as sleep } from 'node:timers/promises';
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { chromeLauncher } from '@web/test-runner-chrome';
import * as puppeteer from 'puppeteer-core';
import { webkitLauncher } from './e2e/support/webkit.ts';
import { endWithProcess } from './e2e/support/processes.ts';
import { launchOptions, usableEngines } from './scripts/browsers.mjs';

/**
 * Puppeteer, but no browser of it outlives the runner.
 * @type {typeof puppeteer}
 */
const guarded = {
  ...puppeteer,
  async launch(options) {
    const browser = await puppeteer.launch(options);
    const child = browser.process();
    if (child) endWithProcess(child);
    return browser;
  },
};

const launchers = {
  chromium: () => chromeLauncher({ launchOptions: launchOptions('chromium') }),
  // Only a puppeteer that is passed in is told which browser it is.
  firefox: () => chromeLauncher({ puppeteer: guarded, launchOptions: launchOptions('firefox') }),
  webkit: () => webkitLauncher(),
};

/**
 * Where navigations went, by client.
 * @type {Map<string, string[]>}
 */
const navigations = new Map();

/**
 * Providers to be sent to: at `/no-content/` a document stays where it is, at `/late/` it has a second to change its
 * mind. `/navigations/<client>` tells who was sent where.
 * @type {NonNullable<import('@web/test-runner').TestRunnerConfig['middleware']>[number]}
 */
const providers = async (context, next) => {
  const [, place, client] = context.path.split('/');
  if (place === 'navigations') context.body = navigations.get(String(client)) ?? [];
  else if (place === 'no-content') {
    const { client_id } = context.query;
    navigations.set(String(client_id), [...(navigations.get(String(client_id)) ?? []), context.href]);
    context.status = 204;
  } else if (place === 'late') {
    await sleep(1000);
    context.body = 'too late';
  } else await next();
};

/** @type {import('@web/test-runner').TestRunnerConfig} */
export default {
  files: ['test/**/*.test.ts'],
  middleware: [providers],
  nodeResolve: { exportConditions: ['browser', 'development'] },
  plugins: [esbuildPlugin({ ts: true, tsconfig: 'tsconfig.json', target: 'es2022' })],
  browsers: usableEngines().map((engine) => launchers[engine]()),
  concurrency: 1,
  concurrentBrowsers: 3,
  testFramework: { config: { timeout: 10_000 } }, // axe needs more than mocha's 2 s on two busy cores
  browserStartTimeout: 60_000,
  testsStartTimeout: 60_000,
  testsFinishTimeout: 120_000,
  // Chromium alone counts; scripts/coverage.ts adds the end-to-end tests' part and decides.
  coverage: Boolean(process.env.COVERAGE),
  coverageConfig: { include: ['src/**/*.ts'], reporters: ['json'], reportDir: 'coverage/unit', report: true },
  filterBrowserLogs: ({ args }) => !args.some((arg) => typeof arg === 'string' && arg.includes('Lit is in dev mode')),
};
