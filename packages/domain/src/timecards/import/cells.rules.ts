/**
 * A spreadsheet takes a cell that begins with one of these for a formula. The wide forms are what some of them read as
 * the narrow ones.
 */
const FORMULA = /^'*[=+\-@\t\r\0＝＋－＠]/;
const GUARDED = /^'+[=+\-@\t\r\0＝＋－＠]/;

/**
 * A cell that no spreadsheet runs: where it would begin a formula it has an apostrophe in front. One that stands there
 * already gets another one, so that `unguarded` gives back every text as it was.
 */
export const guarded = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);

/** The text that `guarded` was given. */
export const unguarded = (cell: string): string => (GUARDED.test(cell) ? cell.slice(1) : cell);
