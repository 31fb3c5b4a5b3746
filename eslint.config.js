import eslint from '@eslint/js'
import { defineConfig } from 'eslint/config'
import typescript from 'typescript-eslint'

/** Programs that Node runs; everything else runs in a page. */
const forNode = [
  'demo/devices/**',
  'scripts/**',
  'tests/**/*.mjs',
  'bench/**/*.mjs',
  'demo/backends/javascript/**',
  'deploy/**/*.mjs',
  'js/*.mjs',
  'wasm/**/*.mjs',
  'templates/**/*.mjs',
  'docs/site/**/*.mjs',
  '*.js',
  '*.ts',
]

/** @param {string[]} names */
const globals = (...names) => Object.fromEntries(names.map((name) => [name, 'readonly']))

export default defineConfig(
  {
    ignores: [
      'build/',
      'demo/page/app/',
      'demo/backends/*/build/',
      'dist/',
      'coverage/',
      'test-results/',
      'wasm/*.js',
      'wasm/webapp/*.js',
      'core/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  eslint.configs.recommended,
  typescript.configs.recommended,
  {
    // TypeScript's own check of the names is better than ESLint's, where it runs.
    files: ['**/*.ts', '**/*.tsx'],
    rules: { 'no-undef': 'off' },
  },
  {
    files: ['js/src/**/*.ts'],
    extends: [typescript.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './js/tsconfig.json' } },
    rules: {
      // What is not served is an error that says so.
      'no-restricted-syntax': [
        'error',
        {
          selector: ":not(CallExpression[callee.name='imported']) > ImportExpression",
          message: 'Pass what import() returns to imported().',
        },
      ],
      // A number in a template is no surprise.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `json<T>()` states what the caller expects, and a rejection's reason may be handed on as it came.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true }],
    },
  },
  {
    files: forNode,
    languageOptions: {
      globals: globals(
        'process',
        'console',
        'Buffer',
        'URL',
        'fetch',
        'performance',
        'setTimeout',
        'clearTimeout',
        'setInterval',
        'clearInterval',
        'setImmediate',
        'queueMicrotask',
        'AbortController',
        'AbortSignal',
        'TextEncoder',
        'TextDecoder',
        'globalThis',
        'WebAssembly',
        'NodeJS',
        'structuredClone',
        'document',
        'window',
      ),
    },
  },
  {
    files: ['**/*.js'],
    ignores: forNode,
    languageOptions: {
      globals: globals(
        'window',
        'document',
        'console',
        'self',
        'globalThis',
        'location',
        'navigator',
        'history',
        'URL',
        'URLSearchParams',
        'fetch',
        'performance',
        'setTimeout',
        'clearTimeout',
        'setInterval',
        'clearInterval',
        'requestAnimationFrame',
        'queueMicrotask',
        'WebSocket',
        'Worker',
        'MessageChannel',
        'TextEncoder',
        'TextDecoder',
        'WebAssembly',
        'crypto',
        'localStorage',
        'sessionStorage',
        'indexedDB',
        'HTMLElement',
        'CustomEvent',
        'Event',
        'EventTarget',
        'AbortController',
        'AbortSignal',
        'PerformanceObserver',
        'structuredClone',
        'btoa',
        'atob',
        'BroadcastChannel',
      ),
    },
  },
)
