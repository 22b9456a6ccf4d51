import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { execute } from '@countersign/api/execute';
import { loadViewer } from '@countersign/domain/people/viewer';
import { auditCompleteness } from '@countersign/domain/record/balance/completeness.queries';
import { createTimecard } from '@countersign/domain/timecards/timecard.commands';
import { eventually } from '@countersign/testing/eventually';
import { openDatabase } from '../src/database/database.ts';
import { BALANCE, openJobs } from '../src/messages/jobs.ts';
import { openPostman } from '../src/messages/postman.ts';
import { type House, house, settingsFor } from './house.ts';
import { IMPATIENT } from './post-office.ts';

// AUD-31: what a balance finds is kept, recorded, told to administrators and shown with the record.

let home: House;
let admin: { id: string; email: string };
let worker: { id: string; email: string };
let card: string;

beforeAll(async () => {
  home = await house();
  admin = await home.person('admin', 'Ada');
  worker = await home.person('worker', 'Emre');
  card = await newCard();
});
afterAll(() => home.close());
beforeEach(async () => {
  await home.sql('delete from balance_checks');
  await home.sql(`delete from notifications where topic = 'audit-balance'`);
});

const callerOf = async (id: string) => {
  const viewer = await loadViewer(home.system.orm.em.fork(), id);
  if (!viewer) throw new Error('nobody');
  return { viewer, channel: 'web', requestId: crypto.randomUUID(), ipAddress: null, userAgent: null } as const;
};

const runtime = () => ({ fork: home.system.services.fork, log: home.system.services.log });

async function newCard(): Promise<string> {
  const input = { person: worker.id, site: await home.site(), periodStart: '2026-11-02', periodEnd: '2026-11-08' };
  return (await execute(createTimecard, input, { caller: await callerOf(admin.id), runtime: runtime() })).id;
}

/** As only the owner of the tables can do it. */
async function unrecorded(sql: string): Promise<void> {
  await home.sql(`begin; alter table timecard_headers disable trigger user; ${sql}; commit`);
  for (const name of ['insert', 'update', 'key', 'delete', 'truncate'])
    await home.sql(`alter table timecard_headers enable always trigger zz_audit_${name}`);
}

async function completeness(id = admin.id, root = `Timecard:${card}`) {
  await eventually(async () => (await home.system.trail.log.settle()).waiting === 0);
  return execute(auditCompleteness, { root }, { caller: await callerOf(id), runtime: runtime() });
}

describe('AUD-31 a balance', () => {
  test('that finds nothing says so in the log and with the record, to whoever sees the record', async () => {
    expect(await completeness()).toMatchObject({
      since: { state: 'creation' },
      gaps: [],
      underWay: false,
      latest: null,
      lastCleanAt: null,
    });
    await home.system.checkBalance();
    for (const id of [admin.id, worker.id])
      expect(await completeness(id)).toMatchObject({ since: { state: 'creation' }, latest: { result: 'clean', differences: [] } });
    await home.system.trail.log.settle();
    const [event] = await home.sql<{ metadata: object; area: string }>(
      `select metadata, area from audit_event where action = 'audit_balance_checked' order by position desc limit 1`,
    );
    expect(event).toMatchObject({ area: 'audit', metadata: { status: 'clean', differences: 0, found: [] } });
    expect(await home.sql(`select from notifications where topic = 'audit-balance'`)).toEqual([]);
  });

  test('that finds a difference names it to the administrators, in the log and with the record, without values', async () => {
    await home.system.checkBalance();
    await unrecorded(`update timecard_headers set admin_notes = 'altered' where id = '${card}'`);
    onTestFinished(() => unrecorded(`update timecard_headers set admin_notes = null where id = '${card}'`));
    expect(await home.system.checkBalance()).toMatchObject({ differences: 1 });
    const shown = await completeness();
    expect(shown).toMatchObject({
      latest: {
        result: 'different',
        differences: [{ kind: 'field', field: 'admin_notes', label: 'Admin Notes', record: { type: 'Timecard', id: card } }],
      },
    });
    expect(shown.lastCleanAt).not.toBeNull();
    const notices = await home.sql<{ person_id: string; title: string; details: unknown }>(
      `select person_id, title, details from notifications where topic = 'audit-balance'`,
    );
    expect(notices).toMatchObject([{ person_id: admin.id, title: 'The audit balance found a difference' }]);
    expect(JSON.stringify(notices)).toContain('differs in admin_notes');
    await home.system.trail.log.settle();
    const [event] = await home.sql<{ metadata: object }>(
      `select metadata from audit_event where action = 'audit_balance_checked' order by position desc limit 1`,
    );
    expect(event).toMatchObject({
      metadata: { status: 'different', differences: 1, found: [{ kind: 'field', record: `Timecard:${card}`, field: 'admin_notes' }] },
    });
    expect(JSON.stringify([shown, notices, event])).not.toContain('altered');
  });

  test('tells nobody of records that they do not see', async () => {
    await home.system.checkBalance();
    const other = await home.person('worker');
    expect(await completeness(other.id)).toMatchObject({ since: { state: 'nothing' }, gaps: [], latest: null });
  });

  test('says of a record that is younger than the latest balance that nobody looked at it yet', async () => {
    await home.system.checkBalance();
    expect(await completeness(admin.id, `Timecard:${await newCard()}`)).toMatchObject({ latest: { result: 'too_early' } });
  });

  test('is made once over all nodes, at night by a job, which is an event as well', async () => {
    const { logins } = await openDatabase(settingsFor(home.database));
    const report = (problem: unknown) => {
      throw problem;
    };
    const { orm, checkBalance: balance } = home.system;
    for (const _node of [1, 2]) {
      const postman = await openPostman({
        orm,
        appUrl: logins.app,
        ports: {},
        report,
        balance,
        patience: IMPATIENT,
      });
      onTestFinished(postman.close);
    }
    const boss = await openJobs(logins.app, report);
    onTestFinished(() => boss.stop({ graceful: false }));
    expect((await boss.getSchedules(BALANCE)).map(({ cron }) => cron)).toEqual(['47 2 * * *']);
    // At a quarter to three in the night there would be one more.
    await boss.unschedule(BALANCE);
    await boss.send(BALANCE);
    await eventually(async () => (await home.sql(`select from balance_checks where status = 'clean'`)).length === 1, { timeout: 60_000 });
    await eventually(
      async () =>
        (await home.sql(`select from audit_event where action = 'cron_job_executed' and metadata->>'job_name' = 'balance'`)).length === 1,
    );
    expect(await home.sql('select from balance_checks')).toHaveLength(1);
  });
});

describe('AUD-31 countersign audit balance', () => {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
  const run = async (database: string, ...more: string[]) => {
    const env = { ...process.env, DATABASE_URL: database, LOG_LEVEL: 'fatal' };
    return promisify(execFile)(process.execPath, [main, 'audit', 'balance', ...more], { env }).then(
      ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
      (problem: { code: number; stdout: string; stderr: string }) => problem,
    );
  };

  test('exits with 0 where nothing differs, with 1 and a table where something does, with 2 where it could not look', async () => {
    const clean = await run(home.database.ownerUrl);
    expect([clean.code, clean.stdout]).toEqual([0, expect.stringContaining('No differences.')]);
    await unrecorded(`update timecard_headers set admin_notes = 'altered' where id = '${card}'`);
    onTestFinished(() => unrecorded(`update timecard_headers set admin_notes = null where id = '${card}'`));
    const different = await run(home.database.ownerUrl);
    expect([different.code, different.stdout]).toEqual([
      1,
      expect.stringMatching(new RegExp(`1 difference: .*\n\nrecord .*\nTimecard ${card}  admin_notes  differs `)),
    ]);
    const json = await run(home.database.ownerUrl, '--json');
    expect([json.code, JSON.parse(json.stdout)]).toMatchObject([
      1,
      { differences: 1, found: [{ type: 'Timecard', id: card, field: 'admin_notes' }] },
    ]);
    const nowhere = await run('postgresql://nobody:nothing@127.0.0.1:1/nowhere');
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringMatching(/./)]);
  }, 240_000);
});
