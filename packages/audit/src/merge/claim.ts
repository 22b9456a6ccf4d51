import { fieldsInWords } from '../events/alarms.ts';
import { allegedBeside, contradictedFacts, type Alleged, type SeenRow } from './alleged.ts';
import type { Doubt } from './doubt.ts';
import type { Context } from '../events/entry.ts';
import type { ToldEvent } from '../capture/inbox.ts';
import { livesOf, type Order, type OwnerAndMembers } from './lives.ts';
import { claimMembers, onlyMembers, type MemberClaim } from './member-claim.ts';
import type { EntityPlan } from '../policy/plan.ts';
import { claimRow } from './row-claim.ts';
import type { Seen } from './seen.ts';
import type { Sight } from '../triggers/sight.ts';
import { factsOf, tell, type Happened } from '../capture/tell.ts';
import { isCovered, membersForFlush, membersOf, rowsForFlush, rowsOf, statesBefore, type ToldTarget, type Window } from './window.ts';

/** What a flush told of one record, held against what the database saw of it. */
export interface Claimed {
  readonly events: readonly ToldEvent[];
  readonly claimed: ReadonlySet<Seen>;
  /** In a sentence, where the two disagree; the database's values are recorded. No values: they may be personal. */
  readonly disagreement: string | null;
  /** Where they disagree about whose the record is. */
  readonly doubt?: Doubt | null;
  /** What the flush says of whose the record is, where its row doesn't say it. */
  readonly alleged?: Alleged | null;
}

/**
 * Finds which row changes a flush told of, and forms its events from what the database saw of them: their values, their
 * actions and, where the row says so, whose they are. From the flush come who, why and what it did beyond the row.
 * What no flush tells (`whyNotTold`) is not asked for here.
 */
export function claim(target: ToldTarget, window: Window, context: Context): Claimed {
  const plan = window.sight.plans.get(target.type);
  if (!plan || !isCovered(plan, window)) return { events: target.events, claimed: new Set(), disagreement: null };
  const rows = rowsOf(target, window);
  const told = new Map(target.events.flatMap(({ changes }) => changes.map((change) => [change.f, change])));
  const row = claimRow(plan, target, told, rowsForFlush(target, window));
  const members = plan.pivots.map((pivot) => {
    const inLife = inLifeOf(row.claimed, { owner: rows, members: membersOf(target, pivot, window) }, window.order);
    return { pivot, seen: membersForFlush(target, pivot, inLife, window) };
  });
  const lists = members.flatMap((one) => claimMembers(one, told.get(one.pivot.field.name), row.happened?.operation === 'delete'));
  const happened = together(plan, target.id, row.happened, lists);
  const seen = row.happened && !row.happened.partial ? { happened: row.happened, facts: factsOf(row.happened) } : null;
  const wrong = [...row.wrong, ...lists.flatMap((one) => one.wrong)];
  // A change of what somebody else has removed meanwhile hits no row.
  const isVain = wrong.length > 0 && !happened && !rows.length && target.events[0]?.op === 'update';
  const contradicted = contradictedFacts(target.events, seen, () => statesBefore(plan, target, window));
  return {
    events: happened ? eventsOf(target, happened, seen, context) : [],
    claimed: new Set([...row.claimed, ...lists.flatMap((one) => one.claimed)]),
    disagreement: wrong.length && !isVain ? disagreementOf(target, wrong) : null,
    doubt: isVain ? vainly(target, wrong) : contradicted.length ? doubtOf(target, contradicted) : null,
    alleged: happened && allegedBeside(target.events, seen && seen.facts),
  };
}

/** Why no flush tells this; null where one does. Whatever the database saw of the record stands by itself then. */
export function whyNotTold(target: ToldTarget, { plans }: Sight): string | null {
  if (!plans.has(target.type)) return 'it is told of a type that no policy knows';
  // Whoever tells what is no change does so under an action that is declared for it, with metadata that can be checked.
  return isNoChange(target) ? 'it is told by a flush, and no change' : null;
}

/** The members that came and went in the life that began or ended with what was claimed of the record itself. */
function inLifeOf(claimed: readonly Seen[], seen: OwnerAndMembers, order: Order): readonly Seen[] {
  const turn = claimed.find((one) => one.before === null || one.after === null);
  if (!turn || !seen.members.length) return seen.members;
  const lives = livesOf(seen, order);
  return seen.members.filter((one) => lives.get(one) === lives.get(turn));
}

const isNoChange = ({ events }: ToldTarget) => events.every(({ op, changes }) => op === 'none' && !changes.length);

/** The row's change and those of its collections as one; null where nothing is left of either. */
function together(plan: EntityPlan, id: string, row: Happened | null, members: readonly MemberClaim[]): Happened | null {
  const differences = new Map(row?.differences);
  for (const { field, list } of members) if (list.length) differences.set(field.property, { field, list });
  if (row) return { ...row, differences };
  return differences.size ? onlyMembers(plan, id, differences) : null;
}

function eventsOf({ type, id, events }: ToldTarget, happened: Happened, seen: SeenRow | null, context: Context): ToldEvent[] {
  const facts = seen?.facts ?? { type, id, label: null };
  const effects = new Map(events.map(({ action, effect }) => [action, effect]));
  // What the row of its root has to do with it, only the flush knows.
  const isOwn = seen !== null && happened.plan.root === null;
  return tell(happened, context, facts).map(({ effect: own, ...event }) => {
    const effect = !isOwn && effects.has(event.action) ? effects.get(event.action) : own;
    return { ...event, ...(effect && { effect }) };
  });
}

/** Whether it is gone only the log knows. */
const vainly = (target: ToldTarget, wrong: readonly string[]): Doubt => ({
  as: 'gone',
  record: { type: target.type, id: target.id },
  said: {},
  sentence: disagreementOf(target, wrong),
});

/** Who changed it after it was loaded only the log knows. */
const doubtOf = (target: ToldTarget, facts: readonly string[]): Doubt => {
  const { label = null, root, subject, scopes, day } = target.events[0] ?? {};
  // Of a part, whose its root is is looked into by itself.
  const owners = root ? { root } : { ...(subject !== undefined && { subject }), ...(scopes && { scopes }) };
  const said = { label, ...owners, ...(day !== undefined && { day }) };
  return { as: 'target', record: target, said, sentence: disagreementOf(target, facts) };
};

const disagreementOf = ({ type, id }: ToldTarget, fields: readonly string[]) =>
  `${type} ${id}: the application and the database disagree about ${fieldsInWords(fields)}; what the database saw is recorded`;
