/** The encodings in which time clocks write: the second one is what old Windows programs call ANSI. */
export const ENCODINGS = ['utf-8', 'windows-1252'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** What a file turned out to be: text in one of the encodings, or why it can't be read as a table. */
export type Content = { readonly encoding: Encoding } | { readonly unreadable: string };

/**
 * Finds out from a file's bytes, as they come, how its text is encoded: what is valid UTF-8 to the last byte is UTF-8, since text of
 * another encoding practically never is.
 */
export class EncodingWatch {
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true });
  #isUtf8 = true;
  #hasNul = false;
  #begins: readonly number[] = [];

  take(bytes: Uint8Array): void {
    if (this.#begins.length < 4) this.#begins = [...this.#begins, ...bytes.subarray(0, 4)].slice(0, 4);
    this.#hasNul ||= bytes.includes(0);
    this.#tryUtf8(bytes, true);
  }

  /** Call it once, when all bytes were taken. */
  end(): Content {
    if (isArchive(this.#begins)) return { unreadable: 'This is a workbook, not a CSV file: open it, and save it as "CSV UTF-8".' };
    if (isUtf16(this.#begins)) return { unreadable: 'This file is in UTF-16 ("Unicode text"): save it as "CSV UTF-8".' };
    if (this.#hasNul) return { unreadable: 'This is no text file: export the hours from the time clock as CSV.' };
    this.#tryUtf8(new Uint8Array(), false);
    return { encoding: this.#isUtf8 ? 'utf-8' : 'windows-1252' };
  }

  #tryUtf8(bytes: Uint8Array, stream: boolean): void {
    if (!this.#isUtf8) return;
    try {
      this.#utf8.decode(bytes, { stream });
    } catch {
      this.#isUtf8 = false;
    }
  }
}

/** XLSX and ODS are ZIP archives, XLS is a compound file. */
const isArchive = ([a, b, c, d]: readonly number[]) =>
  (a === 0x50 && b === 0x4b && c === 3 && d === 4) || (a === 0xd0 && b === 0xcf && c === 0x11 && d === 0xe0);
const isUtf16 = ([a, b]: readonly number[]) => (a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff);
