// Which characters of /src/ ran, over every page and navigation of one Chromium.
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { FileCoverageData } from 'istanbul-lib-coverage';
import type { CDPSession, Page, Protocol } from 'puppeteer-core';
import { mappedLines } from '../../scripts/source-lines.ts';

const root = new URL('../../', import.meta.url);

interface Script {
  path: string;
  text: string;
  /** How often each character ran, all pages and navigations together. */
  counts: Uint32Array;
}

/** The pathname of a script of ours, else undefined. */
const ownPath = (url: string) => {
  const path = URL.canParse(url) ? new URL(url).pathname : '';
  return path.startsWith('/src/') ? path : undefined;
};

export class Coverage {
  readonly #scripts = new Map<string, Script>();
  #session: CDPSession | undefined;

  /**
   * Counts what this page loads from now on. The windows that it opens share its process and are counted with it;
   * a session of their own would, as they close, switch the counters of the whole process off.
   */
  async watch(page: Page): Promise<void> {
    const session = await page.createCDPSession();
    this.#session = session;
    session.on('Debugger.scriptParsed', ({ scriptId, url }) => {
      const path = ownPath(url);
      if (path) void this.#remember(session, scriptId, path).catch(() => undefined);
    });
    session.on('Debugger.paused', () => {
      void this.take()
        .then(() => session.send('Debugger.resume'))
        .catch(() => undefined);
    });
    await session.send('Page.enable');
    await session.send('Debugger.enable');
    await session.send('Profiler.enable');
    await session.send('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
    // A navigation to another site goes to another process and leaves the counters behind: hold it until they are read.
    await session.send('Page.addScriptToEvaluateOnNewDocument', {
      source: "addEventListener('beforeunload', () => { debugger; });",
      worldName: 'coverage',
    });
  }

  /** Adds up what ran since the last time. */
  async take(): Promise<void> {
    // A page that closes in between has nothing more to say.
    const answer = await this.#session?.send('Profiler.takePreciseCoverage').catch(() => undefined);
    for (const { url, functions } of answer?.result ?? []) {
      const script = this.#scripts.get(ownPath(url) ?? '');
      if (script) add(script.counts, functions);
    }
  }

  async finish(): Promise<void> {
    await this.take();
    const folder = new URL('coverage/e2e/', root);
    await mkdir(folder, { recursive: true });
    const files = Array.from(this.#scripts.values(), (script) => {
      const path = fileURLToPath(new URL(`.${script.path}`, root));
      return [path, toIstanbul(path, script)] as const;
    });
    await writeFile(new URL(`${process.pid}-${Date.now()}.json`, folder), JSON.stringify(Object.fromEntries(files)));
  }

  async #remember(session: CDPSession, scriptId: string, path: string) {
    if (this.#scripts.has(path)) return;
    const { scriptSource } = await session.send('Debugger.getScriptSource', { scriptId });
    this.#scripts.set(path, { path, text: scriptSource, counts: new Uint32Array(scriptSource.length) });
  }
}

/** Inner ranges come after the outer ones and overrule them. What did not run since the last time is not told at all. */
function add(counts: Uint32Array, functions: Protocol.Profiler.FunctionCoverage[]) {
  const now = new Uint32Array(counts.length);
  for (const { ranges } of functions) {
    for (const { startOffset, endOffset, count } of ranges) now.fill(count, startOffset, endOffset);
  }
  now.forEach((count, index) => (counts[index] = (counts[index] ?? 0) + count));
}

/** By lines: a line ran as often as its most frequent part. Functions and branches lie through source maps, so none are told. */
function toIstanbul(path: string, { text, counts }: Script): FileCoverageData {
  const lines = new Map<number, number>();
  for (const { line, offset } of mappedLines(text)) {
    lines.set(line, Math.max(lines.get(line) ?? 0, counts[offset] ?? 0));
  }
  const statement = (line: number) => ({ start: { line, column: 0 }, end: { line, column: 0 } });
  return {
    path,
    statementMap: Object.fromEntries(Array.from(lines.keys(), (line) => [line, statement(line)])),
    s: Object.fromEntries(lines),
    fnMap: {},
    f: {},
    branchMap: {},
    b: {},
  };
}
