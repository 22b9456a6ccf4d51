import { Conditions } from './conditions.ts';
import type { Filter } from './filter.ts';
import type { Visibility } from './visibility.ts';

/** What a rollup counts apart. */
export const DIMENSIONS = ['area', 'action', 'actor'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

const QUARTER_MS = 15 * 60_000;

const beginsQuarter = (instant: string) => Date.parse(instant) % QUARTER_MS === 0 && !/\.\d*[1-9]/.test(instant);

/** The last microsecond of one, the finest that the log keeps. */
const endsQuarter = (instant: string) => (Date.parse(instant) + 1) % QUARTER_MS === 0 && /\.9{6}(?!\d)/.test(instant);

const isEmpty = (wanted: unknown) => wanted === undefined || (Array.isArray(wanted) && wanted.length === 0);

/** The filter's conditions on `audit_rollup`; null where rollups can't answer exactly. They know nothing of who may see what. */
export function rollupConditions(filter: Filter, visibility: Visibility): Conditions | null {
  const { area, withoutArea, action, actor, from, to, ...others } = filter;
  if (!visibility.everything || !Object.values(others).every(isEmpty)) return null;
  if ((from !== undefined && !beginsQuarter(from)) || (to !== undefined && !endsQuarter(to))) return null;
  const where = new Conditions();
  for (const [column, wanted] of Object.entries({ area, action }))
    if (wanted?.length) where.and(`${column} = any(${where.param(wanted)}::text[])`);
  const people = actor?.length ? `any(${where.param(actor)}::text[])` : null;
  if (people) where.and(`(actor = ${people} or impersonator = ${people})`);
  if (withoutArea?.length) where.and(`area <> all(${where.param(withoutArea)}::text[])`);
  if (from !== undefined) where.and(`quarter >= ${where.param(from)}::timestamptz`);
  if (to !== undefined) where.and(`quarter <= ${where.param(to)}::timestamptz`);
  return where;
}
