import type { z } from 'zod';
import { Refusal } from '../../src/errors.ts';
import type { Viewer } from '../../src/people/rights/permissions.ts';
import { approveTimecard, createTimecard, rejectTimecard, submitTimecard } from '../../src/timecards/timecard.commands.ts';
import type { timecardView, TimecardStatus } from '../../src/timecards/timecard.views.ts';
import type { World } from '../world.ts';

export type Card = z.output<typeof timecardView>;

/** An instant of November 2026 in Berlin, which is an hour ahead of UTC then. */
export const at = (day: number, time: string) => `2026-11-${String(day).padStart(2, '0')}T${time}:00+01:00`;
/** The same as the log and the views give it. */
export const utc = (day: number, time: string) => new Date(at(day, time)).toISOString();

/** Eight hours and half an hour of break. */
export const workday = (day: number) => ({
  checkInTime: at(day, '08:00'),
  checkOutTime: at(day, '16:30'),
  breakStartTime: at(day, '12:00'),
  breakEndTime: at(day, '12:30'),
});

const date = (day: number) => `2026-11-${String(day).padStart(2, '0')}`;

/** A card of one day of a new worker, or of the given person. */
export async function oneDayCard(
  w: World,
  { day = 3, owner, ...times }: { day?: number; owner?: Viewer; [time: string]: unknown } = {},
): Promise<{ card: Card; owner: Viewer }> {
  const person = owner ?? (await w.person('worker'));
  const card = await w.run(createTimecard, person, {
    person: person.id,
    site: w.site.id,
    periodStart: date(day),
    periodEnd: date(day),
    ...workday(day),
    ...times,
  });
  return { card, owner: person };
}

/** A card of a week with these days worked, eight hours each from eight o'clock. */
export async function weekCard(w: World, days: readonly number[], owner?: Viewer): Promise<{ card: Card; owner: Viewer }> {
  const person = owner ?? (await w.person('worker'));
  const entries = days.map((day) => ({ workDate: date(day), dailyCheckIn: at(day, '08:00'), dailyCheckOut: at(day, '16:00') }));
  const card = await w.run(createTimecard, person, {
    person: person.id,
    site: w.site.id,
    periodStart: '2026-11-02',
    periodEnd: '2026-11-08',
    entries,
  });
  return { card, owner: person };
}

/** Brings a new draft into a status by the commands that lead there. */
export async function broughtTo(w: World, status: TimecardStatus, { card, owner }: { card: Card; owner: Viewer }): Promise<Card> {
  if (status === 'draft') return card;
  const submitted = await w.run(submitTimecard, owner, { id: card.id, version: card.version });
  if (status === 'submitted') return submitted;
  const decider = await w.person('manager');
  const wanted = { id: card.id, version: submitted.version };
  return status === 'approved'
    ? w.run(approveTimecard, decider, wanted)
    : w.run(rejectTimecard, decider, { ...wanted, reason: 'not what the gate log says' });
}

/** What a command is refused with. */
export async function refusalOf(work: Promise<unknown>): Promise<Refusal> {
  const answer = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (answer instanceof Refusal) return answer;
  throw new Error('this was not refused', { cause: answer });
}
