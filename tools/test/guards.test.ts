import { describe, expect, it } from 'vitest';
import { findings, GUARDS } from '../guards.ts';

const found = (path: string, text: string) =>
  GUARDS.filter((guard) => findings(guard, [{ path, text }]).length > 0).map(({ name }) => name);

describe('guards', () => {
  it('find addresses in lock files', () => {
    expect(found('pnpm-lock.yaml', 'resolution: {tarball: file.tgz}')).toEqual(['the lock file of pnpm names packages, not servers']);
    expect(found('pnpm-lock.yaml', 'resolution: {integrity: sha512-x}')).toEqual([]);
    expect(found('tools/toolchain/package-lock.json', '"resolved": "x"')).toEqual([
      'the lock file of the toolchain names packages, not servers',
    ]);
  });

  it('find the paths of one machine', () => {
    for (const path of ['/home/ann/x', '/Users/ann/x', '/root/x/y', 'C:\\Users\\ann\\x'].map((text) => `read('${text}')`)) {
      expect(found('docs/a.md', path)).toEqual(['no path of one machine']);
    }
    expect(found('docs/a.md', 'a checkout below `/root` or /var/lib/x')).toEqual([]);
  });

  it('find tests that do not run', () => {
    for (const how of ['only', 'skip', 'todo', 'fails']) {
      expect(found('packages/x/test/a.test.ts', `it.${how}('eats', () => {})`)).toEqual(['every test runs']);
      expect(found('packages/x/test/a.test.ts', `describe.concurrent.${how}('eats', () => {})`)).toEqual(['every test runs']);
    }
    expect(found('packages/x/test/a.test.ts', "it.runIf(isRoot)('eats', () => {})")).toEqual([]);
    expect(found('packages/x/src/a.ts', 'list.it.skip(3)')).toEqual([]);
  });

  it('ask for the reason of a rule that is switched off', () => {
    const comment = ['// oxlint', 'disable-next-line no-console'].join('-');
    expect(found('packages/x/src/a.ts', comment)).toEqual(['a lint rule that is switched off says why']);
    expect(found('packages/x/src/a.ts', `${comment} -- speaks to a person`)).toEqual([]);
  });

  it('keep the business out of the audit package', () => {
    expect(found('packages/audit/src/a.ts', '// like a time_card')).toEqual(['audit knows no word of the business']);
    expect(found('packages/domain/src/a.ts', '// like a timecard')).toEqual([]);
  });

  it('say where', () => {
    const guard = GUARDS.find(({ name }) => name === 'every test runs');
    expect(guard && findings(guard, [{ path: 'test/a.test.ts', text: "\n  it.skip('eats');\n" }])).toEqual([
      "test/a.test.ts:2: it.skip('eats');",
    ]);
  });
});
