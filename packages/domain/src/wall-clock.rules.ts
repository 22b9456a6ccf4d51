// By `Intl` alone: pages show thousands of instants, and a library for calendars would be a quarter of what they load.

const formats = new Map<string, Intl.DateTimeFormat>();

/** `Intl` formats cost far more to make than to use: one of each is enough. An unknown zone is read as UTC. */
function dateFormat(timeZone: string, options: Intl.DateTimeFormatOptions, locale = 'en-GB'): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${JSON.stringify(options)}`;
  const known = formats.get(key);
  if (known) return known;
  const format = made(locale, options, timeZone);
  formats.set(key, format);
  return format;
}

function made(locale: string, options: Intl.DateTimeFormatOptions, timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone });
  } catch {
    return new Intl.DateTimeFormat(locale, { ...options, timeZone: 'UTC' });
  }
}

/** The wall clock of an instant in a zone. */
export interface Clock {
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly hour: string;
  readonly minute: string;
  readonly second: string;
}

export function clockOf(instant: string | number, timeZone: string): Clock {
  const at = typeof instant === 'number' ? instant : Date.parse(instant);
  const text = new Date(at + offsetAt(at, timeZone)).toISOString();
  return { day: text.slice(0, 10), hour: text.slice(11, 13), minute: text.slice(14, 16), second: text.slice(17, 19) };
}

const QUARTER = 900_000;
/** Beyond these the cache begins anew: a list of years of events asks for many. */
const OFFSETS = 20_000;
const offsets = new Map<string, number>();
const WALL: Intl.DateTimeFormatOptions = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
};

/** Milliseconds that a zone is ahead of UTC. Clocks change at full quarters of an hour, so each quarter is asked for once: a list asks thousands of times. */
function offsetAt(at: number, timeZone: string): number {
  const quarter = Math.floor(at / QUARTER);
  const key = `${timeZone} ${quarter}`;
  const known = offsets.get(key);
  if (known !== undefined) return known;
  const start = quarter * QUARTER;
  const parts = new Map(
    dateFormat(timeZone, WALL)
      .formatToParts(start)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
  const wall = Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
  if (offsets.size > OFFSETS) offsets.clear();
  offsets.set(key, wall - start);
  return wall - start;
}

const FORMATS = {
  weekday: { weekday: 'short', day: 'numeric', month: 'short' },
  long: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  medium: { day: 'numeric', month: 'short', year: 'numeric' },
  short: { day: 'numeric', month: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** A day as `Mon, 3 Nov`, `Monday 3 November 2026`, `3 Nov 2026` or `3 Nov`. */
export const dayText = (day: string, style: keyof typeof FORMATS): string =>
  dateFormat('UTC', FORMATS[style]).format(Date.parse(`${day}T12:00:00Z`));

/** What people call the zone at that instant: `CET`, `EDT`, `UTC+5:30`. */
export function zoneName(timeZone: string, instant: string | number = Date.now()): string {
  // British English knows the European names, American English the American ones, and none of them the rest.
  for (const locale of ['en-GB', 'en-US']) {
    const name = nameIn(locale, timeZone, instant);
    if (!/^GMT[+-]/.test(name)) return name;
  }
  return nameIn('en-GB', timeZone, instant).replace('GMT', 'UTC');
}

function nameIn(locale: string, timeZone: string, instant: string | number): string {
  const parts = dateFormat(timeZone, { timeZoneName: 'short' }, locale).formatToParts(new Date(instant));
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}

/** The zone's names at these instants, each once, in the order of time: `CET`, or `CEST/CET` of a week in which the clocks are changed. */
export function zoneNames(timeZone: string, instants: readonly string[]): string {
  const times = instants.map((instant) => Date.parse(instant)).filter((time) => !Number.isNaN(time));
  return [...new Set(times.sort((one, other) => one - other).map((time) => zoneName(timeZone, time)))].join('/');
}

/** How many days lie between two days. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
