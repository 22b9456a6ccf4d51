import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { createClient } from '@countersign/client';
import type { Alert } from '@countersign/domain/messages/alerts';
import { Site } from '@countersign/domain/people/site';
import { eventually } from '@countersign/testing/eventually';
import { Alarms } from '../src/alarms.ts';
import { watchDisk } from '../src/disk-watch.ts';
import { UnusualWatch } from '../src/unusual-watch.ts';
import { type House, house } from './house.ts';

let home: House;
beforeAll(async () => {
  home = await house();
});
afterAll(() => home.close());

test('a sequencer that lost its connection goes on, and every administrator is told at once, whatever the hour', async () => {
  const [admin, other, worker] = [await home.person('admin'), await home.person('admin'), await home.person('worker')];
  const client = createClient({ url: home.url, token: await home.token(admin.email) });
  onTestFinished(client.close);
  const titles: string[] = [];
  let following = false;
  client.trpc.notifications.live.subscribe(undefined, {
    onData: ({ data }) => {
      following = true;
      titles.push(...data.notifications.map(({ title }) => title));
    },
  });
  await eventually(() => following);
  await home.sql(
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'countersign sequencer' and datname = current_database()",
  );
  await eventually(() => titles.length === 1, { timeout: 15_000 });
  expect(titles).toEqual(['The audit log had to be tried again']);
  const told = await home.sql<{ person_id: string; urgent: boolean; waits: boolean }>(
    'select person_id, urgent, not_before > created_at as waits from messages',
  );
  expect(new Set(told.map(({ person_id }) => person_id))).toEqual(new Set([admin.id, other.id]));
  expect(told.every(({ urgent, waits }) => urgent && !waits)).toBe(true);
  expect(await home.sql('select from notifications where person_id = $1', [worker.id])).toEqual([]);
});

test('administrators are told before the disk is full, each node by itself; whatever keeps it from being known is reported', async () => {
  const report = vi.fn();
  const watched = (folder: string, watermark: number) => {
    const alerts: Alert[] = [];
    onTestFinished(watchDisk({ folder, watermark, alert: (alert) => alerts.push(alert), report }));
    return alerts;
  };
  const [full, roomy, never] = [watched(join(tmpdir(), 'not made yet', 'data'), 100), watched(tmpdir(), 0.000_001), watched(tmpdir(), 0)];
  watched('no\0folder', 50);
  await eventually(() => full.length === 1 && report.mock.calls.length === 1);
  expect(full[0]).toMatchObject({
    topic: `disk ${hostname()}`,
    title: 'A disk is nearly full',
    text: expect.stringMatching(/^[\d.]+ GB of [\d.]+ GB are left where .* keeps \//) as string,
  });
  expect([roomy, never]).toEqual([[], []]);
});

test('AUD-4: administrators are told where the database recorded something else than the application told', async () => {
  const site = await home.site();
  await home.sql(
    `create function rename_sites() returns trigger language plpgsql as $$ begin new.name := 'by the database'; return new; end $$`,
  );
  await home.sql('create trigger rename_sites before update on sites for each row execute function rename_sites()');
  await home.system.orm.em.fork().transactional(async (em) => {
    (await em.findOneOrFail(Site, site)).name = 'by the application';
  });
  const titlesTold = () =>
    home.sql<{ title: string; text: string }>(
      `select distinct title, details::text as text from notifications where topic = 'audit-disagreement'`,
    );
  await eventually(async () => (await titlesTold()).length > 0);
  const [told] = await titlesTold();
  expect(told?.title).toBe('A record was changed otherwise than the application told');
  expect(told?.text).toContain(`Site ${site}`);
  expect(told?.text).not.toContain('by the');
});

test('AUD-4: administrators are told of a node that goes by older audit policies than the database, with what to do; it goes on once they are back', async () => {
  await home.person('admin');
  const { trail } = home.system;
  await eventually(async () => (await trail.log.settle()).waiting === 0);
  // What a newer version's migrations leave while this one runs.
  const [before] = await home.sql<{ fingerprint: string }>('select fingerprint from audit_policies where in_force');
  await home.sql('update audit_policies set in_force = false where in_force');
  await home.sql(`insert into audit_policies (fingerprint, release, in_force) values ('newer', '99.0.0', true)`);
  await home.site();
  const told = () =>
    home.sql<{ title: string; text: string }>(
      `select distinct title, details::text as text from notifications where topic = 'audit-policies'`,
    );
  await eventually(async () => (await told()).length > 0);
  const [alert] = await told();
  expect(alert?.title).toBe('A node goes by other audit policies than the database, and numbers nothing');
  expect(alert?.text).toMatch(/those of version 99\.0\.0 by which the database records since/);
  expect(alert?.text).toContain('Start the program that brought those.');
  expect((await trail.log.settle()).waiting).toBeGreaterThan(0);
  await home.sql(`delete from audit_policies where fingerprint = 'newer'`);
  await home.sql('update audit_policies set in_force = true where fingerprint = $1', [before?.fingerprint]);
  await eventually(async () => (await trail.log.settle()).waiting === 0);
});

test('AUD-30: an export larger than usual is told to the admins as soon as it is in the log', async () => {
  const [admin, manager, worker] = [await home.person('admin'), await home.person('manager'), await home.person('worker')];
  await home.sql(
    `insert into timecard_headers (id, person_id, site_id, time_zone, period_start, period_end)
      select gen_random_uuid(), $1, $2, 'Europe/Berlin', date '2026-06-01' + n, date '2026-06-01' + n from generate_series(1, 3) n`,
    [worker.id, await home.site()],
  );
  await home.sql(`insert into settings (name, value) values ('unusualExports', '2')`);
  const cookie = `countersign_session=${await home.token(manager.email)}`;
  const answer = await fetch(`${home.url}/api/timecards/export?person=${worker.id}`, { headers: { cookie } });
  expect(answer.status).toBe(200);
  await answer.text();
  const told = () =>
    home.sql<{ person_id: string; title: string }>(`select person_id, title from notifications where kind = 'unusual_amount_read'`);
  await eventually(async () => (await told()).length > 0);
  expect(await told()).toContainEqual({ person_id: admin.id, title: 'Unusual access: large export' });
  expect((await told()).map(({ person_id }) => person_id)).not.toContain(manager.id);
});

test('AUD-30: what calls for a look while one is under way is looked at afterwards, a failed look is made again, and the end waits for it', async () => {
  const reported: unknown[] = [];
  let begun = 0;
  let [finish, told] = [() => undefined as void, 0];
  const look = (): Promise<number> => {
    begun += 1;
    if (begun === 1) return Promise.reject(new Error('no database'));
    return new Promise((resolve) => (finish = () => resolve(begun === 2 ? 1 : 0)));
  };
  const watch = new UnusualWatch({ watch: look, told: () => told++, report: (problem) => void reported.push(problem), soon: 0, every: 20 });
  watch.noticed();
  await eventually(() => begun === 2);
  expect(reported).toHaveLength(1);
  watch.noticed();
  finish();
  await eventually(() => begun === 3);
  expect(told).toBe(1);
  let closed = false;
  const closing = watch.close().then(() => (closed = true));
  expect(closed).toBe(false);
  finish();
  await closing;
  watch.noticed();
  expect(begun).toBe(3);
});

test('an alert that can’t be written waits until it can, once for each topic', async () => {
  await home.person('admin');
  await home.sql('delete from notifications');
  const reported: unknown[] = [];
  let told = 0;
  const alarms = new Alarms({ em: home.system.orm.em, told: () => told++, report: (problem) => void reported.push(problem), again: 20 });
  onTestFinished(() => alarms.close());
  await home.sql('alter table notifications rename to hidden');
  for (let n = 0; n < 5; n++) alarms.raise({ topic: 'test', title: 'Something is wrong' });
  await eventually(() => reported.length > 1);
  await home.sql('alter table hidden rename to notifications');
  await eventually(() => told === 1);
  alarms.raise({ topic: 'test', title: 'Something is wrong' });
  const titles = await home.sql<{ title: string }>("select distinct title from notifications where topic = 'test'");
  expect(titles).toEqual([{ title: 'Something is wrong' }]);
});
