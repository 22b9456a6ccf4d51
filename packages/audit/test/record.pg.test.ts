import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MikroORM } from '@mikro-orm/postgresql';
import { changeSet, currentContext } from '../src/capture/context.ts';
import type { Event } from '../src/events/entry.ts';
import { AuditLogError, MetadataError } from '../src/events/errors.ts';
import { checkedMetadata, manualAction } from '../src/policy/manual-action.ts';
import { record } from '../src/capture/record.ts';
import { carrotsWeighed, KEEPER, Rabbit, Trait, Warren, warrenShown, world, type World } from './warren.ts';

let w: World;
beforeAll(async () => {
  w = await world();
});
afterAll(() => w.close());

const WEIGHED = { grams: 900, scale: 'kitchen' } as const;

/** The events that `work` leaves. */
async function leaves(work: () => Promise<unknown>): Promise<Event[]> {
  const before = (await w.events()).length;
  await work();
  return (await w.events()).slice(before);
}

const dig = (meadow: string) =>
  w.as('k1', async (em) => {
    const warren = em.create(Warren, { name: `Under the ${meadow}`, keeper: 'k1', meadow });
    await em.flush();
    return warren;
  });

const refusalOf = (work: Promise<unknown>) =>
  work.then(
    () => expect.unreachable('it was not refused'),
    (problem: unknown) => problem as AuditLogError,
  );

describe('AUD-9 what is no change of a record is recorded by one typed function', () => {
  it('alone: the event is in the log with who, why, request and metadata, and about nothing', async () => {
    const [event, ...others] = await leaves(() =>
      w.as('k1', (em) => record(em, carrotsWeighed, { metadata: { ...WEIGHED, note: undefined } }), {
        reason: 'winter comes',
        requestId: 'r-9',
        ipAddress: '10.0.0.9',
      }),
    );
    expect(others).toEqual([]);
    expect(event).toMatchObject({
      area: 'larder',
      action: 'carrots_weighed',
      operation: 'none',
      actor: { kind: 'user', id: 'k1' },
      target: null,
      root: null,
      subject: null,
      scopes: [],
      changes: [],
      metadata: WEIGHED,
      reason: 'winter comes',
      channel: 'web',
      requestId: 'r-9',
      ipAddress: '10.0.0.9',
    });
    expect(Object.keys(event?.metadata ?? {})).toEqual(['grams', 'scale']);
  });

  it('about an audited entity: label, root, subject and scopes are what its policy says, as for its changes', async () => {
    const warren = await dig('oak');
    await w.as('k1', async (em) => {
      em.create(Rabbit, { id: 901, warren: em.getReference(Warren, warren.id), name: 'Hazel', born: '2026-03-04' });
      await em.flush();
    });
    const [shown, ofRabbit, ofReference] = await leaves(() =>
      w.as(
        'k1',
        async (em) => {
          await record(em, warrenShown, { about: warren, metadata: { visitors: [{ age: 7 }] } });
          const rabbit = await em.findOneOrFail(Rabbit, 901, { populate: ['warren'] });
          await record(em, carrotsWeighed, { about: rabbit, metadata: WEIGHED });
          await record(em, carrotsWeighed, { about: em.fork().getReference(Rabbit, 901), metadata: WEIGHED });
        },
        { reason: 'open day' },
      ),
    );
    const target = { type: 'Warren', id: warren.id, label: 'Warren Under the oak' };
    expect(shown).toMatchObject({ target, root: target, subject: 'k1', scopes: ['meadow:oak'] });
    const rabbit = { target: { type: 'Rabbit', id: '901', label: 'Rabbit 901' }, root: target, subject: 'k1', scopes: ['meadow:oak'] };
    expect(ofRabbit).toMatchObject({ ...rabbit, workDate: '2026-03-04' });
    expect(ofReference, 'of a reference the log knows the rest').toMatchObject(rabbit);
  });

  it('about a record that is named: what is left out the log knows from its earlier events', async () => {
    const { id } = await dig('elm');
    const [known, foreign, personal] = await leaves(() =>
      w.as('k1', async (em) => {
        await record(em, carrotsWeighed, { target: { type: 'Warren', id }, metadata: WEIGHED });
        await record(em, carrotsWeighed, { target: { type: 'Shed', id: '7', label: 'The shed' }, metadata: WEIGHED });
        await record(em, carrotsWeighed, { subject: 'k2', scopes: ['meadow:elm'], workDate: '2026-11-03', metadata: WEIGHED });
      }),
    );
    expect(known).toMatchObject({ target: { id, label: 'Warren Under the elm' }, subject: 'k1', scopes: ['meadow:elm'] });
    expect(foreign).toMatchObject({ target: { type: 'Shed', label: 'The shed' }, root: { type: 'Shed' }, subject: null, scopes: [] });
    expect(personal).toMatchObject({ target: null, subject: 'k2', scopes: ['meadow:elm'], workDate: '2026-11-03' });
  });

  it('inside a transaction it is committed with the change, in one change set', async () => {
    const events = await leaves(() =>
      w.as('k1', (em) =>
        em.transactional(async (tx) => {
          await record(tx, carrotsWeighed, { metadata: WEIGHED });
          tx.create(Warren, { name: 'Deep', keeper: 'k1', meadow: 'ash' });
          await tx.flush();
          await record(tx, carrotsWeighed, { metadata: { ...WEIGHED, grams: 1 } });
        }),
      ),
    );
    expect(events.map(({ action }) => action)).toEqual(['carrots_weighed', 'warren_dug', 'carrots_weighed']);
    expect(new Set(events.map(({ changeId }) => changeId)).size).toBe(1);
  });

  it('a rolled-back transaction, and a rolled-back savepoint, leave none', async () => {
    const events = await leaves(() =>
      w.as('k1', async (em) => {
        const broken = em.transactional(async (tx) => {
          await record(tx, carrotsWeighed, { metadata: WEIGHED });
          throw new Error('the scale broke');
        });
        await expect(broken).rejects.toThrow('the scale broke');
        await em.transactional(async (tx) => {
          const inner = tx.transactional(async (savepoint) => {
            await record(savepoint, carrotsWeighed, { metadata: { ...WEIGHED, grams: 2 } });
            throw new Error('again');
          });
          await expect(inner).rejects.toThrow('again');
          await record(tx, carrotsWeighed, { metadata: { ...WEIGHED, grams: 3 } });
        });
      }),
    );
    expect(events.map(({ metadata }) => metadata['grams'])).toEqual([3]);
  });

  it('shares the change set of its command, and says what an undo undoes', async () => {
    const undoes = crypto.randomUUID();
    const events = await leaves(() =>
      w.as(null, (em) =>
        changeSet('larder.weigh', async () => {
          await record(em, carrotsWeighed, { metadata: WEIGHED });
          await record(em, carrotsWeighed, { metadata: WEIGHED });
          expect(currentContext().command).toBe('larder.weigh');
        }),
      ),
    );
    expect(new Set(events.map(({ changeId }) => changeId)).size).toBe(1);
    expect(events[0]?.actor, 'nobody known: the job that ran').toEqual({ kind: 'system', id: 'larder.weigh' });
    const [undone] = await leaves(() => w.as('k1', (em) => record(em, carrotsWeighed, { metadata: WEIGHED }), { undoes }));
    expect(undone?.metadata).toEqual({ ...WEIGHED, undoes });
  });

  it('is found by filters, counted in rollups, shown in the view and brought by the feed as any other', async () => {
    const seen: string[] = [];
    const stop = w.open.feed.onBatch(({ entries }) => void seen.push(...entries.map(({ entry }) => entry.action)));
    const before = await w.open.log.count({ action: ['carrots_weighed'] }, KEEPER);
    const [event] = await leaves(() => w.as('k7', (em) => record(em, carrotsWeighed, { metadata: WEIGHED })));
    stop();
    expect(seen).toEqual(['carrots_weighed']);
    expect((await w.open.log.count({ action: ['carrots_weighed'] }, KEEPER)).total).toBe(before.total + 1);
    const page = await w.open.log.page({ filter: { area: ['larder'], actor: ['k7'] }, visibility: KEEPER, limit: 10 });
    expect(page.events).toEqual([event]);
    expect(
      await w.sql('select action_type, target_entity, metadata->>$1 as grams from audit_log where id = $2', ['grams', event?.id]),
    ).toEqual([{ action_type: 'carrots_weighed', target_entity: null, grams: '900' }]);
    const overview = await w.open.log.overview({ filter: {}, visibility: KEEPER, edges: () => [] });
    expect(overview.facets.area.values.map(({ value }) => value)).toContain('larder');
  });

  it('R-2: stands in the one vocabulary, with area, label and description', () => {
    const { actions, areas } = w.audit.registry.vocabulary;
    expect(areas).toEqual(['audit', 'larder', 'meadow']);
    expect(actions).toContainEqual({
      name: 'carrots_weighed',
      label: 'Carrots weighed',
      area: 'larder',
      description: 'Somebody weighed what is left.',
      needsReason: false,
    });
  });
});

describe('AUD-9 bad metadata', () => {
  it('does not compile', () => {
    const never = (em: World['orm']['em']) => [
      // @ts-expect-error grams is missing
      record(em, carrotsWeighed, { metadata: { scale: 'market' } }),
      // @ts-expect-error no such scale
      record(em, carrotsWeighed, { metadata: { grams: 1, scale: 'bathroom' } }),
      // @ts-expect-error grams are a number
      record(em, carrotsWeighed, { metadata: { grams: '1', scale: 'market' } }),
      // @ts-expect-error a field that the schema doesn't know
      record(em, carrotsWeighed, { metadata: { ...WEIGHED, price: 3 } }),
      // @ts-expect-error no metadata at all
      record(em, carrotsWeighed, {}),
      // @ts-expect-error an action is no name
      record(em, 'carrots_weighed', { metadata: WEIGHED }),
      // @ts-expect-error either an entity or its facts
      record(em, carrotsWeighed, { about: {}, subject: 'k1', metadata: WEIGHED }),
    ];
    // @ts-expect-error a date is no JSON
    manualAction({ name: 'n', area: 'a', label: 'N', metadata: z.object({ at: z.date() }) });
    expect(never).toBeTypeOf('function');
  });

  it('is refused with each field and the reason, and nothing is recorded', async () => {
    const events = await leaves(async () => {
      const bad = { grams: -1, scale: 'bathroom', price: 3 } as unknown as typeof WEIGHED;
      const refusal = await refusalOf(w.as('k1', (em) => record(em, carrotsWeighed, { metadata: bad })));
      expect(refusal).toBeInstanceOf(MetadataError);
      expect(refusal).toBeInstanceOf(AuditLogError);
      expect((refusal as MetadataError).problems.map(({ field }) => field)).toEqual(['grams', 'scale', '']);
      expect(refusal.message).toMatch(/^carrots_weighed was not recorded\. metadata\.grams: .*; metadata\.scale: .*; metadata: .*price/);
      const deep = w.as('k1', (em) => record(em, warrenShown, { metadata: { visitors: [{ age: 7 }, { age: 1.5 }] } }), { reason: 'why' });
      expect((await refusalOf(deep)).message).toContain('metadata.visitors.1.age: ');
    });
    expect(events).toEqual([]);
  });

  it('a schema that refuses what it makes of them is refused: nobody could hold the recorded metadata against it', async () => {
    const stones = manualAction({
      name: 'carrots_weighed',
      area: 'larder',
      label: 'Weighed',
      metadata: z.strictObject({ grams: z.string().transform(Number) }),
    });
    (w.audit.registry.actions as Map<string, typeof stones>).set('carrots_weighed', stones);
    const refusal = await refusalOf(w.as('k1', (em) => record(em, stones, { metadata: { grams: '7' } })));
    (w.audit.registry.actions as Map<string, typeof carrotsWeighed>).set('carrots_weighed', carrotsWeighed);
    expect(refusal.message).toBe(
      'carrots_weighed was not recorded. metadata: its schema refuses what it makes of them itself: let it take them as they are to be recorded',
    );
  });

  it('what JSON cannot carry, and a schema that answers later, are refused by name', async () => {
    const halved = w.as('k1', (em) => record(em, carrotsWeighed, { metadata: { ...WEIGHED, note: '\ud800' } }));
    expect((await refusalOf(halved)).message).toContain('metadata.note: a text with a lone surrogate');
    const later = z.strictObject({ grams: z.int().refine(async () => true) });
    expect(checkedMetadata(later, { grams: 1 })).toEqual({
      problems: [{ field: '', reason: 'its schema answers later: take one that answers at once' }],
    });
  });
});

describe('AUD-9 what an action demands', () => {
  it('a person, and a reason', async () => {
    const metadata = { visitors: [] };
    expect((await refusalOf(w.as(null, (em) => record(em, warrenShown, { metadata }), { reason: 'why' }))).message).toContain(
      'signed-in person',
    );
    expect((await refusalOf(w.as('k1', (em) => record(em, warrenShown, { metadata }), { reason: ' ' }))).message).toContain(
      'needs a reason',
    );
  });

  it('an action that nobody declared, an entity that is not audited and a key that is too long are refused', async () => {
    const unknown = manualAction({ name: 'carrots_eaten', area: 'larder', label: 'Eaten', metadata: z.strictObject({}) });
    const em = w.orm.em.fork();
    expect((await refusalOf(record(em, unknown, { metadata: {} }))).message).toContain('carrots_eaten is no declared action');
    const trait = await em.findOneOrFail(Trait, 1);
    expect((await refusalOf(record(em, carrotsWeighed, { about: trait, metadata: WEIGHED }))).message).toContain(
      'must be an audited entity',
    );
    const long = record(em, carrotsWeighed, { target: { type: 'Warren', id: 'x'.repeat(500) }, metadata: WEIGHED });
    expect((await refusalOf(long)).message).toContain('Ids and scopes have up to 400 characters');
  });

  it('an ORM without an audit trail says so', async () => {
    const orm = await MikroORM.init({ entities: [Trait], clientUrl: w.database.url });
    expect((await refusalOf(record(orm.em.fork(), carrotsWeighed, { metadata: WEIGHED }))).message).toContain('call audit.bind(orm)');
    await orm.close();
  });

  it('what can not be written is one AuditLogError with the cause, and the transaction is over', async () => {
    const failed = w.as('k1', (em) =>
      em.transactional(async (tx) => {
        await tx.execute('select 1 / 0').catch(() => undefined);
        await record(tx, carrotsWeighed, { target: { type: 'Warren', id: '1' }, metadata: WEIGHED });
      }),
    );
    const problem = await refusalOf(failed);
    expect(problem).toBeInstanceOf(AuditLogError);
    expect(problem.target).toEqual({ type: 'Warren', id: '1' });
    expect(problem.cause).toMatchObject({ message: expect.stringContaining('current transaction is aborted') as unknown });
  });
});
