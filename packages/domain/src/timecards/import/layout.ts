import type { Encoding } from './encoding.rules.ts';
import type { Mapping } from './columns.rules.ts';
import type { Delimiter } from './dialect.rules.ts';
import type { NewCards } from './placing.rules.ts';

/** How a file is read, as it was found or as somebody chose. */
export interface Layout extends Mapping {
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
  /** From 1; 0 where there are no headings. */
  readonly headingLine: number;
  /** The site of lines that name none. */
  readonly site: string | null;
  readonly newCards: NewCards;
}

/** The first lines of a file, cut into cells. */
export interface Beginning {
  readonly headings: readonly string[];
  readonly samples: readonly { readonly line: number; readonly cells: readonly string[] }[];
}

/** What reading a file came to. */
export interface ReadCounts {
  /** Lines with something in them, headings apart. */
  readonly lines: number;
  readonly repeated: number;
  readonly people: number;
  readonly create: number;
  readonly change: number;
  readonly unchanged: number;
  readonly locked: number;
  readonly problems: number;
  readonly newCards: number;
  readonly changedCards: number;
  /** The first and the last day; null without a shift. */
  readonly from: string | null;
  readonly to: string | null;
}
