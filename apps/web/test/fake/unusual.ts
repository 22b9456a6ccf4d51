import type { UnusualInput, UnusualLimits, UnusualList, UnusualView } from '../../src/api/views.ts';
import type { RouterInputs } from '@countersign/client';
import { PEOPLE } from './people.ts';
import { uuid } from './random.ts';
import { Refused } from './refused.ts';

const someone = (n: number) => ({ id: PEOPLE[n]?.id ?? '', name: PEOPLE[n]?.name ?? '' });
const rows = (count: number, sentence: string) =>
  Array.from({ length: count }, (_, n) => ({
    position: 900 - n,
    sentence,
    from: `2026-11-06T14:${String(40 - n).padStart(2, '0')}:00.000Z`,
    to: `2026-11-06T14:${String(42 - n).padStart(2, '0')}:00.000Z`,
  }));

const base = { version: 1, level: 1, usual: null, moreRows: 0, state: 'open', explanation: null, own: false } as const;

/** One of each kind: the first one has grown, the last one is about the reader, and one is explained. */
export const ALERTS: readonly UnusualView[] = [
  {
    ...base,
    id: uuid(12, 1),
    reader: someone(2),
    kind: 'many_records',
    label: 'Many records',
    sentence: 'Read 240 different records within an hour; more than 100 is unusual, since nobody knows yet what is usual for them.',
    level: 2,
    count: 240,
    allowed: 100,
    noticedAt: '2026-11-06T13:58:12.000Z',
    lastAt: '2026-11-06T14:42:00.000Z',
    rows: rows(20, 'Read the trail of Timecard 2–8 Nov 2026, twice, 40 rows in all.'),
    moreRows: 220,
  },
  {
    ...base,
    id: uuid(12, 2),
    reader: someone(3),
    kind: 'large_export',
    label: 'Large export',
    sentence: 'Took 430 records away as files within a day; more than 300 is unusual, since nobody knows yet what is usual for them.',
    count: 430,
    allowed: 300,
    noticedAt: '2026-11-06T11:12:40.000Z',
    lastAt: '2026-11-06T11:12:40.000Z',
    rows: rows(2, 'Took 215 records away as a file.'),
  },
  {
    ...base,
    id: uuid(12, 3),
    reader: someone(0),
    kind: 'odd_hours',
    label: 'Unusual hours',
    sentence: 'Read 4 records between 02:00 and 03:00 (Europe/Berlin); in five weeks they read between 08:00 and 18:00.',
    count: 4,
    allowed: 2,
    noticedAt: '2026-11-06T01:20:00.000Z',
    lastAt: '2026-11-06T01:15:00.000Z',
    rows: rows(1, 'Opened 3 events of Timecard 2–8 Nov 2026.'),
    own: true,
  },
  {
    ...base,
    id: uuid(12, 4),
    version: 2,
    reader: someone(4),
    kind: 'other_area',
    label: 'Another area',
    sentence: 'Read 9 records of Red Hook Stages, where they had read nothing in five weeks.',
    count: 9,
    allowed: 2,
    noticedAt: '2026-11-05T09:00:00.000Z',
    lastAt: '2026-11-05T09:10:00.000Z',
    rows: rows(9, 'Read the trail of Timecard 26 Oct – 1 Nov 2026, 12 rows in all.'),
    state: 'explained',
    explanation: { by: someone(1), at: '2026-11-05T15:00:00.000Z', verdict: 'right', note: 'Stands in for Red Hook this week' },
  },
];

export const LIMITS: UnusualLimits = {
  unusualRecords: 100,
  unusualRows: 10_000,
  unusualPeople: 250,
  unusualExports: 300,
  unusualTimes: 3,
  unusualHoursApart: 3,
  unusualFewest: 3,
};

/** Alerts as the server answers for them. */
export class Unusual {
  alerts: readonly UnusualView[] = [];
  limits: UnusualLimits = LIMITS;

  list({ state, alert, reader, limit = 20, offset = 0 }: UnusualInput & { limit?: number; offset?: number }): UnusualList {
    const found = this.alerts.filter(
      (one) => (!state || one.state === state) && (!alert || one.id === alert) && (!reader || one.reader.id === reader),
    );
    const data = found.slice(offset, offset + limit);
    return {
      data,
      open: this.alerts.filter((one) => one.state === 'open').length,
      pagination: { total: found.length, limit, offset, hasMore: offset + data.length < found.length },
    };
  }

  explain({ id, version, verdict, note }: RouterInputs['unusualAccess']['explain']): UnusualView {
    const alert = this.alerts.find((one) => one.id === id);
    if (!alert) throw new Refused({ code: 'NOT_FOUND', message: 'There is no such alert.' });
    if (alert.version !== version) throw new Refused({ code: 'CONFLICT', message: 'Somebody else changed this since you read it.' });
    if (note.length < 3) {
      const message = 'Say why it was, in three letters or more: it stands in the log.';
      throw new Refused({ code: 'VALIDATION_ERROR', message: 'The input is not valid.', fields: [{ field: 'note', message }] });
    }
    const explained: UnusualView = {
      ...alert,
      version: version + 1,
      state: 'explained',
      explanation: { by: someone(0), at: '2026-11-06T15:00:00.000Z', verdict, note },
    };
    this.alerts = this.alerts.map((one) => (one.id === id ? explained : one));
    return explained;
  }
}
