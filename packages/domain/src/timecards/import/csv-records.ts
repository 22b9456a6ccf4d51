import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { CsvError, parse, type Options } from 'csv-parse';
import { parse as parseAtOnce } from 'csv-parse/sync';
import { Refusal } from '../../errors.ts';
import type { Delimiter } from './dialect.rules.ts';
import type { Encoding } from './encoding.rules.ts';
import type { LineProblem } from './rows.rules.ts';

/** One row of a table, with the line of the file on which it ends. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

export interface Form {
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
}

/** Characters of a row. Beyond it a quotation mark was never closed, or it is no table. */
const LONGEST_ROW = 64 * 1024;

const optionsFor = (delimiter: Delimiter): Options => ({
  delimiter,
  info: true,
  relax_column_count: true,
  relax_quotes: true,
  skip_empty_lines: true,
  max_record_size: LONGEST_ROW,
});

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

const recordOf = ({ record, info }: Parsed): CsvRecord => ({ line: info.lines, cells: record });

/** A file that is no table from some line on. */
export class NoTable extends Error {
  override readonly name = 'NoTable';
  readonly problem: LineProblem;

  constructor(problem: LineProblem, cause: unknown) {
    super(problem.message, { cause });
    this.problem = problem;
  }
}

/**
 * Gives the rows of a file to `take`, one after the other, without ever holding more than a few of them.
 * @throws NoTable where it can't be cut into cells.
 */
export async function eachRecord(
  file: AsyncIterable<Uint8Array>,
  { encoding, delimiter }: Form,
  take: (record: CsvRecord) => void | Promise<void>,
): Promise<void> {
  try {
    await pipeline(Readable.from(textOf(file, encoding)), parse(optionsFor(delimiter)), async (records: AsyncIterable<Parsed>) => {
      for await (const parsed of records) await take(recordOf(parsed));
    });
  } catch (thrown) {
    throw thrown instanceof CsvError ? noTable(thrown) : thrown;
  }
}

async function* textOf(file: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for await (const bytes of file) yield decoder.decode(bytes, { stream: true });
  yield decoder.decode();
}

function noTable(error: CsvError): NoTable {
  const line = Number((error as { lines?: unknown }).lines ?? 0) || 1;
  const message = 'A quotation mark that stands on this line or before it is never closed: close it, or take it out.';
  return new NoTable({ line, column: null, message }, error);
}

/** The first rows of a text that may break off anywhere. @throws Refusal VALIDATION_ERROR where one of them is too long for a table. */
export function firstRecords(text: string, delimiter: Delimiter, count: number): CsvRecord[] {
  try {
    return (parseAtOnce(text, { ...optionsFor(delimiter), to: count }) as unknown as Parsed[]).map(recordOf);
  } catch {
    // An open quotation mark, at the end of the piece or for good: reading the file says which. Here it is a letter like others.
    return unquoted(text, delimiter, count);
  }
}

function unquoted(text: string, delimiter: Delimiter, count: number): CsvRecord[] {
  try {
    return (parseAtOnce(text, { ...optionsFor(delimiter), quote: false, to: count }) as unknown as Parsed[]).map(recordOf);
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const details = `A row at its beginning is longer than ${LONGEST_ROW / 1024} KB, which no table of hours has: export the hours as CSV.`;
    throw new Refusal('VALIDATION_ERROR', 'This file can’t be read.', details, { cause });
  }
}
