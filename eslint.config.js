import js from '@eslint/js'
import globals from 'globals'
import { builtinModules } from 'node:module'
import vue from 'eslint-plugin-vue'
import ts from 'typescript-eslint'
import vueParser from 'vue-eslint-parser'

const nodeBuiltins = ['node:*', ...builtinModules.filter((name) => !name.startsWith('_'))]

/** The law of a folder: what it may not import, and the sentence that says what it may. */
function law(files, forbidden, message) {
  return {
    files,
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group: forbidden, message }] }] },
  }
}

const noHiddenState = [
  ['Math', 'random', 'core/ is deterministic: take a seeded stream from core/random as an argument.'],
  ['Date', 'now', 'core/ has no clock: take one from the run context.'],
  ['performance', 'now', 'core/ has no clock: take one from the run context.'],
].map(([object, property, message]) => ({ object, property, message }))

const hostGlobals = [
  'window',
  'document',
  'navigator',
  'localStorage',
  'fetch',
  'process',
  'Buffer',
  'require',
]

export default [
  {
    ignores: ['dist', 'release', 'node_modules', 'core/kernels/generated', 'core/kernels/assembly', '.cache'],
  },
  js.configs.recommended,
  ...ts.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.ts', '**/*.vue'] })),
  ...vue.configs['flat/recommended'],
  {
    files: ['**/*.ts', '**/*.vue'],
    languageOptions: { parserOptions: { projectService: true, extraFileExtensions: ['.vue'] } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      // Without noUncheckedIndexedAccess the rule calls every guarded array read unnecessary.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-undef': 'off',
    },
  },
  {
    files: ['**/*.vue'],
    languageOptions: { parser: vueParser, parserOptions: { parser: ts.parser } },
    rules: {
      'max-lines': ['error', { max: 250 }],
      // Prettier owns the layout of templates.
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/multiline-html-element-content-newline': 'off',
      'vue/html-indent': 'off',
      'vue/html-self-closing': 'off',
      'vue/html-closing-bracket-newline': 'off',
      'vue/first-attribute-linebreak': 'off',
      'vue/require-default-prop': 'off',
      'vue/multi-word-component-names': 'off',
    },
  },
  { files: ['**/*.mjs', '*.config.js'], languageOptions: { globals: globals.node } },
  law(
    ['core/**/*.ts'],
    [
      'electron',
      'electron/*',
      '**/electron/**',
      '**/renderer/**',
      'vue',
      'pinia',
      'echarts*',
      ...nodeBuiltins,
    ],
    'core/ is pure mathematics: it imports only core/ and pure libraries (zod, ml-matrix, fflate, papaparse). No Electron, Vue, DOM or Node.',
  ),
  law(
    ['electron/**/*.ts'],
    ['**/renderer/**', 'vue', 'pinia', 'echarts*'],
    'electron/ imports core/ and Node; what the window shows belongs in renderer/.',
  ),
  law(
    ['renderer/**/*.ts', 'renderer/**/*.vue'],
    [
      'electron',
      'electron/*',
      '**/electron/**',
      '**/core/solvers/**',
      '**/core/training/**',
      ...nodeBuiltins,
    ],
    'renderer/ imports types and pure functions of core/ (protocol, experiments, measures, export) and talks to the machine through core/protocol.ts.',
  ),
  {
    files: ['core/**/*.ts'],
    rules: {
      'no-restricted-properties': ['error', ...noHiddenState],
      'no-restricted-globals': [
        'error',
        ...hostGlobals.map((name) => ({ name, message: 'core/ knows no host: pass in what is needed.' })),
      ],
    },
  },
]
