import type { ReadView } from '../reading/read-view.rules.ts';
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
  /** Of these those that were asked for, and are about others' records. */
  readonly ofOthers: number;
  /** How many different people the records of others belong to, as far as no certain record says it. */
  readonly people: number;
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
export const amountOf = (reads: readonly NotedRead[]): number => differentIn(reads) + exportedIn(reads);

/** Records, and people whose records were asked for by name: of many at once only their number is known. */
export const differentIn = (reads: readonly NotedRead[]): number =>
  Math.max(new Set(reads.flatMap(({ records }) => records)).size, peopleIn(reads.filter(({ view }) => view === PERSON)));
const PERSON: ReadView = 'person';

export const rowsIn = (reads: readonly NotedRead[]): number => reads.reduce((sum, { ofOthers }) => sum + ofOthers, 0);
/** At least so many: whether those of two reads are the same ones isn't known. */
export const peopleIn = (reads: readonly NotedRead[]): number => Math.max(0, ...reads.map(({ people }) => people));
export const exportedIn = (reads: readonly NotedRead[]): number => reads.reduce((sum, { exported }) => sum + exported, 0);

/** The most that any stretch of this length comes to, among those that end with one of `ends`; null where there are none. */
export function mostWithin(reads: readonly NotedRead[], { ends, length, count, whole = false }: Within): Stretch | null {
  let most: Stretch | null = null;
  for (const { lastAt } of ends) {
    const end = lastAt.getTime();
    const begins = ({ firstAt, lastAt }: NotedRead) => (whole ? firstAt : lastAt).getTime() > end - length;
    const within = reads.filter((read) => read.lastAt.getTime() <= end && begins(read));
    const found = count(within);
    if (!most || found > most.count) most = { count: found, reads: within };
  }
  return most;
}

interface Within {
  readonly ends: readonly NotedRead[];
  /** Milliseconds. */
  readonly length: number;
  readonly count: Count;
  /** Whether a read must have begun in it as well: what adds up is not told of a stretch in which only its end lies. */
  readonly whole?: boolean;
}

type Count = (reads: readonly NotedRead[]) => number;

export interface Stretch {
  readonly count: number;
  readonly reads: readonly NotedRead[];
}
