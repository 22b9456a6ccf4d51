// Days and instants as PostgreSQL has them: from 4713 BC to the year 294276, and infinity. JavaScript's own end earlier
// and know milliseconds alone.

/** A moment on the calendar of UTC. The second and its parts are apart, since both together are more than a double holds. */
interface Moment {
  /** Since 1970. */
  readonly seconds: number;
  readonly micros: number;
}

const DAY = 86_400;

/** Days since 1970 of a date of the Gregorian calendar, whose year 0 is 1 BC. */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const ofEra = y - era * 400;
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468;
}

/** `0044-03-15 BC`, and the part of it that says which era. */
function dateOf(days: number): readonly [date: string, era: string] {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const ofEra = z - era * 146_097;
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1_460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * ofYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  const day = ofYear - Math.floor((153 * shifted + 2) / 5) + 1;
  const shown = year > 0 ? year : 1 - year;
  return [`${pad(shown, 4)}-${pad(month, 2)}-${pad(day, 2)}`, year > 0 ? '' : ' BC'];
}

const pad = (value: number, digits: number): string => String(value).padStart(digits, '0');

const DATE = String.raw`([+-]?\d{4,})-(\d{1,2})-(\d{1,2})`;
const TIME = String.raw`(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d+))?)?`;
const ZONE = String.raw`(Z|[+-]\d{2}(?::?\d{2}(?::?\d{2})?)?)?`;
const ERA = String.raw`( BC)?`;
const INSTANT = new RegExp(`^${DATE}[T ]${TIME} ?${ZONE}${ERA}$`, 'i');
const ONLY_DATE = new RegExp(`^${DATE}${ERA}$`, 'i');
const ONLY_TIME = new RegExp(`^${TIME} ?${ZONE}$`, 'i');
const INFINITY = /^[+-]?infinity$/i;

const yearOf = (year: string, era: string | undefined): number => (era ? 1 - Number(year) : Number(year));

/** Seconds east of UTC: of `+05:30`, 19800. */
function offsetOf(zone: string | undefined): number {
  const [, sign, hours = '0', minutes = '0', seconds = '0'] = /^([+-])(\d{2}):?(\d{2})?:?(\d{2})?$/.exec(zone ?? '') ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds));
}

/** What stands behind the point, as whole millionths, rounded as PostgreSQL does where there is more. */
const microsOf = (fraction: string | undefined): number => Math.round(Number(`0.${fraction ?? '0'}`) * 1e6);

function momentOf(text: string): Moment | null {
  const parts = INSTANT.exec(text);
  if (!parts) return null;
  const [, year = '', month, day, hour, minute, second = '0', fraction, zone, era] = parts;
  const days = daysOf(yearOf(year, era), Number(month), Number(day));
  const seconds = days * DAY + Number(hour) * 3_600 + Number(minute) * 60 + Number(second) - offsetOf(zone);
  return carried({ seconds, micros: microsOf(fraction) });
}

const carried = ({ seconds, micros }: Moment): Moment => ({
  seconds: seconds + Math.floor(micros / 1e6),
  micros: ((micros % 1e6) + 1e6) % 1e6,
});

/** Seconds from 1970 to 2000, from where PostgreSQL counts: half of the last digit is rounded away from there. */
const EPOCH = 946_684_800;

/** Rounds to so many digits of a second. */
function rounded({ seconds, micros }: Moment, digits: number): Moment {
  const unit = 10 ** (6 - digits);
  const down = seconds < EPOCH && (micros % unit) * 2 === unit;
  return carried({ seconds, micros: (down ? Math.floor(micros / unit) : Math.round(micros / unit)) * unit });
}

/** Milliseconds as JavaScript writes them, and microseconds where there are any. */
function textOfMoment({ seconds, micros }: Moment): string {
  const days = Math.floor(seconds / DAY);
  const [date, era] = dateOf(days);
  const second = seconds - days * DAY;
  const time = [Math.floor(second / 3_600), Math.floor(second / 60) % 60, second % 60].map((part) => pad(part, 2)).join(':');
  return `${date}T${time}.${shortest(pad(micros, 6))}Z${era}`;
}

/** At least milliseconds, and no more than microseconds. */
const shortest = (fraction: string): string => {
  const micros = fraction.padEnd(6, '0');
  return micros.endsWith('000') ? micros.slice(0, 3) : micros;
};

const isoOf = (raw: unknown): string =>
  raw instanceof Date ? (Number.isNaN(raw.getTime()) ? 'Invalid Date' : raw.toISOString()) : String(raw);

/** Of a date of JavaScript whose year has four digits. */
const ISO_LENGTH = '2026-03-29T00:30:00.123Z'.length;

/** As JavaScript and the database write most of them. */
const PLAIN = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?:Z|\+00)$/;

/** An instant in UTC, as ISO 8601: `2026-03-29T00:30:00.123Z`, `0044-03-15T00:00:00.000Z BC`, `infinity`. What isn't one is left as it is. */
export function instantText(raw: unknown, digits = 6): string {
  const text = isoOf(raw);
  if (raw instanceof Date && digits >= 3 && text.length === ISO_LENGTH) return text;
  const [, date, time, fraction = ''] = (digits >= 3 && PLAIN.exec(text)) || [];
  if (date !== undefined && fraction.length <= digits) return `${date}T${time}.${shortest(fraction)}Z`;
  if (INFINITY.test(text)) return text.replace('+', '').toLowerCase();
  // A date without a time is its midnight.
  const moment = momentOf(ONLY_DATE.test(text) ? text.replace(/( BC)?$/i, ' 00:00$1') : text);
  return moment ? textOfMoment(rounded(moment, digits)) : text;
}

/** What JavaScript knows of an instant: no more than its milliseconds. */
export const toMilliseconds = (instant: string): string => instant.replace(/(\.\d{3})\d{3}Z/, '$1Z');

/** Most dates: a month has so many days, and the year needs no zeros. */
const EVERY_YEAR = /^[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/;

/** A date: `2026-03-29`, `0044-03-15 BC`, `infinity`. */
export function dateText(raw: unknown): string {
  if (typeof raw === 'string' && EVERY_YEAR.test(raw)) return raw;
  const text = isoOf(raw);
  if (INFINITY.test(text)) return text.replace('+', '').toLowerCase();
  const [, year, month, day, era] = ONLY_DATE.exec(text) ?? [];
  if (year === undefined) return text.replace(/^(\d{4,}-\d\d-\d\d)[T ].*/, '$1');
  return dateOf(daysOf(yearOf(year, era), Number(month), Number(day))).join('');
}

/** A time of day, with seconds, and a fraction where there is one: `08:00:00`, `08:00:00.5`, with a zone `08:00:00+02`. */
export function timeText(raw: unknown, digits = 6): string {
  const text = String(raw);
  const parts = ONLY_TIME.exec(text);
  if (!parts) return text;
  const [, hour, minute, second = '0', fraction, zone] = parts;
  const at = rounded({ seconds: EPOCH + Number(hour) * 3_600 + Number(minute) * 60 + Number(second), micros: microsOf(fraction) }, digits);
  const seconds = at.seconds - EPOCH;
  const whole = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) => pad(part, 2)).join(':');
  return `${whole}${at.micros ? `.${pad(at.micros, 6).replace(/0+$/, '')}` : ''}${zoneText(zone)}`;
}

function zoneText(zone: string | undefined): string {
  if (zone === undefined) return '';
  const offset = offsetOf(zone);
  const [hours, minutes, seconds] = [Math.floor(Math.abs(offset) / 3_600), Math.floor(Math.abs(offset) / 60) % 60, Math.abs(offset) % 60];
  const parts = [hours, ...(minutes || seconds ? [minutes] : []), ...(seconds ? [seconds] : [])];
  return `${offset < 0 ? '-' : '+'}${parts.map((part) => pad(part, 2)).join(':')}`;
}
