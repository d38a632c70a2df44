import js from '@eslint/js';
import { configs as lit } from 'eslint-plugin-lit';
import { configs as wc } from 'eslint-plugin-wc';
import globals from 'globals';
import ts from 'typescript-eslint';

const outward = 'Imports point inward (docs/design.md §4): the core knows no Lit and nothing outside src/core.';
const oneFile = 'Only src/core/discovery.ts knows oidc-client-ts, and it is loaded lazily; types are free.';
const chunk = 'A lazy chunk imports nothing of the entry, which a page may have under another URL; types are free.';

export default ts.config(
  { ignores: ['dist', 'coverage', 'node_modules', '.cache'] },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  ts.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
    },
  },
  {
    files: ['src/**/*.ts'],
    extends: [lit['flat/recommended'], wc['flat/best-practice']],
    settings: { wc: { elementBaseClasses: ['LitElement'] } },
    rules: {
      'no-console': 'error',
      'no-restricted-imports': 'off',
      'wc/guard-super-call': 'off', // LitElement has all of them
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { paths: [{ name: 'oidc-client-ts', message: oneFile, allowTypeImports: true }] },
      ],
    },
  },
  {
    files: ['src/core/{discovery,window}.ts', 'src/overlay.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { patterns: [{ group: ['./*', '../*'], message: chunk, allowTypeImports: true }] },
      ],
    },
  },
  {
    files: ['src/core/**/*.ts'],
    ignores: ['src/core/{discovery,window}.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [{ name: 'oidc-client-ts', message: oneFile, allowTypeImports: true }],
          patterns: [{ group: ['lit', 'lit/*', '@lit/*', '../*'], message: outward }],
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts', 'e2e/**/*.ts', 'bench/**/*.ts', 'scripts/**', 'demo/**/*.ts', '*.mjs'],
    languageOptions: { globals: { ...globals.node, ...globals.browser } },
    rules: {
      '@typescript-eslint/explicit-module-boundary-types': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unused-expressions': 'off', // chai's `expect(x).to.be.true`
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['test', 'describe', 'it', 'suite'], package: 'node:test' },
          ],
        },
      ],
    },
  },
  { files: ['**/*.mjs'], extends: [ts.configs.disableTypeChecked] },
);
