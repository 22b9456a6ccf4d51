import type { Sheet } from '@countersign/domain/timecards/hours.rules';
import { instantAt } from './calendar.ts';
import type { Chance } from './chance.ts';

/** How somebody works, and how they keep their timecards. */
export interface Habit {
  /** One card for each week, or one for each day. */
  readonly cards: 'week' | 'day';
  /** The days on which they may work; 1 is Monday. */
  readonly weekdays: readonly number[];
  /** How many of these days they work, at least and at most. */
  readonly daysAWeek: readonly [number, number];
  /** Minutes after midnight at which their shift begins. */
  readonly from: number;
  /** Minutes from in to out. */
  readonly length: number;
  /** Minutes of break. */
  readonly pause: number;
  /** When they write their hours down: all when the last shift is over, in two goes, every day, or by clocking in and out. */
  readonly writes: 'at the end' | 'in two goes' | 'every day' | 'clocking';
  /** When they submit: as soon as the card is complete, or on Sunday evening. */
  readonly submits: 'at once' | 'on Sunday';
}

const WEEK = { cards: 'week', weekdays: [1, 2, 3, 4, 5], daysAWeek: [4, 5], pause: 30 } as const;
const DAY = { cards: 'day', pause: 30 } as const;

const clock = (hours: number, minutes = 0) => hours * 60 + minutes;

export const HABITS = {
  early: { ...WEEK, from: clock(6, 30), length: clock(8, 30), writes: 'at the end', submits: 'at once' },
  regular: { ...WEEK, from: clock(8), length: clock(8, 30), writes: 'at the end', submits: 'at once' },
  relaxed: { ...WEEK, from: clock(9), length: clock(8, 45), pause: 45, writes: 'in two goes', submits: 'on Sunday' },
  thorough: { ...WEEK, from: clock(8, 15), length: clock(9), pause: 45, writes: 'every day', submits: 'at once' },
  late: { ...WEEK, from: clock(14), length: clock(8, 30), writes: 'at the end', submits: 'on Sunday' },
  nights: {
    ...WEEK,
    weekdays: [1, 2, 3, 4, 7],
    daysAWeek: [3, 4],
    from: clock(22),
    length: clock(8),
    writes: 'in two goes',
    submits: 'on Sunday',
  },
  office: { ...WEEK, from: clock(8, 30), length: clock(8, 45), pause: 45, writes: 'at the end', submits: 'at once' },
  partTime: {
    ...DAY,
    weekdays: [1, 2, 3, 4, 5],
    daysAWeek: [0, 2],
    from: clock(9),
    length: clock(5),
    pause: 0,
    writes: 'at the end',
    submits: 'at once',
  },
  extra: {
    ...DAY,
    weekdays: [1, 2, 3, 4, 5, 6],
    daysAWeek: [0, 2],
    from: clock(7),
    length: clock(10),
    pause: 45,
    writes: 'clocking',
    submits: 'at once',
  },
  shows: { ...DAY, weekdays: [4, 5, 6], daysAWeek: [0, 2], from: clock(16), length: clock(9), writes: 'clocking', submits: 'on Sunday' },
  escort: {
    ...DAY,
    weekdays: [1, 2, 3, 4, 5, 6],
    daysAWeek: [0, 2],
    from: clock(6),
    length: clock(11),
    pause: 60,
    writes: 'at the end',
    submits: 'at once',
  },
} as const satisfies Record<string, Habit>;
export type HabitName = keyof typeof HABITS;

/** The shift that somebody really works on a day: nobody comes and goes on the minute. */
export function shiftOn(workDate: string, habit: Habit, zone: string, chance: Chance): Sheet {
  const from = habit.from + chance.int(-9, 12);
  const to = from + habit.length + chance.int(-6, 26);
  const pauseFrom = from + Math.round(habit.length / 2) + chance.int(-25, 20);
  const at = (minutes: number) => instantAt(workDate, minutes, zone);
  const pause = habit.pause
    ? { breakStart: at(pauseFrom), breakEnd: at(pauseFrom + habit.pause + chance.int(-2, 6)) }
    : { breakStart: null, breakEnd: null };
  return { workDate, checkIn: at(from), checkOut: at(to), ...pause };
}
