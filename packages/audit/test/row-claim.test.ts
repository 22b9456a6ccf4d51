import { defineEntity, MikroORM, p } from '@mikro-orm/postgresql';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../src/events/entry.ts';
import { audited, never } from '../src/policy/policy.ts';
import type { EntityPlan } from '../src/policy/plan.ts';
import { compileRegistry } from '../src/policy/registry.ts';
import { claimRow } from '../src/merge/row-claim.ts';
import type { Seen, Texts } from '../src/merge/seen.ts';

// Which of the row changes that the database saw are those that a flush told. All of a ghost's fields may be missing.

const FIELDS = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'] as const;
const Ghost = defineEntity({
  name: 'Ghost',
  tableName: 'ghost',
  properties: { id: p.integer().primary(), ...Object.fromEntries(FIELDS.map((name) => [name, p.text().nullable()])) },
});
const ghosts = audited(Ghost, {
  area: 'attic',
  label: 'Ghost',
  fields: { id: never('the key'), ...Object.fromEntries(FIELDS.map((name) => [name, { label: name, kind: 'text' }])) },
  title: () => 'Ghost',
  actions: { vocabulary: { ghost_changed: { label: 'Changed' } }, general: 'ghost_changed' },
});
const orm = new MikroORM({ entities: [Ghost], dbName: 'nowhere' });
const plan = compileRegistry([ghosts], orm.getMetadata()).plans.get('Ghost') as EntityPlan;

const seen = (before: Texts | null, after: Texts | null): Seen => ({ table: 'ghost', key: '1', before, after }) as Seen;
const change = (fields: Record<string, [string | null, string | null]>): Seen =>
  seen(
    Object.fromEntries(Object.entries(fields).map(([name, [old]]) => [name, old])),
    Object.fromEntries(Object.entries(fields).map(([name, [, now]]) => [name, now])),
  );

/** Which rows a flush gets that told this, and what is wrong. */
function claimed(op: Operation, told: Record<string, [string | null, string | null]>, rows: readonly Seen[]) {
  const changes = Object.entries(told).map(([f, [o, n]]) => ({ f, o, n }));
  const event = { area: 'attic', action: 'ghost_changed', op, type: 'Ghost', id: '1', label: null, changes };
  const fields = new Map(changes.map((one) => [one.f, one]));
  const claim = claimRow(plan, { type: 'Ghost', id: '1', events: [event] }, fields, { rows, own: rows, others: () => [] });
  return { rows: claim.claimed.map((one) => rows.indexOf(one)), wrong: claim.wrong };
}

describe('AUD-4 a flush gets the row changes that it told', () => {
  it('no more of them than it takes', () => {
    const rows = [change({ b: ['1', '2'] }), change({ a: ['1', '2'] }), change({ c: ['1', '2'] })];
    expect(claimed('update', { a: ['1', '2'] }, rows)).toEqual({ rows: [1], wrong: [] });
    expect(claimed('update', { a: ['1', '2'], b: ['1', '2'] }, rows)).toEqual({ rows: [0, 1], wrong: [] });
  });

  it('the newest, where several would do: the older ones are of before', () => {
    const rows = [change({ a: ['1', '2'] }), change({ a: ['2', '1'] }), change({ a: ['1', '2'] })];
    expect(claimed('update', { a: ['1', '2'] }, rows)).toEqual({ rows: [2], wrong: [] });
    const spread = [change({ a: ['1', '2'] }), change({ b: ['1', '2'] }), change({ a: ['2', '1'] }), change({ b: ['2', '1'] })];
    const again = [...spread, change({ a: ['1', '2'] }), change({ b: ['1', '2'] })];
    expect(claimed('update', { a: ['1', '2'], b: ['1', '2'] }, again)).toEqual({ rows: [4, 5], wrong: [] });
  });

  it('those of which the unit of work knew all, before later ones that end alike', () => {
    const rows = [change({ a: ['1', '2'] }), change({ a: ['2', 'a hook’s'] }), change({ a: ['a hook’s', '2'] })];
    expect(claimed('update', { a: ['1', '2'] }, rows)).toEqual({ rows: [0], wrong: [] });
  });

  it('all of them, also where somebody else had changed one of the fields before', () => {
    const rows = [change({ a: ['somebody else’s', '2'] }), change({ b: ['1', '2'] })];
    expect(claimed('update', { a: ['1', '2'], b: ['1', '2'] }, rows)).toEqual({ rows: [0, 1], wrong: [] });
  });

  it('never two that change the same field, which would hide the value in between', () => {
    const rows = [change({ a: ['1', 'between'] }), change({ a: ['between', '2'], b: ['1', '2'] })];
    expect(claimed('update', { a: ['1', '2'], b: ['1', '2'] }, rows)).toEqual({ rows: [1], wrong: [] });
  });

  it('as one change what triggers spread over eight, and of more each by itself', () => {
    const told = (count: number) => Object.fromEntries(FIELDS.slice(0, count).map((name) => [name, ['1', '2'] as [string, string]]));
    const rows = (count: number) => FIELDS.slice(0, count).map((name) => change({ [name]: ['1', '2'] }));
    expect(claimed('update', told(8), rows(8))).toEqual({ rows: [0, 1, 2, 3, 4, 5, 6, 7], wrong: [] });
    expect(claimed('update', told(9), rows(9))).toEqual({ rows: [8], wrong: [] });
  });

  it('never an end and a beginning as one change, though no field was there in both', () => {
    const rows = [seen({ a: '1', b: null }, null), seen(null, { a: null, b: '2' })];
    expect(claimed('update', { a: ['1', null], b: [null, '2'] }, rows)).toEqual({ rows: [], wrong: ['a'] });
    expect(claimed('update', { b: ['1', '2'] }, rows)).toEqual({ rows: [], wrong: ['b'] });
  });

  it('a creation with what it got afterwards, and of what changed twice, the creation', () => {
    const made = seen(null, { a: '1', b: null });
    expect(claimed('create', { a: [null, '1'], b: [null, '2'] }, [made, change({ b: [null, '2'] })])).toEqual({ rows: [0, 1], wrong: [] });
    const touched = change({ a: ['1', '2'], b: [null, '2'] });
    expect(claimed('create', { a: [null, '1'], b: [null, '2'] }, [made, touched])).toEqual({ rows: [0], wrong: [] });
  });
});

describe('AUD-4 what was told to be there, and isn’t', () => {
  it('is wrong; what was told to have been there before is no matter', () => {
    const rows = [change({ a: ['somebody else’s', '2'], b: ['1', 'a trigger’s'] })];
    expect(claimed('update', { a: ['1', '2'], b: ['1', '2'], c: ['1', '2'] }, rows)).toEqual({ rows: [0], wrong: ['b', 'c'] });
  });

  it('is no matter where nobody knew what was there, and the database saw no change', () => {
    expect(claimed('update', { a: [null, '2'] }, [])).toEqual({ rows: [], wrong: [] });
    expect(claimed('update', { a: [null, '2'] }, [seen(null, { a: '2' })])).toEqual({ rows: [], wrong: [] });
    expect(claimed('update', { a: ['1', '2'] }, [])).toEqual({ rows: [], wrong: ['a'] });
    expect(claimed('update', {}, [])).toEqual({ rows: [], wrong: ['the operation'] });
  });

  it('of a removal nothing is there any more, whatever was there before', () => {
    expect(claimed('delete', { a: ['1', null], b: ['1', null] }, [seen({ a: '2', b: null }, null)])).toEqual({ rows: [0], wrong: [] });
    expect(claimed('delete', { a: ['1', 'left'] }, [seen({ a: '1' }, null)])).toEqual({ rows: [0], wrong: ['a'] });
  });
});
