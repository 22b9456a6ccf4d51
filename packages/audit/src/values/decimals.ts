import { plainDigits } from './number-spellings.ts';

/** A decimal number: its digits without a point, and how many of them stand before it. */
interface Decimal {
  readonly negative: boolean;
  readonly digits: string;
  readonly point: number;
}

/** A decimal with nothing to leave out before its point; of zero there may be a sign to leave out. */
const WRITTEN = /^(?:0|-?[1-9]\d*)\.\d+$/;

/** `numeric` has no more before its point. */
const MAX_DIGITS = 150_000;

function decimalIn(text: string): Decimal | null {
  const [, sign, whole = '', fraction = '', exponent = '0'] = /^([+-]?)(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(plainDigits(text)) ?? [];
  const point = whole.length + Number(exponent);
  return whole + fraction === '' || Math.abs(point) > MAX_DIGITS ? null : { negative: sign === '-', digits: whole + fraction, point };
}

/**
 * A decimal's text with as many digits behind the point as its column has, rounded as PostgreSQL's `numeric` does: half
 * away from zero, exactly. Of a column without a scale the digits that it needs: `1.50` is `1.5`.
 */
export function decimalText(text: string, scale: number | null): string {
  // With as many digits as its column has already: how the database writes it, and most programs do.
  if (scale !== null && scale > 0 && text.at(-1 - scale) === '.' && WRITTEN.test(text)) return text;
  const decimal = decimalIn(text);
  if (!decimal) return text;
  const { negative, digits, point } = decimal;
  const behind = scale ?? Math.max(0, digits.replace(/0+$/, '').length - point);
  const whole = rounded(digits, point + behind);
  const all = `${whole}${behind < 0 && whole ? '0'.repeat(-behind) : ''}`.padStart(behind + 1, '0');
  const sign = negative && whole ? '-' : '';
  return sign + (behind > 0 ? `${all.slice(0, -behind)}.${all.slice(-behind)}` : all);
}

/** The first digits, as many as wanted, and one more where what follows is half or above. */
function rounded(digits: string, wanted: number): bigint {
  if (wanted < 0) return 0n;
  const padded = digits.padEnd(wanted + 1, '0');
  return BigInt(padded.slice(0, wanted) || '0') + ((padded[wanted] ?? '0') >= '5' ? 1n : 0n);
}
