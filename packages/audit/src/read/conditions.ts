import { filterSql, type Filter } from './filter.ts';
import { visibilitySql, type Visibility } from './visibility.ts';

/** Conditions on a table, and the parameters that their placeholders stand for. */
export class Conditions {
  readonly params: unknown[] = [];
  readonly #parts: string[] = [];

  readonly param = (value: unknown): string => `$${this.params.push(value)}`;

  and(...conditions: string[]): this {
    this.#parts.push(...conditions);
    return this;
  }

  get sql(): string {
    return this.#parts.join(' and ') || 'true';
  }
}

/** What is wanted and may be seen, as conditions on `audit_event`. */
export function conditionsOf(filter: Filter, visibility: Visibility): Conditions {
  const where = new Conditions();
  return where.and(visibilitySql(visibility, where.param), ...filterSql(filter, where.param));
}
