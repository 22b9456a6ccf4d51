import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MikroORM } from '@mikro-orm/postgresql';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leafBytes, leafHash } from '@countersign/proof/leaf';
import { createDatabase, type TestDatabase } from '@countersign/testing/database';
import { eventually } from '@countersign/testing/eventually';
import { Audit, type OpenLog } from '../src/audit.ts';
import { balance } from '../src/balance/balance.ts';
import type { Event } from '../src/events/entry.ts';
import type { Difference } from '../src/records/held-against.ts';
import type { Installed } from '../src/triggers/install.ts';
import { leafRecord } from '../src/sequencer/leaf-record.ts';
import { ENTRY_COLUMNS, entryOfRow, type EntryRow } from '../src/read/log-rows.ts';
import { Field, Food, Hare, HARES } from './fixtures/hares.ts';
import { KEEPER } from './warren.ts';

// A database as an earlier release left it, with what it had not numbered yet, is brought up to date and goes on.

let database: TestDatabase;
let owner: Client;
let orm: MikroORM;
let audit: Audit;
let open: OpenLog;
let installed: Installed;
let before: string[];
const alarms: unknown[] = [];

beforeAll(async () => {
  database = await createDatabase();
  const url = database.ownerUrl;
  owner = new Client(url);
  await owner.connect();
  await owner.query(readFileSync(join(import.meta.dirname, 'fixtures/earlier-release.sql'), 'utf8'));
  // It is the same database on the same server, not a restored dump.
  await owner.query(
    `update audit_coverage set relation = to_regclass(table_name), server = (select system_identifier::text from pg_control_system()), since = '3'`,
  );
  before = (await owner.query<{ id: string }>('select id from audit_event order by position')).rows.map(({ id }) => id);

  audit = new Audit(HARES);
  orm = await MikroORM.init({ entities: [Food, Field, Hare], clientUrl: url, ...audit.ormOptions });
  audit.bind(orm);
  installed = await audit.install({ owner: url, release: '0.2.0' });
  open = await audit.openLog({ app: url, sequencer: url, alarm: (problem) => alarms.push(problem) });
});
afterAll(async () => {
  await open.close();
  await orm.close(true);
  await owner.end();
  await database.drop();
});

async function events(): Promise<readonly Event[]> {
  await eventually(async () => (await open.log.settle()).waiting === 0);
  return (await open.log.after(0, {}, KEEPER, 1_000)).events;
}

describe('AUD-36 a database of an earlier release', () => {
  it('gets what it lacks, and nothing is missing from its record', () => {
    expect(installed.done).toEqual(expect.arrayContaining(['backlog', 'lighter capture', 'own word']));
    expect(installed.gaps).toEqual([]);
  });

  it('what stood in the log stands there as it was, and can be read', async () => {
    const all = (await events()).slice(0, before.length);
    expect(all.map(({ id }) => id)).toEqual(before);
    expect(all.map(({ action, actor, target }) => `${action} ${target?.type} ${target?.id} ${actor.id ?? actor.kind}`)).toEqual([
      'field_changed Field 1 fiver',
      'hare_changed Hare 1 fiver',
      'hare_changed Hare 2 fiver',
      'hare_changed Hare 1 hazel',
      'hare_changed Hare 2 hazel',
      'hare_changed Hare 1 hazel',
      'hare_counted Hare 1 hazel',
      'hare_changed Hare 1 database',
    ]);
    expect(all[1]?.changes).toContainEqual({ field: 'secret', old: null, new: 'fears nothing' });
    expect(all[0]).toMatchObject({ ipAddress: '10.1.2.3', subject: 'fiver', scopes: ['country:1'] });
    const { rows } = await owner.query<EntryRow & { leaf: string }>(
      `select ${ENTRY_COLUMNS}, encode(e.leaf_hash, 'hex') as leaf from audit_event e order by position`,
    );
    const sha256 = (bytes: Uint8Array) => new Uint8Array(createHash('sha256').update(bytes).digest());
    for (const row of rows) expect(Buffer.from(leafHash(leafBytes(leafRecord(entryOfRow(row))), sha256)).toString('hex')).toBe(row.leaf);
  });

  it('what waited in the inbox is numbered as what it says, without an alarm', async () => {
    const waited = (await events()).slice(before.length, before.length + 5);
    expect(waited.map(({ action, actor, target }) => `${action} ${target?.id} ${actor.id ?? actor.kind}`)).toEqual([
      'hare_changed 1 bigwig',
      'hare_changed 1 bigwig',
      'hare_counted 1 bigwig',
      'hare_changed 3 database',
      'audit_coverage_repaired hare migrate',
    ]);
    expect(waited[0]).toMatchObject({ reason: 'it healed', root: { type: 'Field', id: '1', label: 'Field Long' }, subject: 'fiver' });
    expect(waited[0]?.changes).toEqual(
      expect.arrayContaining([
        { field: 'name', old: 'Thunder', new: 'Storm' },
        { field: 'notes.ears.left', old: '"torn"', new: '"healed"' },
        { field: 'foods', old: '["1"]', new: '["2"]' },
      ]),
    );
    expect(waited[1]?.changes).toContainEqual({ field: 'secret', old: 'fears foxes', new: 'fears dogs' });
    expect(waited[4]).toMatchObject({
      target: { type: 'AuditedTable', label: 'hare' },
      metadata: { found: ['zz_audit_delete is switched off'] },
    });
    expect(alarms).toEqual([]);
  });

  it('goes on: what is written now is recorded, and the balance over all of it finds nothing', async () => {
    const em = orm.em.fork();
    Object.assign(await em.findOneOrFail(Hare, 3), { name: 'Tame', weight: '3.10' });
    await em.flush();
    await em.nativeDelete(Hare, { id: 1 });
    expect((await events()).slice(-2).map(({ action, operation, target }) => [action, operation, target?.id])).toEqual([
      ['hare_changed', 'update', '3'],
      ['hare_changed', 'delete', '1'],
    ]);
    const found: Difference[] = [];
    const login = { app: database.ownerUrl, sequencer: database.ownerUrl };
    const result = await balance({ ...login, registry: audit.registry, onDifference: (one) => found.push(one) });
    expect(found).toEqual([]);
    expect(result).toMatchObject({ records: 4, rows: 2, rowsBefore: 0, uncovered: [] });
    expect(alarms).toEqual([]);
  });
});
