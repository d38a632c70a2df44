// The one place that knows where browsers are: the set-up, the unit tests and the end-to-end drivers all ask here.
// Nothing but Node's own modules: the set-up reads this file before anything is installed.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * @typedef {'chromium' | 'firefox' | 'webkit'} Engine
 * @typedef {{ driver: string, miniBrowser: string, xvfb: string }} WebKitPaths
 * @typedef {{ chromium?: string, firefox?: string, webkit?: WebKitPaths }} Browsers
 */

/** @type {readonly Engine[]} */
export const allEngines = ['chromium', 'firefox', 'webkit'];

/** @param {string} path */
const isExecutable = (path) => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/**
 * The first of these that can be run: a path as it is, a name on PATH.
 * @param {(string | undefined)[]} names
 */
const find = (...names) => {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names
    .flatMap((name = '') => (name.includes('/') ? [name] : name ? folders.map((folder) => join(folder, name)) : []))
    .find(isExecutable);
};

// Debian keeps MiniBrowser beside the library, not on PATH.
const libraries = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;

/** Where each engine is; CHROMIUM, FIREFOX, WEBKIT_DRIVER and MINIBROWSER come before PATH. */
export const findBrowsers = () => {
  const { env } = process;
  const chromium = find(env.CHROMIUM, 'chromium', 'google-chrome', 'chromium-browser');
  const firefox = find(env.FIREFOX, 'firefox-esr', 'firefox');
  const driver = find(env.WEBKIT_DRIVER, 'WebKitWebDriver');
  const miniBrowser = find(
    env.MINIBROWSER,
    'MiniBrowser',
    `${libraries}/webkit2gtk-4.1/MiniBrowser`,
    `${libraries}/webkitgtk-6.0/MiniBrowser`,
    '/usr/libexec/webkit2gtk-4.1/MiniBrowser',
  );
  const xvfb = find('Xvfb');
  /** @type {Browsers} */
  const found = {};
  if (chromium) found.chromium = chromium;
  if (firefox) found.firefox = firefox;
  if (driver && miniBrowser && xvfb) found.webkit = { driver, miniBrowser, xvfb };
  return found;
};

/** The engines that BROWSERS names (all, when it is not set). */
export const wantedEngines = () => {
  const names = process.env.BROWSERS?.split(',').map((name) => name.trim());
  const unknown = names?.find((name) => !allEngines.some((engine) => engine === name));
  if (unknown !== undefined) throw new Error(`BROWSERS: "${unknown}" is none of ${allEngines.join(', ')}`);
  return allEngines.filter((engine) => !names || names.includes(engine));
};

/** The engines that are wanted and found. */
export const usableEngines = () => {
  const found = findBrowsers();
  return wantedEngines().filter((engine) => found[engine]);
};

/**
 * @param {'chromium' | 'firefox'} engine
 */
const executable = (engine) => {
  const path = findBrowsers()[engine];
  if (!path) throw new Error(`${engine} was not found`);
  return path;
};

// Chromium's sandbox refuses to run as root.
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

/** Keeps Chromium off the network: nothing but loopback names resolves. */
const chromiumArgs = [
  ...asRoot,
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1',
];

/** Keeps Firefox from looking up Mozilla's settings server. */
const firefoxEnv = { ...process.env, MOZ_REMOTE_SETTINGS_DEVTOOLS: '1' };

const firefoxPrefs = {
  'network.connectivity-service.enabled': false,
  'extensions.enabledScopes': 0, // without the add-ons that come with it, it starts in two thirds of the time
};

/**
 * How puppeteer is to start one.
 * @param {'chromium' | 'firefox'} engine
 */
export const launchOptions = (engine) => ({
  executablePath: executable(engine),
  networkEnabled: false, // nobody asks for requests, and to be told of each is a good part of what a page costs
  handleSIGTERM: false, // its handlers would close the browser and keep this process
  handleSIGHUP: false,
  ...(engine === 'chromium'
    ? { args: chromiumArgs, pipe: true } // Chromium ends with its pipe, even when this process is killed
    : { browser: engine, env: firefoxEnv, extraPrefsFirefox: firefoxPrefs }),
});
