import { describe, expect, it } from 'vitest';
import { asOf, type FieldForms, type RecordAsOf } from '../src/records/as-of.ts';
import { disagreements } from '../src/records/columns.ts';
import type { Change, Event, Operation, Value } from '../src/events/entry.ts';
import type { FieldForm } from '../src/values/field-paths.ts';
import { shortened } from '../src/values/values.ts';

const FORMS: Readonly<Record<string, FieldForm>> = {
  name: 'text',
  'front.depth': 'text',
  notes: 'json',
  back: 'embedded',
  traits: 'members',
};
const forms: FieldForms = { of: (_, field) => FORMS[field], presentName: (_, field) => (field === 'title' ? 'name' : field) };

let position = 0;
const event = (operation: Operation, changes: readonly Change[], more: Partial<Event> = {}): Event => ({
  position: (position += 1),
  id: `event ${position}`,
  changeId: `set ${position}`,
  area: 'meadow',
  action: 'rabbit_changed',
  operation,
  actor: { kind: 'user', id: 'fiver' },
  impersonator: null,
  target: { type: 'Rabbit', id: '1', label: 'Rabbit 1' },
  root: { type: 'Warren', id: 'w', label: 'Warren Down' },
  subject: 'fiver',
  scopes: [],
  workDate: null,
  changes,
  metadata: {},
  reason: null,
  effect: null,
  channel: 'web',
  requestId: null,
  ipAddress: null,
  userAgent: null,
  occurredAt: '2026-11-03T08:00:00.000000Z',
  ...more,
});
const change = (field: string, old: Value, now: Value): Change => ({ field, old, new: now });
const made = (...changes: Change[]) => event('create', changes);
const updated = (...changes: Change[]) => event('update', changes);
const gone = (...changes: Change[]) => event('delete', changes);

const rabbit = (...events: Event[]): RecordAsOf => asOf(events, forms).get('Rabbit:1') as RecordAsOf;
const fields = (...events: Event[]) =>
  Object.fromEntries<unknown>(Array.from(rabbit(...events).fields, ([name, state]) => [name, 'value' in state ? state.value : state]));

describe('AUD-28 a record as of a moment is the sum of what is recorded', () => {
  it('is not there before its creation', () => {
    expect(asOf([], forms).size).toBe(0);
    expect(asOf([event('none', []), event('update', [], { target: null })], forms).size).toBe(0);
  });

  it('has of each field the latest value, as exact text; null and empty text stay apart', () => {
    expect(fields(made(change('name', null, '')), updated(change('name', '', 'Hazel')), updated(change('name', 'Hazel', null)))).toEqual({
      name: null,
    });
    expect(fields(made(change('name', null, '007.10')))).toEqual({ name: '007.10' });
  });

  it('is flagged after its deletion, with what it had last', () => {
    const record = rabbit(made(change('name', null, 'Hazel')), gone(change('name', 'Hazel', null)));
    expect(record.deleted).toBe(true);
    expect(record.fields.get('name')).toEqual({ value: 'Hazel' });
  });

  it('made anew under the same key it begins anew, with nothing of its former life', () => {
    const record = rabbit(
      made(change('name', null, 'Hazel'), change('notes', null, '{"a":1}')),
      gone(change('name', 'Hazel', null), change('notes', '{"a":1}', null)),
      made(change('name', null, 'Bigwig')),
    );
    expect([record.deleted, record.complete, [...record.fields.keys()]]).toEqual([false, true, ['name']]);
  });

  it('made anew after a deletion that went unrecorded, it begins anew as well', () => {
    const record = rabbit(made(change('notes', null, '1')), made(change('name', null, 'Bigwig')));
    expect([...record.fields.keys()]).toEqual(['name']);
  });

  it('created under two actions in one flush is one creation', () => {
    const [one, two] = [made(change('name', null, 'Hazel')), made(change('notes', null, '1'))];
    expect(fields(one, { ...two, changeId: one.changeId })).toEqual({ name: 'Hazel', notes: '1' });
  });

  it('says where its creation is not in the log, or an event named only some of its fields', () => {
    expect(rabbit(updated(change('name', 'a', 'b'))).complete).toBe(false);
    expect(rabbit(made(change('name', null, 'a')), updated()).complete).toBe(true);
    expect(rabbit(event('create', [], { metadata: { changes_left_out_7: {} } })).complete).toBe(false);
    expect(rabbit(made(change('name', null, 'a')), event('update', [], { action: 'inbox_row_unreadable' })).complete).toBe(false);
    const kept = event('none', [change('document', null, '{}')], { action: 'inbox_row_unreadable' });
    expect(fields(made(change('name', null, 'a')), kept), 'what it keeps is no field of the record').toEqual({ name: 'a' });
    expect(rabbit(made(change('name', null, 'a')), gone(), updated(change('name', 'x', 'y'))).complete).toBe(false);
  });
});

describe('AUD-28 JSON adds up by its paths', () => {
  const start = made(change('notes', null, '{"a":1,"b":{"c":true,"d":"x"},"list":[1,2]}'));

  it('is taken apart into its leaves, arrays whole', () => {
    expect(fields(start)).toEqual({ 'notes.a': '1', 'notes.b.c': 'true', 'notes.b.d': '"x"', 'notes.list': '[1,2]' });
  });

  it('changes at a path leave the rest', () => {
    expect(fields(start, updated(change('notes.b.c', 'true', 'false'), change('notes.a', '1', null)))).toEqual({
      'notes.b.c': 'false',
      'notes.b.d': '"x"',
      'notes.list': '[1,2]',
    });
  });

  it('a whole object that comes at a path, or goes, takes everything below it along', () => {
    expect(fields(start, updated(change('notes.b', '{"c":true,"d":"x"}', '5')))).toMatchObject({ 'notes.b': '5' });
    expect(Object.keys(fields(start, updated(change('notes.b', '{"c":true,"d":"x"}', '5'))))).not.toContain('notes.b.c');
    expect(fields(start, updated(change('notes', '…', null)))).toEqual({ notes: null });
  });

  it('what lost its last key is an empty object, and grows again from it', () => {
    const emptied = [made(change('notes', null, '{"b":{"c":1}}')), updated(change('notes.b.c', '1', null))];
    expect(fields(...emptied)).toEqual({ 'notes.b': '{}' });
    expect(fields(...emptied, updated(change('notes.b.z', null, '2')))).toEqual({ 'notes.b.z': '2' });
  });

  it('the text null is a value, and no key is none', () => {
    expect(fields(made(change('notes', null, '{"a":null}')))).toEqual({ 'notes.a': 'null' });
  });

  it('keys with dots and brackets are no paths', () => {
    const odd = made(change('notes', null, '{"a.b":{"]":1},"a":{"b":2}}'));
    expect(fields(odd, updated(change('notes["a.b"]["]"]', '1', '3')))).toEqual({ 'notes["a.b"]["]"]': '3', 'notes.a.b': '2' });
  });

  it('an embedded object reads like columns, kept as a whole or each part for itself', () => {
    expect(fields(made(change('back', null, '{"depth":3,"lining":null}')), updated(change('back.lining', null, 'moss')))).toEqual({
      'back.depth': '3',
      'back.lining': 'moss',
    });
    expect(fields(made(change('front.depth', null, '3')), updated(change('front.depth', '3', null)))).toEqual({ 'front.depth': null });
  });
});

describe('AUD-28 members add up from what came and went', () => {
  it('old holds the removed ones, new the added ones', () => {
    const events = [made(change('traits', null, '["1","2"]')), updated(change('traits', '["1"]', '["3"]'))];
    expect(fields(...events)).toEqual({ traits: '["2","3"]' });
    expect(fields(...events, updated(change('traits', '["2","3"]', null)))).toEqual({ traits: null });
  });

  it('a list too long to be kept leaves it unknown, also later', () => {
    const long = shortened('["…"]');
    expect(fields(made(change('traits', null, long)), updated(change('traits', null, '["3"]')))).toEqual({ traits: { unknown: true } });
  });
});

describe('what may not be shown, or was not kept', () => {
  it('AUD-16 a hidden value stays hidden, and so does what stands below it', () => {
    const hidden: Change = { field: 'notes.a', hidden: true };
    expect(fields(made(change('notes', null, '{"a":1,"b":2}')), updated(hidden))).toEqual({ notes: { hidden: true } });
  });

  it('AUD-10 of a shortened value it holds length and hash; paths that changed later stand beside it', () => {
    const long = shortened(`{"a":"${'x'.repeat(9000)}"}`);
    expect(fields(made(change('notes', null, long)), updated(change('notes.b', null, '2')))).toEqual({ notes: long, 'notes.b': '2' });
  });
});

describe('AUD-36 what was renamed or removed since takes part', () => {
  it('a renamed field goes on under its present name', () => {
    expect(fields(made(change('title', null, 'Hazel')), updated(change('name', 'Hazel', 'Bigwig')))).toEqual({ name: 'Bigwig' });
  });

  it('a field that no entity has any more is there, its paths too', () => {
    expect(fields(made(change('ears', null, '{"left":1,"right":2}')), updated(change('ears.left', '1', '3')))).toEqual({
      'ears.left': '3',
      'ears.right': '2',
    });
  });
});

describe('AUD-31 the log itself shows where something was not recorded', () => {
  const gaps = (...events: Event[]) => rabbit(...events).gaps.map(({ field, after, before }) => [field, before.position - after.position]);

  it('a change that begins with something else than the one before it had left', () => {
    expect(gaps(made(change('name', null, 'Hazel')), updated(), updated(change('name', 'Bigwig', 'Fiver')))).toEqual([['name', 2]]);
    expect(gaps(made(change('title', null, 'Hazel')), gone(change('name', 'Bigwig', null)))).toEqual([['name', 1]]);
    expect(
      gaps(made(change('notes', null, '{"a":1,"b":2}')), updated(change('notes.a', '1', '3')), updated(change('notes.a', '4', '5'))),
    ).toEqual([['notes.a', 1]]);
  });

  it('a member that leaves without having come, or comes twice', () => {
    const first = () => made(change('traits', null, '["1"]'));
    expect(gaps(first(), updated(change('traits', '["2"]', null)))).toEqual([['traits', 1]]);
    expect(gaps(first(), updated(change('traits', null, '["1"]')))).toEqual([['traits', 1]]);
    expect(gaps(first(), updated(change('traits', '["1"]', '["2"]')))).toEqual([]);
  });

  it('none where each goes on from the one before, or does not say what was there', () => {
    const long = 'x'.repeat(9000);
    expect(gaps(made(change('name', null, long)), updated(change('name', shortened(long), 'Hazel')))).toEqual([]);
    expect(gaps(made(change('name', null, 'Hazel')), updated(change('name', null, 'Fiver')))).toEqual([]);
    expect(gaps(made({ field: 'name', hidden: true }), updated(change('name', 'Hazel', 'Fiver')))).toEqual([]);
    expect(gaps(made(change('back', null, '{"depth":null}')), updated(change('back', '{"depth":null}', null)))).toEqual([]);
  });
});

describe('AUD-28 now, it is checked against the columns', () => {
  const leaves = (values: Record<string, string | null>, whole: Record<string, string> = {}) => ({
    leaves: new Map(Object.entries(values)),
    whole: new Map(Object.entries(whole)),
    fields: new Set(Object.keys(values)),
  });

  it('a field that differs is named with both values, and one that nobody recorded', () => {
    const record = rabbit(made(change('name', null, 'Hazel')));
    expect(disagreements(record, leaves({ name: 'Hazel', age: null }))).toEqual([]);
    expect(disagreements(record, leaves({ name: 'Bigwig', age: '3' }))).toEqual([
      { field: 'age', recorded: null, present: '3' },
      { field: 'name', recorded: 'Hazel', present: 'Bigwig' },
    ]);
  });

  it('whether there is a row at all is compared first', () => {
    expect(disagreements(undefined, undefined)).toEqual([]);
    expect(disagreements(rabbit(gone()), undefined)).toEqual([]);
    expect(disagreements(rabbit(made()), undefined)).toEqual([{ field: null, recorded: 'present', present: null }]);
    expect(disagreements(rabbit(gone()), leaves({}))).toEqual([{ field: null, recorded: null, present: 'present' }]);
  });

  it('of a shortened value the hashes are compared; what is hidden or unknown is left out', () => {
    const text = 'x'.repeat(9000);
    expect(disagreements(rabbit(made(change('name', null, shortened(text)))), leaves({ name: text }))).toEqual([]);
    expect(disagreements(rabbit(made(change('name', null, shortened(text)))), leaves({ name: `${text}y` }))).toHaveLength(1);
    expect(disagreements(rabbit(made({ field: 'name', hidden: true })), leaves({ name: 'anything' }))).toEqual([]);
  });

  it('of a field that no entity has any more there is no column to differ', () => {
    expect(disagreements(rabbit(made(change('ears', null, '{"left":1}'))), leaves({ name: null }))).toEqual([]);
  });

  it('where the creation is not in the log only what is recorded is compared', () => {
    expect(disagreements(rabbit(updated(change('name', 'a', 'b'))), leaves({ name: 'b', age: '3' }))).toEqual([]);
  });
});
