import { posix } from 'node:path';

/**
 * @typedef {{ name: string, default?: string, type?: { text: string }, inheritedFrom?: Reference }} Member
 * @typedef {{ name: string, attributes?: Member[], members?: Member[], superclass?: Reference }} Declaration
 * @typedef {{ name: string, module?: string, package?: string }} Reference
 * @typedef {{ path: string, declarations: Declaration[], exports: { declaration: Reference }[] }} Module
 */

/** The manifest is for those who have the package, and the package holds dist/x.js, not src/x.ts. */
const published = (/** @type {string} */ path) => path.replace(/^\/?src\/(.*)\.[jt]s$/, 'dist/$1.js');

/**
 * String unions by their names: an editor can complete `'session' | 'local'`, and knows nothing of a `StorageName`.
 * @type {Map<string, string>}
 */
const unions = new Map();

/** @type {(member: Member) => void} */
const spellOut = (member) => {
  if (member.type) member.type.text = member.type.text.replace(/\w+/g, (name) => unions.get(name) ?? name);
  if (member.inheritedFrom?.module) member.inheritedFrom.module = published(member.inheritedFrom.module);
  if (member.default) member.default = member.default.replace(/(?<=\d)_(?=\d)/g, '');
};

/** @type {(module: Module, names: Set<string>) => void} */
const mend = (module, names) => {
  module.path = published(module.path);
  for (const { declaration } of module.exports) {
    const { module: source } = declaration;
    if (source?.startsWith('.')) declaration.module = posix.join(posix.dirname(module.path), source);
    else if (source) declaration.module = published(source);
  }
  for (const declaration of module.declarations) {
    declaration.attributes?.forEach(spellOut);
    declaration.members?.forEach(spellOut);
    if (declaration.members) declaration.members = declaration.members.filter(({ name }) => !name.startsWith('#'));
    const { superclass } = declaration;
    if (superclass?.module && !module.declarations.some(({ name }) => name === superclass.name)) {
      const { name, module: source } = superclass;
      declaration.superclass = names.has(name)
        ? { name, module: published(source ?? '') }
        : { name, package: 'global:' };
    }
  }
};

export default {
  globs: ['src/**/*.ts'],
  outdir: '.',
  litelement: true,
  packagejson: false, // package.json names the manifest already and is not to be rewritten by a build
  plugins: [
    {
      name: 'for-users',
      /** @param {{ ts: import('typescript'), node: import('typescript').Node }} source */
      collectPhase({ ts, node }) {
        if (!ts.isTypeAliasDeclaration(node) || !ts.isUnionTypeNode(node.type)) return;
        const isString = (/** @type {import('typescript').TypeNode} */ type) =>
          ts.isLiteralTypeNode(type) && ts.isStringLiteral(type.literal);
        if (node.type.types.every(isString)) unions.set(node.name.text, node.type.getText());
      },
      /** @param {{ customElementsManifest: { modules: Module[] } }} link */
      packageLinkPhase({ customElementsManifest }) {
        const declared = customElementsManifest.modules.flatMap(({ declarations }) => declarations);
        const names = new Set(declared.map(({ name }) => name));
        for (const module of customElementsManifest.modules) mend(module, names);
      },
    },
  ],
};
