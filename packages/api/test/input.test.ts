import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { day, instant } from '@countersign/domain/day.views';
import { Refusal } from '@countersign/domain/errors';
import { auditLogsInput } from '@countersign/domain/record/record.views';
import { parseInput } from '../src/input.ts';
import type { Naming } from '../src/naming.ts';

const schema = z.strictObject({
  id: z.uuid(),
  checkInTime: z.iso.datetime({ offset: true }).nullable().optional(),
  status: z.union([z.enum(['draft', 'submitted']), z.array(z.enum(['draft', 'submitted']))]).optional(),
  limit: z.number().int().min(1).max(500).default(50),
  adminNotes: z.string().max(5).optional(),
  entries: z
    .array(z.strictObject({ workDate: z.iso.date() }))
    .max(2)
    .optional(),
  anything: z.json().optional(),
  bornOn: day.optional(),
  fedAt: instant.optional(),
  seenFrom: z.union([instant, day]).optional(),
  colour: z
    .string()
    .refine((text) => text === 'brown', 'Only brown ones are kept.')
    .optional(),
  why: z.string().trim().min(3, 'Say why, in three letters or more.').optional(),
});
const id = '01890a5d-ac96-774b-bcce-b302099a8057';

function problems(input: unknown, naming: Naming = 'camel') {
  try {
    parseInput(schema, input, naming);
    return [];
  } catch (problem) {
    if (!(problem instanceof Refusal)) throw problem;
    return problem.fields?.map(({ field, message }) => `${field} ${message}`);
  }
}

describe('wrong input is named with the field and the reason (AC-8)', () => {
  test.each([
    [{}, 'id is required'],
    [{ id: 'x' }, 'id must be an id (a UUID)'],
    [{ id, limit: 501 }, 'limit must be at most 500'],
    [{ id, limit: '10' }, 'limit must be a number'],
    [{ id, limit: 1.5 }, 'limit must be a whole number'],
    [{ id, adminNotes: 'too long' }, 'adminNotes must have at most 5 characters'],
    [{ id, why: ' so' }, 'why Say why, in three letters or more.'],
    [{ id, why: 7 }, 'why must be text'],
    [{ id, status: 'gone' }, 'status must be one of draft, submitted'],
    [{ id, status: 7 }, 'status must be one of draft, submitted'],
    [{ id, status: ['gone'] }, 'status.0 must be one of draft, submitted'],
    [{ id, checkInTime: '2026-11-03' }, 'checkInTime must be an instant with its offset, such as 2026-11-03T08:00:00+01:00'],
    [{ id, entries: [{ workDate: '3.11.' }] }, 'entries.0.workDate must be a day such as 2026-11-03'],
    [
      { id, entries: [{ workDate: '2026-11-03' }, { workDate: '2026-11-03' }, { workDate: '2026-11-03' }] },
      'entries must have at most 2 items',
    ],
    [{ id, stripes: 1 }, 'stripes is not known here'],
    [{ id, adminNotes: 'a\0b' }, 'adminNotes holds a character that cannot be kept'],
    [{ id, adminNotes: '\ud800' }, 'adminNotes holds a character that cannot be kept'],
    [{ id, anything: { deep: ['\ud800'] } }, 'anything.deep.0 holds a character that cannot be kept'],
    ['text', ' must be an object'],
    [null, ' must be an object'],
    [new FormData(), ' must be JSON'],
  ])('%j: %s', (input, problem) => {
    expect(problems(input)).toEqual([problem]);
  });

  test.each([
    [{ bornOn: '0000-12-31' }, 'bornOn must be a day of the years 1 to 9999'],
    [{ bornOn: '10000-01-01' }, 'bornOn A day is needed, such as 2026-11-03.'],
    [{ bornOn: '2026-02-30' }, 'bornOn A day is needed, such as 2026-11-03.'],
    [{ fedAt: '0000-12-31T23:59:59Z' }, 'fedAt must be an instant of the years 1 to 9999 (UTC)'],
    [{ fedAt: '0001-01-01T00:00:00+14:00' }, 'fedAt must be an instant of the years 1 to 9999 (UTC)'],
    [{ fedAt: '9999-12-31T23:59:59-01:00' }, 'fedAt must be an instant of the years 1 to 9999 (UTC)'],
    [{ fedAt: '2026-11-03T08:00:00+16:00' }, 'fedAt must have an offset between -15:59 and +15:59'],
    [{ fedAt: '2026-11-03T08:00:00-23:59' }, 'fedAt must have an offset between -15:59 and +15:59'],
    [{ seenFrom: '0000-01-01' }, 'seenFrom must be a day of the years 1 to 9999'],
    [{ seenFrom: '2026-11-03T08:00:00+16:00' }, 'seenFrom must have an offset between -15:59 and +15:59'],
  ])('%j: %s', (input, problem) => {
    expect(problems({ id, ...input })).toEqual([problem]);
  });

  test('days and instants that are possible are taken', () => {
    for (const fedAt of ['0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999Z', '2026-11-03T08:00:00+15:59', '2026-11-03T08:00:00-15:59'])
      expect(problems({ id, fedAt, seenFrom: fedAt })).toEqual([]);
    for (const bornOn of ['0001-01-01', '9999-12-31']) expect(problems({ id, bornOn, seenFrom: bornOn })).toEqual([]);
  });

  test('the details are one sentence, whatever form a message has', () => {
    const details = (of: z.ZodType, input: unknown) => {
      try {
        return parseInput(of, input, 'snake');
      } catch (problem) {
        return (problem as Refusal).details;
      }
    };
    expect(details(schema, { id, colour: 'white' })).toBe('colour: Only brown ones are kept.');
    expect(details(schema, { id, limit: 501 })).toBe('limit must be at most 500.');
    expect(details(auditLogsInput, { root_type: 'Rabbit' })).toBe('root_id is required where a root type is given.');
  });

  test('REST hears its own names', () => {
    expect(problems({ id, check_in_time: 'x', adminNotes: 'a', entries: [{ work_date: 'x' }] }, 'snake')).toEqual([
      'adminNotes is not known here',
      'check_in_time must be an instant with its offset, such as 2026-11-03T08:00:00+01:00',
      'entries.0.work_date must be a day such as 2026-11-03',
    ]);
  });

  test('an input that is nested too deeply is refused and overturns nothing', () => {
    const deep = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000)) as unknown;
    expect(problems({ id, anything: deep })?.[0]).toMatch(/is nested too deeply$/);
  });

  test('whatever comes in, it is parsed or refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.record({ id: fc.constant(id), anything: fc.jsonValue(), status: fc.anything() })),
        fc.constantFrom<Naming>('camel', 'snake'),
        (input, naming) => {
          expect(problems(input, naming)).toBeDefined();
        },
      ),
    );
  });
});
