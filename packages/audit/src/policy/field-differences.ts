import { embeddedLeaf, jsonDifferences, type Difference } from '../values/diff.ts';
import type { FieldPlan } from './plan.ts';
import { parseJson } from '../values/values.ts';

/** The differences of one field between two values, as MikroORM hands them to the database; undefined for "not there". */
export function fieldDifferences(field: FieldPlan, before: unknown, after: unknown, toText = field.toText): Difference[] {
  switch (field.form) {
    case 'json':
      return jsonDifferences(field.name, parseJson(before), parseJson(after));
    case 'embedded':
      return jsonDifferences(field.name, parseJson(before), parseJson(after), embeddedLeaf);
    case 'members':
      return [];
    case 'text': {
      const old = toText(before);
      const now = toText(after);
      return old === now ? [] : [{ field: field.name, old, new: now }];
    }
    default:
      return field.form satisfies never;
  }
}
