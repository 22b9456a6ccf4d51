import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** What one suite, or one step before them, came to. */
export interface Outcome {
  readonly name: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  /** What is wrong beyond single tests. */
  readonly problem?: string;
  /** Each test that failed, as people are told of it at the end; none unless given. */
  readonly failures?: readonly string[];
}

/** The part of Vitest's JSON report that is read here. */
interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly testResults?: readonly {
    readonly name: string;
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[] | null;
    }[];
  }[];
}

// Enough to begin from; the whole is further up, where the suite printed it.
const LINES_PER_FAILURE = 12;

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
  const failures = failuresOf(report);
  return {
    name,
    ...counts,
    ...(problem !== undefined && { failed: counts.failed || 1, problem }),
    seconds,
    ...(failures.length > 0 && { failures }),
  };
}

function failuresOf(report: VitestReport | undefined): string[] {
  return (report?.testResults ?? []).flatMap(({ name: file, message, assertionResults }) => {
    const failed = assertionResults.filter(({ status }) => status === 'failed');
    // A file that could not be loaded, or a hook of it that failed, fails without a test.
    if (failed.length === 0) return message ? [failureText(basename(file), [message])] : [];
    return failed.map(({ fullName, failureMessages }) => failureText(`${basename(file)} > ${fullName}`, failureMessages ?? []));
  });
}

function failureText(title: string, messages: readonly string[]): string {
  const lines = messages.flatMap((message) => stripVTControlCharacters(message).split('\n'));
  return [title, ...lines.slice(0, LINES_PER_FAILURE).map((line) => `    ${line}`)].join('\n');
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

/** A table for people, what failed, and a last line for everybody: `N passed, N failed`. */
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
    ...outcomes.flatMap(({ name, failures = [] }) => failures.map((failure) => `  ✗ ${name}: ${failure}\n`)),
    `${total('passed')} passed, ${total('failed')} failed`,
  ].join('\n');
}
