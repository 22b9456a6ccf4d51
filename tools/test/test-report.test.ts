import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { allSuites, chosenSuites } from '../suites.ts';
import { outcomeOf, summary } from '../test-report.ts';

function report(passed: number, failed: number, testResults: readonly unknown[] = []): string {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'report.json');
  writeFileSync(file, JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numPendingTests: 0, testResults }));
  return file;
}

describe('the outcome of a suite', () => {
  it('counts its tests', () => {
    expect(outcomeOf('a', report(3, 2), 1, 1)).toEqual({ name: 'a', passed: 3, failed: 2, skipped: 0, seconds: 1 });
  });

  it('is a failure without any test', () => {
    expect(outcomeOf('a', report(0, 0), 0, 1)).toMatchObject({ failed: 1, problem: 'it ran no test' });
  });

  it('is a failure when the run failed, though no test did', () => {
    expect(outcomeOf('a', report(3, 0), 1, 1)).toMatchObject({ passed: 3, failed: 1 });
  });

  it('names what failed, so that the end of a long output is enough to begin with', () => {
    const failureMessages = ['\u001b[31mAssertionError\u001b[39m: expected 1 to be 2\n    at somewhere'];
    const results = [
      {
        name: '/a/x.test.ts',
        assertionResults: [
          { status: 'passed', fullName: 'one' },
          { status: 'failed', fullName: 'two', failureMessages },
        ],
      },
      { name: '/a/y.test.ts', message: 'cannot be loaded', assertionResults: [] },
    ];
    const outcome = outcomeOf('a', report(1, 1, results), 1, 1);
    expect(outcome.failures).toEqual([
      'x.test.ts > two\n    AssertionError: expected 1 to be 2\n        at somewhere',
      'y.test.ts\n    cannot be loaded',
    ]);
    expect(summary([outcome])).toContain('✗ a: x.test.ts > two\n    AssertionError');
  });

  it('is a failure without a report', () => {
    expect(outcomeOf('a', '/nowhere.json', 0, 1)).toMatchObject({ failed: 1 });
  });
});

it('ends with the totals, alone on a line', () => {
  const outcomes = [
    { name: 'a', passed: 3, failed: 1, skipped: 0, seconds: 1 },
    { name: 'b', passed: 4, failed: 0, skipped: 2, seconds: 1 },
  ];
  expect(summary(outcomes).split('\n').at(-1)).toBe('7 passed, 1 failed');
});

it('chooses suites by folder or name, and refuses what is none', () => {
  const all = allSuites(join(import.meta.dirname, '..', '..'));
  expect(all.map(({ folder }) => folder).slice(0, 2)).toEqual(['tools', 'packages/proof']);
  expect(all.at(-1)?.folder).toBe('apps/web');
  expect(chosenSuites(all, ['audit', './packages/proof/']).map(({ folder }) => folder)).toEqual(['packages/audit', 'packages/proof']);
  expect(chosenSuites(all, [])).toBe(all);
  expect(() => chosenSuites(all, ['hutch'])).toThrow('no tests in "hutch"');
});
