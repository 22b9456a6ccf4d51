import { describe, expect, test } from 'vitest';
import { changeSetsOf, fieldChangesIn, isAfterApproval, reasonsIn, rootOf } from '../../src/features/trail/change-sets.ts';
import { feedItems } from '../../src/features/trail/feed-items.ts';
import { summaryOf } from '../../src/features/trail/summary.ts';
import { dayEvent, makeCard, makeEvent } from '../fake/cards.ts';
import { uuid } from '../fake/random.ts';

const card = makeCard();
const other = makeCard();
const change = (field: string, old: string | null = 'a', next: string | null = 'b') => ({ field, old, new: next });
const looks = { unfolded: new Set<string>(), stoppedAt: null, timeZone: 'UTC', today: '2026-11-06' };

describe('change sets', () => {
  const changeId = uuid(6, 99);
  const events = [
    makeEvent(5, { card, changeId, reason: 'why' }),
    makeEvent(4, { card: other }),
    dayEvent(3, '2026-11-03', { card, changeId, reason: 'why' }),
  ];

  test('AUD-3: events that share a change id are one card, which stands with its newest event', () => {
    expect(changeSetsOf(events).map(({ position, events: members }) => [position, members.length])).toEqual([
      [5, 2],
      [4, 1],
    ]);
  });

  test('a set knows the one record that it is about, and says each reason once', () => {
    const [set] = changeSetsOf(events);
    expect(set && rootOf(set)?.id).toBe(card.id);
    expect(set && reasonsIn(set)).toEqual(['why']);
  });

  test('a set over several records is about none of them', () => {
    const [set] = changeSetsOf([makeEvent(2, { card, changeId }), makeEvent(1, { card: other, changeId })]);
    expect(set && rootOf(set)).toBeNull();
  });

  test('AUD-34: an edit that lifts an approval is marked', () => {
    const set = (next: string) => changeSetsOf([makeEvent(1, { card, changes: [change('edited_after_approval', 'false', next)] })])[0];
    expect(isAfterApproval(set('true') as never)).toBe(true);
    expect(isAfterApproval(set('false') as never)).toBe(false);
  });
});

describe('what a folded card shows', () => {
  const kindOf = () => 'text';
  const summaryFor = (...events: Parameters<typeof makeEvent>[1][]) => {
    const [set] = changeSetsOf(events.map((event, index) => makeEvent(9 - index, { card, changeId: uuid(6, 1), ...event })));
    return summaryOf(set ? fieldChangesIn(set) : [], kindOf);
  };

  test('what somebody changed comes before what follows from it', () => {
    const { shown, more } = summaryFor({ changes: [change('manually_edited'), change('check_out_time')] });
    expect(shown.map((one) => one.change.field)).toEqual(['check_out_time']);
    expect(more).toBe(1);
  });

  test('AUD-34: what the effect tells stands in no chip', () => {
    const effect = { overtime_hours: { old: '2.00', new: '1.00' } };
    const { shown, more } = summaryFor({ changes: [change('overtime_hours', '2.00', '1.00'), change('check_out_time')], effect });
    expect([shown.map((one) => one.change.field), more]).toEqual([['check_out_time'], 1]);
    // Another card's overtime, and nothing else: the effect says all of it.
    expect(summaryFor({ changes: [change('overtime_hours', '2.00', '1.00')], effect }).shown).toEqual([]);
  });

  test('of a new record that has one field, that one is shown: what a setting became', () => {
    const { shown, more } = summaryFor({ operation: 'create', changes: [change('value', null, 'false')] });
    expect([shown.map((one) => one.change.field), more]).toEqual([['value'], 0]);
  });

  test('of four or five fields none is left out, of six two are', () => {
    const fields = (count: number) => Array.from({ length: count }, (_, index) => change(`field_${index}`));
    expect(summaryFor({ changes: fields(5) })).toMatchObject({ more: 0 });
    expect(summaryFor({ changes: fields(6) })).toMatchObject({ more: 2 });
  });

  test('of many records at once there is no telling which field is meant', () => {
    expect(summaryFor({ changes: [change('check_out_time')] }, { card: other, changes: [change('check_out_time')] })).toMatchObject({
      shown: [],
      more: 2,
    });
  });
});

describe('the rows of a list', () => {
  test('a day begins with its heading; today goes without saying', () => {
    const sets = changeSetsOf([
      makeEvent(3),
      makeEvent(2, { occurredAt: '2026-11-05T22:00:00Z' }),
      makeEvent(1, { occurredAt: '2026-11-05T02:00:00Z' }),
    ]);
    expect(feedItems(sets, looks).map(({ kind }) => kind)).toEqual(['set', 'day', 'set', 'set']);
    expect(feedItems(sets, { ...looks, timeZone: 'America/New_York' }).map(({ kind }) => kind)).toEqual([
      'set',
      'day',
      'set',
      'day',
      'set',
    ]);
  });

  test('where the reader stopped is marked between new and old, and not where nothing is new', () => {
    const sets = changeSetsOf([makeEvent(3), makeEvent(2), makeEvent(1)]);
    expect(feedItems(sets, { ...looks, stoppedAt: 2 }).map(({ key }) => key)).toEqual([uuid(6, 3), 'stopped', uuid(6, 2), uuid(6, 1)]);
    expect(feedItems(sets, { ...looks, stoppedAt: 3 }).some(({ kind }) => kind === 'stopped')).toBe(false);
  });

  test('an unfolded set shows each of its events, the first one first', () => {
    const changeId = uuid(6, 50);
    const sets = changeSetsOf([makeEvent(8, { card, changeId }), makeEvent(7, { card, changeId })]);
    expect(feedItems(sets, { ...looks, unfolded: new Set([changeId]) }).map(({ key }) => key)).toEqual([changeId, 'event 7', 'event 8']);
  });
});
