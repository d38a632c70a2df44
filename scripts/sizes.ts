// What a page downloads, minified and gzipped, against the targets of docs/design.md §5. 1 kB = 1000 bytes.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { minify } from 'terser';

interface Entry {
  name: string;
  file: string;
  /** Counted with everything that is imported when needed, too. */
  lazy?: boolean;
  /** kB; the build fails over `limit`. */
  target?: number;
  limit?: number;
}

const entries: Entry[] = [
  { name: 'element, first load', file: 'dist/cdn/arkane-logout.js', target: 11, limit: 14.1 },
  { name: 'element, with lazy parts', file: 'dist/cdn/arkane-logout.js', lazy: true, target: 18.5, limit: 20.5 },
  { name: 'core.js', file: 'dist/core/index.js', target: 4.5, limit: 9.3 },
  { name: 'core.js, with lazy parts', file: 'dist/core/index.js', lazy: true },
  { name: 'define.js', file: 'dist/define.js' },
  { name: 'index.js', file: 'dist/index.js' },
  { name: 'arkane-connect.js', file: 'dist/arkane-connect.js' },
  { name: 'callback.js', file: 'dist/callback.js', target: 0.7, limit: 0.7 },
];

interface Imports {
  imports: { path: string; kind: string }[];
}

/** The entry and what comes with it: its static imports, and with `lazy` the others too. */
const closure = (start: string, modules: Record<string, Imports>, lazy: boolean) => {
  const seen = new Set([start]);
  for (const name of seen) {
    for (const { path, kind } of modules[name]?.imports ?? []) {
      if (path in modules && (lazy || kind === 'import-statement')) seen.add(path);
    }
  }
  return [...seen];
};

const gzipped = (contents: Uint8Array | string) => gzipSync(contents, { level: 9 }).length;

/** As the files of dist/cdn are minified. */
const minified = async (text: string) => {
  const { code } = await minify(text, { module: true, ecma: 2020, compress: { passes: 2, keep_fargs: false } });
  return gzipped(code ?? text);
};
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);

/** `node_modules/lit-html/x.js` → `lit-html`, `dist/core/x.js` → `src/core`. */
const origin = (path: string) =>
  /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? path.replace(/^dist\b/, 'src').replace(/\/[^/]*$/, '');

const measure = async ({ file, lazy = false }: Entry) => {
  const { metafile, outputFiles } = await build({
    entryPoints: [file],
    bundle: true,
    splitting: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    outdir: '/bundle',
    metafile: true,
    write: false,
    logLevel: 'error',
  });
  const { inputs, outputs } = metafile;
  if (file.startsWith('dist/cdn/')) {
    // Measured as they are: esbuild only tells which files belong together.
    const files = closure(file, inputs, lazy);
    const sizes = await Promise.all(files.map(async (path) => gzipped(await readFile(path))));
    return { size: sum(sizes), inside: files.map((path) => basename(path)).join(', ') };
  }
  const entry = Object.keys(outputs).find((name) => outputs[name]?.entryPoint === file) ?? '';
  const names = closure(entry, outputs, lazy);
  const bytes: Record<string, number> = {};
  for (const [path, { bytesInOutput }] of names.flatMap((name) => Object.entries(outputs[name]?.inputs ?? {}))) {
    bytes[origin(path)] = (bytes[origin(path)] ?? 0) + bytesInOutput;
  }
  const parts = Object.entries(bytes).filter(([, size]) => size > 0);
  parts.sort(([, a], [, b]) => b - a);
  const files = names.map((name) => basename(name));
  const bundled = outputFiles.filter(({ path }) => files.includes(basename(path)));
  return {
    size: sum(await Promise.all(bundled.map(({ text }) => minified(text)))),
    inside: parts.map(([name, size]) => `${name} ${size}`).join(', '),
  };
};

/** Prints the table; false when something is over its limit. */
export async function printSizes(): Promise<boolean> {
  let ok = true;
  console.log('min+gz, kB of 1000 bytes      is  target  limit  inside (minified bytes, or files)');
  for (const entry of entries.filter(({ file }) => existsSync(file))) {
    const { size, inside } = await measure(entry);
    const over = size > (entry.limit ?? Infinity) * 1000;
    if (over) ok = false;
    const name = entry.name.padEnd(26);
    const is = (size / 1000).toFixed(2).padStart(6);
    const target = String(entry.target ?? '–').padStart(7);
    const limit = String(entry.limit ?? '–').padStart(6);
    console.log(name, is, target, limit, `${over ? ' TOO BIG:' : ''} ${inside}`);
  }
  return ok;
}
