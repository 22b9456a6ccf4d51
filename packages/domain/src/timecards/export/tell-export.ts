import { createHash } from 'node:crypto';
import { raw, type EntityManager, type FilterQuery } from '@mikro-orm/postgresql';
import { changeSet, currentContext, user, withContext } from '@countersign/audit/context';
import type { Context } from '@countersign/audit/entry';
import type { MetadataOf } from '@countersign/audit/manual-action';
import { record } from '@countersign/audit/record';
import { now } from '../../clock.ts';
import type { Viewer } from '../../people/rights/permissions.ts';
import { whoComes } from '../../people/sight/sight.rules.ts';
import { Timecard } from '../timecard.ts';
import { ExportedPerson } from './exported-person.ts';
import { timecardsExported, timecardsExportFinished } from './timecards-exported.ts';

type Told = Pick<MetadataOf<typeof timecardsExported>, 'rows' | 'filter'>;

interface Exporting {
  readonly em: EntityManager;
  readonly viewer: Viewer;
  readonly which: FilterQuery<Timecard>;
}

/** Milliseconds for which it is known whom an export concerned, as long as notices are kept. */
const KEPT = 400 * 24 * 3_600_000;
/** Whether whom an export concerned is known no longer. */
export const isForgotten = (exportedAt: Date, at: Date): boolean => exportedAt.getTime() < at.getTime() - KEPT;
/** Rows that are written at once. */
const AT_ONCE = 500;

/**
 * AUD-29, AUD-35: one event, and a row for each person whose cards it holds. The rows first: an event that says of nobody whom it
 * concerns would be worse than rows without an event, which show somebody that their records were asked for. Answers with the
 * context in which the file's end is told.
 */
export const tellExport = ({ em, viewer, which }: Exporting, told: Told): Promise<Context> =>
  changeSet('timecards.export', () =>
    withContext({ actor: currentContext().actor ?? user(viewer.id) }, async () => {
      const people = await ownersOf(em, which);
      await keep(em, viewer, people);
      const timecards = people.reduce((sum, { count }) => sum + count, 0);
      await record(em.fork(), timecardsExported, {
        metadata: { ...told, timecards, people: people.length, people_sha256: hashOf(people) },
      });
      return currentContext();
    }),
  );

/**
 * The pieces of a file, the last one after it was recorded what all of them came to: a file that nobody could know again isn't given
 * out whole.
 */
export async function* toldToTheEnd(em: EntityManager, context: Context, pieces: AsyncIterable<string>): AsyncGenerator<string> {
  const hash = createHash('sha256');
  let bytes = 0;
  let held: string | null = null;
  for await (const piece of pieces) {
    if (held !== null) yield held;
    hash.update(piece);
    bytes += Buffer.byteLength(piece);
    held = piece;
  }
  const file = { bytes, sha256: hash.digest('hex') };
  await withContext(context, () => record(em.fork(), timecardsExportFinished, { metadata: file }));
  if (held !== null) yield held;
}

/** Somebody, and how many of the cards are theirs. */
export interface Owner {
  readonly person: string;
  readonly count: number;
}

async function ownersOf(em: EntityManager, which: FilterQuery<Timecard>): Promise<Owner[]> {
  const rows = await em
    .fork()
    .createQueryBuilder(Timecard, 't')
    .select(['t.person', raw('count(*)::int as count')])
    // The builder's type knows the names of joins that there are none of here.
    .where(which as never)
    .groupBy('t.person')
    .orderBy({ person: 'asc' })
    .execute<{ person?: string; person_id?: string; count: number }[]>('all', false);
  return rows.map(({ person, person_id, count }) => ({ person: person ?? person_id ?? '', count }));
}

async function keep(em: EntityManager, viewer: Viewer, people: readonly Owner[]): Promise<void> {
  // Through whoever's eyes it was asked for: the event has both names.
  const by = whoComes(viewer);
  const through = viewer.impersonator ? viewer.id : null;
  const { changeId } = currentContext();
  const exportedAt = now();
  await em.fork().transactional(async (tx) => {
    await tx.nativeDelete(ExportedPerson, { exportedAt: { $lt: new Date(exportedAt.getTime() - KEPT) } });
    for (let first = 0; first < people.length; first += AT_ONCE)
      await tx.insertMany(
        ExportedPerson,
        people
          .slice(first, first + AT_ONCE)
          .map(({ person, count }) => ({ changeId: changeId ?? '', person, by, through, exportedAt, timecards: count })),
      );
  });
}

/** Of `person count` lines in the order of the ids: whoever has the rows can see that they are those of the event. */
export const hashOf = (people: readonly Owner[]): string =>
  createHash('sha256')
    .update(
      people
        .map(({ person, count }) => `${person} ${count}\n`)
        .toSorted()
        .join(''),
    )
    .digest('hex');
