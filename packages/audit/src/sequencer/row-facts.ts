import type { Pool } from 'pg';
import type { EntityPlan } from '../policy/plan.ts';
import { rowsInPieces } from '../records/rows-in-pieces.ts';
import { contentsOf, type Plans } from '../triggers/sight.ts';
import type { RecordFacts } from '../capture/tell.ts';
import { nameOf } from '../policy/table-name.ts';

/** What the rows themselves say of records, as they stand, by id; records that aren't there, or are longer than is read, are left out. */
export type RowFacts = (plan: EntityPlan, ids: readonly string[]) => Promise<ReadonlyMap<string, RecordFacts>>;

/** Where nobody may look at the application's rows. */
export const NO_ROWS: RowFacts = () => Promise.resolve(new Map());

/** Not allowed to read it, locked by a migration, took too long, renamed meanwhile: nobody waits for what one could learn from it. */
const UNREADABLE_ROWS: ReadonlySet<unknown> = new Set(['42501', '55P03', '57014', '42P01', '42703']);

/** Reads them over a pool of the application's; where that is refused, they are not there, and `alarm` is told. */
export function rowFactsOver(pool: Pool, plans: Plans, alarm: (problem: unknown) => void, atOnce?: number): RowFacts {
  return async (plan, ids) => {
    const there = contentsOf(plans).get(nameOf(plan.table));
    if (there?.kind !== 'entities') return new Map();
    try {
      const facts = new Map<string, RecordFacts>();
      for await (const { rows } of rowsInPieces(pool, { plan, sharing: there.plans }, ids, atOnce))
        for (const [id, row] of rows) facts.set(id, row.facts());
      return facts;
    } catch (problem) {
      if (!UNREADABLE_ROWS.has((problem as { code?: unknown }).code)) throw problem;
      alarm(problem);
      return new Map();
    }
  };
}
