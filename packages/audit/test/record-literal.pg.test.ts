import fc from 'fast-check';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDatabase, type TestDatabase } from '@countersign/testing/database';
import { readRecord } from '../src/values/record-literal.ts';

let database: TestDatabase;
let client: Client;
beforeAll(async () => {
  database = await createDatabase();
  client = new Client(database.url);
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const text = fc.oneof(
  fc.constantFrom('', ' ', '"', '\\', '""', '\\"', '(', ')', ',', '(,)', '{a,"b"}', 'null', '\n', 'é', '🦊', '{"a": "\\\\\\" b"}'),
  fc.string({ unit: fc.constantFrom('"', '\\', ',', '(', ')', ' ', 'a', '\t', '🦊') }),
  fc.string().filter((value) => !value.includes('\0')),
);

it('AUD-10 rows are read as the database wrote them, whatever stands in them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.option(text), { minLength: 1, maxLength: 8 }),
      fc.array(fc.option(text), { minLength: 1, maxLength: 3 }),
      async (one, other) => {
        const rowOf = (values: readonly unknown[], from: number) =>
          `row(${values.map((_, i) => `$${from + i + 1}::text`).join(', ')})::text`;
        const { rows } = await client.query<{ both: string }>(`select 'x' || ${rowOf(one, 0)} || ${rowOf(other, one.length)} as both`, [
          ...one,
          ...other,
        ]);
        const written = rows[0]?.both ?? '';
        const first = readRecord(written, 1);
        expect(first.values).toEqual(one);
        const second = readRecord(written, first.end);
        expect(second).toEqual({ values: other, end: written.length });
      },
    ),
    { numRuns: 300 },
  );
});

it.each(['', 'a', '(', '(a', '(a,', '("a)', '("a"b)', '("a"'])('what is no whole row is refused: %s', (broken) => {
  expect(() => readRecord(broken, 0)).toThrow(SyntaxError);
});
