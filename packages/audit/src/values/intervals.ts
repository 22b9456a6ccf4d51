// A duration as PostgreSQL has it: months, days and a time, none of which can be turned into another.

interface Interval {
  months: number;
  days: number;
  micros: number;
}

type Part = keyof Interval;

const SECOND = 1_000_000;
const UNITS: readonly (readonly [name: RegExp, part: Part, each: number])[] = [
  [/^(mils?$|millenn)/, 'months', 12_000],
  [/^(c|cent|centur)/, 'months', 1_200],
  [/^dec/, 'months', 120],
  [/^y/, 'months', 12],
  [/^mon/, 'months', 1],
  [/^w/, 'days', 7],
  [/^d/, 'days', 1],
  [/^h/, 'micros', 3_600 * SECOND],
  [/^(ms|milli)/, 'micros', 1_000],
  [/^(us|micro)/, 'micros', 1],
  [/^m/, 'micros', 60 * SECOND],
  [/^s/, 'micros', SECOND],
];

const NOTHING: Interval = { months: 0, days: 0, micros: 0 };

/** In PostgreSQL's own style, `1 year 2 mons 3 days 04:05:06.5`, however it is written; what isn't one is left as it is. */
export function intervalText(raw: unknown): string {
  const text = String(raw).trim();
  const interval = /^[-+]?P/i.test(text) ? ofIso(text) : ofWords(text);
  return interval ? textOf(interval) : text;
}

/** What of a unit is less than a whole goes to the next smaller one: half a month is fifteen days. */
function add(to: Interval, part: Part, amount: number): void {
  const whole = part === 'micros' ? Math.round(amount) : Math.trunc(amount);
  to[part] += whole;
  const rest = amount - whole;
  if (part === 'months' && rest) add(to, 'days', Number((rest * 30).toFixed(9)));
  if (part === 'days' && rest) add(to, 'micros', rest * 86_400 * SECOND);
}

const CLOCK = /^([-+]?)(\d+):(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?$/;

function ofClock(token: string): number | null {
  const parts = CLOCK.exec(token);
  if (!parts) return null;
  const [, sign, hours, minutes, seconds = '0'] = parts;
  return (sign === '-' ? -1 : 1) * Math.round((Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * SECOND);
}

/** `1 day 02:00`, `@ 90 minutes ago`. */
function ofWords(text: string): Interval | null {
  const interval = { ...NOTHING };
  const tokens =
    text
      .toLowerCase()
      .replace(/^@\s*/, '')
      .match(/[-+]?\d+:[\d:.]+|[-+]?[\d.]+|[a-z]+|\S/g) ?? [];
  if (!tokens.length) return null;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i] as string;
    const clock = ofClock(token);
    if (clock !== null) interval.micros += clock;
    else if (token === 'ago' && i === tokens.length - 1)
      return { months: -interval.months, days: -interval.days, micros: -interval.micros };
    else {
      const unit = UNITS.find(([name]) => name.test(tokens[i + 1] ?? (tokens.length === 1 ? 's' : '')));
      if (!unit || !/^[-+]?(\d+\.?\d*|\.\d+)$/.test(token)) return null;
      add(interval, unit[1], Number(token) * unit[2]);
      i++;
    }
  }
  return interval;
}

/** `P1Y2M3DT4H5M6.5S`. */
function ofIso(text: string): Interval | null {
  const parts = /^([-+]?)P((?:[-+]?[\d.]+[YMWD])*)(?:T((?:[-+]?[\d.]+[HMS])*))?$/i.exec(text);
  if (!parts) return null;
  const interval = { ...NOTHING };
  const sign = parts[1] === '-' ? -1 : 1;
  const days: Readonly<Record<string, readonly [Part, number]>> = { Y: ['months', 12], M: ['months', 1], W: ['days', 7], D: ['days', 1] };
  const times: typeof days = { H: ['micros', 3_600 * SECOND], M: ['micros', 60 * SECOND], S: ['micros', SECOND] };
  for (const [list, units] of [
    [parts[2], days],
    [parts[3], times],
  ] as const) {
    for (const [, amount, unit = ''] of (list ?? '').matchAll(/([-+]?[\d.]+)([A-Z])/gi)) {
      const [part, each] = units[unit.toUpperCase()] as readonly [Part, number];
      add(interval, part, sign * Number(amount) * each);
    }
  }
  return interval;
}

function textOf({ months, days, micros }: Interval): string {
  let negative = false;
  const out: string[] = [];
  const say = (amount: number, unit: string) => {
    if (!amount) return;
    // After a negative part a positive one says so.
    out.push(`${negative && amount > 0 ? '+' : ''}${amount} ${unit}${amount === 1 ? '' : 's'}`);
    negative = amount < 0;
  };
  say(Math.trunc(months / 12), 'year');
  say(months % 12, 'mon');
  say(days, 'day');
  if (micros || !out.length) out.push(`${micros < 0 ? '-' : negative ? '+' : ''}${clockOf(Math.abs(micros))}`);
  return out.join(' ');
}

function clockOf(micros: number): string {
  const seconds = Math.floor(micros / SECOND);
  const fraction = String(micros % SECOND)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const time = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
    .map((part) => String(part).padStart(2, '0'))
    .join(':');
  return fraction ? `${time}.${fraction}` : time;
}
