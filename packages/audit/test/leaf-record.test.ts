import fc from 'fast-check';
import { expect, it } from 'vitest';
import { canonicalJson, type Json } from '@countersign/proof/canonical';
import { documentIn } from '../src/capture/inbox-check.ts';
import { leafRecord, leafText } from '../src/sequencer/leaf-record.ts';
import type { Entry } from '../src/events/log-entry.ts';

const text = fc.string({ unit: 'grapheme' });
const orNull = <Value>(arbitrary: fc.Arbitrary<Value>) => fc.option(arbitrary, { nil: null });
// Minus zero reads back as zero, and then is another value than was written.
const json = fc.dictionary(
  text,
  fc.jsonValue({ stringUnit: 'grapheme' }).map((value) => JSON.parse(JSON.stringify(value)) as Json),
);
const record = orNull(fc.record({ type: text, id: text, label: orNull(text) }));
const bytes = orNull(fc.uint8Array());

const entry: fc.Arbitrary<Entry> = fc.record({
  position: fc.nat(),
  id: fc.uuid(),
  changeId: fc.uuid(),
  area: text,
  action: text,
  operation: fc.constantFrom('create', 'update', 'delete', 'none'),
  actor: fc.record({ kind: fc.constantFrom('user', 'system', 'database', 'anonymous'), id: orNull(text) }),
  impersonator: orNull(text),
  target: record,
  root: record,
  subject: orNull(text),
  scopes: fc.array(text),
  workDate: orNull(fc.constant('2026-11-03')),
  changes: fc.array(
    fc.oneof(
      fc.record({ field: text, old: orNull(text), new: orNull(text) }),
      fc.record({ field: text, sealed: fc.constant(true as const) }),
    ),
  ),
  metadata: json,
  reason: orNull(text),
  effect: orNull(json),
  channel: fc.constantFrom('web', 'api', 'cli', 'job', 'import', 'database'),
  requestId: orNull(text),
  occurredAt: fc.constant('2026-11-22T08:30:00.123456Z'),
  sealedValues: bytes,
  sealedOrigin: bytes,
});

it('AUD-17, AUD-34: the leaf that is written straight is the canonical JSON of its record, effect and all', () => {
  fc.assert(
    fc.property(entry, (one) => {
      expect(leafText(one, canonicalJson(one.changes as unknown as Json))).toBe(canonicalJson(leafRecord(one)));
    }),
  );
});

const told = { area: 'meadow', action: 'rabbit_changed', op: 'update', type: 'Rabbit', id: '1', label: null, changes: [] };
const documentOf = (effect: unknown) => ({ v: 1, events: [{ ...told, effect }] });

it('AUD-34: an effect that could not stand in a leaf is no document', () => {
  expect(documentIn(documentOf({ size: { old: 'small', new: null }, in_a_flood: true }))?.refused).toEqual([]);
  expect(documentIn(documentOf(undefined))?.refused).toEqual([]);
  for (const nonsense of ['a text', ['a list'], null, { weight: JSON.parse('1e999') as unknown }])
    expect(documentIn(documentOf(nonsense))?.refused).toHaveLength(1);
});
