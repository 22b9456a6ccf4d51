import { Temporal } from 'temporal-polyfill';
import { dayOf } from '../../day.rules.ts';
import type { Read, WrittenDay, WrittenInstant } from './written-times.rules.ts';

const DAY = 86_400_000;

/** `2026-11-03`. */
export const isoDay = ({ year, month, day }: WrittenDay): string =>
  `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;

/** The day after. */
export function nextDay({ year, month, day }: WrittenDay): WrittenDay {
  const next = new Date(Date.UTC(year, month - 1, day + 1));
  return { year: next.getUTCFullYear(), month: next.getUTCMonth() + 1, day: next.getUTCDate() };
}

/**
 * The clocks on the walls of one time zone. A time that they never show, or show twice, is not guessed. Days without a
 * change of the clocks (all but two a year) are looked up once, which makes a file of a hundred thousand lines quick.
 */
export class SiteClock {
  readonly timeZone: string;
  /** By day in milliseconds: the offset that holds all day, in milliseconds; null on a day on which it changes. */
  readonly #offsets = new Map<number, number | null>();

  constructor(timeZone: string) {
    this.timeZone = timeZone;
  }

  /** The instant in milliseconds; in words why there is none, or more than one. */
  instantOf(written: WrittenInstant): Read<number> {
    const wall = Date.UTC(written.year, written.month - 1, written.day) + written.clock;
    if (written.offset !== null) return { value: wall - written.offset * 60_000 };
    const offset = this.#offsetOf(wall - written.clock);
    return offset === null ? this.#onChangingDay(written) : { value: wall - offset };
  }

  /** The day on which an instant falls. */
  dayOf(instant: number): string {
    const utcDay = Math.floor(instant / DAY) * DAY;
    const offset = this.#offsetOf(utcDay);
    const guess = offset === null ? null : Math.floor((instant + offset) / DAY) * DAY;
    // Near midnight the neighbour's offset counts: where it is another one, the slow way is the right one.
    if (guess === null || this.#offsetOf(guess) !== offset) return dayOf(new Date(instant).toISOString(), this.timeZone);
    return new Date(guess).toISOString().slice(0, 10);
  }

  #offsetOf(day: number): number | null {
    const known = this.#offsets.get(day);
    if (known !== undefined) return known;
    const date = Temporal.PlainDate.from(new Date(day).toISOString().slice(0, 10));
    const offsetAtStart = (plain: Temporal.PlainDate) => plain.toZonedDateTime(this.timeZone).offsetNanoseconds / 1_000_000;
    const begins = offsetAtStart(date);
    const offset = begins === offsetAtStart(date.add({ days: 1 })) ? begins : null;
    this.#offsets.set(day, offset);
    return offset;
  }

  #onChangingDay({ year, month, day, clock }: WrittenInstant): Read<number> {
    const plain = new Temporal.PlainDateTime(year, month, day).add({ milliseconds: clock });
    const earlier = plain.toZonedDateTime(this.timeZone, { disambiguation: 'earlier' });
    const later = plain.toZonedDateTime(this.timeZone, { disambiguation: 'later' });
    if (earlier.epochMilliseconds === later.epochMilliseconds) return { value: earlier.epochMilliseconds };
    const text = plain.toString({ smallestUnit: 'minute' }).replace('T', ' ');
    if (!earlier.toPlainDateTime().equals(plain))
      return { wrong: `${text} never was in ${this.timeZone}: the clocks were put forward. Give the time that the clock showed.` };
    return {
      wrong: `${text} was twice in ${this.timeZone}: the clocks were put back. Say which one by its offset, ${earlier.toString({ timeZoneName: 'never', smallestUnit: 'minute' })} or ${later.toString({ timeZoneName: 'never', smallestUnit: 'minute' })}.`,
    };
  }
}
