import { canonicalJson, canonicalText, type Json } from '@countersign/proof/canonical';

/** A number that JavaScript can't hold: `12345678901234567890`, `1e+400`. Its text is canonical, so that equal ones have the same. */
export class BigNumber {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** A value of a JSON column, every digit of it: `jsonb` keeps numbers of any length. */
export type ExactJson = null | boolean | number | string | BigNumber | readonly ExactJson[] | { readonly [key: string]: ExactJson };

/** Whether it is an object with keys. */
export const isRecord = (value: ExactJson | undefined): value is { readonly [key: string]: ExactJson } =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof BigNumber);

/** What may be a number of more digits, or of a larger one, than a double has: most texts have none, and are read twice as fast. */
const MAYBE_BIG = /[\d.]{16}|\d[eE]/;

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

/** Reads JSON without losing a digit. @throws SyntaxError for what is no JSON. */
export function parseExact(text: string): ExactJson {
  if (!MAYBE_BIG.test(text)) return JSON.parse(text) as ExactJson;
  const exact: Reviver = (_, value, { source }) => (typeof value === 'number' && source !== undefined ? exactNumber(source, value) : value);
  return JSON.parse(text, exact as Parameters<typeof JSON.parse>[1]) as ExactJson;
}

/** The number itself where it says the same. */
function exactNumber(source: string, value: number): number | BigNumber {
  const text = decimalOf(source);
  return Number.isFinite(value) && decimalOf(String(value)) === text ? value : new BigNumber(text);
}

/** A number as ECMAScript would write it, had it as many digits: RFC 8785 for numbers of any size. */
export function decimalOf(source: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?(?:[eE]([+-]?\d+))?$/.exec(source) ?? [];
  const all = whole + fraction;
  const digits = all.replace(/^0+/, '').replace(/0+$/, '');
  if (digits === '') return '0';
  // Where the point stands, counted from before the first digit that isn't zero.
  const point = BigInt(exponent) + BigInt(whole.length) - BigInt(all.length - all.replace(/^0+/, '').length);
  const minus = sign === '-' ? '-' : '';
  if (point > 21n || point < -5n) {
    const power = point - 1n;
    return `${minus}${digits[0]}${digits.length > 1 ? `.${digits.slice(1)}` : ''}e${power < 0n ? '-' : '+'}${power < 0n ? -power : power}`;
  }
  const at = Number(point);
  if (at <= 0) return `${minus}0.${'0'.repeat(-at)}${digits}`;
  return digits.length <= at ? minus + digits.padEnd(at, '0') : `${minus}${digits.slice(0, at)}.${digits.slice(at)}`;
}

/** A text of `json` may have half a surrogate pair, as an escape: it stays one. */
const quoted = (text: string): string => (text.isWellFormed() ? canonicalText(text) : JSON.stringify(text));

/** Its canonical text: RFC 8785, and of what RFC 8785 leaves out, all that is there. */
export function exactText(value: ExactJson): string {
  if (typeof value === 'string') return quoted(value);
  if (typeof value !== 'object' || value === null) return canonicalJson(value);
  if (value instanceof BigNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map((item: ExactJson) => exactText(item)).join(',')}]`;
  const record = value as { readonly [key: string]: ExactJson };
  return `{${Object.keys(record)
    .sort()
    .map((key) => `${quoted(key)}:${exactText(record[key] as ExactJson)}`)
    .join(',')}}`;
}

/** The same text with what JavaScript makes of its numbers: all that whoever read it with `JSON.parse` can know. */
export const roundedText = (text: string): string => {
  const rounded = (value: ExactJson): ExactJson => {
    if (value instanceof BigNumber) return finite(Number(value.text));
    if (Array.isArray(value)) return value.map((item: ExactJson) => rounded(item));
    return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rounded(item)])) : value;
  };
  return exactText(rounded(parseExact(text)));
};

/** JSON has no infinity; `JSON.stringify` writes null. */
const finite = (value: number): Json => (Number.isFinite(value) ? value : null);
