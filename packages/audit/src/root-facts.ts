import type { Client } from 'pg';
import { differingOwners, isSameRecord, type Alleged } from './alleged.ts';
import type { Target } from './entry.ts';
import type { CompleteDraft, Draft } from './merge.ts';
import { namesOfType, presentType } from './present-names.ts';
import type { Plans } from './sight.ts';

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

/** As the root of others, or as what an event is about. */
type As = 'root' | 'target';

const keyOf = (as: As, record: Pick<Target, 'type' | 'id'> | null | undefined) => `${as}\0${record?.type}\0${record?.id}`;

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
  lacking(drafts: readonly Draft[]): { readonly as: As; readonly record: Target }[] {
    const lacking = drafts.flatMap((draft) => {
      const asked = askedBy(draft);
      return asked && !this.#known.has(keyOf(asked.as, asked.record)) ? [asked] : [];
    });
    return [...new Map(lacking.map((asked) => [keyOf(asked.as, asked.record), asked])).values()];
  }

  /** Looks up what is lacking. Everything before these drafts must be in the log. */
  async look(db: Client, lacking: ReturnType<RootFacts['lacking']>, plans: Plans): Promise<void> {
    for (const as of ['root', 'target'] as const) {
      const records = lacking.filter((one) => one.as === as).map(({ record }) => record);
      if (!records.length) continue;
      const found = await latestFacts(db, as, records, plans);
      for (const record of records) this.#known.set(keyOf(as, record), found.get(keyOf(as, record)) ?? UNKNOWN);
    }
  }

  /**
   * Completes drafts whose root, or who themselves, were never at hand when they were made: what is missing comes from the
   * latest event of the root, or of the record. Of what the log doesn't know, the flush's word holds; what nobody says
   * belongs to nobody.
   */
  complete(drafts: readonly Draft[]): Completed {
    const doubted: Doubt[] = [];
    const complete = drafts.map(({ alleged, ...draft }): CompleteDraft => {
      const asked = askedBy(draft);
      if (!asked) return this.#learn({ ...draft, root: draft.root ?? null, subject: draft.subject ?? null, scopes: draft.scopes ?? [] });
      const key = keyOf(asked.as, asked.record);
      const known = this.#known.get(key) ?? UNKNOWN;
      const done = completed(draft, isKnown(known) ? known : supplemented(known, asked.as, alleged ?? {}));
      if (alleged && isKnown(known)) doubted.push({ draft: done, asked: key, alleged });
      return this.#learn(done);
    });
    if (this.#known.size > MAX_KNOWN) this.forget();
    return { drafts: complete, disagreements: disagreementsOf(complete, doubted) };
  }

  #learn(draft: CompleteDraft): CompleteDraft {
    const { root, target, subject, scopes, operation } = draft;
    const learn = (as: As, record: Target | null) => {
      if (!record) return;
      const key = keyOf(as, record);
      // What somebody tells by hand of a record may say of it what he likes: it counts where nothing else is known.
      if (operation === 'none' && this.#known.get(key)?.label !== null) return;
      this.#known.set(key, { label: record.label, root, subject, scopes, day: draft.workDate });
    };
    learn('root', root);
    learn('target', target);
    return draft;
  }
}

/** Drafts that know whose they are, and in sentences where a flush says otherwise. */
export interface Completed {
  readonly drafts: readonly CompleteDraft[];
  readonly disagreements: readonly string[];
}

/** The record whose earlier events know what this one doesn't: its root, or where even that isn't known, itself. */
function askedBy(draft: Draft): { readonly as: As; readonly record: Target } | null {
  if (isComplete(draft)) return null;
  if (draft.root !== undefined) return draft.root && { as: 'root', record: draft.root };
  return draft.target && { as: 'target', record: draft.target };
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

/** What the log doesn't know, in the flush's words. */
function supplemented(facts: Facts, as: As, { label, root, subject, scopes, day }: Alleged): Facts {
  const said = root && { ...root, label: root.label ?? null };
  return {
    label: (as === 'root' ? said?.label : label) ?? null,
    root: facts.root ?? said ?? null,
    subject: subject ?? facts.subject,
    scopes: scopes ?? facts.scopes,
    day: facts.day ?? day ?? null,
  };
}

interface Doubt {
  readonly draft: CompleteDraft;
  readonly asked: string;
  readonly alleged: Alleged;
}

/**
 * Where a flush says otherwise than the log. What a root is called is the log's word without much ado: titles change with
 * releases, and nobody sees more or less by them.
 */
function disagreementsOf(drafts: readonly CompleteDraft[], doubted: readonly Doubt[]): string[] {
  const wrong = doubted.flatMap((doubt) => {
    const { draft, asked, alleged } = doubt;
    const differing = differingFrom(draft, alleged);
    // Of what the same change set did to the root, before or after, the flush may have known.
    return differing.length && !knewOf(drafts, draft.changeId, asked, alleged) ? [sentence(doubt, differing)] : [];
  });
  return [...new Set(wrong)];
}

const differingFrom = (draft: CompleteDraft, alleged: Alleged): string[] => [
  ...(!alleged.root || isSameRecord(alleged.root, draft.root) ? [] : ['its root']),
  ...differingOwners(alleged, draft),
];

const knewOf = (drafts: readonly CompleteDraft[], changeId: string, asked: string, alleged: Alleged): boolean =>
  drafts.some(
    (draft) =>
      draft.changeId === changeId &&
      (keyOf('root', draft.target) === asked || keyOf('target', draft.target) === asked) &&
      !differingFrom(draft, alleged).length,
  );

const sentence = ({ draft: { target } }: Doubt, facts: readonly string[]) =>
  `${target?.type} ${target?.id}: the application and the log disagree about ${facts.join(', ')}; what the log knows is recorded`;

/** Records of different types may share an id, and have events under former names of their type. What changed the record comes first: what is told of it by hand may say what it likes. */
async function latestFacts(db: Client, of: As, records: readonly Target[], plans: Plans): Promise<Map<string, Facts>> {
  const named = records.flatMap(({ type, id }, at) => namesOfType(type, plans).map((name) => ({ at, name, id })));
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
      from unnest($1::int[], $2::text[], $3::text[]) r(at, type, id),
      lateral (${[`and operation <> 'none' and ${of}_label is not null`, `and ${of}_label is not null`, '']
        .map(
          (which, i) =>
            `(select ${i} as choice, audit_event.* from audit_event where ${of}_id = r.id and ${of}_type = r.type ${which} order by position desc limit 1)`,
        )
        .join(' union all ')} order by choice limit 1) e order by r.at, e.choice, e.position desc`,
    [named.map(({ at }) => at), named.map(({ name }) => name), named.map(({ id }) => id)],
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
