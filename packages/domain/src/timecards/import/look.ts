import { firstRecords } from './csv-records.ts';
import { delimiterOf, type Delimiter } from './dialect.rules.ts';
import type { Encoding } from './encoding.rules.ts';
import type { Beginning, Layout } from './layout.ts';
import { headingLineOf, proposedMapping } from './proposed-mapping.rules.ts';

/** Rows that are looked at. */
const ROWS = 30;
/** Of those, what is shown. */
const SAMPLES = 8;

/** What somebody said about a file, against what it looks like. */
export interface Known {
  readonly encoding: Encoding;
  readonly delimiter?: Delimiter | undefined;
  readonly headingLine?: number | undefined;
}

/** How a file is probably to be read, from its first bytes. */
export function lookAt(bytes: Uint8Array, known: Known): { readonly layout: Layout; readonly beginning: Beginning } {
  const text = wholeLines(new TextDecoder(known.encoding).decode(bytes));
  const delimiter = known.delimiter ?? delimiterOf(text);
  const records = firstRecords(text, delimiter, ROWS);
  const headingLine = known.headingLine ?? headingLineOf(records);
  const headings = records.find(({ line }) => line === headingLine)?.cells ?? [];
  const samples = records.filter(({ line }) => line > headingLine);
  const mapping = proposedMapping(
    headings,
    samples.map(({ cells }) => cells),
  );
  return {
    layout: { ...mapping, encoding: known.encoding, delimiter, headingLine, site: null, newCards: 'week' },
    beginning: { headings, samples: samples.slice(0, SAMPLES) },
  };
}

/** The piece may end anywhere; a line without its end would be a strange one. */
function wholeLines(text: string): string {
  const end = text.lastIndexOf('\n');
  return end > 0 ? text.slice(0, end + 1) : text;
}
