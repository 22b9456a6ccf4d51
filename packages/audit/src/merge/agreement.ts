import type { Operation, Value } from '../events/entry.ts';
import { decimalOf, roundedText } from '../values/exact-json.ts';
import { fieldOf } from '../values/field-paths.ts';
import type { ToldChange } from '../capture/inbox.ts';
import { toMilliseconds } from '../values/instants.ts';
import type { EntityPlan, FieldPlan } from '../policy/plan.ts';
import type { Happened } from '../capture/tell.ts';
import { capped } from '../values/values.ts';

// Whether what the application told of a change and what the database saw of it are the same. A difference raises an
// alarm, so that none may come of what JavaScript can't hold or of what the database spells its own way.

/** A field's old and new text, whole. */
export interface Pair {
  readonly o: string | null;
  readonly n: string | null;
}

/** What the database saw of each field, by name and path. */
export const pairsOf = ({ differences }: Happened): ReadonlyMap<string, Pair> =>
  new Map([...differences.values()].flatMap(({ list }) => list.map((one) => [one.field, { o: one.old, n: one.new }])));

/** Whether a told change says no more than what was seen; of a record that is made, everything that isn't null is seen. */
export function agrees(plan: EntityPlan, told: ToldChange, seen: Pair | undefined, operation: Operation): boolean {
  if (!comesTo(plan, told, seen, operation)) return false;
  // Of a record that was never loaded, and of what the database computes, the unit of work doesn't know what was there before.
  if (told.o === null) return true;
  const field = fieldNamed(plan, told.f);
  if (field && !field.spelled) return seen === undefined || seen.o !== null;
  return seen !== undefined && isSame(field, told.o, seen.o);
}

/** Whether both know the same of what is there now, whatever the unit of work took to have been there before. */
export function comesTo(plan: EntityPlan, told: ToldChange, seen: Pair | undefined, operation: Operation): boolean {
  const field = fieldNamed(plan, told.f);
  // How it spells an address or a range the database alone knows, and whether two spellings are one value.
  if (field && !field.spelled) return seen === undefined || (told.n === null) === (seen.n === null);
  if (seen) return isSame(field, told.n, seen.n);
  if (operation !== 'update') return told.n === null;
  // It may have been there before, where the unit of work doesn't know what was.
  return told.o === null;
}

/** Whether nothing follows from it that the database saw no change of this field. */
export const mayBeTheSame = (plan: EntityPlan, { f }: ToldChange): boolean => fieldNamed(plan, f)?.spelled === false;

/** By the field's name as data; asked for with every told change. */
const named = new WeakMap<EntityPlan, ReadonlyMap<string, FieldPlan>>();

function fieldNamed(plan: EntityPlan, path: string): FieldPlan | undefined {
  const fields = named.get(plan) ?? new Map(Array.from(plan.fields.values(), (field) => [field.name, field]));
  named.set(plan, fields);
  return fields.get(path) ?? fields.get(fieldOf(path));
}

function isSame(field: FieldPlan | undefined, told: Value, seen: string | null): boolean {
  if (told === seen) return true;
  if (told === null || seen === null || !field) return false;
  // A column that is wider than the schema says holds what the program could not have told.
  const fitting = field.form === 'text' ? (field.toText(seen) ?? seen) : seen;
  if (typeof told === 'string') return told === fitting || known(field, told) === known(field, seen);
  return [seen, fitting, known(field, seen)].some((text) => told.sha256 === sha256Of(text));
}

/** Of a text that is kept shortened. */
const sha256Of = (text: string): string | null => {
  const value = capped(text);
  return value !== null && typeof value === 'object' ? value.sha256 : null;
};

/** What a program that read this value could know of it: a date of JavaScript has milliseconds, a number has a double's digits. */
function known({ form, columns }: FieldPlan, text: string): string {
  if (form !== 'text') return jsonKnown(text);
  const type = columns[0]?.type ?? '';
  if (type.endsWith(']')) return jsonKnown(text);
  if (/^timestamp/i.test(type)) return toMilliseconds(text);
  return /^(numeric|decimal|bigint|int8|bigserial)/i.test(type) && NUMBER.test(text) ? decimalOf(String(Number(text))) : text;
}

const NUMBER = /^-?\d+(\.\d+)?$/;

function jsonKnown(text: string): string {
  try {
    return roundedText(text);
  } catch {
    return text;
  }
}
