import { describe, expect, test } from 'vitest';
import { changeSetsOf } from '../../src/features/trail/change-sets.ts';
import { feedItems, type FeedItem } from '../../src/features/trail/feed-items.ts';
import { runText } from '../../src/features/trail/runs.ts';
import { makeCard, makeEvent } from '../fake/cards.ts';
import { ANNA, OMAR } from '../fake/people.ts';
import { uuid } from '../fake/random.ts';

const card = makeCard();
const other = makeCard();
type Options = Parameters<typeof makeEvent>[1];
const change = (field: string, next = 'b') => ({ field, old: 'a', new: next });

/** Edits of one card by one person, a minute between each, newest first; what is given differs. */
const edits = (...different: readonly Options[]) =>
  different.map((more, index) =>
    makeEvent(100 - index, { card, occurredAt: new Date(Date.UTC(2026, 10, 6, 12) - index * 60_000).toISOString(), ...more }),
  );
const same = (count: number): Options[] => Array.from({ length: count }, () => ({}));

interface Folding {
  readonly revealed?: readonly string[];
  readonly seams?: readonly number[];
  readonly stoppedAt?: number | null;
  readonly timeZone?: string;
}
function rowsOf(events: ReturnType<typeof edits>, { revealed = [], seams = [], stoppedAt = null, timeZone = 'UTC' }: Folding = {}) {
  const folding = { revealed: new Set(revealed), seams };
  return feedItems(changeSetsOf(events), { unfolded: new Set(), stoppedAt, timeZone, today: '2026-11-06', folding });
}
/** `100`, `run of 2` … */
const shown = (items: readonly FeedItem[]) =>
  items.map((item) => (item.kind === 'set' ? item.set.position : item.kind === 'run' ? `run of ${item.earlier.length}` : item.kind));
const rows = (events: ReturnType<typeof edits>, folding?: Folding) => shown(rowsOf(events, folding));
const idOf = (position: number) => uuid(6, position);

describe('runs of changes by one actor to one record', () => {
  test('of three and more the newest stays, the others fold behind one row', () => {
    expect(rows(edits(...same(3)))).toEqual([100, 'run of 2']);
    expect(rows(edits(...same(90)))).toEqual([100, 'run of 89']);
  });

  test('two are two rows', () => {
    expect(rows(edits(...same(2)))).toEqual([100, 99]);
  });

  test('somebody else, another record, or more than five minutes end a run', () => {
    expect(rows(edits(...same(2), { by: OMAR }, ...same(3)))).toEqual([100, 99, 98, 97, 'run of 2']);
    expect(rows(edits(...same(2), { card: other }, ...same(2)))).toEqual([100, 99, 98, 97, 96]);
    const at = (minutes: number, seconds = 0) => ({ occurredAt: new Date(Date.UTC(2026, 10, 6, 12, -minutes, -seconds)).toISOString() });
    expect(rows(edits(at(0), at(5), at(10), at(15)))).toEqual([100, 'run of 3']);
    expect(rows(edits(at(0), at(5), at(10, 1), at(15)))).toEqual([100, 99, 98, 97]);
  });

  test('another person in the same name is somebody else', () => {
    const instead = { impersonator: { id: OMAR.id, name: OMAR.name } };
    expect(rows(edits({}, {}, instead, {}))).toEqual([100, 99, 98, 97]);
    expect(rows(edits(instead, instead, instead))).toEqual([100, 'run of 2']);
  });

  test.each([
    ['submitted', { action: 'timecard_submitted' }],
    ['approved', { action: 'timecard_approved' }],
    ['rejected', { action: 'timecard_rejected' }],
    ['an edit of a rejection', { action: 'rejection_edit' }],
    ['created', { action: 'timecard_created', operation: 'create' }],
    ['created, under another name', { operation: 'create' }],
    ['deleted', { action: 'timecard_deleted', operation: 'delete' }],
    ['around the application', { by: null }],
    ['around the application, in a person’s name', { channel: 'database' }],
    ['after an approval', { changes: [change('edited_after_approval', 'true')] }],
    ['for another reason', { reason: 'Gate log shows 16:28' }],
    ['another action', { action: 'user_edit' }],
  ] as const satisfies readonly (readonly [string, Options])[])('%s is never hidden, and ends a run', (_, one) => {
    expect(rows(edits(...same(3), one, ...same(3)))).toEqual([100, 'run of 2', 97, 96, 'run of 2']);
    const alone = rows(edits(one, one, one, one));
    // The same reason four times over says nothing new.
    expect(alone).toEqual('reason' in one || ('action' in one && one.action === 'user_edit') ? [100, 'run of 3'] : [100, 99, 98, 97]);
  });

  test('a change set of which one part is a decision is never hidden', () => {
    const decided = { changeId: uuid(6, 500) };
    const events = edits({}, {}, decided, { ...decided, action: 'timecard_submitted' }, {}, {});
    expect(rows(events)).toEqual([100, 99, 98, 96, 95]);
  });

  test('the heading of a day and the mark of where one stopped are seen: no run goes on beyond them', () => {
    const midnight = edits(
      ...same(6).map((_, index) => ({ occurredAt: new Date(Date.UTC(2026, 10, 6, 0, 2) - index * 60_000).toISOString() })),
    );
    expect(rows(midnight)).toEqual([100, 'run of 2', 'day', 97, 'run of 2']);
    expect(rows(midnight, { timeZone: 'Asia/Tokyo' })).toEqual([100, 'run of 5']);
    expect(rows(edits(...same(6)), { stoppedAt: 97 })).toEqual([100, 'run of 2', 'stopped', 97, 'run of 2']);
    expect(rows(edits(...same(6)), { stoppedAt: 99 })).toEqual([100, 'stopped', 99, 'run of 4']);
  });

  test('a run is unfolded where one of its sets must be seen, and its newest being seen anyway unfolds nothing', () => {
    expect(rows(edits(...same(4)), { revealed: [idOf(98)] })).toEqual([100, 'run of 3', 99, 98, 97]);
    expect(rows(edits(...same(4)), { revealed: [idOf(100)] })).toEqual([100, 'run of 3']);
  });

  test('what an older page adds while the list holds still folds with nothing that was shown already', () => {
    const before = rows(edits(...same(2)));
    expect(rows(edits(...same(5)), { seams: [99] }).slice(0, 2)).toEqual(before);
    expect(rows(edits(...same(5)), { seams: [99] })).toEqual([100, 99, 98, 'run of 2']);
    expect(rows(edits(...same(9)), { seams: [98, 95] })).toEqual([100, 'run of 2', 97, 'run of 2', 94, 'run of 2']);
  });

  test('a run keeps its row while newer changes come on top', () => {
    const keys = (events: ReturnType<typeof edits>) => rowsOf(events).flatMap(({ kind, key }) => (kind === 'run' ? [key] : []));
    const events = edits(...same(5));
    expect(keys(events.slice(1))).toEqual(keys(events));
  });

  test('each set that goes missing is behind a row that says so, whatever the list is made of', () => {
    const kinds: readonly Options[] = [{}, {}, {}, { by: OMAR }, { card: other }, { action: 'timecard_approved' }];
    const events = edits(...Array.from({ length: 99 }, (_, index) => kinds[(index * 7 + Math.floor(index / 11)) % kinds.length] ?? {}));
    const items = rowsOf(events, { seams: [90, 60, 10], stoppedAt: 70 });
    const positions = items.flatMap((item) =>
      item.kind === 'set' ? [item.set.position] : item.kind === 'run' ? item.earlier.map(({ position }) => position) : [],
    );
    expect(positions).toEqual(events.map(({ position }) => position));
  });
});

test('what a run folds behind says how many, by whom and when', () => {
  const sets = changeSetsOf(edits(...same(4)));
  expect(runText(sets.slice(1), 'Europe/Berlin')).toBe(`3 earlier changes by ${ANNA.name} to this record, 12:57–12:59`);
  expect(runText(sets.slice(1, 2), 'UTC')).toContain('11:59');
});
