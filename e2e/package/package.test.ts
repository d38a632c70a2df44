// The package as its users get it: packed, installed in an empty project, and used there in every way that it is for.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { access, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, extname, isAbsolute, join, relative } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { type Browser, engines, open } from '../support/drivers.ts';

interface Manifest {
  customElements: string;
  exports: Record<string, string | { types: string; default: string }>;
  sideEffects: string[];
}

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const tool = (name: string) => join(checkout, 'node_modules/.bin', name);

/** Quiet when all is well, and rejects with all that was printed when not. */
const run = (cwd: string, command: string, ...args: string[]) =>
  new Promise<void>((resolve, reject) => {
    execFile(command, args, { cwd }, (error, stdout, stderr) => {
      if (error) reject(new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`));
      else resolve();
    });
  });

let project: string;
let tarball: string;
/** The installed package. */
let folder: string;
/** Of its files, seen from there. */
let names: string[];
let manifest: Manifest;

before(async () => {
  project = await mkdtemp(join(tmpdir(), 'arkane-logout-package-'));
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }');
  // Not built anew: other tests use dist.
  await run(checkout, 'npm', 'pack', '--ignore-scripts', '--pack-destination', project);
  tarball = join(
    project,
    (await readdir(project)).find((name) => name.endsWith('.tgz'))!,
  );
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
  await run(project, 'npm', 'install', '--prefix', project, ...quiet, tarball);
  folder = join(project, 'node_modules/arkane-logout');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  names = files.map(({ parentPath, name }) => relative(folder, join(parentPath, name)));
  manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest;
});
after(() => rm(project, { recursive: true, force: true }));

describe('the tarball', () => {
  it('holds what a user needs and nothing else', () => {
    const expected = [
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|custom-elements\.json)$/,
      /^src\/(core\/)?[a-z-]+\.ts$/,
      /^dist\/(core\/)?[a-z-]+\.(js|d\.ts)(\.map)?$/,
      /^dist\/cdn\/(arkane-logout|callback|[a-z-]+-[\w-]{8})\.js(\.map)?$/,
      /^dist\/cdn\/(LICENSES\.txt|integrity\.json)$/,
    ];
    assert.deepEqual(
      names.filter((name) => !expected.some((pattern) => pattern.test(name))),
      [],
    );
    for (const name of ['README.md', 'LICENSE', 'dist/cdn/LICENSES.txt']) assert.ok(names.includes(name), name);
  });

  it('has source maps that lead to a source, and to none on the machine that built it', async () => {
    const maps = names.filter((name) => name.endsWith('.map'));
    assert.ok(maps.length > 0);
    for (const name of maps) {
      const map = JSON.parse(await readFile(join(folder, name), 'utf8')) as Partial<Record<string, string[]>>;
      for (const source of map.sources ?? []) {
        assert.ok(!isAbsolute(source), `${name}: ${source}`);
        if (!map.sourcesContent) await access(join(folder, dirname(name), source));
      }
    }
  });

  it('has every file that its package.json names', async () => {
    const named = Object.values(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    const sideEffects = manifest.sideEffects.filter((path) => !path.includes('*'));
    for (const path of [...named, ...sideEffects, manifest.customElements]) await access(join(folder, path));
  });

  it('leaves publint nothing to say', async () => {
    const { messages, pkg } = await publint({
      pack: { tarball: new Uint8Array(await readFile(tarball)).buffer },
      strict: true,
    });
    assert.deepEqual(
      messages.map((message) => formatMessage(message, pkg)),
      [],
    );
  });

  it('has types that resolve in every way that ES modules are resolved', async () => {
    await run(project, tool('attw'), tarball, '--profile', 'esm-only');
  });
});

describe('in Node', () => {
  // A server renders pages that import the package, without a DOM.
  for (const name of ['arkane-logout', 'arkane-logout/core.js', 'arkane-logout/arkane-connect.js']) {
    it(`${name} is imported without throwing`, async () => {
      await run(project, process.execPath, '--eval', `await import('${name}')`, '--input-type=module');
    });
  }
});

describe('in TypeScript', () => {
  const consumer = `
    import { ArkaneLogoutElement, type LogoutResult, type TokenStore } from 'arkane-logout';
    import { ArkaneConnect } from 'arkane-logout/arkane-connect.js';
    import { logout, LogoutError, wasLoggedOut } from 'arkane-logout/core.js';
    import 'arkane-logout/callback.js';
    import 'arkane-logout/define.js';

    type Is<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

    const store: TokenStore = { tokens: () => null, clear: () => undefined };
    const element = document.querySelector('arkane-logout')!;
    element.tokenStore = store;
    element satisfies ArkaneLogoutElement;
    true satisfies Is<typeof element.clientId, string | null>; // not any, which a lost type would be

    document.addEventListener('arkane-logged-out', ({ detail }) => {
      true satisfies Is<typeof detail, LogoutResult>;
    });
    document.addEventListener('arkane-logging-out', (event) => event.waitUntil(Promise.resolve()));
    element.addEventListener('arkane-logout-error', ({ detail }) => detail.error.code satisfies string);

    export const out = async (): Promise<boolean> => {
      try {
        await logout({ clientId: 'Arketype', tokenStore: store });
        await new ArkaneConnect('Arketype').logout();
      } catch (error) {
        return error instanceof LogoutError && error.code === 'cancelled';
      }
      return wasLoggedOut();
    };`;
  const settings = {
    strict: true,
    noEmit: true,
    skipLibCheck: false, // our declarations are checked, too
    target: 'es2022',
    lib: ['es2022', 'dom', 'dom.iterable'],
    types: [],
  };

  for (const [module, moduleResolution] of [
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ]) {
    it(`a page compiles with moduleResolution ${moduleResolution}`, async () => {
      const name = `tsconfig.${moduleResolution}.json`;
      const compilerOptions = { ...settings, module, moduleResolution };
      await writeFile(join(project, 'consumer.ts'), consumer);
      await writeFile(join(project, name), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }));
      await run(project, tool('tsc'), '-p', name);
    });
  }
});

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };

describe('in a browser', () => {
  const server = createServer(({ url = '' }, response) => {
    response.setHeader('content-type', types[extname(url)] ?? 'application/octet-stream');
    createReadStream(join(project, url))
      .on('error', () => response.writeHead(404).end())
      .pipe(response);
  });
  before(async () => {
    await build({
      stdin: { contents: `import 'arkane-logout/define.js';`, resolveDir: project },
      bundle: true,
      splitting: true,
      minify: true,
      format: 'esm',
      outdir: join(project, 'bundle'),
      entryNames: 'page',
    });
    const file = 'node_modules/arkane-logout/dist/cdn/arkane-logout.js';
    const hashes = JSON.parse(await readFile(join(folder, 'dist/cdn/integrity.json'), 'utf8')) as Record<
      string,
      string
    >;
    const page = (src: string, more = '') =>
      `<!doctype html><script type="module" src="${src}"${more}></script><arkane-logout></arkane-logout>`;
    await writeFile(join(project, 'bundled.html'), page('bundle/page.js'));
    await writeFile(join(project, 'one-file.html'), page(file, ` integrity="${hashes['arkane-logout.js']}"`));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => server.close());

  for (const engine of engines) {
    describe(engine, () => {
      let browser: Browser;
      before(async () => (browser = await open(engine)));
      after(() => browser.close());

      for (const [title, page] of [
        ['an app that is bundled', 'bundled.html'],
        ['one script tag with its integrity hash', 'one-file.html'],
      ]) {
        it(`${title} has a button that works`, async () => {
          await browser.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/${page}`);
          await browser.evaluate(() => {
            document.addEventListener('arkane-logout-error', ({ detail }) => {
              document.title = detail.error.message;
            });
          });
          await browser.click('arkane-logout >>> button');
          const message = await browser.until(() => browser.evaluate(() => document.title), 'arkane-logout-error');
          assert.match(message, /^client-id: missing/);
        });
      }
    });
  }
});
