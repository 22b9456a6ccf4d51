import type { Client } from 'pg';
import { differingOwners, isSameRecord, type Alleged } from '../merge/alleged.ts';
import type { As, Doubt } from '../merge/doubt.ts';
import type { Target } from '../events/entry.ts';
import type { CompleteDraft, Draft } from '../merge/draft.ts';
import { namesOfType, presentType } from '../merge/present-names.ts';
import type { RowFacts } from './row-facts.ts';
import type { Plans } from '../triggers/sight.ts';
import type { RecordFacts } from '../capture/tell.ts';

/** What the events of a record say about whose it is. */
interface Facts {
  readonly label: string | null;
  readonly root: Target | null;
  readonly subject: string | null;
  readonly scopes: readonly string[];
  readonly day: string | null;
}

const UNKNOWN: Facts = { label: null, root: null, subject: null, scopes: [], day: null };

/** Whether a draft says itself whose it is. */
const isComplete = (draft: Draft): boolean => draft.subject !== undefined && draft.scopes !== undefined && draft.root !== undefined;

const keyOf = (as: As, record: Pick<Target, 'type' | 'id'> | null | undefined) => `${as}\0${record?.type}\0${record?.id}`;

/** A record of which something has to be known. */
interface Asked {
  readonly as: As;
  readonly record: Target;
}

/** Where it can be looked up. */
export interface Sources {
  readonly db: Client;
  readonly plans: Plans;
  readonly rows: RowFacts;
}

const MAX_KNOWN = 20_000;

/**
 * Whose records are, as far as this node has numbered their events or looked for them. It holds as long as nobody else
 * moves the head: whoever reads the head anew forgets it all.
 */
export class RootFacts {
  readonly #known = new Map<string, Facts>();

  forget(): void {
    this.#known.clear();
  }

  /** What has to be looked up before these drafts can be completed: nothing, most often. */
  lacking(drafts: readonly Draft[]): Asked[] {
    const lacking = drafts.flatMap((draft) => {
      const asked = askedBy(draft);
      return asked && !this.#known.has(keyOf(asked.as, asked.record)) ? [asked] : [];
    });
    return [...new Map(lacking.map((asked) => [keyOf(asked.as, asked.record), asked])).values()];
  }

  /**
   * Looks up what is lacking: in the log, where everything before these drafts must be, and of what that has never met, in
   * the row. What the drafts make they tell themselves.
   */
  async look(sources: Sources, lacking: readonly Asked[], drafts: readonly Draft[]): Promise<void> {
    await this.#askLog(sources, lacking);
    const early = askedBeforeMade(drafts);
    const strangers = lacking.filter(({ as, record }) => !this.#knows(as, record) && early.has(keyOf('root', record)));
    if (!strangers.length) return;
    const rows = await rowsOf(sources, strangers);
    // Of a part, whose its root is.
    const roots = [...rows.values()].flatMap(({ root, subject }) => (root && subject === undefined ? [{ ...root, label: null }] : []));
    const asRoots = roots.map((record) => ({ as: 'root' as const, record })).filter(({ as, record }) => !this.#knows(as, record));
    await this.#askLog(sources, asRoots);
    const rootRows = await rowsOf(
      sources,
      asRoots.filter(({ as, record }) => !this.#knows(as, record)),
    );
    for (const { record } of asRoots) this.#learnRow('root', record, rootRows);
    for (const { as, record } of strangers) this.#learnRow(as, record, rows);
  }

  #knows(as: As, record: Target): boolean {
    return isKnown(this.#known.get(keyOf(as, record)) ?? UNKNOWN);
  }

  async #askLog({ db, plans }: Sources, lacking: readonly Asked[]): Promise<void> {
    for (const as of ['root', 'target'] as const) {
      const records = lacking.filter((one) => one.as === as).map(({ record }) => record);
      if (!records.length) continue;
      const found = await latestFacts(db, as, records, plans);
      for (const record of records) this.#known.set(keyOf(as, record), found.get(keyOf(as, record)) ?? UNKNOWN);
    }
  }

  #learnRow(as: As, record: Target, rows: ReadonlyMap<string, RecordFacts>): void {
    const facts = rows.get(keyOf('root', record));
    if (!facts) return;
    const { label, root, day = null } = facts;
    const whose = facts.subject === undefined ? (this.#known.get(keyOf('root', root)) ?? UNKNOWN) : facts;
    const { subject = null, scopes = [] } = whose;
    const own = root ? { type: root.type, id: root.id, label: root.label ?? whose.label } : { ...record, label };
    this.#known.set(keyOf(as, record), { label, root: own, subject, scopes, day });
  }

  /**
   * Completes drafts whose root, or who themselves, were never at hand when they were made: what is missing comes from the
   * latest event of the root, or of the record, or from their rows. What neither says belongs to nobody: a flush's word
   * alone decides nothing of who may see an event.
   */
  complete(drafts: readonly Draft[], plans: Plans): Completed {
    const doubts: Doubt[] = [];
    const complete = drafts.map(({ alleged, ...draft }): CompleteDraft => {
      const asked = askedBy(draft);
      if (!asked)
        return this.#learn({ ...draft, root: draft.root ?? null, subject: draft.subject ?? null, scopes: draft.scopes ?? [] }, plans);
      const key = keyOf(asked.as, asked.record);
      const done = completed(draft, this.#known.get(key) ?? UNKNOWN);
      doubts.push(...doubtsOf(done, asked, alleged));
      return this.#learn(done, plans);
    });
    if (this.#known.size > MAX_KNOWN) this.forget();
    return { drafts: complete, doubts };
  }

  #learn(draft: CompleteDraft, plans: Plans): CompleteDraft {
    const { root, target, subject, scopes, operation } = draft;
    const learn = (as: As, record: Target | null) => {
      if (!record) return;
      const key = keyOf(as, record);
      // What somebody tells by hand of a record may say of it what he likes: it counts where nothing else can be known.
      if (operation === 'none' && (plans.has(record.type) || this.#known.get(key)?.label !== null)) return;
      this.#known.set(key, { label: record.label, root, subject, scopes, day: draft.workDate });
    };
    learn('root', root);
    learn('target', target);
    return draft;
  }
}

/** The rows of records, by the record. */
async function rowsOf({ plans, rows }: Sources, asked: readonly Asked[]): Promise<ReadonlyMap<string, RecordFacts>> {
  const found = new Map<string, RecordFacts>();
  for (const [type, some] of Map.groupBy(asked, ({ record }) => record.type)) {
    const plan = plans.get(type);
    if (!plan) continue;
    const facts = await rows(plan, [...new Set(some.map(({ record }) => record.id))]);
    for (const [id, one] of facts) found.set(keyOf('root', { type, id }), one);
  }
  return found;
}

/** Drafts that know whose they are, and where a flush says otherwise. */
export interface Completed {
  readonly drafts: readonly CompleteDraft[];
  readonly doubts: readonly Doubt[];
}

/** The record whose earlier events know what this one doesn't: its root, or where even that isn't known, itself. */
function askedBy(draft: Draft): Asked | null {
  if (isComplete(draft)) return null;
  if (draft.root !== undefined) return draft.root && { as: 'root', record: draft.root };
  return draft.target && { as: 'target', record: draft.target };
}

/** Records that are asked for before a draft makes them, or that none makes. */
function askedBeforeMade(drafts: readonly Draft[]): ReadonlySet<string> {
  const [asked, made] = [new Set<string>(), new Set<string>()];
  for (const draft of drafts) {
    const wanted = askedBy(draft);
    if (wanted && !made.has(keyOf('root', wanted.record))) asked.add(keyOf('root', wanted.record));
    if (draft.operation === 'create') made.add(keyOf('root', draft.target));
  }
  return asked;
}

/** Events of what was never at hand have no label. */
const isKnown = ({ label }: Facts): boolean => label !== null;

function completed(draft: Draft, facts: Facts): CompleteDraft {
  const { label, subject, scopes, day } = facts;
  if (draft.root === undefined) {
    const target = draft.target && { ...draft.target, label };
    return { ...draft, target, root: facts.root ?? target, subject, scopes, workDate: draft.workDate ?? day };
  }
  return { ...draft, root: draft.root && { ...draft.root, label: draft.root.label ?? label }, subject, scopes };
}

/**
 * Where a flush says otherwise than the log. What a root is called is the log's word without much ado: titles change with
 * releases, and nobody sees more or less by them.
 */
function doubtsOf(draft: CompleteDraft, { as, record }: Asked, said: Alleged | null | undefined): Doubt[] {
  if (!said) return [];
  const differing = [...(!said.root || isSameRecord(said.root, draft.root) ? [] : ['its root']), ...differingOwners(said, draft)];
  if (!differing.length) return [];
  const { target } = draft;
  const sentence = `${target?.type} ${target?.id}: the application and the log disagree about ${differing.join(', ')}; what the log knows is recorded`;
  return [{ as, record, said, sentence }];
}

/** Records of different types may share an id, and have events under former names of their type. What changed an audited record alone counts: what is told of it by hand may say what it likes. */
async function latestFacts(db: Client, of: As, records: readonly Target[], plans: Plans): Promise<Map<string, Facts>> {
  const named = records.flatMap(({ type, id }, at) => namesOfType(type, plans).map((name) => ({ at, name, id, audited: plans.has(type) })));
  const { rows } = await db.query<{
    at: number;
    label: string | null;
    root_type: string | null;
    root_id: string | null;
    root_label: string | null;
    subject_id: string | null;
    scopes: string[];
    day: string | null;
  }>(
    `select distinct on (r.at) r.at, e.${of}_label as label, e.root_type, e.root_id, e.root_label, e.subject_id, e.scopes, e.work_date::text as day
      from unnest($1::int[], $2::text[], $3::text[], $4::bool[]) r(at, type, id, audited),
      lateral (${[
        `and operation <> 'none' and ${of}_label is not null`,
        `and not r.audited and ${of}_label is not null`,
        `and (not r.audited or operation <> 'none')`,
      ]
        .map(
          (which, i) =>
            `(select ${i} as choice, audit_event.* from audit_event where ${of}_id = r.id and ${of}_type = r.type ${which} order by position desc limit 1)`,
        )
        .join(' union all ')} order by choice limit 1) e order by r.at, e.choice, e.position desc`,
    [named.map(({ at }) => at), named.map(({ name }) => name), named.map(({ id }) => id), named.map(({ audited }) => audited)],
  );
  return new Map(
    rows.map(({ at, label, root_type, root_id, root_label, subject_id, scopes, day }) => [
      keyOf(of, records[at]),
      {
        label,
        root: root_type === null || root_id === null ? null : { type: presentType(root_type, plans), id: root_id, label: root_label },
        subject: subject_id,
        scopes,
        day,
      },
    ]),
  );
}
