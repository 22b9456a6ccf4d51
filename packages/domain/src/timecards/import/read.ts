import type { EntityManager } from '@mikro-orm/postgresql';
import { Refusal } from '../../errors.ts';
import type { Viewer } from '../../people/rights/permissions.ts';
import { settingsOf, type Settings } from '../../people/rights/settings.ts';
import { atWork, type Tell } from './at-work.ts';
import { readBook, type Directory } from './book.ts';
import { mappingProblems } from './columns.rules.ts';
import { eachRecord, NoTable } from './csv-records.ts';
import type { Layout, ReadCounts } from './layout.ts';
import { OUTCOMES, type Outcome, type PlanOptions } from './placing.rules.ts';
import { planOf, type Plan } from './plan.rules.ts';
import { shiftsOfPunches, shiftsOfRows, type FoundShift } from './punches.rules.ts';
import { readLine, type PunchRow, type Row, type ShiftRow } from './rows.rules.ts';
import { Findings, fileOf, forgetFindings, groupsOfPeople, rowsOf } from './staged.ts';
import { cardsOf, standing, stretchOf } from './standing.ts';
import { TimecardUpload } from './upload.ts';

/** Lines that a file may have. */
const MOST_LINES = 500_000;

export interface Asked {
  /** The upload's id. */
  readonly id: string;
  readonly layout: Layout;
  readonly viewer: Viewer;
}

/**
 * Reads an uploaded file in this way, and finds out what importing it would do: nothing of it is done. What an earlier
 * reading found is forgotten, in the same transaction.
 * @throws Refusal VALIDATION_ERROR where the mapping lacks something, CONFLICT where the file is being worked on already.
 */
export async function readUpload(em: EntityManager, { id, layout, viewer }: Asked): Promise<ReadCounts> {
  const missing = mappingProblems(layout, layout.site !== null);
  if (missing.length)
    throw new Refusal('VALIDATION_ERROR', 'The columns are not clear yet.', missing.join(' '), {
      fields: missing.map((message) => ({ field: 'columns', message })),
    });
  const settings = await settingsOf(em);
  return atWork(em, id, async ({ em: tx, upload, tell }) => {
    refuseImported(upload);
    const counts = await new Reading(tx, { upload, layout, viewer, settings, tell, book: await readBook(tx) }).run();
    await tx.nativeUpdate(TimecardUpload, { id }, { layout, counts, status: 'read' });
    return counts;
  });
}

/** @throws Refusal VALIDATION_ERROR. */
export function refuseImported({ status }: Pick<TimecardUpload, 'status'>): void {
  if (status !== 'imported') return;
  throw new Refusal(
    'VALIDATION_ERROR',
    'This file was imported already.',
    'Upload it again to compare it with the timecards as they stand now.',
  );
}

interface Circumstances {
  readonly upload: TimecardUpload;
  readonly layout: Layout;
  readonly viewer: Viewer;
  readonly settings: Settings;
  readonly tell: Tell;
  readonly book: Directory;
}

class Reading {
  readonly #em: EntityManager;
  readonly #about: Circumstances;
  readonly #findings: Findings;
  readonly #outcomes = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])) as Record<Outcome, number>;
  #lines = 0;
  /** Lines of people whose shifts are planned. */
  #planned = 0;
  #repeated = 0;
  #people = 0;
  #cards = { created: 0, changed: 0 };
  #days: { from: string; to: string } | null = null;

  constructor(em: EntityManager, about: Circumstances) {
    this.#em = em;
    this.#about = about;
    this.#findings = new Findings(em, about.upload.id);
  }

  async run(): Promise<ReadCounts> {
    const { upload } = this.#about;
    await forgetFindings(this.#em, upload.id);
    await this.#readLines();
    await this.#findings.end();
    for await (const people of groupsOfPeople(this.#em, 'timecard_upload_rows', upload.id)) await this.#planFor(people);
    await this.#findings.end();
    return this.#counts();
  }

  async #readLines(): Promise<void> {
    const { layout, upload, book } = this.#about;
    const reading = { ...layout, headings: upload.beginning?.headings ?? [], book };
    try {
      await eachRecord(this.#file(), layout, async ({ line, cells }) => {
        const read = line > layout.headingLine ? readLine(line, cells, reading) : null;
        if (!read) return;
        this.#lines += 1;
        if (this.#lines > MOST_LINES) throw tooLong();
        if ('row' in read) await this.#findings.row(read.row);
        else for (const problem of read.problems) this.#findings.problem(problem);
      });
    } catch (thrown) {
      if (!(thrown instanceof NoTable)) throw thrown;
      this.#lines += 1;
      this.#findings.problem(thrown.problem);
    }
  }

  /** Reading the file is the first half of the work. */
  async *#file(): AsyncGenerator<Uint8Array> {
    const { upload, tell } = this.#about;
    let size = 0;
    for await (const bytes of fileOf(this.#em, upload.id)) {
      yield bytes;
      size += bytes.byteLength;
      await tell(size / upload.bytes / 2);
    }
  }

  async #planFor(people: readonly string[]): Promise<void> {
    const { upload, book, viewer, tell } = this.#about;
    const rows = await rowsOf(this.#em, upload.id, people);
    const shifts = new Map(people.map((person) => [person, this.#shiftsIn(rows.get(person) ?? [])]));
    const stretches = [...shifts].flatMap(([person, found]) =>
      found.length
        ? [
            stretchOf(
              person,
              found.map(({ workDate }) => workDate),
              this.#about.settings.weekBeginsOn,
            ),
          ]
        : [],
    );
    const cards = await cardsOf(this.#em, stretches, { lock: false });
    for (const [person, found] of shifts) {
      this.#people += 1;
      const plan = planOf(
        (cards.get(person) ?? []).map((card) => standing(card, viewer)),
        found,
        planOptions(this.#about, book.refusesNew(person)),
      );
      await this.#take(plan);
    }
    this.#em.clear();
    this.#planned += [...rows.values()].reduce((sum, one) => sum + one.length, 0);
    await tell(0.5 + this.#planned / this.#lines / 2);
  }

  #shiftsIn(rows: readonly Row[]): readonly FoundShift[] {
    const { layout, book } = this.#about;
    const { shifts, problems, repeated } =
      layout.rows === 'punch' ? shiftsOfPunches(rows as PunchRow[], book.clockOf) : shiftsOfRows(rows as ShiftRow[], book.clockOf);
    for (const problem of problems) this.#findings.problem(problem);
    this.#repeated += repeated;
    return shifts;
  }

  async #take({ shifts, created, changed }: Plan): Promise<void> {
    for (const planned of shifts) {
      this.#outcomes[planned.outcome] += 1;
      this.#span(planned.shift.workDate);
      await this.#findings.shift(planned);
    }
    this.#cards.created += created.length;
    this.#cards.changed += changed.length;
  }

  #span(day: string): void {
    const { from, to } = this.#days ?? { from: day, to: day };
    this.#days = { from: day < from ? day : from, to: day > to ? day : to };
  }

  #counts(): ReadCounts {
    const { create, change, unchanged, locked } = this.#outcomes;
    return {
      lines: this.#lines,
      repeated: this.#repeated,
      people: this.#people,
      create,
      change,
      unchanged,
      locked,
      problems: this.#findings.problems,
      newCards: this.#cards.created,
      changedCards: this.#cards.changed,
      from: this.#days?.from ?? null,
      to: this.#days?.to ?? null,
    };
  }
}

/** What plans go by: the preview and the import itself ask with the same. */
export const planOptions = (
  { layout, settings, book }: Pick<Circumstances, 'layout' | 'settings' | 'book'>,
  refusesNew: string | null,
): PlanOptions => ({ newCards: layout.newCards, weekBeginsOn: settings.weekBeginsOn, timeZoneOf: book.timeZoneOf, refusesNew });

const tooLong = () =>
  new Refusal(
    'TOO_LARGE',
    'This file has too many lines',
    `At most ${MOST_LINES.toLocaleString('en')} are taken at once: split it, by month for instance.`,
  );
