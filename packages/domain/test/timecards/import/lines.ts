import type { Book, Row, LineProblem } from '../../../src/timecards/import/rows.rules.ts';
import { readLine } from '../../../src/timecards/import/rows.rules.ts';
import type { ColumnField, RowKind } from '../../../src/timecards/import/columns.rules.ts';
import { SiteClock } from '../../../src/timecards/import/site-clock.rules.ts';

const berlin = new SiteClock('Europe/Berlin');

/** Knows everybody and every site by the words themselves, except `nobody` and `nowhere`. */
export const book: Book = {
  person: (words) => (words === 'nobody' ? { wrong: 'There is nobody of this name.' } : { value: words }),
  site: (words) => (words === 'nowhere' ? { wrong: 'There is no such site.' } : { value: words }),
  clockOf: () => berlin,
};

/** Reads lines as a file would hold them, cells between `|`, numbered from 2. */
export function read(
  rows: RowKind,
  columns: (ColumnField | null)[],
  lines: readonly string[],
  site: string | null = 'hall',
): { rows: Row[]; problems: LineProblem[] } {
  const all = lines.map((line, n) =>
    readLine(n + 2, line.split('|'), { rows, columns, headings: columns.map((field) => field ?? 'Other'), site, book }),
  );
  return {
    rows: all.flatMap((one) => (one && 'row' in one ? [one.row] : [])),
    problems: all.flatMap((one) => (one && 'problems' in one ? one.problems : [])),
  };
}

export const iso = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString());
