import { readFileSync } from 'node:fs';

/** What one suite, or one step before them, came to. */
export interface Outcome {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** What is wrong beyond single tests. */
  readonly problem?: string;
}

/** The part of Vitest's JSON report that is read here. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
}

/**
 * The outcome of a run of Vitest.
 *
 * A run that failed although no test did (a file that cannot be loaded, a rejection nobody awaited) counts as one
 * failure, and so does a run without any test: silence proves nothing.
 */
export function outcomeOf(name: string, reportFile: string, exitCode: number | null, seconds: number): Outcome {
  const report = readReport(reportFile);
  const counts = { passed: report?.numPassedTests ?? 0, failed: report?.numFailedTests ?? 0, skipped: report?.numPendingTests ?? 0 };
  const problem = problemOf(report, counts, exitCode);
  return problem === undefined ? { name, ...counts, seconds } : { name, ...counts, failed: counts.failed || 1, seconds, problem };
}

function problemOf(
  report: VitestReport | undefined,
  counts: { passed: number; failed: number },
  exitCode: number | null,
): string | undefined {
  if (!report) return `it ended without a report, with exit code ${exitCode}`;
  if (counts.failed > 0) return undefined;
  if (exitCode !== 0) return `it ended with exit code ${exitCode}, though no test failed`;
  return counts.passed === 0 ? 'it ran no test' : undefined;
}

function readReport(file: string): VitestReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as VitestReport;
  } catch {
    return undefined;
  }
}

/** A table for people, and a last line for everybody: `N passed, N failed`. */
export function summary(outcomes: readonly Outcome[]): string {
  const width = Math.max(...outcomes.map(({ name }) => name.length));
  const row = (name: string, cells: readonly string[]) => `  ${name.padEnd(width)}${cells.map((cell) => cell.padStart(9)).join('')}`;
  const lines = outcomes.map(({ name, passed, failed, skipped, seconds, problem }) => {
    const figures = [passed, failed, skipped].map((count) => (count === 0 ? '·' : String(count)));
    return `${row(name, [...figures, seconds.toFixed(1)])}${problem === undefined ? '' : `   ${problem}`}`;
  });
  const total = (figure: 'passed' | 'failed') => outcomes.reduce((sum, outcome) => sum + outcome[figure], 0);
  return [
    '',
    row('', ['passed', 'failed', 'skipped', 'seconds']),
    ...lines,
    '',
    `${total('passed')} passed, ${total('failed')} failed`,
  ].join('\n');
}
