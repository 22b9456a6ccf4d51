import { defineConfig, type OxlintOverride } from 'oxlint';
import { DIRECTIONS, type Direction, TEST_TOOLS } from './tools/import-directions.ts';

const SOURCE = '**/*.{ts,tsx}';
const TESTS = ['**/test/**', '**/*.test.{ts,tsx}', '**/*.e2e.ts', '**/vitest.config.ts', '**/vite.config.ts'];

const EVERYWHERE = [
  {
    // A folder before `src/`: that is somebody else's.
    regex: String.raw`^\.[./]*/[^./][^/]*/(.*/)?src/`,
    message: 'Other packages are entered by their names: what is not in their `exports` is their own affair.',
  },
  { regex: String.raw`/index(\.[jt]sx?)?$`, message: 'No barrels: import the file that holds the thing.' },
];

/** A name does not stand for what is below it in the rule's globs. */
const exceptions = (names: readonly string[]) => names.flatMap((name) => [`!${name}`, `!${name}/**`]);

/**
 * An exception (`!`) of a group ends the rule's search, whatever the patterns after it say: those that always hold stand
 * first, and no two groups may be about the same names.
 */
function restricted({ reason, allowedTypes = [] }: Direction, allowed: readonly string[]) {
  const typesOnly = allowedTypes.map((name) => ({
    regex: `^${name}(/|$)`,
    message: `Types only (\`import type\`): ${reason}.`,
    allowTypeImports: true,
  }));
  const others = ['@countersign/**', ...exceptions([...allowed, ...allowedTypes])];
  return [...EVERYWHERE, ...typesOnly, { group: others, message: `Imports flow one way: ${reason}.` }];
}

function directionOverrides(direction: Direction): OxlintOverride[] {
  const { folder, allowed, allowedInTests = [], allowedTypes = [] } = direction;
  const typesOnly = allowedTypes.filter((name) => !allowedInTests.includes(name));
  return [
    override([`${folder}/${SOURCE}`], restricted(direction, allowed)),
    override(
      [...TESTS, 'tools/**'].map((pattern) => `${folder}/${pattern}`),
      restricted({ ...direction, allowedTypes: typesOnly }, [...allowed, ...allowedInTests, ...TEST_TOOLS]),
    ),
  ];
}

/** Areas of the domain, seen from `depth` folders below `src`. */
function areaOverride(depth: number): OxlintOverride {
  const domain = DIRECTIONS.find(({ name }) => name === 'domain') as Direction;
  const up = '../'.repeat(depth);
  const other = {
    group: [`${up}*/**`, `!${up}people/**`, `!${up}messages/**`, `!${up}record/value-format.rules.ts`],
    message:
      'Areas of the domain do not import each other: what they share is people, messages and how values are written, or lies directly in src.',
  };
  return override([`packages/domain/src/${'*/'.repeat(depth)}*.ts`], [...restricted(domain, domain.allowed), other]);
}

const override = (files: string[], patterns: ReturnType<typeof restricted>): OxlintOverride => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns }] },
});

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise', 'node'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  options: { typeAware: true, reportUnusedDisableDirectives: 'error' },
  ignorePatterns: ['**/dist/**', '**/*.gen.ts'],
  rules: {
    // Promises that nobody waits for lose errors, and with them events.
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/require-await': 'off',
    'typescript/return-await': ['error', 'error-handling-correctness-only'],
    'promise/no-multiple-resolved': 'off',
    'promise/always-return': 'off',

    // The type system is the first test.
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/ban-ts-comment': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'typescript/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    'typescript/no-import-type-side-effects': 'off',
    // Assertions to a narrower type are how unknown data gets its type after a check; `any` is what has to be kept out.
    'typescript/no-unsafe-type-assertion': 'off',
    // A union's `never` branch and a generic used once document what the checker cannot be told otherwise.
    'typescript/no-unnecessary-type-parameters': 'off',
    'typescript/consistent-return': 'off',

    // Size and shape.
    'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
    'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    'max-params': ['error', { max: 4 }],
    'max-depth': ['error', 4],
    complexity: ['error', 20],
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'no-var': 'error',
    'prefer-const': 'error',
    'no-param-reassign': 'error',
    'no-shadow': 'off',
    'no-console': 'error',
    'no-debugger': 'error',
    'no-underscore-dangle': 'off',
    'no-await-in-loop': 'off',
    'no-unmodified-loop-condition': 'off',
    'unicorn/consistent-function-scoping': 'off',
    'unicorn/no-array-sort': 'off',
    'unicorn/no-array-reverse': 'off',
    'oxc/no-map-spread': 'off',

    // Imports.
    'import/no-cycle': 'error',
    'import/no-unassigned-import': 'off',
    'import/no-named-as-default-member': 'off',
    'oxc/no-barrel-file': ['error', { threshold: 0 }],
    'unicorn/prefer-node-protocol': 'error',
    'no-restricted-imports': ['error', { patterns: EVERYWHERE }],
  },
  overrides: [
    ...DIRECTIONS.flatMap(directionOverrides),
    areaOverride(1),
    areaOverride(2),
    {
      files: [`apps/web/${SOURCE}`],
      plugins: ['react', 'jsx-a11y'],
      rules: {
        'react/rules-of-hooks': 'error',
        'react/exhaustive-deps': 'error',
        'react/react-in-jsx-scope': 'off',
        // Advice for the React compiler, which is not used here.
        'react/exhaustive-effect-dependencies': 'off',
        'react/incompatible-library': 'off',
        'react/set-state-in-effect': 'off',
        // Feeds, grids and live regions have no tag of their own; and what scrolls must be reachable by keys.
        'jsx-a11y/prefer-tag-over-role': 'off',
        'jsx-a11y/no-noninteractive-tabindex': 'off',
        // The router's redirects are thrown.
        'typescript/only-throw-error': ['error', { allow: [{ from: 'package', package: '@tanstack/router-core', name: 'Redirect' }] }],
      },
    },
    {
      files: TESTS,
      rules: {
        'max-lines': 'off',
        'max-lines-per-function': 'off',
        'max-params': 'off',
        complexity: 'off',
        'typescript/no-unsafe-assignment': 'off',
        'typescript/unbound-method': 'off',
      },
    },
    {
      // What talks to a person at a terminal.
      files: [
        'tools/**',
        'bench/**',
        'apps/server/src/main.ts',
        'apps/server/src/commands/**',
        'packages/proof/src/cli.ts',
        '**/test/fixtures/**',
        '**/test/lab/**',
      ],
      rules: { 'no-console': 'off' },
    },
    {
      // JavaScript without types: it runs before anything is installed.
      files: ['**/*.mjs'],
      rules: {
        'typescript/no-unsafe-argument': 'off',
        'typescript/no-unsafe-assignment': 'off',
        'typescript/no-unsafe-call': 'off',
        'typescript/no-unsafe-member-access': 'off',
        'typescript/no-unsafe-return': 'off',
      },
    },
  ],
});
