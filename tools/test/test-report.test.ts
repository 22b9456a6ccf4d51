import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { allSuites, chosenSuites } from '../suites.ts';
import { outcomeOf, summary } from '../test-report.ts';

function report(passed: number, failed: number): string {
  const folder = mkdtempSync(join(tmpdir(), 'report-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'report.json');
  writeFileSync(file, JSON.stringify({ numPassedTests: passed, numFailedTests: failed, numPendingTests: 0 }));
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
