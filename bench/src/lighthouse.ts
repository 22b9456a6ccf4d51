import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromiumExecutable, launchArguments } from '@countersign/testing/browser';
import { signIn, startDemo } from './demo-server.ts';
import { median, printTable } from './table.ts';

/** Fetched when it is wanted: with its hundred packages and 180 MB it would be the largest thing that everybody installs. */
const LIGHTHOUSE = 'lighthouse@13.5.0';
const ROUNDS = 3;
const PAGES = ['/live', '/timecards'] as const;
const TARGETS = { accessibility: 100, performance: 95 } as const;
const TIMES = ['first-contentful-paint', 'largest-contentful-paint', 'total-blocking-time', 'cumulative-layout-shift'] as const;

interface Report {
  readonly runtimeError?: { readonly message: string };
  /** From 0 to 1; null where nothing could be judged. */
  readonly categories: Readonly<Record<keyof typeof TARGETS, { readonly score: number | null }>>;
  readonly audits: Readonly<Record<(typeof TIMES)[number], { readonly numericValue: number }>>;
}

/** Lighthouse's desktop profile on pages of the demonstration, as somebody who sees everything. Fails where a target is missed. */
export async function run(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-lighthouse-'));
  const server = await startDemo();
  try {
    const headers = join(folder, 'headers.json');
    writeFileSync(headers, JSON.stringify({ Cookie: await signIn(server.url) }), { mode: 0o600 });
    const rows = [];
    for (const page of PAGES) {
      const reports: Report[] = [];
      for (let round = 0; round < ROUNDS; round++) reports.push(await judged(`${server.url}${page}`, { folder, headers }));
      rows.push(rowOf(page, reports));
    }
    printTable(rows);
    process.exitCode = rows.some((row) => row.accessibility < TARGETS.accessibility || row.performance < TARGETS.performance) ? 1 : 0;
  } finally {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

const inNpm = promisify(execFile);

async function judged(url: string, { folder, headers }: { readonly folder: string; readonly headers: string }): Promise<Report> {
  const output = join(folder, 'report.json');
  const options = [
    '--preset=desktop',
    '--only-categories=performance,accessibility',
    '--output=json',
    `--output-path=${output}`,
    `--extra-headers=${headers}`,
    `--chrome-flags=--headless=new ${launchArguments.filter((argument) => !/[ *]/.test(argument)).join(' ')}`,
    '--quiet',
  ];
  await inNpm('npm', ['exec', '--yes', `--package=${LIGHTHOUSE}`, '--', 'lighthouse', url, ...options], {
    env: { ...process.env, CHROME_PATH: await chromiumExecutable() },
    maxBuffer: 16_000_000,
  });
  const report = JSON.parse(readFileSync(output, 'utf8')) as Report;
  if (report.runtimeError) throw new Error(`Lighthouse could not judge ${url}: ${report.runtimeError.message}`);
  return report;
}

function rowOf(page: string, reports: readonly Report[]) {
  const score = (name: keyof typeof TARGETS) => Math.round(100 * median(reports.map(({ categories }) => categories[name].score ?? 0)));
  const time = (name: (typeof TIMES)[number], digits = 0) => median(reports.map(({ audits }) => audits[name].numericValue)).toFixed(digits);
  return {
    page,
    accessibility: score('accessibility'),
    performance: score('performance'),
    'first paint, ms': time('first-contentful-paint'),
    'largest paint, ms': time('largest-contentful-paint'),
    'blocked, ms': time('total-blocking-time'),
    'layout shift': time('cumulative-layout-shift', 3),
  };
}
