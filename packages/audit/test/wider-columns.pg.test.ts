import { defineEntity, p } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audited, never } from '../src/policy/policy.ts';
import { broughtBy } from './knots.ts';
import { worldOf, type World } from './warren.ts';

// A column may be wider in the database than its entity says, and a key may be spelled in several ways: what stands in the
// row is recorded, whole.

const Sack = defineEntity({
  name: 'Sack',
  tableName: 'sack',
  properties: {
    id: p.decimal().columnType('numeric').primary(),
    short: p.string().length(4).nullable(),
    padded: p.character().length(3).nullable(),
    amount: p.decimal().precision(6).scale(2).nullable(),
    single: p.float().nullable(),
    doc: p.json().nullable(),
  },
});

const sackPolicy = audited(Sack, {
  area: 'meadow',
  label: 'Sack',
  fields: {
    id: never('the key'),
    short: { label: 'Short', kind: 'text' },
    padded: { label: 'Padded', kind: 'text' },
    amount: { label: 'Amount', kind: 'number' },
    single: { label: 'Single', kind: 'number' },
    doc: { label: 'Document', kind: 'json' },
  },
  title: (row) => `Sack ${row.id}`,
  actions: { vocabulary: { sack_changed: { label: 'Changed' } }, general: 'sack_changed' },
});

let w: World;
beforeAll(async () => {
  w = await worldOf({ name: 'sacks', entities: [Sack], policies: [sackPolicy], actions: [], tables: ['sack'], seed: [] });
  await w.sql(
    'alter table sack alter short type text, alter padded type text, alter amount type numeric, alter single type double precision',
  );
});
afterAll(() => w.close());

describe('AUD-10 a column that is wider than its entity says', () => {
  it('loses no blank and no digit, by SQL and by a flush, and neither recorder disagrees', async () => {
    const insert = `insert into sack (id, short, padded, amount, single) values (1, 'ab      ', 'a ', 1.2345, 0.1234567890123)`;
    expect(await broughtBy(w, () => w.sql(insert))).toEqual([
      'create 1 short: null → ab      , padded: null → a , amount: null → 1.2345, single: null → 0.1234567890123',
    ]);
    const events = await broughtBy(w, () =>
      w.as('hazel', async (em) => {
        Object.assign(await em.findOneOrFail(Sack, '1'), { short: 'b       ', amount: '2.5678', single: 0.9876543210987 });
        await em.flush();
      }),
    );
    expect(events).toEqual(['update 1 short: ab       → b       , amount: 1.2345 → 2.5678, single: 0.1234567890123 → 0.9876543210987']);
    expect(await broughtBy(w, () => w.sql(`update sack set short = 'b', padded = 'a', amount = 2.57`))).toEqual([
      'update 1 short: b        → b, padded: a  → a, amount: 2.5678 → 2.57',
    ]);
  });
});

describe('AUD-4 a key that is spelled otherwise', () => {
  it('is another record, as the log and the unit of work know it', async () => {
    await w.sql(`insert into sack (id, short) values (2.5, 'a')`);
    expect(await broughtBy(w, () => w.sql('update sack set id = 2.50 where id = 2.5'))).toEqual([
      'delete 2.5 short: a → null',
      'create 2.50 short: null → a',
    ]);
    expect(await broughtBy(w, () => w.sql(`update sack set short = 'b' where id = 2.5`))).toEqual(['update 2.50 short: a → b']);
  });
});
