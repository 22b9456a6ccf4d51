import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { user, withContext } from '@countersign/audit/context';
import type { Context } from '@countersign/audit/entry';
import { type AboutFacts, record, recordWithin } from '@countersign/audit/record';
import { logAccessed, readAsAnother, recordViewed } from './log-accessed.ts';
import { ReadingWindow } from './reading-window.ts';
import type { RecordedFilter } from './recorded-filter.rules.ts';
import { GRACE, isOverdue, isQuery, joined, type Read, type Whose, type Window } from './window.rules.ts';

/** From where somebody reads. */
export type From = Pick<Context, 'channel' | 'ipAddress' | 'userAgent'>;

/**
 * Adds what was read to the window that stands open for it, on whatever node it was opened; opens one where none does.
 * Answers when it closes.
 */
export async function join(em: EntityManager, joining: Joining): Promise<Date> {
  return (await openNew(em, joining)) ?? (await joinStanding(em, joining));
}

interface Joining {
  readonly whose: Whose;
  readonly read: Read;
  readonly from: From;
}

const COLUMNS = `id, reader, impersonator, view, record, minutes, opened_at, last_at, closes_at, times, rows, of_others, people, filters, more_filters, channel, ip_address, user_agent`;

/** The usual case, in one statement: nobody has read this lately. Null where there is a window, open or closed. */
async function openNew(em: EntityManager, { whose, read, from }: Joining): Promise<Date | null> {
  const { minutes, openedAt, lastAt, closesAt, times, rows, ofOthers, people, filters, moreFilters } = joined(null, read);
  const { reader, impersonator, view, record } = whose;
  const counts = [times, rows, ofOthers, JSON.stringify(people), JSON.stringify(filters), moreFilters];
  const kept = [minutes, openedAt, lastAt, closesAt, ...counts];
  const values = [crypto.randomUUID(), reader, impersonator, view, record, ...kept, from.channel, from.ipAddress, from.userAgent];
  const made = await em
    .fork()
    .execute<unknown[]>(
      `insert into reading_windows (${COLUMNS}) values (${values.map(() => '?').join(', ')}) on conflict do nothing returning id`,
      values,
    );
  return made.length ? closesAt : null;
}

function joinStanding(em: EntityManager, { whose, read, from }: Joining): Promise<Date> {
  return em.fork().transactional(async (tx) => {
    // Two nodes open the same one at the same moment.
    await tx.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`reading:${Object.values(whose).join(' ')}`]);
    const stood = await tx.findOne(ReadingWindow, whose, { lockMode: LockMode.PESSIMISTIC_WRITE });
    if (stood && isOverdue(stood, read.first)) await closeOne(tx, stood);
    const opens = !stood || stood.times === 0;
    const window = { ...joined(stood, read), ...(opens && from) };
    if (stood) tx.assign(stood, window);
    else tx.create(ReadingWindow, { ...whose, ...from, ...window });
    return window.closesAt;
  });
}

/** Windows that are closed in one go at most. */
const AT_ONCE = 500;
/** Milliseconds for which a closed one is kept: beyond, nothing can go on from it. */
const KEPT = 3_600_000;

/** Closes the windows whose time is over, whoever opened them: each becomes its event, once. Answers with how many. */
export async function closeOverdue(em: EntityManager, at: Date): Promise<number> {
  const over = new Date(at.getTime() - GRACE);
  let closed = 0;
  while (closed < AT_ONCE) {
    // One transaction each: what closes at the same time has nothing else in common.
    const found = await em.fork().transactional(async (tx) => {
      const [window] = await tx.find(
        ReadingWindow,
        { times: { $gt: 0 }, closesAt: { $lte: over } },
        { orderBy: { closesAt: 'asc' }, limit: 1, lockMode: LockMode.PESSIMISTIC_PARTIAL_WRITE },
      );
      if (window) await closeOne(tx, window);
      return Boolean(window);
    });
    if (!found) break;
    closed++;
  }
  await em.fork().nativeDelete(ReadingWindow, { times: 0, closesAt: { $lt: new Date(at.getTime() - KEPT) } });
  return closed;
}

/** Writes the event of a window and closes it, both or neither. */
async function closeOne(tx: EntityManager, window: ReadingWindow): Promise<void> {
  const { reader, impersonator, channel, ipAddress, userAgent } = window;
  await withContext(
    {
      ...NOTHING,
      actor: user(reader),
      impersonator: impersonator || null,
      channel,
      ipAddress: ipAddress ?? null,
      userAgent: userAgent ?? null,
    },
    () => tellWith(recordWithin, tx, window),
  );
  tx.assign(window, { times: 0, rows: 0, ofOthers: 0, people: [], filters: [], moreFilters: 0, ipAddress: null, userAgent: null });
  await tx.flush();
}

/** What was read becomes its event at once, where no window can be written for it. */
export const recordOne = (em: EntityManager, whose: Whose, read: Read): Promise<void> =>
  tellWith(record, em, { ...whose, ...joined(null, read) });

/** The event of a window: of a record that was opened, or of the log that was read. */
function tellWith(tell: typeof record, em: EntityManager, window: Whose & Window): Promise<void> {
  const { view, record: about, openedAt, lastAt, times, rows, filters, moreFilters } = window;
  const span = { times, first: openedAt.toISOString(), last: lastAt.toISOString() };
  const counts = { rows, of_others: window.ofOthers, people: window.people.length };
  if (view === 'record') return tell(em, recordViewed, { ...aboutOf(about), metadata: span });
  if (view === 'as_another') {
    const queries = filters.flatMap((how) => (isQuery(how) ? [how.query] : [])).toSorted();
    return tell(em, readAsAnother, { ...aboutOf(about), metadata: { ...span, queries } });
  }
  const kept = filters.filter((how): how is RecordedFilter => !isQuery(how));
  return tell(em, logAccessed, { ...aboutOf(about), metadata: { view, ...span, ...counts, filters: kept, more_filters: moreFilters } });
}

const NOTHING = { command: null, changeId: null, reason: null, requestId: null, undoes: null };

/** The record that an event of this kind is about. */
function aboutOf(about: string): Pick<AboutFacts, 'target'> {
  const colon = about.indexOf(':');
  return colon < 0 ? {} : { target: { type: about.slice(0, colon), id: about.slice(colon + 1) } };
}
