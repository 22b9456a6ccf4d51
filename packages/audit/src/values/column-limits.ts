import { columnText, plainText } from './column-text.ts';
import { hexadecimal, plainDigits } from './number-spellings.ts';

/** What a value is beyond its column, in words and without the value; null where there is room for it. */
export type Limit = (value: string | number | bigint) => string | null;

const limits = new Map<string, Limit | null>();

/** The limit of a column, by its type as the schema says it; null where it has none, or only the database knows it. */
export function limitOf(type: string): Limit | null {
  const known = limits.get(type);
  if (known !== undefined) return known;
  const limit = type.endsWith(']') ? null : madeFor(type.toLowerCase());
  limits.set(type, limit);
  return limit;
}

function madeFor(type: string): Limit | null {
  const [, name = '', parameters = ''] = /^([a-z0-9 ]+?) *(?:\(([^)]*)\))?$/.exec(type) ?? [];
  const [first, second = 0] = parameters.split(',').filter(Boolean).map(Number);
  if (/^(varchar|character varying|char|character|bpchar)$/.test(name)) return first === undefined ? null : lengthOf(type, first);
  if (/^(numeric|decimal)$/.test(name)) return first === undefined ? null : digitsOf(type, first - second);
  if (/^(real|float4)$/.test(name)) return (value) => (isBeyondReal(value) ? beyondRange(type) : null);
  const bits = BITS.find(([names]) => names.test(name))?.[1];
  return bits === undefined ? null : rangeOf(type, bits);
}

const lengthOf = (type: string, room: number): Limit => {
  const spelling = columnText(type);
  return (value) => {
    if (typeof value === 'string' && value.length <= room) return null;
    // Blanks at the end are cut off, as the database does.
    const length = Array.from(spelling(value)).length;
    return length > room ? `${length} characters, and its column has room for ${room}` : null;
  };
};

/** Digits before the point; below 0, so many zeros must follow it. */
const digitsOf = (type: string, room: number): Limit => {
  const spelling = columnText(type);
  return (value) => {
    // As the database rounds it: it may have a digit more then.
    const text = spelling(value);
    if (/^-?infinity$/i.test(text)) return `an infinite number, which its column (${type}) can't`;
    const [, whole = '', fraction = ''] = /^-?0*(\d*)(?:\.(\d+))?$/.exec(text) ?? [];
    const significant = fraction.search(/[1-9]/);
    const digits = whole ? whole.length : significant === -1 ? -Infinity : -significant;
    return digits > room ? beyondRange(type) : null;
  };
};

const BITS: readonly (readonly [names: RegExp, bits: bigint])[] = [
  [/^(smallint|int2|smallserial|serial2)$/, 16n],
  [/^(int|integer|int4|serial|serial4)$/, 32n],
  [/^(bigint|int8|bigserial|serial8)$/, 64n],
];

function rangeOf(type: string, bits: bigint): Limit {
  const most = 2n ** (bits - 1n) - 1n;
  return (value) => {
    if (typeof value === 'number' && Math.abs(value) <= 32_767) return null;
    const text = plainDigits(plainText(value));
    if (!/^\s*[-+]?\d+\s*$/.test(text)) return null;
    const whole = BigInt(text.trim().replace(/^\+/, ''));
    return whole > most || whole < -most - 1n ? beyondRange(type) : null;
  };
}

function isBeyondReal(value: string | number | bigint): boolean {
  const number = typeof value === 'string' ? (hexadecimal(value) ?? Number(value)) : Number(value);
  return Number.isFinite(number) && !Number.isFinite(Math.fround(number));
}

const beyondRange = (type: string) => `a number beyond what its column (${type}) has room for`;
