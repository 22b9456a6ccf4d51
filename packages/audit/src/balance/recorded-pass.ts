import { escapeLiteral, type Client } from 'pg';
import { AddedLater } from '../records/added-later.ts';
import { Fold, recordKey, type FieldForms, type RecordAsOf } from '../records/as-of.ts';
import type { Tally } from './tally.ts';
import { declaredForms } from '../records/declared-forms.ts';
import { isShown, type Event, type Target } from '../events/entry.ts';
import { heldAgainst } from '../records/held-against.ts';
import { isCut } from '../capture/kept-key.ts';
import { ENTRY_COLUMNS, entryOfRow, type EntryRow } from '../read/log-rows.ts';
import type { Moment } from '../read/moment.ts';
import { recordedByPresentTypes } from '../merge/present-names.ts';
import { SubjectKeys, valuesSubject } from '../values/protect.ts';
import { opened, sealSubjects } from '../read/reveal.ts';
import { rowsInPieces } from '../records/rows-in-pieces.ts';
import { contentsOf, type Plans } from '../triggers/sight.ts';
import { untold } from './untold.ts';
import { nameOf } from '../policy/table-name.ts';

/** Events of a step, or a little more: a record's history is never cut. */
const STEP = 5_000;
/** Events that are in memory at once. */
const FETCH = 1_000;

/** Everything that the log tells of, in the order of the records' keys: each is folded and held against its row. */
export class RecordedPass {
  readonly #plans: Plans;
  readonly #tally: Tally;
  readonly #forms: FieldForms;
  readonly #addedLater = new AddedLater();
  #keys: SubjectKeys | null = null;
  /** The last key that was compared. */
  #after = '';
  done = false;

  constructor(plans: Plans, tally: Tally) {
    this.#plans = plans;
    this.#tally = tally;
    this.#forms = declaredForms(plans.values());
  }

  async step({ db, pending }: Moment): Promise<void> {
    const waiting = Map.groupBy([...pending.values()].flat(), ({ target }) => target?.id);
    const folded: Folded[] = [];
    let group: SameKey | null = null;
    let events = 0;
    const finish = ({ id, ...fold }: SameKey) => {
      for (const event of waiting.get(id) ?? []) if (fold.types.has(event.target?.type)) fold.add(event, false);
      folded.push(...fold.records());
      this.#after = id;
    };
    this.done = true;
    for await (const { id, event, hasKey } of this.#events(db)) {
      if (group && group.id !== id) {
        finish(group);
        group = null;
        this.done = events < STEP;
        if (!this.done) break;
      }
      group ??= sameKey(id, this.#forms);
      group.add(event, hasKey);
      events++;
    }
    if (group) finish(group);
    if (this.done) folded.push(...(await this.#justMade(db, pending)));
    this.#tally.events += events;
    await this.#compare(db, folded);
  }

  /** Records of which all that is known waits for its number. */
  async #justMade(db: Client, pending: Moment['pending']): Promise<Folded[]> {
    const made = await untold(db, [...pending.values()], this.#plans, (events) => (events[0] as Event).target as Target);
    const fold = sameKey('', this.#forms);
    for (const event of made.flat()) fold.add(event, false);
    return fold.records();
  }

  async *#events(db: Client): AsyncGenerator<{ id: string; event: Event; hasKey: boolean }> {
    this.#keys ??= new SubjectKeys(db);
    await db.query(`declare balance_events no scroll cursor for select ${ENTRY_COLUMNS} from audit_event e
      where e.target_id > ${escapeLiteral(this.#after)} order by e.target_id, e.position`);
    try {
      for (;;) {
        const { rows } = await db.query<EntryRow>(`fetch ${FETCH} from balance_events`);
        // Where it came from is of no interest: those seals stay shut.
        const entries = rows.map((row) => entryOfRow({ ...row, sealed_origin: null }));
        await this.#keys.load(sealSubjects(entries));
        for (const entry of entries) {
          const hasKey = entry.sealedValues !== null && this.#keys.get(valuesSubject(entry)) !== undefined;
          yield { id: entry.target?.id ?? '', event: recordedByPresentTypes(opened(entry, this.#keys).reveal(true), this.#plans), hasKey };
        }
        if (rows.length < FETCH) return;
      }
    } finally {
      await db.query('close balance_events');
    }
  }

  /** Nobody can say whether its row, which is longer than is read, says what the log does. */
  #leaveOut({ target, fields }: RecordAsOf): void {
    this.#tally.uncompared.too_long += fields.size;
    this.#tally.unread.push(target);
  }

  async #compare(db: Client, folded: readonly Folded[]): Promise<void> {
    const contents = contentsOf(this.#plans);
    this.#tally.records += folded.length;
    const [cut, found] = [folded.filter(isKeyCut), folded.filter((one) => !isKeyCut(one))];
    this.#tally.uncompared.too_long += cut.reduce((sum, { record }) => sum + record.fields.size, 0);
    for (const [type, records] of Map.groupBy(found, ({ record }) => record.target.type)) {
      const plan = this.#plans.get(type);
      const there = plan && contents.get(nameOf(plan.table));
      if (!plan || there?.kind !== 'entities') {
        this.#tally.uncompared.retired += records.reduce((sum, { record }) => sum + record.fields.size, 0);
        continue;
      }
      const addedLater = await this.#addedLater.of(db, plan);
      const byKey = Map.groupBy(records, ({ record }) => record.target.id);
      for await (const { ids, rows, isTooLong } of rowsInPieces(
        db,
        { plan, sharing: there.plans },
        [...byKey.keys()],
        this.#tally.rowsAtOnce,
      ))
        for (const { record, unopened } of ids.flatMap((id) => byKey.get(id) ?? [])) {
          if (isTooLong) this.#leaveOut(record);
          const beside = { unopened, addedLater, uncompared: this.#tally.uncompared };
          const found = isTooLong ? [] : heldAgainst(record, plan, rows.get(record.target.id)?.columns, beside);
          for (const one of found) this.#tally.found(one);
        }
    }
  }
}

/** A record, and the fields of it whose seals can't be opened though their keys are there. */
interface Folded {
  readonly record: RecordAsOf;
  readonly unopened: ReadonlySet<string>;
}

/** By what is kept of its key no row is found. */
const isKeyCut = ({ record }: Folded): boolean => isCut(record.target.id);

/** The records that share one key: they are of different types. */
interface SameKey {
  readonly id: string;
  readonly types: ReadonlySet<string | undefined>;
  readonly add: (event: Event, hasKey: boolean) => void;
  readonly records: () => Folded[];
}

function sameKey(id: string, forms: FieldForms): SameKey {
  const fold = new Fold(forms);
  const types = new Set<string | undefined>();
  const unopened = new Map<string, Set<string>>();
  return {
    id,
    types,
    add: (event, hasKey) => {
      fold.add(event);
      types.add(event.target?.type);
      const hidden = hasKey && event.target ? event.changes.filter((change) => !isShown(change)) : [];
      if (!hidden.length || !event.target) return;
      const known = unopened.get(recordKey(event.target)) ?? new Set();
      for (const { field } of hidden) known.add(field);
      unopened.set(recordKey(event.target), known);
    },
    records: () => Array.from(fold.records(), ([key, record]) => ({ record, unopened: unopened.get(key) ?? NONE })),
  };
}

const NONE: ReadonlySet<string> = new Set();
