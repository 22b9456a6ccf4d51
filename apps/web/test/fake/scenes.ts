import type { EventView, TimecardView } from '../../src/api/views.ts';
import { dayEvent, makeCard, makeEvent, usual } from './cards.ts';
import { PEOPLE, person } from './people.ts';
import { seeded, uuid } from './random.ts';
import { World } from './world.ts';

const change = (field: string, before: string | null, after: string | null) => ({ field, old: before, new: after });

/** An afternoon of an organisation: every kind of event, and timecards in every status. */
export function afternoon(more = 0): World {
  const world = new World();
  const [li, jon, sara, omar, maria] = ['Li Wei', 'Jon Ek', 'Sara Lindqvist', 'Omar Khan', 'Maria Diaz'].map(person) as [
    (typeof PEOPLE)[number],
    (typeof PEOPLE)[number],
    (typeof PEOPLE)[number],
    (typeof PEOPLE)[number],
    (typeof PEOPLE)[number],
  ];
  const week = makeCard({
    person: li,
    status: 'approved',
    days: [
      usual('2026-11-02'),
      usual('2026-11-03', '15:30'),
      usual('2026-11-04'),
      {
        workDate: '2026-11-05',
        times: ['2026-11-05T21:00:00.000Z', '2026-11-06T00:30:00.000Z', '2026-11-06T01:00:00.000Z', '2026-11-06T05:30:00.000Z'],
      },
      usual('2026-11-06', '16:02'),
    ],
    more: { editedAfterApproval: true, manuallyEdited: true, version: 7 },
  });
  week.entries = week.entries.map((entry, index) => (index === 1 ? { ...entry, edits: 1 } : entry));
  const friday = makeCard({
    person: jon,
    status: 'rejected',
    start: '2026-11-06',
    days: [usual('2026-11-06', '16:00')],
    more: { rejectionReason: 'Break below the legal minimum, please confirm' },
  });
  const saras = makeCard({ person: sara, status: 'submitted', site: 1 });
  const newark = makeCard({
    person: person('Tom Sand'),
    status: 'submitted',
    site: 2,
    start: '2026-11-05',
    days: [{ workDate: '2026-11-05', times: ['2026-11-05T13:00:00.000Z', null, null, '2026-11-05T22:30:00.000Z'] }],
  });
  world.cards = [
    week,
    saras,
    friday,
    newark,
    ...PEOPLE.slice(6).map((who, index) =>
      makeCard({ person: who, site: index % 3, status: (['draft', 'submitted', 'approved'] as const)[index % 3] ?? 'draft' }),
    ),
  ];
  const base = 18_180 + more;
  const at = (offset: number) => base + offset;
  const sets: EventView[] = [
    ...createdWeek(at(0), week),
    makeEvent(at(7), { card: saras, by: sara, action: 'timecard_submitted', changes: [change('status', 'draft', 'submitted')] }),
    makeEvent(at(8), {
      by: null,
      area: 'people',
      action: 'user_updated',
      target: { type: 'User', id: li.id, label: 'Profile' },
      root: { type: 'User', id: li.id, label: 'Profile' },
      subject: { id: li.id, name: li.name },
      changes: [{ field: 'phone', hidden: true }],
    }),
    dayEvent(at(9), '2026-11-04', {
      card: week,
      by: li,
      action: 'user_edit',
      changeId: uuid(6, at(10)),
      changes: [change('daily_check_in', '2026-11-04T07:15:00Z', '2026-11-04T07:00:00Z'), change('daily_total_hours', '7.75', '8.00')],
    }),
    makeEvent(at(10), {
      card: week,
      by: li,
      action: 'user_edit',
      changeId: uuid(6, at(10)),
      changes: [change('total_hours', '39.75', '40.00'), change('manually_edited', 'false', 'true')],
    }),
    makeEvent(at(11), { card: week, by: li, action: 'timecard_submitted', changes: [change('status', 'draft', 'submitted')] }),
    makeEvent(at(12), {
      card: friday,
      by: maria,
      action: 'rejection_edit',
      changeId: uuid(6, at(13)),
      reason: 'Break below the legal minimum, please confirm',
      changes: [
        change('break_end_time', '2026-11-06T11:15:00Z', '2026-11-06T11:30:00Z'),
        change('break_duration', '15', '30'),
        change('total_hours', '8.75', '8.50'),
      ],
    }),
    makeEvent(at(13), {
      card: friday,
      by: maria,
      action: 'timecard_rejected',
      changeId: uuid(6, at(13)),
      reason: 'Break below the legal minimum, please confirm',
      changes: [
        change('status', 'submitted', 'rejected'),
        change('rejection_reason', null, 'Break below the legal minimum, please confirm'),
      ],
    }),
    makeEvent(at(14), { card: week, by: omar, action: 'timecard_approved', changes: [change('status', 'submitted', 'approved')] }),
    ...quarterlyImport(at(15), world.cards),
    dayEvent(at(26), '2026-11-03', {
      card: week,
      reason: 'Gate log shows 16:28',
      changeId: uuid(6, at(27)),
      changes: [change('daily_check_out', '2026-11-03T16:00:00Z', '2026-11-03T15:30:00Z'), change('daily_total_hours', '8.50', '8.00')],
      ipAddress: '10.0.4.12',
      requestId: 'req-7f3a91',
    }),
    makeEvent(at(27), {
      card: week,
      reason: 'Gate log shows 16:28',
      changeId: uuid(6, at(27)),
      changes: [
        change('total_hours', '41.03', '40.53'),
        change('overtime_hours', '1.03', '0.53'),
        change('edited_after_approval', 'false', 'true'),
      ],
      effect: {
        total_hours: { old: '41.03', new: '40.53' },
        overtime_hours: { old: '1.03', new: '0.53' },
        after_approval: true,
      },
      ipAddress: '10.0.4.12',
      requestId: 'req-7f3a91',
    }),
  ];
  world.events = [...sets.toReversed(), ...past(base - 1, more, [week, saras, newark])];
  return world;
}

function createdWeek(first: number, card: TimecardView): EventView[] {
  const changeId = uuid(6, first);
  const days = card.entries.map((entry, index) =>
    dayEvent(first + index, entry.workDate, {
      card,
      by: card.person,
      operation: 'create',
      action: 'timecard_created',
      changeId,
      changes: [
        change('work_date', null, entry.workDate),
        change('daily_check_in', null, entry.dailyCheckIn),
        change('daily_check_out', null, entry.dailyCheckOut),
        change('daily_total_hours', null, entry.dailyTotalHours),
      ],
    }),
  );
  return [
    ...days,
    makeEvent(first + days.length, {
      card,
      by: card.person,
      operation: 'create',
      action: 'timecard_created',
      changeId,
      changes: [
        change('period_start', null, card.periodStart),
        change('period_end', null, card.periodEnd),
        change('status', null, 'draft'),
        change('total_hours', null, '39.75'),
        change('overtime_hours', null, '0.00'),
        change('manually_edited', null, 'false'),
      ],
    }),
  ];
}

/** One job that touches many records: a change set of eleven. */
function quarterlyImport(first: number, cards: readonly TimecardView[]): EventView[] {
  const changeId = uuid(6, first);
  return Array.from({ length: 11 }, (_, index) => {
    const card = cards[index % cards.length] as TimecardView;
    return {
      ...makeEvent(first + index, {
        card,
        changeId,
        action: 'admin_edit',
        channel: 'import',
        reason: 'Imported from the time clock',
        changes: [change('check_out_time', '2026-11-05T15:30:00Z', `2026-11-05T15:${30 + index}:00Z`)],
      }),
      actor: { kind: 'system' as const, id: 'timecards.import', name: 'timecards.import' },
    };
  });
}

/** As many older events as wanted, of changing people and kinds. */
export function past(newest: number, count: number, cards: readonly TimecardView[], seed = 7): EventView[] {
  const chance = seeded(seed);
  return Array.from({ length: count }, (_, index) => {
    const card = chance.pick(cards);
    const position = newest - index;
    const minutes = chance.below(50) + 10;
    const options = { card, by: chance.pick(PEOPLE), occurredAt: new Date(Date.UTC(2026, 10, 6, 11, 0, 0) - index * 97_000).toISOString() };
    const kind = chance.below(5);
    if (kind === 0)
      return makeEvent(position, { ...options, action: 'timecard_approved', changes: [change('status', 'submitted', 'approved')] });
    if (kind === 1)
      return makeEvent(position, {
        ...options,
        by: card.person,
        action: 'timecard_submitted',
        changes: [change('status', 'draft', 'submitted')],
      });
    return makeEvent(position, {
      ...options,
      action: kind === 2 ? 'user_edit' : 'admin_edit',
      reason: kind === 3 ? 'Forgot to clock out' : null,
      changes: [change('check_out_time', '2026-11-05T15:30:00Z', `2026-11-05T15:${minutes}:00Z`), change('total_hours', '8.00', '8.25')],
    });
  });
}

export const DEMO = {
  password: 'demo',
  progress: null,
  accounts: [
    { email: 'anna@example.com', role: 'admin', name: 'Anna Berg' },
    { email: 'omar@example.com', role: 'supervisor', name: 'Omar Khan' },
    { email: 'maria@example.com', role: 'manager', name: 'Maria Diaz' },
    { email: 'li@example.com', role: 'worker', name: 'Li Wei' },
  ],
};
