import { expect, test } from 'vitest';
import { filterOf, rangeEnd, rangeStart } from '../../src/record/log-filter.ts';
import { pageInput } from '../../src/record/record.views.ts';

test('AUD-26: a day is the whole day in the zone, inclusive to its last microsecond', () => {
  expect(rangeStart('2026-11-03', 'Europe/Berlin')).toBe('2026-11-02T23:00:00Z');
  expect(rangeEnd('2026-11-03', 'Europe/Berlin')).toBe('2026-11-03T22:59:59.999999Z');
  expect(rangeEnd('2026-10-25', 'Europe/Berlin')).toBe('2026-10-25T22:59:59.999999Z');
  expect(rangeStart('2026-10-25', 'Europe/Berlin')).toBe('2026-10-24T22:00:00Z');
});

test('AUD-26: an instant is taken as it is', () => {
  expect(rangeStart('2026-11-03T08:00:00+01:00', 'Asia/Tokyo')).toBe('2026-11-03T08:00:00+01:00');
  expect(rangeEnd('2026-11-03T08:00:00Z', 'Asia/Tokyo')).toBe('2026-11-03T08:00:00Z');
  expect(rangeEnd(undefined, 'Asia/Tokyo')).toBeUndefined();
});

const CHANGE = '0196f0a2-5f4b-7c1e-9a43-0d3a1d5b7c10';

test('one value or a list of them: the filter takes lists', () => {
  const filter = filterOf(
    pageInput.parse({ action: 'user_edit', change: CHANGE, field: ['status', 'total_hours'], from: '2026-11-03' }),
    'UTC',
  );
  expect(filter).toMatchObject({
    action: ['user_edit'],
    field: ['status', 'total_hours'],
    from: '2026-11-03T00:00:00Z',
    change: [CHANGE],
    area: undefined,
  });
});
