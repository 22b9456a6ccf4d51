import { describe, expect, test } from 'vitest';
import type { AsOfView } from '../../src/api/views.ts';
import { differencesBetween, type PastField } from '../../src/features/as-of/compare-records.ts';

const field = (name: string, value: PastField['value'], more: Partial<PastField> = {}): PastField => ({
  name,
  label: name,
  kind: 'text',
  values: null,
  state: 'known',
  value,
  ...more,
});
const record = (id: string, workDate: string | null, fields: PastField[], deleted = false) => ({
  record: { type: workDate === null ? 'Timecard' : 'TimecardEntry', id, label: null },
  entity: '',
  workDate,
  deleted,
  complete: true,
  latest: {} as never,
  fields,
});
const view = (...records: ReturnType<typeof record>[]) => ({ records }) as unknown as AsOfView;
const told = (first: AsOfView, second: AsOfView) =>
  differencesBetween(first, second).map(({ record, there, fields }) => [
    record.record.id,
    there,
    fields.map(({ first: one, second: other }) => [(one ?? other)?.name, one?.value ?? null, other?.value ?? null]),
  ]);

describe('AUD-28: two moments compared', () => {
  test('AUD-28: only what differs, the card before its days', () => {
    const first = view(record('d', '2026-11-03', [field('in', 'a')]), record('c', null, [field('status', 'draft'), field('same', 'x')]));
    const second = view(
      record('d', '2026-11-03', [field('in', 'b')]),
      record('c', null, [field('status', 'submitted'), field('same', 'x')]),
    );
    expect(told(first, second)).toEqual([
      ['c', 'both', [['status', 'draft', 'submitted']]],
      ['d', 'both', [['in', 'a', 'b']]],
    ]);
    expect(told(first, first)).toEqual([]);
  });

  test('AUD-28: a day that is on one of them only, or was deleted, is told with what is set', () => {
    const day = record('d', '2026-11-03', [field('work_date', '2026-11-03'), field('in', 'a'), field('out', null)]);
    expect(told(view(), view(day))).toEqual([['d', 'second', [['in', null, 'a']]]]);
    expect(told(view(day), view({ ...day, deleted: true }))).toEqual([['d', 'first', [['in', 'a', null]]]]);
  });

  test('AC-4: of hidden values nobody learns whether they differ', () => {
    const hidden = field('notes', null, { state: 'hidden' });
    expect(told(view(record('c', null, [hidden])), view(record('c', null, [field('notes', 'x')])))).toEqual([]);
  });

  test('AUD-10: shortened values are compared by their hashes', () => {
    const long = (sha256: string) => field('notes', { beginning: 'x', bytes: 9000, sha256 });
    expect(told(view(record('c', null, [long('1')])), view(record('c', null, [long('1')])))).toEqual([]);
    expect(told(view(record('c', null, [long('1')])), view(record('c', null, [long('2')])))).toHaveLength(1);
  });
});
