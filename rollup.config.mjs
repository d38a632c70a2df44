// Files for a <script> tag: the element and Lit in one, lazy parts in chunks beside it; and the return page's script.
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { chunksStandAlone, licences, smallStyles } from './scripts/cdn-plugins.mjs';

const compress = { passes: 2, keep_fargs: false }; // nothing here or in Lit asks for a function's length
const minify = () =>
  // @ts-expect-error Its types describe a CommonJS module; what Node loads is an ES module.
  terser({ module: true, ecma: 2020, compress, format: { comments: /^!/ } });

/** @type {(name: string, input: string) => import('rollup').RollupOptions} */
const file = (name, input) => ({
  input: { [name]: input },
  preserveEntrySignatures: false, // a <script> tag cannot read exports
  output: {
    dir: 'dist/cdn',
    format: 'es',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js', // a page may hold the entry and its chunks of different releases in its cache
    plugins: [minify()],
  },
  // `lit` brings its templates along; nothing here uses them, and loading them does nothing else.
  treeshake: { moduleSideEffects: (id) => !/\/node_modules\/lit-(html|element)\//.test(id) },
  plugins: [nodeResolve({ browser: true }), smallStyles, licences, chunksStandAlone],
  onwarn(warning) {
    throw new Error(warning.message); // a warning nobody reads is a bug somebody meets
  },
});

// Two builds, so that they share no chunk: the return page loads one small file and nothing else.
export default [file('arkane-logout', 'dist/define.js'), file('callback', 'dist/callback.js')];
