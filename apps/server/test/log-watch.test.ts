import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RefusedAccess } from '@countersign/domain/record/access-refused';
import { eventually } from '@countersign/testing/eventually';
import { LogWatch, refusalsIn } from '../src/database/log-watch.ts';

const line = (message: string, { role = 'countersign_app', database = 'postgres' } = {}) =>
  `2026-11-22 12:41:42.493 UTC [5645] "${role}" "${database}" 127.0.0.1 ERROR:  ${message}\n`;

describe('AUD-12: what privileges refuse is taken from the log of the database', () => {
  test('each role and table once, with how often', () => {
    const text = [
      line('permission denied for table audit_event'),
      '2026-11-22 12:41:42.493 UTC [5645] "countersign_app" "postgres" 127.0.0.1 STATEMENT:  delete from audit_event\n',
      line('permission denied for table audit_event'),
      line('must be owner of table audit_rollup', { role: 'some "one' }),
      line('permission denied for table profiles'),
      line('permission denied for table audit_event', { database: 'another' }),
      // What somebody sends over several lines is continued with a tab.
      `2026-11-22 12:41:42.493 UTC [5645] "x" "postgres" 127.0.0.1 ERROR:  no such\n\t${line('permission denied for table audit_head')}`,
    ].join('');
    expect(refusalsIn(text, 'postgres')).toEqual([
      { database_user: 'countersign_app', table: 'audit_event', times: 2 },
      { database_user: 'some "one', table: 'audit_rollup', times: 1 },
    ]);
  });

  test('whole lines alone, once, also by the next run, and again where they could not be told', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'log-watch-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, 'postgres.log');
    const found: RefusedAccess[] = [];
    let refuses = true;
    const problems: unknown[] = [];
    const watch = () =>
      new LogWatch({
        file,
        database: 'postgres',
        every: 5,
        report: (problem) => problems.push(problem),
        told: (refusals) => {
          if (refuses) return Promise.reject(new Error('not now'));
          found.push(...refusals);
          return Promise.resolve();
        },
      });
    const denied = line('permission denied for table audit_event');
    writeFileSync(file, denied + denied.slice(0, 60));
    const first = watch();
    await eventually(() => problems.length > 1);
    refuses = false;
    await eventually(() => found.length === 1);
    await eventually(() => readFileSync(`${file}.seen`, 'utf8') === String(denied.length));
    await first.close();
    appendFileSync(file, denied.slice(60));
    const second = watch();
    await eventually(() => found.length === 2);
    await second.close();
    expect(found).toEqual(Array.from({ length: 2 }, () => ({ database_user: 'countersign_app', table: 'audit_event', times: 1 })));
  });
});
