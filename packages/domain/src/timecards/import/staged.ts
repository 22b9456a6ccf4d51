import type { EntityManager, RequiredEntityData } from '@mikro-orm/postgresql';
import type { Outcome } from './placing.rules.ts';
import type { PlannedShift } from './plan.rules.ts';
import type { FoundShift } from './punches.rules.ts';
import type { LineProblem, Row } from './rows.rules.ts';
import { UploadChunk, UploadProblem, UploadRow, UploadShift } from './upload.ts';

/** Rows that are written with one statement. */
const AT_ONCE = 1_000;
/** Problems that are kept: who has more of them has one and the same again and again. */
export const MOST_PROBLEMS = 1_000;
/** People who are looked at together, at most. */
const PEOPLE_AT_ONCE = 50;
/** And their lines, or shifts: what is in memory at a time. */
const TOGETHER = { timecard_upload_rows: 4_000, timecard_upload_shifts: 1_000 } as const;

const date = (instant: number | null) => (instant === null ? null : new Date(instant));

/** Takes what is found in a file and writes it in batches. Call `end` for the last one. */
export class Findings {
  /** Lines with a problem. */
  problems = 0;
  readonly #em: EntityManager;
  readonly #upload: string;
  #rows: Row[] = [];
  #shifts: RequiredEntityData<UploadShift>[] = [];
  #problems: RequiredEntityData<UploadProblem>[] = [];
  #lines = new Set<number>();
  #written = { shifts: 0, problems: 0 };

  constructor(em: EntityManager, upload: string) {
    this.#em = em;
    this.#upload = upload;
  }

  async row(row: Row): Promise<void> {
    this.#rows.push(row);
    if (this.#rows.length >= AT_ONCE) await this.#writeRows();
  }

  async shift({ shift, outcome, card, message }: PlannedShift): Promise<void> {
    const { person, site, workDate, lines } = shift;
    const before = card?.sheets.find((sheet) => sheet.workDate === workDate) ?? null;
    this.#shifts.push({
      upload: this.#upload,
      n: (this.#written.shifts += 1),
      person,
      site,
      workDate,
      lines,
      outcome,
      before,
      message,
      checkIn: new Date(shift.checkIn),
      checkOut: date(shift.checkOut),
      breakStart: date(shift.breakStart),
      breakEnd: date(shift.breakEnd),
      card: card?.id ?? null,
      cardVersion: card?.version ?? null,
    });
    if (outcome === 'problem') this.problem({ line: lines[0] ?? 0, column: null, message: message ?? '' });
    if (this.#shifts.length >= AT_ONCE) await this.#writeShifts();
  }

  problem({ line, column, message }: LineProblem): void {
    if (!this.#lines.has(line)) this.problems += 1;
    if (this.#written.problems >= MOST_PROBLEMS) return;
    // Beyond what is kept a line may count twice: the number is "more than" by then.
    this.#lines.add(line);
    this.#problems.push({ upload: this.#upload, n: (this.#written.problems += 1), line, column, message });
  }

  /** Writes what waits: what was found so far can be read then. */
  async end(): Promise<void> {
    await this.#writeRows();
    await this.#writeShifts();
    if (this.#problems.length) await this.#em.insertMany(UploadProblem, this.#problems.splice(0));
  }

  async #writeRows(): Promise<void> {
    if (this.#rows.length) await writeRows(this.#em, this.#upload, this.#rows.splice(0));
  }

  async #writeShifts(): Promise<void> {
    if (this.#shifts.length) await this.#em.insertMany(UploadShift, this.#shifts.splice(0));
  }
}

// Lines come by the hundred thousand: they go to the database and come back as they are, without the ORM in between.

const ROW_COLUMNS =
  'line int, person uuid, site uuid, kind text, work_date date, at numeric, check_out numeric, break_start numeric, break_end numeric';
const instant = (column: string) => `to_timestamp(r.${column} / 1000)`;
const INSERT_ROWS = `insert into timecard_upload_rows (upload_id, line, person, site, kind, work_date, at, check_out, break_start, break_end)
  select ?, r.line, r.person, r.site, r.kind, r.work_date, ${instant('at')}, ${instant('check_out')}, ${instant('break_start')}, ${instant('break_end')}
  from jsonb_to_recordset(?::jsonb) as r(${ROW_COLUMNS})`;

/** A row of the table; instants as milliseconds. */
interface StoredRow {
  line: number;
  person: string;
  site: string;
  kind: Row['kind'];
  work_date: string | null;
  at: number;
  check_out: number | null;
  break_start: number | null;
  break_end: number | null;
}

async function writeRows(em: EntityManager, upload: string, rows: readonly Row[]): Promise<void> {
  await em.execute(INSERT_ROWS, [upload, JSON.stringify(rows.map(stored))]);
}

function stored(row: Row): StoredRow {
  const { line, person, site, kind, at } = row;
  const shift = row.kind === 'shift' ? row : null;
  const times = { check_out: shift?.checkOut ?? null, break_start: shift?.breakStart ?? null, break_end: shift?.breakEnd ?? null };
  return { line, person, site, kind, work_date: shift?.workDate ?? null, at, ...times };
}

function restored({ kind, work_date, check_out, break_start, break_end, ...row }: StoredRow): Row {
  if (kind !== 'shift') return { ...row, kind };
  return { ...row, kind, workDate: work_date, checkOut: check_out, breakStart: break_start, breakEnd: break_end };
}

/** Forgets what an earlier reading found. */
export async function forgetFindings(em: EntityManager, upload: string): Promise<void> {
  await em.nativeDelete(UploadRow, { upload });
  await em.nativeDelete(UploadShift, { upload });
  await em.nativeDelete(UploadProblem, { upload });
}

/** Forgets the file as well. */
export async function forgetFile(em: EntityManager, upload: string): Promise<void> {
  await forgetFindings(em, upload);
  await em.nativeDelete(UploadChunk, { upload });
}

/** A piece of the file as it came, from 1; null behind the last one. */
export async function pieceOf(em: EntityManager, upload: string, n: number): Promise<Uint8Array | null> {
  const [chunk] = await em.find(UploadChunk, { upload, n }, { disableIdentityMap: true });
  return chunk?.bytes ?? null;
}

/** The whole file, piece by piece. */
export async function* fileOf(em: EntityManager, upload: string): AsyncGenerator<Uint8Array> {
  for (let n = 1; ; n += 1) {
    const bytes = await pieceOf(em, upload, n);
    if (!bytes) return;
    yield bytes;
  }
}

/** The people of a file in groups, in one order whoever asks: who locks several of them locks in this one. */
export async function* groupsOfPeople(em: EntityManager, table: keyof typeof TOGETHER, upload: string): AsyncGenerator<string[]> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const counted = await em.execute<{ person: string; lines: number }[]>(
      `select person, count(*)::int as lines from ${table} where upload_id = ? and person > ? group by person order by person limit ${PEOPLE_AT_ONCE}`,
      [upload, after],
    );
    const people = upTo(counted, TOGETHER[table]);
    if (!people.length) return;
    yield people;
    after = people.at(-1) as string;
  }
}

/** The first of them, one at least, as long as their lines are not more than so many. */
function upTo(counted: readonly { readonly person: string; readonly lines: number }[], most: number): string[] {
  let lines = 0;
  const beyond = counted.findIndex((one) => (lines += one.lines) > most);
  return counted.slice(0, beyond < 0 ? undefined : Math.max(1, beyond)).map(({ person }) => person);
}

const milliseconds = (column: string) => `(extract(epoch from ${column}) * 1000)::float8 as ${column}`;

/** The understood lines of these people, by person. */
export async function rowsOf(em: EntityManager, upload: string, people: readonly string[]): Promise<Map<string, Row[]>> {
  const rows = await em.execute<StoredRow[]>(
    `select line, person, site, kind, to_char(work_date, 'YYYY-MM-DD') as work_date, ${['at', 'check_out', 'break_start', 'break_end'].map(milliseconds).join(', ')}
      from timecard_upload_rows where upload_id = ? and person = any(?::uuid[]) order by at, line`,
    [upload, `{${people.join(',')}}`],
  );
  return byPerson(rows.map(restored));
}

/** A shift with what was said would become of it. */
export interface PreviewedShift extends FoundShift {
  readonly outcome: Outcome;
  readonly card: string | null;
  readonly cardVersion: number | null;
}

/** The shifts of these people as they were shown, by person. */
export async function shiftsOf(em: EntityManager, upload: string, people: readonly string[]): Promise<Map<string, PreviewedShift[]>> {
  const shifts = await em.execute<PreviewedShift[]>(
    `select person, site, to_char(work_date, 'YYYY-MM-DD') as "workDate", lines, outcome, card, card_version as "cardVersion",
        ${Object.entries({ check_in: 'checkIn', check_out: 'checkOut', break_start: 'breakStart', break_end: 'breakEnd' })
          .map(([column, name]) => `(extract(epoch from ${column}) * 1000)::float8 as "${name}"`)
          .join(', ')}
      from timecard_upload_shifts where upload_id = ? and person = any(?::uuid[]) order by n`,
    [upload, `{${people.join(',')}}`],
  );
  return byPerson(shifts);
}

function byPerson<Value extends { readonly person: string }>(values: readonly Value[]): Map<string, Value[]> {
  const groups = new Map<string, Value[]>();
  for (const value of values) {
    const group = groups.get(value.person);
    if (group) group.push(value);
    else groups.set(value.person, [value]);
  }
  return groups;
}
