// The single file for a <script> tag: the element and Lit in one, lazy parts in chunks beside it.
import { nodeResolve } from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';

/** @type {import('rollup').RollupOptions} */
export default {
  input: { 'arkane-logout': 'dist/define.js' },
  output: {
    dir: 'dist/cdn',
    format: 'es',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js', // a page may hold the entry and its chunks of different releases in its cache
    // @ts-expect-error Its types describe a CommonJS module; what Node loads is an ES module.
    plugins: [terser({ module: true, ecma: 2020, compress: { passes: 2 } })],
  },
  plugins: [nodeResolve({ browser: true })],
  onwarn(warning) {
    throw new Error(warning.message); // a warning nobody reads is a bug somebody meets
  },
};
