import type { Period } from '@countersign/domain/timecards/period.rules';
import { addDays } from './calendar.ts';
import type { Chance } from './chance.ts';
import { type Habit, shiftOn } from './habits.ts';
import { type Scene, zoneOf } from './history.ts';
import { decidersOf, type Organisation, type Person } from './organisation.ts';

/** One week of the demo. */
export interface Week {
  readonly monday: string;
  /** 0 is the present week. */
  readonly weeksAgo: number;
}

/** Whose cards, of which week. */
export interface Stretch {
  readonly organisation: Organisation;
  readonly owner: Person;
  readonly week: Week;
  readonly chance: Chance;
}

/** One scene for each card that somebody has to write in a week; none in a week that they have off. */
export function scenesOf(stretch: Stretch): Scene[] {
  const { owner, week, chance } = stretch;
  if (!owner.habit || chance.happens(0.2)) return [];
  const days = daysOf(owner.habit, week, chance);
  return owner.habit.cards === 'week' ? [weekScene(stretch, days)] : days.map((day) => dayScene(stretch, day));
}

function daysOf({ weekdays, daysAWeek: [least, most] }: Habit, { monday }: Week, chance: Chance): string[] {
  return chance
    .some(weekdays, chance.int(least, most))
    .map((weekday) => addDays(monday, weekday - 1))
    .sort();
}

/** The card of a week, with a shift on each of these days. */
export const weekScene = (stretch: Stretch, days: readonly string[]): Scene =>
  sceneOf(stretch, { periodStart: stretch.week.monday, periodEnd: addDays(stretch.week.monday, 6) }, days);

/** The card of one day. */
export const dayScene = (stretch: Stretch, day: string): Scene =>
  sceneOf({ ...stretch, chance: stretch.chance.fork(day) }, { periodStart: day, periodEnd: day }, [day]);

function sceneOf({ organisation, owner, week, chance }: Stretch, period: Period, days: readonly string[]): Scene {
  return {
    organisation,
    owner,
    weeksAgo: week.weeksAgo,
    chance,
    decider: chance.pick(decidersOf(organisation, owner)),
    card: { person: owner.id, site: owner.site.id, ...period },
    shifts: days.map((day) => shiftOn(day, owner.habit as Habit, zoneOf(owner), chance)),
  };
}
