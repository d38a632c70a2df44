// What Rollup does to the files of dist/cdn beyond bundling them.
import { readFile } from 'node:fs/promises';
import { transform } from 'esbuild';

/** @typedef {import('rollup').Plugin} Plugin */

/**
 * Styles are text to a JavaScript minifier, so the CSS in Lit's css`…` gets one of its own.
 * @type {Plugin}
 */
export const smallStyles = {
  name: 'small-styles',
  async transform(code, id) {
    if (id.includes('/node_modules/')) return null;
    let small = code;
    for (const [literal, text = ''] of code.matchAll(/\bcss\s*`([^`$\\]*)`/g)) {
      const { code: css, warnings } = await transform(text, { loader: 'css', minify: true });
      for (const { text: message } of warnings) this.error(`css: ${message}`);
      // The lines below stay where the source map has them.
      const lines = '\n'.repeat(literal.split('\n').length - 1);
      small = small.replace(literal, () => `css\`${css.trim()}\`${lines}`);
    }
    return { code: small, map: null };
  },
};

/**
 * A page may add a query to the entry's address, and a chunk that imports the entry would then load a second element.
 * @type {Plugin}
 */
export const chunksStandAlone = {
  name: 'chunks-stand-alone',
  generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== 'chunk' || file.isEntry) continue;
      const entry = [...file.imports, ...file.dynamicImports].find((name) => {
        const imported = bundle[name];
        return imported?.type === 'chunk' && imported.isEntry;
      });
      if (entry === undefined) continue;
      const modules = file.moduleIds.map((id) => id.replace(`${process.cwd()}/`, '')).join(', ');
      this.error(
        `${file.fileName} (${modules}) imports the entry ${entry}: what it shares with it must be handed over.`,
      );
    }
  },
};

const packageFolder = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)(?=\/)/;

/**
 * The licences of what is bundled want their text beside it: one file has them, and its name stands in each chunk.
 * @type {Plugin}
 */
export const licences = {
  name: 'licences',
  banner: ({ moduleIds }) => (moduleIds.some((id) => packageFolder.test(id)) ? '/*! Licences: LICENSES.txt */' : ''),
  async generateBundle(_, bundle) {
    const folders = new Map();
    for (const file of Object.values(bundle)) {
      for (const id of file.type === 'chunk' ? file.moduleIds : []) {
        const [folder, name] = packageFolder.exec(id) ?? [];
        if (folder !== undefined) folders.set(name, folder);
      }
    }
    const names = [...folders.keys()].sort();
    if (names.length === 0) return;
    const texts = await Promise.all(names.map((name) => readFile(`${folders.get(name)}/LICENSE`, 'utf8')));
    const source = names.map((name, index) => `${name}\n\n${texts[index]}`).join('\n\n');
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source });
  },
};
