import type { EntityManager } from '@mikro-orm/postgresql';
import { now } from '../../clock.ts';
import type { NotedRead } from './noted-read.rules.ts';
import { UnusualAccess, type UnusualRow } from './unusual-access.ts';
import { type Finding, hasGrown, PERIOD } from './unusual.rules.ts';

/** What is unusual about somebody's reading. */
export interface Raised {
  readonly access: UnusualAccess;
  /** Whether others are to be told; a repetition of what they know already isn't. */
  readonly isNews: boolean;
  /** Whether others were told of it before, when it was half as much. */
  readonly grew: boolean;
}

/** What was unusual on some days: under which alert, or null where nobody was told. */
export interface Noticed {
  readonly reads: readonly NotedRead[];
  readonly alert: string | null;
}

/** Rows that are kept with an alert, the newest ones: the log has them all, and an event has room for these. */
const ROWS = 20;
/** Records that are named in one of them. */
const NAMED = 5;

interface Found {
  readonly reader: string;
  readonly timeZone: string;
  readonly finding: Finding;
}

/**
 * Once a day for each person and kind; what goes on is told again when it has doubled, and is open again then. Where somebody has said meanwhile that
 * it wasn't right, whatever goes on after that is another alert, and what they said stands.
 */
export async function raise(tx: EntityManager, { reader, timeZone, finding }: Found): Promise<Raised> {
  const { kind, count, allowed, usual, about, reads } = finding;
  const lately = { reader, kind, noticedAt: { $gt: new Date(now().getTime() - PERIOD) } };
  const newest = reads.toSorted((one, other) => other.lastAt.getTime() - one.lastAt.getTime() || other.position - one.position);
  const lastAt = newest[0]?.lastAt ?? now();
  const latest = await tx.findOne(UnusualAccess, lately, { orderBy: { noticedAt: 'desc' } });
  const told = latest && !goesOn(latest, lastAt) ? latest : null;
  if (told && !hasGrown(told.count, count)) return { access: told, isNews: false, grew: false };
  const found = {
    count,
    allowed,
    usual,
    about,
    lastAt,
    rows: newest.slice(0, ROWS).map(rowOf),
    moreRows: Math.max(0, newest.length - ROWS),
  };
  if (told) {
    tx.assign(told, { ...found, level: told.level + 1, state: 'open', explainedBy: null, explainedAt: null, note: null, verdict: null });
    return { access: told, isNews: true, grew: true };
  }
  const access = tx.create(UnusualAccess, { reader, kind, timeZone, ...found, level: 1, noticedAt: now() });
  return { access, isNews: true, grew: false };
}

const goesOn = ({ verdict, explainedAt }: UnusualAccess, lastAt: Date): boolean =>
  verdict === 'wrong' && explainedAt != null && lastAt > explainedAt;

const rowOf = ({ position, view, records, label, firstAt, lastAt, times, rows, people, exported, filter }: NotedRead): UnusualRow => ({
  position,
  view,
  records: records.slice(0, NAMED),
  label,
  from: firstAt.toISOString(),
  to: lastAt.toISOString(),
  times,
  rows,
  people,
  exported,
  filter,
});
