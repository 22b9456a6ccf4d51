import type { RecordedFilter } from '../reading/recorded-filter.rules.ts';

/** One event of the log that tells of reading, as far as it matters whether it was unusual. */
export interface NotedRead {
  readonly position: number;
  /** Who really read: whoever looks as somebody else reads themselves. */
  readonly reader: string;
  /** As what it was read: a view, or `export`. */
  readonly view: string;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly times: number;
  readonly rows: number;
  /** Whose records were looked at, as `Type:id`; none for a list, and none of one's own. */
  readonly records: readonly string[];
  /** Names the record, where it is one. */
  readonly label: string | null;
  /** Records that left as a file. */
  readonly exported: number;
  /** Where what was read belongs: `site:…`, or a kind of record. */
  readonly areas: readonly string[];
  /** By what it was asked for, the first of several. */
  readonly filter: RecordedFilter | null;
}

export const EXPORT = 'export';

/** How much of other people's records some reads are: different ones, and what left as files. */
export function amountOf(reads: readonly NotedRead[]): number {
  const records = new Set(reads.flatMap((read) => read.records));
  return records.size + exportedIn(reads);
}

export const differentIn = (reads: readonly NotedRead[]): number => new Set(reads.flatMap(({ records }) => records)).size;
export const exportedIn = (reads: readonly NotedRead[]): number => reads.reduce((sum, { exported }) => sum + exported, 0);

/** The most that any stretch of this length comes to, among those that end with one of `ends`; null where there are none. */
export function mostWithin(
  reads: readonly NotedRead[],
  { ends, length, count }: { readonly ends: readonly NotedRead[]; readonly length: number; readonly count: Count },
): Stretch | null {
  let most: Stretch | null = null;
  for (const { lastAt } of ends) {
    const end = lastAt.getTime();
    const within = reads.filter((read) => read.lastAt.getTime() <= end && read.lastAt.getTime() > end - length);
    const found = count(within);
    if (!most || found > most.count) most = { count: found, reads: within };
  }
  return most;
}

type Count = (reads: readonly NotedRead[]) => number;

export interface Stretch {
  readonly count: number;
  readonly reads: readonly NotedRead[];
}
