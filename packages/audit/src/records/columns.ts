import { createHash } from 'node:crypto';
import type { AnyEntity, EntityManager } from '@mikro-orm/core';
import { canonicalJson } from '@countersign/proof/canonical';
import type { RecordAsOf } from './as-of.ts';
import type { Shortened, Value } from '../events/entry.ts';
import { embeddedLeaf } from '../values/diff.ts';
import { exactText } from '../values/exact-json.ts';
import { fieldOf, isUnder, leavesOf } from '../values/field-paths.ts';
import type { EntityPlan, FieldPlan } from '../policy/plan.ts';
import type { Raw } from '../capture/row.ts';
import { parseJson } from '../values/values.ts';

/** The present columns of a row in the texts that the log would have recorded, by the names and paths of an as-of. */
export interface Columns {
  readonly leaves: ReadonlyMap<string, string | null>;
  /** Of JSON and embedded objects: the whole value. */
  readonly whole: ReadonlyMap<string, string>;
  /** The fields that were read: of what isn't declared any more there is nothing to compare. */
  readonly fields: ReadonlySet<string>;
}

/** Where the log and the columns say different things of one field; `field` is null where they differ about whether there is a row at all. */
export interface Disagreement {
  readonly field: string | null;
  readonly recorded: Value;
  readonly present: string | null;
}

interface Loaded {
  readonly __helper: { readonly __originalEntityData?: Readonly<Record<string, unknown>>; getSerializedPrimaryKey(): string };
  readonly [collection: string]: unknown;
}

/** Rows of one entity by their keys; a row that isn't there is left out. */
export type Rows = ReadonlyMap<string, Columns>;

/** Reads the rows of one entity with these keys, in one query and one for each collection. */
export const columnsOf = async (em: EntityManager, plan: EntityPlan, ids: readonly string[]): Promise<Rows> =>
  ids.length ? readRows(em, plan, { $or: ids.map((id) => keyOf(plan, id)) }) : new Map();

/** Reads the rows of one entity that stand under a root, recorded or not. */
export const columnsUnder = async (em: EntityManager, plan: EntityPlan, rootId: string): Promise<Rows> =>
  plan.policy.root !== undefined && plan.root ? readRows(em, plan, { [plan.policy.root]: keyOf(plan.root, rootId) }) : new Map();

async function readRows(em: EntityManager, plan: EntityPlan, where: Readonly<Record<string, unknown>>): Promise<Rows> {
  const members = [...plan.fields.values()].filter((field) => field.tracked && field.form === 'members').map(({ property }) => property);
  const rows = await em.fork().find(plan.meta.class, where, { populate: members as never, filters: false });
  return new Map((rows as unknown as Loaded[]).map((row) => [row.__helper.getSerializedPrimaryKey(), columnsIn(plan, row)]));
}

/** Composite keys are written with `~~~` between their parts. */
function keyOf({ meta }: EntityPlan, id: string): Record<string, string> {
  const parts = meta.primaryKeys.length > 1 ? id.split('~~~') : [id];
  return Object.fromEntries(meta.primaryKeys.map((name, n) => [name, parts[n] ?? '']));
}

const columnsIn = (plan: EntityPlan, row: Loaded): Columns =>
  columnsFrom(plan, row.__helper.__originalEntityData ?? {}, (property) => membersOf(row[property]));

/**
 * The columns of a row that is at hand as MikroORM would hand it to the database. `members` are those of a collection as
 * the log lists them; undefined where they weren't read.
 */
export function columnsFrom(plan: EntityPlan, raw: Raw, members: (property: string) => string | null | undefined): Columns {
  const leaves = new Map<string, string | null>();
  const whole = new Map<string, string>();
  const fields = new Set<string>();
  for (const [key, field] of plan.fields) {
    if (!field.tracked) continue;
    // The parts of an inline embedded object are columns of their own.
    if (field.form === 'embedded' && !(key in raw)) continue;
    const text = field.form === 'members' ? members(field.property) : textOf(field, raw[key]);
    if (text === undefined) continue;
    fields.add(field.name);
    if (text !== null && (field.form === 'json' || field.form === 'embedded')) {
      whole.set(field.name, text);
      for (const [path, value] of leavesOf(field.form, field.name, text)) leaves.set(path, value as string | null);
    } else leaves.set(field.name, text);
  }
  return { leaves, whole, fields };
}

function textOf(field: FieldPlan, raw: unknown): string | null {
  if (field.form === 'text') return field.storedText(raw);
  const json = parseJson(raw);
  if (field.form === 'embedded') return embeddedLeaf(json);
  return json === undefined ? null : exactText(json);
}

interface Members {
  getItems(): readonly AnyEntity[];
}

function membersOf(collection: unknown): string | null {
  const keys = (collection as Members).getItems().map((item) => (item as unknown as Loaded).__helper.getSerializedPrimaryKey());
  return keys.length ? canonicalJson(keys.sort()) : null;
}

/**
 * Where a record as of now differs from its columns. What may not be shown, or can't be known, is left out; of a
 * shortened value the hashes are compared. `undefined` stands for a record or a row that isn't there.
 */
export function disagreements(record: RecordAsOf | undefined, columns: Columns | undefined): Disagreement[] {
  const present = record !== undefined && !record.deleted;
  if (!present || !columns)
    return present === (columns !== undefined)
      ? []
      : [{ field: null, recorded: present ? 'present' : null, present: columns ? 'present' : null }];
  const paths = new Set([...record.fields.keys(), ...(record.complete ? columns.leaves.keys() : [])]);
  const comparable = [...paths].filter((path) => columns.fields.has(path) || columns.fields.has(fieldOf(path)));
  return comparable.flatMap((path) => differenceAt(path, record, columns)).sort((a, b) => String(a.field).localeCompare(String(b.field)));
}

function differenceAt(path: string, { fields }: RecordAsOf, columns: Columns): Disagreement[] {
  const state = fields.get(path) ?? { value: null };
  if (!('value' in state)) return [];
  const above = [...fields].filter(([known]) => known !== path && isUnder(path, known)).map(([, one]) => one);
  // Below what is hidden, or kept by its hash alone, nothing can be said that was not recorded for itself.
  if (!fields.has(path) && above.some((one) => !('value' in one) || typeof one.value === 'object')) return [];
  const { value } = state;
  if (value !== null && typeof value === 'object') {
    if ([...fields.keys()].some((known) => known !== path && isUnder(known, path))) return [];
    const text = columns.whole.get(path) ?? columns.leaves.get(path) ?? null;
    return text !== null && isHashOf(value, text) ? [] : [{ field: path, recorded: value, present: text }];
  }
  const text = columns.leaves.get(path) ?? null;
  // An object that was not set then and has keys now is told by each of them.
  if (value === null && text === null) return [];
  return value === text ? [] : [{ field: path, recorded: value, present: text }];
}

const isHashOf = ({ bytes, sha256 }: Shortened, text: string): boolean =>
  Buffer.byteLength(text) === bytes && createHash('sha256').update(text).digest('hex') === sha256;
