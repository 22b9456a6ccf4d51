import { elementsOf, type Elements } from './array-text.ts';
import { decimalOf, exactText, type ExactJson, BigNumber } from './exact-json.ts';
import { decimalText } from './decimals.ts';
import { dateText, instantText, timeText } from './instants.ts';
import { intervalText } from './intervals.ts';
import { hexadecimal, plainDigits } from './number-spellings.ts';

// One value has many spellings: what a program gives, what the ORM sends, what a trigger writes and what is read again
// differ by type. Each type has one text here, so that the same value is recorded as the same, whoever told it.

/** Turns a value as somebody spells it into its recorded text. */
export type Spelling = (raw: unknown) => string;

interface ColumnType {
  readonly types: RegExp;
  /** Made once for a column, from the type as the schema says it, and what stands in its brackets. */
  readonly spelling: (parameters: readonly number[]) => Spelling;
  /** Of what stands in the column already, which may be wider than the schema says: what wouldn't fit is kept. */
  readonly stored?: (parameters: readonly number[]) => Spelling;
}

const TYPES: readonly ColumnType[] = [
  {
    types: /^(numeric|decimal)\b/,
    spelling: ([precision, scale]) => numericOf(precision === undefined ? null : (scale ?? 0)),
    stored: ([precision, scale]) => storedNumeric(precision === undefined ? null : (scale ?? 0)),
  },
  { types: /^(smallint|int|integer|int[248]|bigint|smallserial|serial|bigserial)\b/, spelling: () => integerText },
  {
    types: /^(real\b|float4\b|float\(([1-9]|1\d|2[0-4])\))/,
    spelling: () => (raw) => singleText(plainText(raw)),
    stored: () => storedSingle,
  },
  { types: /^(double|float|float8)\b/, spelling: () => (raw) => doubleText(plainText(raw)) },
  { types: /^bool(ean)?\b/, spelling: () => (raw) => booleanText(plainText(raw)) },
  { types: /^uuid\b/, spelling: () => (raw) => uuidText(plainText(raw)) },
  {
    types: /^timestamp(tz)?\b/,
    spelling:
      ([digits]) =>
      (raw) =>
        instantText(raw, digits),
  },
  { types: /^date$/, spelling: () => dateText },
  {
    types: /^time(tz)?\b/,
    spelling:
      ([digits]) =>
      (raw) =>
        timeText(raw, digits),
  },
  { types: /^interval\b/, spelling: () => (raw) => intervalText(plainText(raw)) },
  { types: /^bytea\b/, spelling: () => bytesText },
  // Blanks at the end are no part of it.
  {
    types: /^(char|character|bpchar)\b(?! varying)/,
    spelling: () => (raw) => plainText(raw).replace(/ +$/, ''),
    // A column of this type fills up to its length, and no further.
    stored:
      ([length = 1]) =>
      (raw) =>
        Array.from(plainText(raw)).length === length ? plainText(raw).replace(/ +$/, '') : plainText(raw),
  },
  {
    types: /^(varchar|character varying)\b/,
    spelling:
      ([length]) =>
      (raw) =>
        withoutBlanksBeyond(plainText(raw), length),
    stored: () => (raw) => plainText(raw).toWellFormed(),
  },
  { types: /^text\b/, spelling: () => (raw) => plainText(raw).toWellFormed() },
];

/** Whether a value has one text only: of other types (`inet`, `xml`, ranges …) the database alone knows how it spells what it was given. */
export const isSpelled = (type: string): boolean => /^jsonb?$/i.test(type) || spellingOf(elementType(type)) !== null;

const elementType = (type: string) => type.replace(/(\[\d*\])+$/, '');

function spellingOf(type: string, isStored = false): Spelling | null {
  const known = TYPES.find(({ types }) => types.test(type.toLowerCase()));
  const parameters = /\(([^)]*)\)/.exec(type)?.[1] ?? '';
  const made = (isStored ? known?.stored : undefined) ?? known?.spelling;
  return made ? made(parameters.split(',').filter(Boolean).map(Number)) : null;
}

/** The recorded text of the values of a column, by its type as the schema says it; of what a program gives, or of what stands in the column. */
export function columnText(type: string, isStored = false): Spelling {
  const spelling = spellingOf(elementType(type), isStored) ?? plainText;
  return type.endsWith(']') ? (raw) => arrayText(raw, elementType(type), spelling) : spelling;
}

/** An array as canonical JSON: numbers and truth values as such, everything else as text. */
function arrayText(raw: unknown, type: string, spelling: Spelling): string {
  const elements = Array.isArray(raw) ? (raw as Elements) : elementsOf(plainText(raw));
  if (!elements) return plainText(raw);
  const one = (element: unknown): ExactJson => {
    if (element === null || element === undefined) return null;
    if (Array.isArray(element)) return element.map(one);
    const text = spelling(element);
    if (/^bool/i.test(type)) return text === 'true';
    return NUMBERS.test(type) && /^-?\d/.test(text) ? numberOf(text) : text;
  };
  return exactText(elements.map(one));
}

const NUMBERS = /^(numeric|decimal|smallint|int(eger|[248])?$|bigint|real|double|float)/i;
const numberOf = (text: string): ExactJson => {
  const exact = decimalOf(text);
  return String(Number(exact)) === exact ? Number(exact) : new BigNumber(exact);
};

/** Whatever it is, as text. */
export function plainText(raw: unknown): string {
  if (typeof raw === 'string') return raw;
  if (raw instanceof Date) return instantText(raw);
  if (raw instanceof Uint8Array) return bytesText(raw);
  return typeof raw === 'object' && raw !== null ? exactText(raw as ExactJson) : String(raw);
}

function bytesText(raw: unknown): string {
  if (raw instanceof Uint8Array) return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('base64');
  const text = plainText(raw);
  return text.startsWith('\\x') ? Buffer.from(text.slice(2), 'hex').toString('base64') : text;
}

const booleanText = (text: string): string =>
  /^(t|true|y|yes|on|1)$/i.test(text) ? 'true' : /^(f|false|n|no|off|0)$/i.test(text) ? 'false' : text;

/** A number with a fraction the database rounds, as it does a decimal; a text that has one it refuses. */
function integerText(raw: unknown): string {
  if (typeof raw === 'number' && Number.isFinite(raw) && !Number.isSafeInteger(raw)) return decimalText(String(raw), 0);
  const text = plainDigits(plainText(raw));
  return /^\s*[-+]?\d+\s*$/.test(text) ? BigInt(text.trim().replace(/^\+/, '')).toString() : text;
}

function uuidText(text: string): string {
  const hex = text.replace(/[-{}]/g, '').toLowerCase();
  return /^[0-9a-f]{32}$/.test(hex) ? hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') : text;
}

const withoutBlanksBeyond = (text: string, length: number | undefined): string => {
  const whole = text.toWellFormed();
  const characters = length === undefined || whole.length <= length ? null : Array.from(whole);
  return characters ? characters.slice(0, length).join('') + characters.slice(length).join('').replace(/^ +$/, '') : whole;
};

const NO_DOUBLE = /^\s*$/;
const doubleText = (text: string): string => {
  const special = /^\s*([-+]?)(inf|infinity)\s*$/i.exec(text);
  if (special) return special[1] === '-' ? '-Infinity' : 'Infinity';
  const value = hexadecimal(text) ?? Number(text);
  return NO_DOUBLE.test(text) || (Number.isNaN(value) && !/^nan$/i.test(text)) ? text : String(value === 0 ? 0 : value);
};

/** A number of four bytes has at most nine digits: the fewest that name it. */
function singleText(text: string): string {
  const exact = doubleText(text);
  const single = Math.fround(Number(exact));
  if (!Number.isFinite(single)) return exact;
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return String(short);
  }
  return String(Number(single.toPrecision(9)));
}

const numericOf =
  (scale: number | null): Spelling =>
  (raw) => {
    const text = plainText(raw).trim();
    if (/\d/.test(text)) return decimalText(text, scale);
    if (/^[-+]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? '-Infinity' : 'Infinity';
    return /^nan$/i.test(text) ? 'NaN' : text;
  };

function storedNumeric(scale: number | null): Spelling {
  const [fitting, whole] = [numericOf(scale), numericOf(null)];
  return (raw) => {
    const [text, exact] = [fitting(raw), whole(raw)];
    return whole(text) === exact ? text : exact;
  };
}

const storedSingle: Spelling = (raw) => {
  const [single, exact] = [singleText(plainText(raw)), doubleText(plainText(raw))];
  return Number(single) === Number(exact) ? single : exact;
};
