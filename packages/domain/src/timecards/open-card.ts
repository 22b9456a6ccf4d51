import { FlushMode, LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { amendContext, currentContext } from '@countersign/audit/context';
import { now } from '../clock.ts';
import type { LogCall } from '../definition.ts';
import { Refusal } from '../errors.ts';
import { MATRIX, permits, type Relation, type Viewer } from '../people/rights/permissions.ts';
import { checkScope } from '../people/token/token-scope.rules.ts';
import { relationTo } from '../people/viewer.ts';
import { belongingOf, decisionOn } from './card-decision.ts';
import { conflictsSince } from './conflicts.ts';
import { noSuchCard } from './no-such-card.ts';
import { permissionFor, type Step } from './timecard.rules.ts';
import { Timecard } from './timecard.ts';
import { TimecardVersion } from './timecard-version.ts';

/** A card that a command may change: locked, of the version that the caller knew, in a status that allows the step. */
export interface OpenCard {
  readonly em: EntityManager;
  readonly card: Timecard;
  readonly relation: Relation;
}

/** Which card, the version on which the caller's decision rests, and why. */
export interface Wanted {
  readonly id: string;
  /** Absent where the work looks itself at what was changed since. */
  readonly version?: number | undefined;
  readonly reason?: string | undefined;
}

/** The caller's version is out of date. Leaves the transaction first: what changed since is read from the log without holding locks. */
class StaleCard extends Error {
  readonly card: string;
  readonly known: number;
  readonly present: number;

  constructor(card: Timecard, known: number) {
    super(`version ${known} of timecard ${card.id} is out of date`);
    this.card = card.id;
    this.known = known;
    this.present = card.version;
  }
}

/**
 * Opens a card for one step, in one transaction that ends with the caller's work.
 * @throws Refusal NOT_FOUND, FORBIDDEN with the reason, CONFLICT with what changed since, or VALIDATION_ERROR where the status doesn't allow the step.
 */
export async function onCard<Result>(
  call: LogCall,
  wanted: Wanted,
  step: Step,
  work: (open: OpenCard) => Promise<Result>,
): Promise<Result> {
  if (wanted.reason !== undefined) amendContext({ reason: wanted.reason });
  try {
    return await inOneFlush(call.em, async (em) => work(await open(em, call.viewer, wanted, step)));
  } catch (thrown) {
    if (thrown instanceof StaleCard) throw await conflict(call, thrown);
    throw thrown;
  }
}

/**
 * One transaction that writes only when its work says so: a query in between would else save what is half done, and
 * the trail would tell one edit as two.
 */
export const inOneFlush = <Result>(em: EntityManager, work: (em: EntityManager) => Promise<Result>): Promise<Result> =>
  em.transactional(work, { flushMode: FlushMode.COMMIT });

async function open(em: EntityManager, viewer: Viewer, wanted: Wanted, step: Step): Promise<OpenCard> {
  const card = await lockCard(em, wanted.id);
  const relation = relationTo(viewer, belongingOf(card));
  if (!permits(MATRIX.timecardRead, viewer.role, relation)) throw noSuchCard();
  // Before the status decides: whoever edits a card that was approved meanwhile has to learn what happened to it.
  if (wanted.version !== undefined && card.version !== wanted.version) throw new StaleCard(card, wanted.version);
  checkScope(viewer, permissionFor(step, card));
  const decision = decisionOn(step, card, viewer);
  if (!decision.allowed) {
    if (decision.because === 'permission') throw new Refusal('FORBIDDEN', decision.reason);
    throw new Refusal('VALIDATION_ERROR', decision.reason, undefined, { fields: [{ field: 'status', message: decision.reason }] });
  }
  return { em, card, relation };
}

async function lockCard(em: EntityManager, id: string): Promise<Timecard> {
  const [owner] = await em.execute<{ person_id: string }[]>('select person_id from timecard_headers where id = ?', [id]);
  if (owner) await lockPerson(em, owner.person_id);
  const card = owner && (await em.findOne(Timecard, { id }, { lockMode: LockMode.PESSIMISTIC_WRITE }));
  if (!card) throw noSuchCard();
  await em.populate(card, ['entries', 'person', 'site']);
  return card;
}

/**
 * Lets one command at a time change a person's cards, until the transaction ends. Overtime rests on all cards of a
 * week: two that are changed at once would each take the last regular hours, or wait for each other's rows.
 */
export const lockPerson = (em: EntityManager, person: string): Promise<void> => lockPeople(em, [person]);

/** The same for several people, in the order of their ids: two that lock some of the same people don't wait for each other. */
export async function lockPeople(em: EntityManager, people: readonly string[]): Promise<void> {
  await em.execute(
    'select pg_advisory_xact_lock(hashtextextended(key, 0)) from (select key from unnest(?::text[]) key order by key offset 0) in_order',
    [`{${people.map((person) => `timecards:${person}`).join(',')}}`],
  );
}

/** Makes the change of a card, or of its days alone, a new version of it, and remembers which change set that was. */
export function newVersion(em: EntityManager, card: Timecard): void {
  const { changeId } = currentContext();
  if (changeId === null) throw new Error('A timecard is changed only inside a change set: run the command, or the work inside changeSet()');
  // Later than before even within one millisecond, or the card itself would not count as changed.
  if (card.version) card.updatedAt = new Date(Math.max(now().getTime(), card.updatedAt.getTime() + 1));
  em.create(TimecardVersion, { timecard: card, version: (card.version ?? 0) + 1, changeId });
}

async function conflict(call: LogCall, stale: StaleCard): Promise<Refusal> {
  const conflicts = await conflictsSince(call, stale.card, stale.known);
  return new Refusal(
    'CONFLICT',
    'This timecard was changed since you read it.',
    `You have version ${stale.known}, it is now version ${stale.present}. Read it again, or keep what you typed in fields that nobody else changed.`,
    { conflicts },
  );
}
