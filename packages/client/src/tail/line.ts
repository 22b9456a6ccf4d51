import type { EventView } from '../views.ts';

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'cyan';
/** Gives a text a colour, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

const CODES: Readonly<Record<Colour, readonly [on: number, off: number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  cyan: [36, 39],
};

export const coloured: Paint = (colour, text) => `\u001B[${CODES[colour][0]}m${text}\u001B[${CODES[colour][1]}m`;
export const plain: Paint = (_, text) => text;

type Change = EventView['changes'][number];
type Value = Extract<Change, { old: unknown }>['old'];

/** Characters of a value that are shown; JSON has all of them. */
const LONGEST = 60;

/** One event as one line for people: when (in the terminal's zone), who, what, on which record, and what changed. */
export function eventLine(event: EventView, paint: Paint, timeZone?: string): string {
  const { occurredAt, actor, impersonator, action, target, changes, reason } = event;
  const parts = [
    paint('dim', `#${event.position}`),
    paint('dim', moment(occurredAt, 'second', timeZone)),
    paint('bold', safe(actor.name) + (impersonator ? ` (by ${safe(impersonator.name)})` : '')),
    paint('cyan', safe(action)),
    target ? safe(target.label ?? `${target.type}:${target.id}`) : null,
    changes.map((change) => changeText(change, paint, timeZone)).join(', '),
    reason === null ? null : `“${safe(reason)}”`,
  ];
  return parts.filter(Boolean).join('  ');
}

function changeText(change: Change, paint: Paint, timeZone?: string): string {
  const field = safe(change.field);
  if ('hidden' in change) return `${field} ${paint('dim', '(hidden)')}`;
  return `${field} ${paint('red', valueText(change.old, timeZone))} → ${paint('green', valueText(change.new, timeZone))}`;
}

function valueText(value: Value, timeZone?: string): string {
  if (value === null) return '–';
  const text = typeof value === 'string' ? value : `${value.beginning}…`;
  if (/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text)) return moment(text, 'minute', timeZone);
  return safe(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}

const DAY = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
const MINUTE = { ...DAY, hour: '2-digit', minute: '2-digit' } as const;
const UNITS = { minute: MINUTE, second: { ...MINUTE, second: '2-digit' } } as const;
/** Making one takes longer than writing a line. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** `2026-11-22 14:03:07`, in the zone of the terminal unless another is given. */
function moment(instant: string, unit: keyof typeof UNITS, timeZone?: string): string {
  const key = `${unit} ${timeZone}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat('sv-SE', { ...UNITS[unit], timeZone });
  formats.set(key, format);
  return format.format(new Date(instant));
}

/** What somebody wrote must not move the reader's cursor, nor turn the direction of the line. */
const safe = (text: string): string => text.replace(/\s+/g, ' ').replace(/[\p{Cc}\p{Bidi_Control}]/gu, '\u{FFFD}');
