import type { EntityManager, FilterQuery } from '@mikro-orm/postgresql';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';
import type { Call } from '../../definition.ts';
import { Refusal } from '../../errors.ts';
import type { Viewer } from '../../people/rights/permissions.ts';
import { fullName } from '../../people/user.ts';
import { formatValue } from '../../record/value-format.rules.ts';
import { ROW_KINDS } from '../import/columns.rules.ts';
import { sheetsOf } from '../sheets.ts';
import { conditionOf, visibleTo } from '../timecard.queries.ts';
import { mayExport } from '../timecard.rules.ts';
import { STATUS_LABELS, Timecard } from '../timecard.ts';
import { timecardsFilter } from '../timecard.views.ts';
import { HEADINGS, rowsOf } from './exported-rows.rules.ts';
import { tellExport, toldToTheEnd } from './tell-export.ts';

const DELIMITERS = { comma: ',', semicolon: ';' } as const;

/** Which cards, and in which form. */
export const exportInput = z.strictObject({
  ...timecardsFilter,
  rows: z.enum(ROW_KINDS).default('shift'),
  delimiter: z.enum(['comma', 'semicolon']).default('comma'),
});

/** Cards that are read at once. */
const PAGE = 200;
/** Without it spreadsheets take UTF-8 for something else. */
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * The recorded shifts of the timecards that somebody may see, as a CSV file that the import understands, piece by piece: the
 * oldest period first, with as much memory for a million as for a hundred. That it was exported is recorded before it begins.
 * @throws Refusal FORBIDDEN.
 */
export async function* exportTimecards(
  { em, viewer }: Pick<Call, 'em' | 'viewer'>,
  wanted: z.output<typeof exportInput>,
): AsyncGenerator<string> {
  checkMayExport(viewer);
  const { rows, delimiter, ...filter } = wanted;
  const which = [visibleTo(viewer), conditionOf(filter)];
  // Before anything of it goes out: what can't be recorded isn't exported.
  const context = await tellExport({ em, viewer, which: { $and: which } }, { rows, filter });
  const csv = (cells: readonly (readonly string[])[]) =>
    stringify([...cells], { delimiter: DELIMITERS[delimiter], record_delimiter: '\r\n' });
  async function* pieces() {
    yield BYTE_ORDER_MARK + csv([HEADINGS[rows]]);
    for await (const cards of pagesOf(em, which)) yield csv(cards.flatMap((card) => daysOf(card).flatMap((day) => rowsOf(day, rows))));
  }
  yield* toldToTheEnd(em, context, pieces());
}

/** @throws Refusal FORBIDDEN for whom AC-2 doesn't name. */
export function checkMayExport(viewer: Viewer): void {
  if (!mayExport(viewer.role))
    throw new Refusal('FORBIDDEN', 'Your role may not export timecards.', 'In-house staff, managers and admins export them.');
}

/** By key rather than by number, so that what is made or deleted meanwhile moves no page. */
async function* pagesOf(em: EntityManager, where: readonly FilterQuery<Timecard>[]): AsyncGenerator<Timecard[]> {
  let after: FilterQuery<Timecard> = {};
  for (;;) {
    const cards: Timecard[] = await em.fork().find(
      Timecard,
      { $and: [...where, after] },
      {
        populate: ['person', 'site', 'entries'],
        orderBy: { periodStart: 'asc', id: 'asc' },
        limit: PAGE,
      },
    );
    yield cards;
    const last = cards.at(-1);
    if (!last || cards.length < PAGE) return;
    after = { $or: [{ periodStart: { $gt: last.periodStart } }, { periodStart: last.periodStart, id: { $gt: last.id } }] };
  }
}

const daysOf = (card: Timecard) =>
  sheetsOf(card)
    .toSorted((one, other) => (one.workDate < other.workDate ? -1 : 1))
    .map((sheet) => ({
      sheet,
      person: fullName(card.person),
      email: card.person.email,
      site: card.site.name,
      timeZone: card.timeZone,
      status: formatValue(card.status, { kind: 'enum', values: STATUS_LABELS, timeZone: card.timeZone }),
    }));
