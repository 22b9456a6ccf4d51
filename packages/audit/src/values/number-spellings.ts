// PostgreSQL 16 and newer take numbers as programs write them: digits in groups (`1_000`), and whole numbers to the base
// of 16, 8 and 2. Of doubles the C library takes those of 16, a fraction and an exponent too.

const BASED = /^\s*([-+]?)(0x(?:_?[\da-f])+|0o(?:_?[0-7])+|0b(?:_?[01])+)\s*$/i;
const GROUPED = /^\s*[-+]?[\d_.]+(?:e[-+]?[\d_]+)?\s*$/i;

/** A whole number or a decimal with its digits to the base of 10 and without groups; what is none is left as it is. */
export function plainDigits(text: string): string {
  if (!/[_xob]/i.test(text)) return text;
  const [, sign, digits] = BASED.exec(text) ?? [];
  if (digits) return (sign === '-' ? -BigInt(digits.replaceAll('_', '')) : BigInt(digits.replaceAll('_', ''))).toString();
  // A line stands between two digits.
  return GROUPED.test(text) && !/(^|\D)_|_(\D|$)/.test(text) ? text.replaceAll('_', '') : text;
}

const HEXADECIMAL = /^\s*([-+]?)0x([\da-f]*)\.?([\da-f]*)(?:p([-+]?\d+))?\s*$/i;

/** A double to the base of 16; null for what is none. */
export function hexadecimal(text: string): number | null {
  const [, sign, whole = '', fraction = '', exponent = '0'] = HEXADECIMAL.exec(text) ?? [];
  if (whole + fraction === '') return null;
  const value = Number(BigInt(`0x${whole}${fraction}`)) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -value : value;
}

/** Whether two texts of the database may be one value: `1.50` is `1.5` to numbers, within JSON and arrays too, and `-0` is `0`. */
export const areAlike = (one: string | null | undefined, other: string | null | undefined): boolean =>
  one === other || (typeof one === 'string' && typeof other === 'string' && withoutEmptyDigits(one) === withoutEmptyDigits(other));

const withoutEmptyDigits = (text: string): string => text.replace(/\d\.\d*/g, withoutZerosAtEnd).replace(/^-0$/, '0');

/** By hand: as a regular expression it would begin anew at each zero of a long text. */
function withoutZerosAtEnd(number: string): string {
  let end = number.length;
  while (number[end - 1] === '0') end--;
  return number.slice(0, number[end - 1] === '.' ? end - 1 : end);
}
