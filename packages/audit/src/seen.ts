import type { Context } from './entry.ts';
import { fieldDifferences } from './field-differences.ts';
import { isContext } from './inbox-check.ts';
import { storable, type InboxRow } from './inbox.ts';
import type { EntityPlan, FieldPlan } from './registry.ts';
import { rowOf, type Raw } from './row.ts';
import type { Happened } from './tell.ts';
import { memberDifference, type Difference } from './diff.ts';

type Texts = Readonly<Record<string, string | null>>;

/** One row change as a trigger saw it; columns by name, with what MikroORM would hand to them, as text. */
export interface Seen {
  readonly inbox: InboxRow;
  readonly table: string;
  readonly key: string;
  /** Null where the row wasn't there before, or isn't any more. */
  readonly before: Texts | null;
  readonly after: Texts | null;
  readonly who: Who;
}

/** Who made a change, as the database knows it; `context` is what the application told with its transaction. */
export interface Who {
  readonly role: string;
  readonly application: string;
  readonly address: string | null;
  readonly context: Context | null;
}

interface SeenDocument {
  readonly t: string;
  readonly k: string;
  /** Of a change: what the policy goes by, as it is now; and what changed, from what to what. */
  readonly r?: Texts;
  readonly c?: Readonly<Record<string, readonly [string | null, string | null]>>;
  /** Of a creation: the whole row. */
  readonly n?: Texts;
  /** Of a removal: the whole row. */
  readonly o?: Texts;
}

/** @throws SyntaxError for what no trigger of ours wrote. */
export function readSeen(inbox: InboxRow, application: string): Seen {
  const { t, k, r, c, n, o } = JSON.parse(inbox.document) as SeenDocument;
  const changed = Object.entries(c ?? {});
  return {
    inbox,
    table: t,
    key: k,
    before: c ? { ...r, ...Object.fromEntries(changed.map(([column, [old]]) => [column, old])) } : (o ?? null),
    after: c ? { ...r, ...Object.fromEntries(changed.map(([column, [, now]]) => [column, now])) } : (n ?? null),
    who: readWho(inbox.context, application),
  };
}

/** What the application tells of itself is believed from its own role alone: anybody can set a setting. */
function readWho(text: string, application: string): Who {
  const { c, u, a, i } = JSON.parse(text) as { c: string | null; u: string; a: string; i: string | null };
  return { role: u, application: a, address: i, context: c !== null && u === application ? contextIn(c) : null };
}

function contextIn(text: string): Context | null {
  try {
    const context: unknown = JSON.parse(storable(text));
    return isContext(context) ? context : null;
  } catch {
    return null;
  }
}

/** Several changes of one row, one after the other, as one: what one of them doesn't say of a column, another one may. */
export function folded(changes: readonly Seen[]): Pick<Seen, 'before' | 'after'> {
  const [first, last] = [changes[0], changes.at(-1)];
  if (!first || !last) return { before: null, after: null };
  // The earliest value that is known before, the latest that is known after.
  const earliest = Object.assign({}, ...changes.flatMap(({ before, after }) => [before, after]).toReversed()) as Texts;
  const latest = Object.assign({}, ...changes.flatMap(({ before, after }) => [before, after])) as Texts;
  return { before: first.before && earliest, after: last.after && latest };
}

/** What happened to a record, by what the database saw of its row; null where no recorded field changed. */
export function happenedTo(plan: EntityPlan, id: string, { before, after }: Pick<Seen, 'before' | 'after'>): Happened | null {
  const [old, now] = [before && rawOf(plan, before), after && rawOf(plan, after)];
  const last = now ?? old;
  if (!last) return null;
  const operation = old ? (now ? 'update' : 'delete') : 'create';
  const differences = new Map<string, { field: FieldPlan; list: Difference[] }>();
  for (const [property, field] of plan.fields) {
    if (!field.tracked) continue;
    const list = fieldDifferences(field, old?.[property], now?.[property]);
    if (list.length) differences.set(property, { field, list });
  }
  if (operation === 'update' && !differences.size) return null;
  return { plan, id, operation, before: old && rowOf(plan, old), row: rowOf(plan, last), differences, root: null };
}

/** Properties by columns, in the form in which MikroORM hands them to the database. */
function rawOf(plan: EntityPlan, texts: Texts): Raw {
  const raw: Record<string, unknown> = {};
  for (const [property, { columns }] of plan.fields) {
    if (columns.length === 1) raw[property] = valueOf(texts[columns[0]?.name ?? ''], columns[0]?.type ?? '');
    else if (columns.length) raw[property] = compositeOf(columns.map(({ name }) => texts[name] ?? null));
  }
  return raw;
}

/** Instants come in UTC, without saying so. */
const valueOf = (text: string | null | undefined, type: string): string | null =>
  text === null || text === undefined ? null : type.startsWith('timestamp') && /^\d/.test(text) ? `${text}Z` : text;

const compositeOf = (parts: readonly (string | null)[]): readonly string[] | null => (parts.includes(null) ? null : (parts as string[]));

/** The members that a collection lost and gained, by the rows of its table. */
export function membersSeen(field: FieldPlan, changes: readonly { readonly member: string; readonly there: boolean }[]): Difference[] {
  const first = new Map<string, boolean>();
  const last = new Map<string, boolean>();
  for (const { member, there } of changes) {
    if (!first.has(member)) first.set(member, !there);
    last.set(member, there);
  }
  const membersIn = (state: ReadonlyMap<string, boolean>) => [...state].filter(([, there]) => there).map(([member]) => member);
  return memberDifference(field.name, membersIn(first), membersIn(last));
}
