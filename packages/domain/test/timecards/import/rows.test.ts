import { describe, expect, test } from 'vitest';
import { iso, read } from './lines.ts';

const SHIFT = ['person', 'day', 'check_in', 'check_out', 'break_start', 'break_end'] as const;

function shiftOf(line: string) {
  const { rows, problems } = read('shift', [...SHIFT], [line]);
  const [row] = rows;
  if (row?.kind !== 'shift') return { problems };
  return { day: row.workDate, in: iso(row.at), out: iso(row.checkOut), breakStart: iso(row.breakStart), breakEnd: iso(row.breakEnd) };
}

describe('TC-12: one row for a shift', () => {
  test('has its times on the day that it names', () => {
    expect(shiftOf('anna|03.11.2026|08:00|16:30|12:00|12:30')).toEqual({
      day: '2026-11-03',
      in: '2026-11-03T07:00:00.000Z',
      out: '2026-11-03T15:30:00.000Z',
      breakStart: '2026-11-03T11:00:00.000Z',
      breakEnd: '2026-11-03T11:30:00.000Z',
    });
  });

  test('that ends earlier on the clock than it begins ends on the next day, its break too', () => {
    expect(shiftOf('anna|31.12.2026|22:00|06:00|00:30|01:00')).toEqual({
      day: '2026-12-31',
      in: '2026-12-31T21:00:00.000Z',
      out: '2027-01-01T05:00:00.000Z',
      breakStart: '2026-12-31T23:30:00.000Z',
      breakEnd: '2027-01-01T00:00:00.000Z',
    });
    expect(shiftOf('anna|2026-10-24|22:00|06:00||')).toMatchObject({ in: '2026-10-24T20:00:00.000Z', out: '2026-10-25T05:00:00.000Z' });
  });

  test('may have whole instants instead of times, and no column for the day', () => {
    expect(shiftOf('anna||2026-11-03T08:00:00+01:00|2026-11-03T15:30:00Z||')).toMatchObject({
      day: null,
      in: '2026-11-03T07:00:00.000Z',
      out: '2026-11-03T15:30:00.000Z',
    });
  });

  test('may not have ended yet, and a day off says nothing', () => {
    expect(shiftOf('anna|03.11.2026|08:00|--:--||')).toMatchObject({ out: null });
    expect(shiftOf('nobody|04.11.2026|-|-||')).toEqual({ problems: [] });
    expect(shiftOf('||||| ')).toEqual({ problems: [] });
  });

  test.each([
    ['anna|03.11.2026||16:30||', 'check_in', 'without a check-in'],
    ['anna||08:00|16:30||', 'check_in', 'has no day'],
    ['anna|32.11.2026|08:00|16:30||', 'day', 'in no calendar'],
    ['anna|03.11.2026|08:00|half past four||', 'check_out', 'is no time'],
    ['nobody|03.11.2026|08:00|16:30||', 'person', 'nobody of this name'],
    ['|03.11.2026|08:00|16:30||', 'person', 'Nobody is named'],
    ['anna|29.03.2026|02:30|10:00||', 'check_in', 'never was'],
    ['anna|25.10.2026|02:30|10:00||', 'check_in', 'was twice'],
  ])('%s is refused with line and column', (line, column, message) => {
    expect(shiftOf(line)).toEqual({ problems: [{ line: 2, column, message: expect.stringContaining(message) }] });
  });
});

describe('TC-12: one row for a punch', () => {
  test('has day and time in one column or in two', () => {
    const one = read('punch', ['person', 'instant', 'kind'], ['anna|03.11.2026 08:00|Kommen']).rows;
    const two = read('punch', ['person', 'day', 'time', 'kind'], ['anna|2026-11-03|8:00|Clock-In']).rows;
    expect(one).toEqual([{ line: 2, person: 'anna', site: 'hall', kind: 'in', at: Date.parse('2026-11-03T07:00:00Z') }]);
    expect(two).toEqual(one);
  });

  test('names its site, or is at the one of the whole file', () => {
    const { rows, problems } = read(
      'punch',
      ['person', 'site', 'instant', 'kind'],
      ['anna|yard|2026-11-03 08:00|in', 'anna||2026-11-03 08:00|in', 'anna|nowhere|2026-11-03 08:00|in'],
    );
    expect(rows.map(({ site }) => site)).toEqual(['yard', 'hall']);
    expect(problems).toEqual([{ line: 4, column: 'site', message: 'There is no such site.' }]);
    expect(read('punch', ['person', 'site', 'instant', 'kind'], ['anna||2026-11-03 08:00|in'], null).problems[0]?.message).toContain(
      'No site is named',
    );
  });

  test.each([
    ['anna|2026-11-03 08:00|coffee', 'kind', 'neither in nor out'],
    ['anna||in', 'instant', 'no time here'],
    ['anna|2026-11-03|in', 'instant', 'no day with a time'],
  ])('%s is refused', (line, column, message) => {
    expect(read('punch', ['person', 'instant', 'kind'], [line]).problems).toEqual([
      { line: 2, column, message: expect.stringContaining(message) },
    ]);
  });

  test('tells everything that is wrong with a line at once', () => {
    expect(read('punch', ['person', 'instant', 'kind'], ['nobody|soon|coffee']).problems.map(({ column }) => column)).toEqual([
      'person',
      'kind',
      'instant',
    ]);
  });

  test('has its apostrophe before a formula taken off again', () => {
    expect(read('punch', ['person', 'instant', 'kind'], ["'=anna|2026-11-03 08:00|in"]).rows[0]?.person).toBe('=anna');
  });
});
