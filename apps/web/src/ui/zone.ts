/** In whose time zone instants are shown: that of the site where the work was done, the reader's own, or UTC. */
export const ZONE_CHOICES = ['site', 'mine', 'utc'] as const;
export type ZoneChoice = (typeof ZONE_CHOICES)[number];

export const isZoneChoice = (text: unknown): text is ZoneChoice => ZONE_CHOICES.some((choice) => choice === text);

const formats = new Map<string, Intl.DateTimeFormat>();

/** `Intl` formats cost far more to make than to use: one of each is enough. */
export function dateFormat(timeZone: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${timeZone} ${name}`;
  const known = formats.get(key);
  if (known) return known;
  const format = new Intl.DateTimeFormat('en-GB', { ...options, timeZone: isZone(timeZone) ? timeZone : 'UTC' });
  formats.set(key, format);
  return format;
}

export function isZone(timeZone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en-GB', { timeZone }));
  } catch {
    return false;
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
  const format = dateFormat(timeZone, 'clock', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(new Date(instant)).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  return { day: `${part('year')}-${part('month')}-${part('day')}`, hour: part('hour'), minute: part('minute'), second: part('second') };
}

const FORMATS = {
  weekday: { weekday: 'short', day: 'numeric', month: 'short' },
  long: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
  medium: { day: 'numeric', month: 'short', year: 'numeric' },
  short: { day: 'numeric', month: 'short' },
} as const satisfies Record<string, Intl.DateTimeFormatOptions>;

/** A day as `Mon, 3 Nov`, `Monday 3 November 2026`, `3 Nov 2026` or `3 Nov`. */
export const dayText = (day: string, style: keyof typeof FORMATS): string =>
  dateFormat('UTC', `day ${style}`, FORMATS[style]).format(Date.parse(`${day}T12:00:00Z`));

/** What people call the zone at that instant: `CET`, `EDT`, `UTC+5:30`. */
export function zoneName(timeZone: string, instant: string | number = Date.now()): string {
  const at = new Date(instant);
  // British English knows the European names, American English the American ones, and none of them the rest.
  for (const locale of ['en-GB', 'en-US']) {
    const name = nameIn(locale, timeZone, at);
    if (!/^GMT[+-]/.test(name)) return name;
  }
  return nameIn('en-GB', timeZone, at).replace('GMT', 'UTC');
}

function nameIn(locale: string, timeZone: string, at: Date): string {
  if (!isZone(timeZone)) return 'UTC';
  const parts = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' }).formatToParts(at);
  return parts.find(({ type }) => type === 'timeZoneName')?.value ?? timeZone;
}

/** How many days lie between two days. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
