import fc from 'fast-check';
import { z } from 'zod';

/** The part of JSON Schema that the interface's schemas use. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
}

/** Texts that break things: names of the language's own, other digits, controls, directions, halves of characters, endings, injections. */
const ODD_TEXTS = [
  '',
  ' ',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  '-0',
  '1e999',
  '0x10',

  '１２',
  '-1',
  '9007199254740993',
  '99999999999999999999',
  '1.5',
  '\0',
  '\u0000a',
  '\ud800',
  '\udfff\ud800',
  '\u202e',
  '\u200b',
  '\ufeff',

  "'",
  '"',
  '`',
  '\\',
  '%',
  '_',
  '%00',
  '../../etc/passwd',
  '<script>',
  '{{7*7}}',
  '${7*7}',
  "'; drop table profiles; --",
  '\r\n\r\nx: y',

  '(a+)+$',
  '[',
  '*',
  '{',
  'a'.repeat(300),
  'x'.repeat(70_000),
  '🙂'.repeat(5_000),
  'ﷺ'.repeat(600),
  'Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢',
];

/** Moments and days that calendars and databases disagree about. */
const ODD_DATES = [
  '0000-00-00',
  '0000-01-01',
  '0001-01-01',
  '-000001-01-01T00:00:00Z',
  '+275760-09-13T00:00:00Z',
  '9999-12-31',
  '2026-02-30',
  '2024-02-29',

  '2026-13-01',
  '2026-11-03T24:00:00Z',
  '2026-11-03T23:59:60Z',
  '2026-11-03T08:00:00+24:00',
  '2026-11-03T08:00:00-23:59',
  '294277-01-01T00:00:00Z',

  '2026-11-03T08:00:00.123456789Z',
  '2026-11-03',
  '2026-11-03T08:00:00Z',
  '1e9',
  '2026-W45',
  '2026-11-03T08:00',
];

const deep = (levels: number, open: string, close: string): unknown =>
  JSON.parse(`${open.repeat(levels)}1${close.repeat(levels)}`) as unknown;

/** What no schema wants anywhere. */
const garbage: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(...ODD_TEXTS, ...ODD_DATES),
  fc.jsonValue({ maxDepth: 4 }),
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e300, Number.MAX_SAFE_INTEGER, -(2 ** 31) - 1, [], {}, [[]], [null]),
  fc.integer({ min: 5, max: 2_000 }).map((levels) => deep(levels, '[', ']')),
  fc.integer({ min: 5, max: 2_000 }).map((levels) => deep(levels, '{"a":', '}')),
  fc.integer({ min: 100, max: 9_000 }).map((length) => Array.from({ length }, (_, n) => n)),
  fc
    .constantFrom('{"__proto__":{"polluted":true}}', '{"constructor":{"prototype":{"polluted":true}}}')
    .map((text) => JSON.parse(text) as unknown),
);

/** Values that are mostly what a schema wants, and somewhere what it doesn't. `known` are ids that there are. */
export function inputFor(schema: z.ZodType, known: readonly string[]): fc.Arbitrary<unknown> {
  const described = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
  return fc.oneof({ weight: 6, arbitrary: valueOf(described, known) }, { weight: 1, arbitrary: garbage });
}

function valueOf(schema: Schema, known: readonly string[]): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 9, arbitrary: properly(schema, known) }, { weight: 1, arbitrary: garbage });
}

function properly(schema: Schema, known: readonly string[]): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum?.length) return fc.constantFrom(...schema.enum);
  if (schema.anyOf?.length) return fc.oneof(...schema.anyOf.map((one) => valueOf(one, known)));
  if (schema.allOf?.length) return valueOf(Object.assign({}, ...schema.allOf) as Schema, known);
  switch (schema.type) {
    case 'object':
      return objectOf(schema, known);
    case 'array':
      return fc.array(valueOf(schema.items ?? {}, known), { maxLength: 5 });
    case 'string':
      return textOf(schema, known);
    case 'integer':
    case 'number':
      return fc.oneof(fc.integer({ min: 0, max: 60 }), fc.integer(), fc.double());
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      return garbage;
  }
}

function objectOf({ properties = {}, required = [], additionalProperties }: Schema, known: readonly string[]): fc.Arbitrary<unknown> {
  const fields = Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, valueOf(field, known)]));
  const declared = fc.record(fields, { requiredKeys: required.filter((name) => name in fields) });
  const strangers =
    typeof additionalProperties === 'object' ? fc.dictionary(fc.string(), valueOf(additionalProperties, known)) : fc.constant({});
  const unknown = fc.oneof(
    { weight: 9, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.dictionary(fc.constantFrom(...ODD_TEXTS), garbage) },
  );
  return fc.tuple(declared, strangers, unknown).map((parts) => Object.assign({}, ...parts) as object);
}

function textOf({ format, pattern, minLength = 0, maxLength }: Schema, known: readonly string[]): fc.Arbitrary<unknown> {
  const odd = fc.constantFrom(...ODD_TEXTS);
  if (format === 'uuid')
    return fc.oneof(
      { weight: 5, arbitrary: fc.constantFrom(...known) },
      { weight: 1, arbitrary: fc.uuid() },
      { weight: 1, arbitrary: odd },
    );
  if (format?.startsWith('date') || pattern?.includes('\\d'))
    return fc.oneof(fc.constantFrom(...ODD_DATES), fc.date().map(String), fc.stringMatching(/^\d{1,12}$/));
  if (pattern?.includes(':'))
    return fc.constantFrom(...known.flatMap((id) => [`Timecard:${id}`, `User:${id}`, `:${id}`, `Timecard:${id}:`]));
  const long = fc.string({ minLength, maxLength: Math.min(maxLength ?? 600, 600), unit: 'binary' });
  return fc.oneof(fc.constantFrom(...known), odd, long, fc.string({ minLength, maxLength: Math.max(minLength, 20) }), fc.emailAddress());
}

/** Frames that are no messages of the protocol, or hardly any. */
export const frames: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 400 }),
  fc.string({ unit: 'binary', maxLength: 300 }),
  garbage.map((value) => JSON.stringify(value) ?? ''),
  fc
    .record({
      id: fc.oneof(fc.integer(), fc.string(), garbage),
      jsonrpc: fc.constantFrom(undefined, '2.0', '1.0'),
      method: fc.constantFrom('query', 'mutation', 'subscription', 'subscription.stop', 'connectionParams', 'PING', '__proto__'),
      params: fc.oneof(
        garbage,
        fc.record({
          path: fc.oneof(fc.constantFrom('audit.live', 'people.me', 'audit.page'), fc.string()),
          input: garbage,
          lastEventId: garbage,
        }),
      ),
    })
    .map((message) => JSON.stringify(message)),
  fc.array(garbage, { maxLength: 30 }).map((messages) => JSON.stringify(messages)),
  fc.integer({ min: 10_000, max: 60_000 }).map((levels) => '['.repeat(levels)),
  fc.constantFrom('PING', 'PONG', '', '\0', '{"id":1', '{"id":1,"method":"query","params":{"path":"people.me"}}'.repeat(30)),
);
