import { defineEntity, p } from '@mikro-orm/postgresql';
import { expect } from 'vitest';
import { asOf } from '../src/records/as-of.ts';
import { declaredForms } from '../src/records/declared-forms.ts';
import type { Event } from '../src/events/entry.ts';
import { audited, never } from '../src/policy/policy.ts';
import { balanceOf, worldOf, type World } from './warren.ts';

// A net of records that refer to each other twice and more, by foreign keys that do something.

export const Knot = defineEntity({
  name: 'Knot',
  tableName: 'knot',
  properties: {
    id: p.integer().primary(),
    name: p.string(),
    weight: p.integer().nullable(),
    left: () => p.manyToOne(Knot).nullable().deleteRule('set null').updateRule('cascade'),
    right: () => p.manyToOne(Knot).nullable().deleteRule('set null').updateRule('cascade'),
    home: () => p.manyToOne(Knot).default(1).nullable().deleteRule('set default').updateRule('cascade'),
    parent: () => p.manyToOne(Knot).nullable().deleteRule('cascade').updateRule('cascade'),
    friends: () => p.manyToMany(Knot).pivotTable('knot_friends'),
  },
});

export const knotPolicy = audited(Knot, {
  area: 'meadow',
  label: 'Knot',
  fields: {
    id: never('the key'),
    name: { label: 'Name', kind: 'text' },
    weight: { label: 'Weight', kind: 'number' },
    left: { label: 'Left', kind: 'reference' },
    right: { label: 'Right', kind: 'reference' },
    home: { label: 'Home', kind: 'reference' },
    parent: { label: 'Parent', kind: 'reference' },
    friends: { label: 'Friends', kind: 'members' },
  },
  title: (row) => `Knot ${row.id}`,
  actions: { vocabulary: { knot_changed: { label: 'Changed' } }, general: 'knot_changed' },
});

/** A world of knots; the first one is everybody's home. */
export const net = (): Promise<World> =>
  worldOf({
    name: 'net',
    entities: [Knot],
    policies: [knotPolicy],
    actions: [],
    tables: ['knot', 'knot_friends'],
    seed: [`insert into knot (id, name, home_id) values (1, 'home', null)`],
  });

/** Operation, key, and each changed field with both values. */
export const inWords = ({ operation, target, changes }: Event): string =>
  `${operation} ${target?.id}${changes.map((one) => ('new' in one ? ` ${one.field.replace('_id', '')}: ${one.old as string} → ${one.new as string}` : '')).join(',')}`;

/** What `work` brings into the log; each change goes on from where the one before it ended, and the last is what is in the rows. */
export async function broughtBy(w: World, work: () => Promise<unknown>): Promise<string[]> {
  const before = (await w.events()).length;
  await work();
  const events = await w.events();
  const records = asOf(events, declaredForms(w.audit.registry.plans.values()));
  const gaps = [...records.values()].flatMap((record) => record.gaps).filter(({ after }) => after.position > before);
  expect(gaps.map(({ before: one, after }) => [inWords(one), inWords(after)])).toEqual([]);
  expect((await balanceOf(w)).found).toEqual([]);
  expect(w.alarms).toEqual([]);
  return events.slice(before).map(inWords);
}
