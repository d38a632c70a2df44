/** @type {(path: string) => string} */
const published = (path) => path.replace(/^\/?src\/(.*)\.[jt]s$/, 'dist/$1.js');

/** @type {(node: unknown) => void} */
const rename = (node) => {
  if (typeof node !== 'object' || node === null) return;
  const fields = /** @type {Record<string, unknown>} */ (node);
  for (const [key, value] of Object.entries(fields)) {
    if (typeof value !== 'string') rename(value);
    else if (key === 'path' || key === 'module') fields[key] = published(value);
  }
};

export default {
  globs: ['src/**/*.ts'],
  exclude: ['src/**/*.test.ts'],
  outdir: '.',
  litelement: true,
  packagejson: false, // package.json names the manifest already and is not to be rewritten by a build
  plugins: [
    {
      // The manifest is for those who have the package, and the package holds dist/x.js, not src/x.ts.
      name: 'published-paths',
      /** @param {{ customElementsManifest: object }} link */
      packageLinkPhase({ customElementsManifest }) {
        rename(customElementsManifest);
      },
    },
  ],
};
