import { defineEntity, p } from '@mikro-orm/postgresql';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { AuditLogError } from '../src/events/errors.ts';
import { audited, never } from '../src/policy/policy.ts';
import { eventsIn } from './rabbits.ts';
import { balanceOf, worldOf, type World } from './warren.ts';

// The log's indexes have room for keys of 400 characters. What changed is recorded however long they are.

const Letter = defineEntity({
  name: 'Letter',
  tableName: 'letter',
  properties: {
    id: p.text().primary(),
    writer: p.text().nullable(),
    meadows: p.array().nullable(),
    words: p.text(),
    secret: p.text().nullable(),
  },
});
const letterPolicy = audited(Letter, {
  area: 'meadow',
  label: 'Letter',
  fields: {
    id: never('the key'),
    writer: { label: 'Writer', kind: 'reference' },
    meadows: { label: 'Meadows', kind: 'json' },
    words: { label: 'Words', kind: 'text' },
    secret: { label: 'Secret', kind: 'text', sensitive: true },
  },
  carries: ['writer', 'meadows'],
  title: () => 'Letter',
  subject: (row) => row.writer ?? null,
  scopes: (row) => (JSON.parse(row.meadows ?? '[]') as string[]).map((meadow) => `meadow:${meadow}`),
  actions: { vocabulary: { letter_written: { label: 'Written' } }, general: 'letter_written' },
});

let w: World;
beforeAll(async () => {
  w = await worldOf({ name: 'letters', entities: [Letter], policies: [letterPolicy], actions: [], tables: ['letter'], seed: [] });
});
afterAll(() => w.close());
afterEach(() => expect(w.alarms).toEqual([]));

/** Alarms are looked at by themselves. */
const eventsOf = (work: () => Promise<unknown>) => eventsIn(w, work, () => false);

const LONG = 'long '.repeat(200);
const alarms = () => w.alarms.splice(0).map((alarm) => (expect(alarm).toBeInstanceOf(AuditLogError), (alarm as Error).message));
const shortened = expect.stringMatching(/^(meadow:)?(long )+(lon)?…sha256:[0-9a-f]{64}$/) as string;

describe('AUD-4 nothing of a change is lost for the length of a key', () => {
  it('a person and a unit, told by a flush: one event with its values, which says what it has shortened', async () => {
    const events = await eventsOf(() =>
      w.as('fiver', async (em) => {
        em.create(Letter, { id: 'a', writer: LONG, meadows: ['m1', LONG], words: 'Dear', secret: 'hush' });
        await em.flush();
      }),
    );
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({
      action: 'letter_written',
      actor: { id: 'fiver' },
      target: { type: 'Letter', id: 'a' },
      subject: shortened,
      scopes: ['meadow:m1', shortened],
      metadata: { shortened_keys: ['subject', 'units'] },
    });
    expect(events[0]?.changes).toContainEqual({ field: 'words', old: null, new: 'Dear' });
    expect(events[0]?.changes).toContainEqual({ field: 'secret', old: null, new: 'hush' });
    expect(alarms()).toEqual([expect.stringContaining('Letter a: more than 400 characters, or more than 20 units (subject, units)')]);
  });

  it('more units than the log has room for: the first ones, and how many there were', async () => {
    const meadows = Array.from({ length: 30 }, (_, i) => `m${i}`);
    const [event] = await eventsOf(() => w.sql(`update letter set writer = 'fiver', meadows = $1 where id = 'a'`, [meadows]));
    expect(event?.scopes).toEqual([...meadows.slice(0, 19).map((one) => `meadow:${one}`), '…and 11 more']);
    expect(event?.changes).toContainEqual({ field: 'writer', old: LONG, new: 'fiver' });
    expect(alarms()).toHaveLength(1);
  });

  it('the key of the record itself: a flush is refused, and what SQL did is recorded with its values', async () => {
    const flush = w.as('fiver', async (em) => {
      em.create(Letter, { id: LONG, words: 'Dear' });
      await em.flush();
    });
    await expect(flush).rejects.toThrow('a key of 1000 characters cannot be recorded, 400 can');
    const events = await eventsOf(async () => {
      await w.sql(`insert into letter (id, words) values ($1, 'Dear')`, [LONG]);
      await w.sql(`update letter set words = 'Dearest' where id = $1`, [LONG]);
    });
    expect(events.map(({ action, target, changes }) => [action, target?.id, changes])).toEqual([
      ['letter_written', shortened, [{ field: 'words', old: null, new: 'Dear' }]],
      ['letter_written', shortened, [{ field: 'words', old: 'Dear', new: 'Dearest' }]],
    ]);
    expect(events[0]?.target?.id).toBe(events[1]?.target?.id);
    expect(alarms()).toHaveLength(2);
    // By what is kept of it nobody finds the row: neither is named as missing.
    const { found, result } = await balanceOf(w);
    expect(found).toEqual([]);
    expect(result.uncompared.too_long).toBe(1);
  });
});
