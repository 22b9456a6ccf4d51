import type { Client } from 'pg';
import { recordKey } from '../records/as-of.ts';
import type { Tally } from './tally.ts';
import type { Target } from '../events/entry.ts';
import { liveKeys, membersText, ownerless, type LiveKey, type Sharing } from '../records/live-rows.ts';
import { keptKey } from '../capture/kept-key.ts';
import type { Moment } from '../read/moment.ts';
import type { EntityPlan, PivotPlan } from '../policy/plan.ts';
import { rowsInPieces } from '../records/rows-in-pieces.ts';
import { untold } from './untold.ts';
import { contentsOf, type Contents, type Plans, type Sight } from '../triggers/sight.ts';

/** Rows of a step. */
const STEP = 5_000;

type Place = readonly string[];

/** One table that is yet to be looked through, and after which key to go on. */
interface Left {
  readonly table: string;
  readonly contents: Contents;
  readonly after: Place;
}

/** Every row of every audited table, in the order of the keys: what the log knows nothing of is found here. */
export class RowsPass {
  readonly #coverage: Sight['coverage'];
  readonly #plans: Plans;
  readonly #contents: ReadonlyMap<string, Contents>;
  readonly #tally: Tally;
  #left: readonly Left[];

  constructor(plans: Plans, coverage: Sight['coverage'], tally: Tally) {
    this.#coverage = coverage;
    this.#plans = plans;
    this.#contents = contentsOf(plans);
    this.#tally = tally;
    this.#left = [...this.#contents].map(([table, contents]) => ({ table, contents, after: [] }));
  }

  get done(): boolean {
    return this.#left.length === 0;
  }

  get uncovered(): string[] {
    return [...this.#contents.keys()].filter((table) => !this.#coverage.has(table)).sort();
  }

  async step(moment: Moment): Promise<void> {
    const [current, ...others] = this.#left;
    if (!current) return;
    const { contents } = current;
    const next =
      contents.kind === 'entities'
        ? await this.#rows(moment, contents.plans, current)
        : await this.#members(moment.db, contents.plan, contents.pivot, current.after);
    this.#left = next ? [{ ...current, after: next }, ...others] : others;
  }

  async #rows(moment: Moment, sharing: Sharing, { table, after }: Left): Promise<Place | null> {
    const { rows, next } = await liveKeys(moment.db, sharing, after, STEP);
    this.#tally.rows += rows.length;
    const unknown = await untold(moment.db, rows, this.#plans, ({ plan, key }) => ({ type: plan.type, id: keptKey(key) }));
    const strangers = unknown.filter(({ plan, key }) => !moment.pending.has(recordKey({ type: plan.type, id: keptKey(key) })));
    const before = strangers.filter((row) => this.#isFromBefore(table, row, moment.xid));
    this.#tally.rowsBefore += before.length;
    const known = new Set(before);
    const found = strangers.filter((row) => !known.has(row));
    for (const [plan, keys] of Map.groupBy(found, (row) => row.plan)) await this.#tell(moment.db, { plan, sharing, keys });
    return next;
  }

  /** Whether the row stands as it was written before the database recorded changes of its table. */
  #isFromBefore(table: string, { xmin }: LiveKey, now: bigint): boolean {
    const since = this.#coverage.get(table);
    return since === undefined || wholeXid(xmin, now) < since;
  }

  async #tell(db: Client, { plan, sharing, keys }: { plan: EntityPlan; sharing: Sharing; keys: readonly LiveKey[] }): Promise<void> {
    const ids = keys.map(({ key }) => key);
    for await (const piece of rowsInPieces(db, { plan, sharing }, ids, this.#tally.rowsAtOnce))
      for (const key of piece.ids) {
        const facts = piece.rows.get(key)?.facts();
        const target: Target = { type: plan.type, id: keptKey(key), label: facts?.label ?? null };
        this.#tally.found({ kind: 'not_recorded', target, root: facts?.root ?? target, ...WHOLE_ROW });
      }
  }

  async #members(db: Client, plan: EntityPlan, pivot: PivotPlan, after: Place): Promise<Place | null> {
    const { rows, next } = await ownerless(db, plan, pivot, { after, limit: STEP });
    for (const [owner, members] of Map.groupBy(rows, (row) => row.owner)) {
      const present = membersText(members.map(({ member }) => member));
      const target: Target = { type: plan.type, id: owner, label: null };
      const { name, tracked } = pivot.field;
      this.#tally.found({
        kind: 'members',
        target,
        root: null,
        field: name,
        sensitive: tracked?.sensitive ?? false,
        recorded: null,
        present,
      });
    }
    return next;
  }
}

const WHOLE_ROW = { field: null, sensitive: false, recorded: null, present: null };

/**
 * A row knows the lower 32 bits of the transaction that wrote it: it is the latest such number that has been given. Of a
 * row that four thousand million transactions have passed by since, it is too late a one.
 */
function wholeXid(xmin: number, now: bigint): bigint {
  const whole = ((now >> 32n) << 32n) | BigInt(xmin);
  return whole > now ? whole - (1n << 32n) : whole;
}
