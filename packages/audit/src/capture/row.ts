import { PolicyError } from '../events/errors.ts';
import type { Row } from '../policy/policy.ts';
import type { EntityPlan } from '../policy/plan.ts';

/** A row in the form in which MikroORM hands it to the database, by property. */
export type Raw = Readonly<Record<string, unknown>>;

/**
 * A row's recorded texts, made when somebody asks: a title or a rule looks at a few properties of many.
 *
 * Only what the policy says that it goes by is there: the database carries no more along with a change, and the same
 * change must mean the same whoever told it.
 */
export function rowOf(plan: EntityPlan, raw: Raw): Row {
  return new Proxy(raw, {
    get: (values, key) => {
      const field = typeof key === 'string' ? plan.fields.get(key) : undefined;
      if (!field) return undefined;
      if (!plan.carried.has(field.property)) throw notCarried(plan, field.property);
      return field.toText(values[key as string]);
    },
  }) as Row;
}

const notCarried = (plan: EntityPlan, property: string) =>
  new PolicyError([`${plan.type}: the policy goes by ${property}, which is not at hand for it: name it in the policy's carries`]);
