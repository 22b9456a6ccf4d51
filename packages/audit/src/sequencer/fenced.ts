/** Somebody else moved the head, or took the rows: this batch is not ours to write. */
export class Fenced extends Error {
  constructor(what: string) {
    super(`another sequencer was faster: ${what}`);
    this.name = 'Fenced';
  }
}
