import { Utils } from '@mikro-orm/core';
import type { Context } from '../events/entry.ts';
import { fieldDifferences } from '../policy/field-differences.ts';
import { isContext } from '../capture/inbox-check.ts';
import { storable, type InboxRow } from '../capture/inbox.ts';
import { readRecord } from '../values/record-literal.ts';
import type { EntityPlan, FieldPlan, PivotPlan } from '../policy/plan.ts';
import { rowOf, type Raw } from '../capture/row.ts';
import type { Happened } from '../capture/tell.ts';
import { memberDifference, type Difference } from '../values/diff.ts';

export type Texts = Readonly<Record<string, string | null>>;

/** One row change as a trigger saw it; columns by name, with the text that the database writes for their values. */
export interface Seen {
  readonly inbox: InboxRow;
  readonly table: string;
  readonly key: string;
  /** Null where the row wasn't there before, or isn't any more. */
  readonly before: Texts | null;
  readonly after: Texts | null;
  readonly who: Who;
  /** Whether the row was as this left it once its statement had ended; undefined where nobody looked. */
  readonly stood?: boolean | undefined;
}

/** Who made a change, as the database knows it; `context` is what the application told with its transaction. */
export interface Who {
  readonly role: string;
  readonly application: string;
  readonly address: string | null;
  readonly context: Context | null;
  /** In how many triggers within each other, the one that wrote it included; null where triggers of an earlier release did. */
  readonly depth: number | null;
  /** When the message to the database began of which the statement was a part: another message has another one. */
  readonly message: string | null;
}

/** What stands before a row change: the table, how many columns the key has, and the columns of each row that follows. */
type Heading = readonly [table: string, key: number, columns: readonly string[], changing?: readonly string[]];

/** @throws SyntaxError for what no trigger of ours wrote. */
export function readSeen(inbox: InboxRow, application: string): Seen {
  const { document } = inbox;
  const line = document.indexOf('\n');
  const [table, keyed, columns, changing = []] = headingOf(document.slice(0, line));
  const whole = readRecord(document, line + 2);
  const row = textsOf(columns, whole.values);
  const seen = { inbox, table, key: whole.values.slice(0, keyed).join(Utils.PK_SEPARATOR), who: readWho(inbox.context, application) };
  if (document[line + 1] === '+') return { ...seen, before: null, after: row, stood: stoodIn(document, whole.end) };
  if (document[line + 1] === '-') return { ...seen, before: row, after: null, stood: stoodIn(document, whole.end) };
  const old = readRecord(document, whole.end);
  const now = readRecord(document, old.end);
  const changed = changing.flatMap((column, i) => {
    const [was, is] = [old.values[i] ?? null, now.values[i] ?? null];
    return was === null && is === null ? [] : [{ column, was, is }];
  });
  const before = Object.fromEntries(changed.map(({ column, was }) => [column, was]));
  const after = Object.fromEntries(changed.map(({ column, is }) => [column, is]));
  return { ...seen, before: { ...row, ...before }, after: { ...row, ...after }, stood: stoodIn(document, now.end) };
}

const stoodIn = (document: string, end: number): boolean | undefined => STOOD[document[end] ?? ''];
const STOOD: Readonly<Record<string, boolean>> = { '!': true, '?': false };

/** What the beginning of one tells that is longer than is read: which row it is of, whether it came, changed or went, and who did it. */
export function readBeginning(inbox: InboxRow, application: string): Seen {
  const { document } = inbox;
  const line = document.indexOf('\n');
  const [table, keyed, columns] = headingOf(document.slice(0, line));
  const { values } = readRecord(document, line + 2, keyed);
  const row = textsOf(columns.slice(0, keyed), values);
  const [before, after] = [document[line + 1] === '+' ? null : row, document[line + 1] === '-' ? null : row];
  return { inbox, table, key: values.join(Utils.PK_SEPARATOR), before, after, who: readWho(inbox.context, application) };
}

const textsOf = (columns: readonly string[], values: readonly (string | null)[]): Texts =>
  Object.fromEntries(columns.map((column, i) => [column, values[i] ?? null]));

const headings = new Map<string, Heading>();
const MAX_HEADINGS = 1_000;

/** A table has three of them. */
function headingOf(line: string): Heading {
  const known = headings.get(line);
  if (known) return known;
  const heading = JSON.parse(line) as Heading;
  if (headings.size >= MAX_HEADINGS) headings.clear();
  headings.set(line, heading);
  return heading;
}

/** What the application tells of itself is believed from its own role alone: anybody can set a setting. */
export function readWho(text: string, application: string): Who {
  const { c, u, a, i, d, m } = text.startsWith('(') ? told(readRecord(text, 0).values) : (JSON.parse(text) as Told);
  const context = c !== null && u === application ? contextIn(c) : null;
  return { role: u, application: a, address: i, context, depth: d ?? null, message: m ?? null };
}

/** The context, the role, the application's name and the address, then how deep in triggers and since when, as the database writes them down. */
interface Told {
  readonly c: string | null;
  readonly u: string;
  readonly a: string;
  readonly i: string | null;
  readonly d?: number | undefined;
  readonly m?: string | undefined;
}

const told = ([context, role, application, address, depth, message]: readonly (string | null)[]): Told => ({
  c: context || null,
  u: role ?? '',
  a: application ?? '',
  i: address ?? null,
  d: depth ? Number(depth) : undefined,
  m: message ?? undefined,
});

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
    const list = fieldDifferences(field, old?.[property], now?.[property], field.storedText);
    if (list.length) differences.set(property, { field, list });
  }
  if (operation === 'update' && !differences.size) return null;
  const partial = lacksCarried(plan, after ?? before ?? {});
  return { plan, id, operation, before: old && rowOf(plan, old), row: rowOf(plan, last), differences, root: null, partial };
}

/** Whether triggers of another version wrote it, which carried other columns along. */
const lacksCarried = (plan: EntityPlan, texts: Texts): boolean => {
  for (const property of plan.carried) for (const { name } of plan.fields.get(property)?.columns ?? []) if (!(name in texts)) return true;
  return false;
};

/** Properties by columns, each as the database writes it. */
export function rawOf(plan: EntityPlan, texts: Texts): Raw {
  const raw: Record<string, unknown> = {};
  for (const [property, { columns }] of plan.fields) {
    if (columns.length === 1) raw[property] = texts[columns[0]?.name ?? ''] ?? null;
    else if (columns.length) raw[property] = compositeOf(columns.map(({ name }) => texts[name] ?? null));
  }
  return raw;
}

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

/** The key that a row of a collection's table has in some of its columns: its owner's, or its member's. */
export const keyIn = (columns: readonly string[], { before, after }: Seen): string =>
  columns.map((column) => (after ?? before)?.[column] ?? '').join('~~~');

export const ownerOf = (pivot: PivotPlan, seen: Seen): string => keyIn(pivot.owner, seen);
