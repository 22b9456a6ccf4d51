import type { Sheet } from '@countersign/domain/timecards/hours.rules';
import { dayFields } from '@countersign/domain/timecards/times.rules';
import { addDays, clockTime, instantAt, later, mondayOf, weekdayOf } from './calendar.ts';
import type { Chance } from './chance.ts';
import { History, type Scene, zoneOf } from './history.ts';
import type { Organisation } from './organisation.ts';
import { SECOND_THOUGHTS } from './reasons.ts';
import { dayScene, type Week, weekScene } from './scenes.ts';
import type { CardStep } from './step.ts';
import { written } from './stories.ts';

/**
 * What visitors find when they sign in as the worker, whatever day it is: a draft of a week and drafts of single
 * days, all of them of days that are over, and further back one card that was changed many times.
 */
export interface Desk {
  readonly steps: readonly CardStep[];
  /** Weeks in which the worker has no other cards than these. */
  readonly weeks: readonly string[];
}

export function deskOf(organisation: Organisation, today: string, chance: Chance): Desk {
  const { week, days, single } = draftsFor(today);
  const changed = { monday: addDays(mondayOf(today), -14), weeksAgo: 2 };
  return {
    steps: [
      ...manyChanges(weekOf(organisation, changed, weekdaysFrom(changed.monday, 5), chance.fork('changed'))),
      ...weekDraft(weekOf(organisation, week, days, chance.fork('week'))),
      ...single.flatMap((day) => dayDraft(organisation, day, { today, chance: chance.fork(day) })),
    ],
    weeks: [changed.monday, week.monday, mondayOf(today)],
  };
}

const weekOf = (organisation: Organisation, week: Week, days: readonly string[], chance: Chance) =>
  weekScene({ organisation, owner: organisation.accounts.worker, week, chance }, days);

const weekdaysFrom = (monday: string, count: number) => Array.from({ length: count }, (_, n) => addDays(monday, n));

/** The last working day before a day. */
function workingDayBefore(day: string): string {
  const before = addDays(day, -1);
  return weekdayOf(before) > 5 ? workingDayBefore(before) : before;
}

/** Which days the drafts cover: the last working day by itself, and the week before it up to there if that has two days already. */
function draftsFor(today: string): { readonly week: Week; readonly days: readonly string[]; readonly single: readonly string[] } {
  const last = workingDayBefore(today);
  const before = workingDayBefore(last);
  const thisWeek = mondayOf(today);
  const early = before === thisWeek;
  const monday = early ? addDays(thisWeek, -7) : mondayOf(before);
  const week = { monday, weeksAgo: monday === thisWeek ? 0 : 1 };
  return { week, days: weekdaysFrom(monday, early ? 5 : weekdayOf(before)), single: early ? [before, last] : [last] };
}

function weekDraft(scene: Scene): readonly CardStep[] {
  const history = everyDay(new History(scene), scene.shifts);
  const first = scene.shifts[0] as Sheet;
  const { owner, chance } = scene;
  const reason = chance.pick(SECOND_THOUGHTS)(first, zoneOf(owner));
  const moved = { workDate: first.workDate, breakStart: later(first.breakStart ?? '', 10), breakEnd: later(first.breakEnd ?? '', 10) };
  return history.write(owner, later(history.end, 2), [moved], { reason }).steps;
}

function dayDraft(
  organisation: Organisation,
  day: string,
  { today, chance }: { readonly today: string; readonly chance: Chance },
): readonly CardStep[] {
  const week = { monday: mondayOf(day), weeksAgo: mondayOf(day) === mondayOf(today) ? 0 : 1 };
  return written(dayScene({ organisation, owner: organisation.accounts.worker, week, chance }, day)).steps;
}

const everyDay = (history: History, shifts: readonly Sheet[]): History =>
  shifts.reduce((so, shift) => so.write(so.scene.owner, later(shift.checkOut ?? '', so.scene.chance.int(10, 40)), [shift]), history);

/** A week in which everything was changed again and again, by its owner, in-house staff, the supervisor and an admin. */
function manyChanges(scene: Scene): readonly CardStep[] {
  const { owner, shifts, chance, organisation } = scene;
  const { inHouse, admin } = organisation.accounts;
  const [first, second, third, , fifth] = shifts as [Sheet, Sheet, Sheet, Sheet, Sheet];
  const history = new History(scene);
  for (const shift of shifts) {
    history.write(owner, later(shift.checkOut ?? '', chance.int(10, 30)), [shift]);
    for (const changed of secondThoughts(shift, chance)) {
      const reason = chance.happens(0.5) ? { reason: chance.pick(SECOND_THOUGHTS)(shift, zoneOf(owner)) } : {};
      history.write(owner, later(history.end, chance.int(4, 40)), [changed], reason);
    }
  }
  const note = {
    adminNotes: 'Asked him to look at his breaks again: three versions of Tuesday so far.',
    reason: 'Note after looking through the week',
  };
  history.add(inHouse, instantAt(addDays(fifth.workDate, 1), 10 * 60, zoneOf(inHouse)), { command: 'update', input: note });
  const pause = `${clockTime(second.breakStart ?? '', zoneOf(owner))} to ${clockTime(second.breakEnd ?? '', zoneOf(owner))}`;
  const complaint = `The break on Tuesday was ${pause} on the sign-in sheet, I put that in. Please look at Wednesday yourself and submit again.`;
  history.submit().reject(complaint, {
    fieldsToMend: Object.values(dayFields(third.workDate)),
    mends: [{ workDate: second.workDate, breakStart: second.breakStart, breakEnd: second.breakEnd }],
  });
  history.write(owner, history.ownersTime(), [{ workDate: third.workDate, checkIn: third.checkIn }], {
    reason: 'And Wednesday as well, that was the day with the bus',
  });
  history.submit().approve();
  const truth = { workDate: first.workDate, checkOut: later(first.checkOut ?? '', 25) };
  history.write(admin, history.officeTime(admin, 2), [truth], { reason: 'Payroll query: door log has 25 minutes more on Monday.' });
  return history.approve().steps;
}

/** A day as its owner changes it soon after: each time something else about it. */
function secondThoughts({ workDate, checkIn, breakStart, breakEnd }: Sheet, chance: Chance): Sheet[] {
  const times = { workDate, checkOut: null };
  const minutes = chance.pick([5, 10, 15]);
  return [
    { ...times, checkIn: null, breakStart: later(breakStart ?? '', minutes), breakEnd: later(breakEnd ?? '', minutes) },
    { ...times, checkIn: later(checkIn ?? '', minutes), breakStart: null, breakEnd: null },
    { ...times, checkIn: null, breakStart: null, breakEnd: later(breakEnd ?? '', minutes + 5) },
  ].slice(0, chance.int(2, 3));
}
