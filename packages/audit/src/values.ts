import { createHash } from 'node:crypto';
import type { EntityProperty, Platform } from '@mikro-orm/core';
import { canonicalJson, type Json } from '@countersign/proof/canonical';
import type { Shortened, Value } from './entry.ts';

/** A value larger than this is kept shortened. Bytes of UTF-8. */
export const MAX_VALUE_BYTES = 8 * 1024;
/** How much of a shortened value stays readable. Characters. */
const BEGINNING = 256;

/** Turns what MikroORM hands to the database for one property into its recorded text; null for none. */
export type ToText = (raw: unknown) => string | null;

/**
 * The conversion for one property, chosen once at start-up.
 *
 * What comes in is the form that MikroORM computes its change sets in: converted by the property's own type, before
 * the driver sees it. Decimals and big integers are text there already and never pass through floating point; the
 * database's own rounding to scale and precision is repeated here, so that the log says what the row says.
 */
export function textOf(property: EntityProperty, platform: Platform): ToText {
  const scalar = scalarText(property, platform);
  return (raw) => (raw === null || raw === undefined ? null : scalar(raw));
}

function scalarText(property: EntityProperty, platform: Platform): (raw: unknown) => string {
  const column = property.columnTypes?.[0] ?? '';
  if (/^(numeric|decimal)/.test(column)) {
    const scale = /,\s*(\d+)\)/.exec(column)?.[1];
    return (raw) => decimalText(plainText(raw), scale === undefined ? null : Number(scale));
  }
  if (column.startsWith('timestamp')) {
    const digits = Number(/\((\d)\)/.exec(column)?.[1] ?? 6);
    return (raw) => instantText(raw, digits);
  }
  if (property.type === 'ArrayType') return (raw) => canonicalJson(property.customType?.convertToJSValue(raw, platform) as Json);
  return plainText;
}

function plainText(raw: unknown): string {
  if (typeof raw === 'string') return raw;
  if (raw instanceof Date) return raw.toISOString();
  if (raw instanceof Uint8Array) return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString('base64');
  if (typeof raw === 'object') return canonicalJson(raw as Json);
  return (raw as number | bigint | boolean).toString();
}

/** `timestamptz(p)` rounds to p digits of a second; JavaScript's own instants end at milliseconds, the database's don't. */
function instantText(raw: unknown, digits: number): string {
  if (typeof raw === 'string' && /\.\d{4,6}Z$/.test(raw)) return raw;
  const at = raw instanceof Date ? raw : new Date(plainText(raw));
  if (Number.isNaN(at.getTime())) return plainText(raw);
  if (digits >= 3) return at.toISOString();
  const unit = 10 ** (3 - digits);
  return new Date(Math.round(at.getTime() / unit) * unit).toISOString();
}

/** Brings a decimal's text to `scale` digits as PostgreSQL's `numeric` does: half away from zero, exactly. */
export function decimalText(text: string, scale: number | null): string {
  const parts = /^([+-]?)0*(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i.exec(text.trim());
  if (!parts || scale === null) return text;
  const shift = Number(parts[4] ?? 0);
  const digits = (parts[2] ?? '') + (parts[3] ?? '');
  const point = (parts[2] ?? '').length + shift;
  const wanted = point + scale;
  const padded = wanted < 0 ? '0' : digits.padEnd(wanted + 1, '0');
  const kept = BigInt(padded.slice(0, Math.max(wanted, 0)) || '0');
  const up = wanted >= 0 && (padded[wanted] ?? '0') >= '5' ? 1n : 0n;
  const rounded = (kept + up).toString().padStart(scale + 1, '0');
  const sign = parts[1] === '-' && /[1-9]/.test(rounded) ? '-' : '';
  return sign + (scale ? `${rounded.slice(0, -scale)}.${rounded.slice(-scale)}` : rounded);
}

/** Reads a JSON column's raw value, which is text; already parsed where the driver or an embeddable gave an object. */
export const parseJson = (raw: unknown): Json | undefined => {
  if (raw === null || raw === undefined) return undefined;
  return (typeof raw === 'string' ? JSON.parse(raw) : JSON.parse(JSON.stringify(raw))) as Json;
};

/** Keeps a text whole, or what stands for it where it is over the limit. */
export function capped(text: string | null, limit = MAX_VALUE_BYTES): Value {
  // A UTF-16 unit is three bytes of UTF-8 at most: most values need no counting.
  if (text === null || text.length * 3 <= limit || Buffer.byteLength(text) <= limit) return text;
  return shortened(text);
}

/** What stands for a text that is not kept: the fact and the proof remain. */
export function shortened(text: string): Shortened {
  const bytes = Buffer.from(text);
  return {
    beginning: text.slice(0, BEGINNING).toWellFormed(),
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  };
}
