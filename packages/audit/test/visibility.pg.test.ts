import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeSetOf, matches, filterSql, type Filter } from '../src/read/filter.ts';
import type { Entry } from '../src/events/log-entry.ts';
import { ENTRY_COLUMNS, entryOfRow, type EntryRow } from '../src/read/log-rows.ts';
import { mayBeSeen, visibilitySql, type Visibility } from '../src/read/visibility.ts';
import { urlAs, world, type World } from './warren.ts';

let w: World;
let reader: Client;
let entries: Entry[];

const pick = <T>(items: readonly T[]) => fc.constantFrom(...items);
const PEOPLE = ['hazel', 'fiver', 'bigwig', 'äöÜ'];
const told = fc.record({
  area: pick(['meadow', 'river']),
  action: pick(['dug', 'ran']),
  op: pick(['create', 'update']),
  // Records that no trigger sees, so that what is told of them stands.
  type: pick(['Burrow', 'Meadow']),
  id: pick(['1', '2', 'Burrow:1']),
  label: pick([null, 'Warren 100%', 'under_score', 'ÜBER back\\slash']),
  subject: pick([null, ...PEOPLE]),
  scopes: fc.uniqueArray(pick(['meadow:1', 'meadow:2', 'a "quoted", {odd} scope']), { maxLength: 2 }),
  changes: fc.array(
    fc.record({ f: pick(['name', 'age']), o: pick([null, 'Straße', '']), n: pick(['x%y', 'plain', null]), s: pick([undefined, 1]) }),
    { maxLength: 2 },
  ),
});
const actor = pick([...PEOPLE.map((id) => ({ kind: 'user', id })), { kind: 'system', id: 'nightly' }, { kind: 'anonymous', id: null }]);

beforeAll(async () => {
  w = await world();
  reader = new Client(urlAs(w.database, w.roles.app));
  await reader.connect();
  const impersonator = fc.option(pick([...PEOPLE, 'admin']), { freq: 3 });
  for (const [who, by, event, reason] of fc.sample(fc.tuple(actor, impersonator, told, pick([null, 'because %', 'Größe'])), {
    numRuns: 300,
    seed: 7,
  })) {
    const context = {
      actor: who,
      impersonator: who.kind === 'user' ? by : null,
      channel: 'web',
      command: null,
      changeId: null,
      reason,
      requestId: null,
      ipAddress: null,
      userAgent: null,
    };
    await reader.query(`insert into audit_inbox (context, document) values ($1, $2)`, [
      JSON.stringify(context),
      JSON.stringify({ v: 1, events: [event] }),
    ]);
  }
  await w.events();
  entries = (await w.sql<EntryRow>(`select ${ENTRY_COLUMNS} from audit_event e order by position`)).map(entryOfRow);
});
afterAll(async () => {
  await reader.end();
  await w.close();
});

async function found(condition: (param: (value: unknown) => string) => string): Promise<number[]> {
  const params: unknown[] = [];
  const sql = condition((value) => `$${params.push(value)}`);
  const { rows } = await reader.query<{ position: string }>(`select position from audit_event where ${sql} order by position`, params);
  return rows.map((row) => Number(row.position));
}

const positions = (keep: (entry: Entry) => boolean) => entries.filter(keep).map((entry) => entry.position);

describe('AC-3 AUD-22 one definition, two forms', () => {
  it('the SQL and the in-memory form of visibility agree for random viewers and events', async () => {
    expect(entries).toHaveLength(300);
    const keys = fc.uniqueArray(
      pick([
        ...PEOPLE.flatMap((id) => [`actor:${id}`, `subject:${id}`]),
        'meadow:1',
        'meadow:2',
        'a "quoted", {odd} scope',
        'actor:nightly',
        'nothing',
      ]),
      { maxLength: 4 },
    );
    await fc.assert(
      fc.asyncProperty(fc.record({ everything: fc.boolean(), keys, sensitive: fc.boolean() }), async (visibility: Visibility) => {
        expect(await found((param) => visibilitySql(visibility, param))).toEqual(positions((entry) => mayBeSeen(visibility, entry)));
      }),
      { numRuns: 150 },
    );
  });

  it('so do the two forms of the filter', async () => {
    const changes = entries.slice(0, 3).map(({ changeId }, n) => (n ? changeId : changeId.toUpperCase()));
    const list = (values: readonly string[]) => fc.option(fc.uniqueArray(pick(values), { maxLength: 2 }), { nil: undefined });
    const filter = fc.record({
      area: list(['meadow', 'river', 'sea']),
      withoutArea: list(['meadow', 'sea']),
      action: list(['dug', 'ran']),
      actor: list([...PEOPLE, 'admin', 'nightly', 'anonymous']),
      withoutActor: list([...PEOPLE, 'admin', 'nightly', 'database']),
      subject: list([...PEOPLE, 'nobody']),
      target: list(['1', 'Rabbit:1', 'Warren:2', 'Rabbit:Rabbit:1', 'Hare:1']),
      root: list(['2', 'Warren:1']),
      field: list(['name', 'age']),
      change: list([...changes, '00000000-0000-4000-8000-000000000000']),
      withoutChangeOf: list(
        entries.slice(0, 6).flatMap(({ changeId, root }) => [changeSetOf(changeId, `${root?.type}:${root?.id}`), `${changeId} `, changeId]),
      ),
      text: list(['%', '_', 'straße', 'STRASSE', 'größe', 'x%', 'back\\', 'über', 'plain', '']),
    });
    await fc.assert(
      fc.asyncProperty(filter, async (wanted: Filter) => {
        expect(await found((param) => filterSql(wanted, param).join(' and ') || 'true')).toEqual(
          positions((entry) => matches(wanted, entry)),
        );
      }),
      { numRuns: 300 },
    );
  });
});
