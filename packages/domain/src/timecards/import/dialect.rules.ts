/** What stands between two cells. */
export const DELIMITERS = [',', ';', '\t'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/**
 * The delimiter of a file, from its beginning: the one that cuts most of the lines into the same number of cells, and
 * of two such the one that makes more cells. A comma where nothing cuts anything.
 */
export function delimiterOf(beginning: string): Delimiter {
  const lines = beginning.split(/\r\n|\n|\r/).filter((line) => line.trim() !== '');
  const scores = DELIMITERS.map((delimiter) => ({ delimiter, ...agreement(lines.map((line) => cellsIn(line, delimiter))) }));
  scores.sort((one, other) => other.lines - one.lines || other.cells - one.cells);
  return scores[0]?.delimiter ?? ',';
}

/** The number of cells on which most lines agree, and how many lines that are; lines of a single cell agree on nothing. */
function agreement(counts: readonly number[]): { readonly cells: number; readonly lines: number } {
  const lines = new Map<number, number>();
  for (const cells of counts) if (cells > 1) lines.set(cells, (lines.get(cells) ?? 0) + 1);
  const [best] = [...lines].sort(([cells, n], [otherCells, other]) => other - n || otherCells - cells);
  return best ? { cells: best[0], lines: best[1] } : { cells: 0, lines: 0 };
}

function cellsIn(line: string, delimiter: Delimiter): number {
  let cells = 1;
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === delimiter && !quoted) cells += 1;
  }
  return cells;
}
