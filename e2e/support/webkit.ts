// WebKitGTK over classic W3C WebDriver: Xvfb, WebKitWebDriver and MiniBrowser, spoken to with fetch.
// Shared by the end-to-end drivers and, as a launcher, by the unit tests' runner.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBrowsers } from '../../scripts/browsers.mjs';
import { endWithProcess } from './processes.ts';

/** The keys that WebDriver names by code points of its own (WebDriver §17.4.2). */
const keyCodes: Record<string, string> = {
  Backspace: '\uE003',
  Tab: '\uE004',
  Enter: '\uE007',
  Shift: '\uE008',
  Escape: '\uE00C',
  Space: ' ',
  End: '\uE010',
  Home: '\uE011',
  ArrowLeft: '\uE012',
  ArrowUp: '\uE013',
  ArrowRight: '\uE014',
  ArrowDown: '\uE015',
  Delete: '\uE017',
};

export interface WebKit {
  version: string;
  /** One WebDriver command of the current session; rejects with WebDriver's error, or when `ms` are over. */
  call<T = unknown>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object, ms?: number): Promise<T>;
  press(...keys: string[]): Promise<void>;
  /** Ends the session and begins another: MiniBrowser under automation keeps nothing between the two. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

const paths = () => {
  const { webkit } = findBrowsers();
  if (!webkit) throw new Error('WebKitWebDriver, MiniBrowser or Xvfb was not found');
  return webkit;
};

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  });

const startXvfb = async (): Promise<{ child: ChildProcess; display: string }> => {
  const child = spawn(paths().xvfb, ['-displayfd', '3', '-screen', '0', '1280x1024x24', '-nolisten', 'tcp'], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
  });
  endWithProcess(child);
  const number = await new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      reject(new Error(`Xvfb exited with ${code ?? 'a signal'}`));
    });
    (child.stdio[3] as Readable).once('data', (data: Buffer) => {
      resolve(String(data).trim());
    });
  });
  return { child, display: `:${number}` };
};

const ended = (child: ChildProcess) =>
  new Promise<void>((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) {
      resolve();
      return;
    }
    child.once('exit', () => {
      resolve();
    });
    child.kill();
  });

/** A WebKitWebDriver, and how to ask it. */
const startDriver = async (display: string) => {
  const port = await freePort();
  const child = spawn(paths().driver, ['--host=127.0.0.1', `--port=${port}`], {
    detached: true,
    stdio: 'ignore',
    env: { ...process.env, DISPLAY: display, NO_AT_BRIDGE: '1' },
  });
  endWithProcess(child);
  const request = async (method: string, path: string, body?: object, ms = 60_000) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      signal: AbortSignal.timeout(ms), // it never answers for a browser that is gone
      ...(method === 'POST' && { body: JSON.stringify(body ?? {}) }),
    }).catch((cause: unknown) => {
      throw new Error(`WebKitWebDriver does not answer ${method} ${path}`, { cause });
    });
    const { value } = (await response.json()) as { value: unknown };
    if (response.ok) return value;
    const { error, message } = value as { error: string; message: string };
    throw new Error(`${error}: ${message}`);
  };
  for (let attempt = 0; ; attempt += 1) {
    try {
      await request('GET', '/status');
      return { child, request };
    } catch (error) {
      if (attempt > 100) throw error;
      await sleep(50);
    }
  }
};

/** A driver of its own for each session: one whose MiniBrowser did not come up waits for it for ever. */
const startSession = async (display: string, itp: boolean) => {
  const capabilities = {
    acceptInsecureCerts: true,
    'webkitgtk:browserOptions': {
      binary: paths().miniBrowser,
      // Without the second one every window.open() returns null.
      args: ['--automation', '--javascript-can-open-windows-automatically=true', ...(itp ? ['--enable-itp'] : [])],
    },
  };
  for (let attempt = 0; ; attempt += 1) {
    const driver = await startDriver(display);
    try {
      const answer = await driver.request('POST', '/session', { capabilities: { alwaysMatch: capabilities } }, 20_000);
      return { ...driver, ...(answer as { sessionId: string; capabilities: { browserVersion: string } }) };
    } catch (error) {
      await ended(driver.child);
      if (attempt >= 2) throw error;
    }
  }
};

/** `itp`: with Intelligent Tracking Prevention, as in Safari. MiniBrowser has it off. */
export async function startWebKit({ itp = false } = {}): Promise<WebKit> {
  const xvfb = await startXvfb();
  let session = await startSession(xvfb.display, itp);
  const end = async () => {
    await session.request('DELETE', `/session/${session.sessionId}`).catch(() => undefined);
    await ended(session.child);
  };

  const call = async <T>(method: string, path: string, body?: object, ms?: number) =>
    (await session.request(method, `/session/${session.sessionId}${path}`, body, ms)) as T;

  return {
    version: `WebKitGTK/${session.capabilities.browserVersion}`,
    call,
    async press(...keys) {
      const actions = keys
        .map((key) => keyCodes[key] ?? key)
        .flatMap((value) => [
          { type: 'keyDown', value },
          { type: 'keyUp', value },
        ]);
      await call('POST', '/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
    },
    async restart() {
      await end();
      session = await startSession(xvfb.display, itp);
    },
    async close() {
      await end();
      await ended(xvfb.child);
    },
  };
}

/** WebKitGTK as a browser of @web/test-runner. */
export function webkitLauncher() {
  let webkit: WebKit;
  let mainWindow: string;
  let starting: Promise<void> | undefined;
  const active = new Map<string, string>();

  const start = async () => {
    webkit = await startWebKit();
    mainWindow = await webkit.call('GET', '/window');
    await webkit.call('POST', '/window/rect', { width: 800, height: 600 });
  };
  const closePopups = async () => {
    for (const handle of await webkit.call<string[]>('GET', '/window/handles')) {
      if (handle === mainWindow) continue;
      try {
        await webkit.call('POST', '/window', { handle });
        await webkit.call('DELETE', '/window');
      } catch (error) {
        if (!String(error).includes('no such window')) throw error; // it was closing by itself
      }
    }
    await webkit.call('POST', '/window', { handle: mainWindow });
  };

  return {
    name: 'WebKitGTK',
    type: 'webdriver', // lets sendKeys() of @web/test-runner-commands call ours
    concurrency: 1,
    async startSession(id: string, url: string) {
      await (starting ??= start());
      active.set(id, url);
      await webkit.call('POST', '/url', { url });
    },
    isActive: (id: string) => active.has(id),
    getBrowserUrl: (id: string) => active.get(id),
    async stopSession(id: string) {
      await closePopups();
      await webkit.call('POST', '/url', { url: 'about:blank' });
      active.delete(id);
      return {};
    },
    async sendKeys(_id: string, keys: string[]) {
      await webkit.press(...keys);
    },
    startDebugSession: () => Promise.reject(new Error('WebKitGTK cannot be debugged from here')),
    async stop() {
      if (!starting) return;
      await starting.catch(() => undefined);
      await webkit.close();
    },
  };
}
