import { fieldHeaded, kindCalled } from './clock-words.rules.ts';
import { FIELDS_OF, type ColumnField, type Mapping, type RowKind } from './columns.rules.ts';
import { isDayText, isInstantText, isTimeText } from './written-times.rules.ts';

/** How many different fields these cells are headings of. */
const headingsIn = (cells: readonly string[]): number => new Set(cells.flatMap((cell) => fieldHeaded(cell) ?? [])).size;

/**
 * The line on which the headings stand, from 1; 0 where there are none. What stands before it (the clock's name, a
 * period) isn't read.
 */
export function headingLineOf(lines: readonly { readonly line: number; readonly cells: readonly string[] }[]): number {
  const likely = lines.slice(0, 20).map(({ line, cells }) => ({ line, known: headingsIn(cells) }));
  const best = likely.reduce((best, one) => (one.known > best.known ? one : best), { line: 0, known: 1 });
  if (best.line > 0) return best.line;
  // Nothing is known by name: a first row without a day or a time in it still is one of headings.
  const [first, second] = lines;
  if (!first || !second) return 0;
  return !first.cells.some(isData) && second.cells.some(isData) ? first.line : 0;
}

const isData = (cell: string) => isInstantText(cell) || isDayText(cell) || isTimeText(cell) || cell.includes('@');

/**
 * What the columns probably hold: by their headings, and where those say nothing, by the first rows. Each field is given
 * once, to the first column that it fits.
 */
export function proposedMapping(headings: readonly string[], samples: readonly (readonly string[])[]): Mapping {
  const width = Math.max(headings.length, ...samples.map((cells) => cells.length), 0);
  const columns = Array.from({ length: width }, (_, n) => ({
    named: fieldHeaded(headings[n] ?? ''),
    cells: samples.map((cells) => cells[n]?.trim() ?? '').filter((cell) => cell !== ''),
  }));
  const rows = columns.some(({ named }) => named === 'check_in' || named === 'check_out') ? 'shift' : 'punch';
  const taken = new Set<ColumnField>();
  const fields = columns.map(({ named, cells }) => once(taken, fitting(rows, refined(rows, named, cells))));
  const guessed = fields.map((field, n) => field ?? once(taken, guess(rows, taken, columns[n]?.cells ?? [])));
  return { rows, columns: preferMail(guessed, columns) };
}

const fitting = (rows: RowKind, field: ColumnField | null) => (field !== null && FIELDS_OF[rows].includes(field) ? field : null);

function once(taken: Set<ColumnField>, field: ColumnField | null): ColumnField | null {
  if (field === null || taken.has(field)) return null;
  taken.add(field);
  return field;
}

/** A column headed "Date" or "Time" may well hold both. */
function refined(rows: RowKind, named: ColumnField | null, cells: readonly string[]): ColumnField | null {
  if (rows === 'punch' && (named === 'day' || named === 'time') && most(cells, isInstantText)) return 'instant';
  return named;
}

function guess(rows: RowKind, taken: ReadonlySet<ColumnField>, cells: readonly string[]): ColumnField | null {
  if (!cells.length) return null;
  if (!taken.has('person') && most(cells, (cell) => /^\S+@\S+$/.test(cell))) return 'person';
  if (rows === 'punch' && most(cells, isInstantText)) return 'instant';
  if (!taken.has('instant') && most(cells, isDayText)) return 'day';
  if (rows === 'punch' && !taken.has('instant') && most(cells, isTimeText)) return 'time';
  if (rows === 'punch' && !taken.has('kind') && most(cells, (cell) => kindCalled(cell) !== null)) return 'kind';
  return null;
}

const most = (cells: readonly string[], test: (cell: string) => boolean) => cells.filter(test).length * 2 > cells.length;

/** Where one column holds names and another one mail addresses, the addresses say better who it is. */
function preferMail(
  fields: readonly (ColumnField | null)[],
  columns: readonly { readonly cells: readonly string[] }[],
): (ColumnField | null)[] {
  const named = fields.indexOf('person');
  const hasMail = (n: number) => most(columns[n]?.cells ?? [], (cell) => /^\S+@\S+$/.test(cell));
  if (named < 0 || hasMail(named)) return [...fields];
  const better = fields.findIndex((field, n) => field === null && (columns[n]?.cells.length ?? 0) > 0 && hasMail(n));
  if (better < 0) return [...fields];
  return fields.map((field, n) => (n === better ? 'person' : n === named ? null : field));
}
