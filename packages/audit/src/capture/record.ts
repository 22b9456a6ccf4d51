import type { EntityManager } from '@mikro-orm/postgresql';
import { canonicalJson, type Json } from '@countersign/proof/canonical';
import { CompiledQuery, type Kysely } from 'kysely';
import { boundTo, type Bound } from './bound.ts';
import { currentContext } from './context.ts';
import type { Context, Target } from '../events/entry.ts';
import { AuditLogError, MetadataError } from '../events/errors.ts';
import { isManualDocument } from './inbox-check.ts';
import { encodeContext, encodeManual, INSERT_DOCUMENT, type ToldManual } from './inbox.ts';
import { keyOf, metaOf, rawOf } from './loaded-entity.ts';
import { checkedMetadata, type ManualAction, type Metadata } from '../policy/manual-action.ts';
import type { Failure } from '../policy/policy.ts';
import { rowOf } from './row.ts';
import { factsOf } from './tell.ts';

/** The record that an event is about, without one at hand. What is left out and the log knows from earlier events is taken from there. */
export interface AboutFacts {
  readonly about?: never;
  readonly target?: { readonly type: string; readonly id: string; readonly label?: string };
  /** The person whom the event concerns. */
  readonly subject?: string | null;
  /** The organisational units that the event belongs to, such as `site:4`. */
  readonly scopes?: readonly string[];
  /** The day that the event is about, as YYYY-MM-DD. */
  readonly workDate?: string | null;
}

/** An audited entity that the event is about: label, root, subject, scopes and work date are what its policy says. */
export interface AboutEntity {
  readonly about: object;
}

/** One event: what its action demands, and what it is about; about nothing at all where neither is said. */
export type ManualEvent<Input> = { readonly metadata: Input } & (AboutEntity | AboutFacts);

/**
 * Records what is no change of a record. Who, why, request and change set are those of the context. Inside a transaction
 * of `em` the event is committed with it, or rolled back with it; otherwise it is committed when this returns. An action
 * that may be deferred is in the log or on this node's disk when this returns.
 * @throws MetadataError that names each field that is not as the action demands.
 * @throws AuditLogError where the action isn't declared, a person or reason is missing, or the event can't be written.
 */
export async function record<Input>(em: EntityManager, action: ManualAction<Input>, event: ManualEvent<NoInfer<Input>>): Promise<void> {
  const { bound, context, manual } = prepared(em, action, event);
  const deferral = failureOf(bound, action, manual) === 'defer' ? bound.atWork()?.deferral : null;
  if (deferral) return deferral.tell(context, manual);
  const transaction = em.getTransactionContext<Kysely<unknown>>();
  await write(transaction ?? em.getConnection('write').getClient(), context, manual);
  if (!transaction) bound.committed();
}

/**
 * Records an event with the transaction of `em` even where its action may be deferred: for what was kept elsewhere first, and goes
 * from there to the log, both or neither.
 * @throws as `record` does; AuditLogError as well where `em` has no transaction.
 */
export async function recordWithin<Input>(
  em: EntityManager,
  action: ManualAction<Input>,
  event: ManualEvent<NoInfer<Input>>,
): Promise<void> {
  const { context, manual } = prepared(em, action, event);
  const transaction = em.getTransactionContext<Kysely<unknown>>();
  if (!transaction)
    throw new AuditLogError(`${action.name} goes with a transaction, and there is none: call it within em.transactional()`, null);
  await write(transaction, context, manual);
}

function prepared<Input>(em: EntityManager, action: ManualAction<Input>, event: ManualEvent<NoInfer<Input>>) {
  const bound = boundTo(em);
  const context = currentContext();
  refuseUndeclared(bound, action);
  demand(action, context);
  return { bound, context, manual: told(bound, { action, event, context }) };
}

/** What the action says, else what the entity says that it is about. */
const failureOf = ({ registry }: Bound, action: ManualAction, { target }: ToldManual): Failure =>
  action.failure ?? (target && registry.plans.get(target.type)?.policy.failure) ?? 'block';

/** One insert, as of a flush. @throws AuditLogError with the cause. */
async function write(connection: Kysely<unknown>, context: Context, manual: ToldManual): Promise<void> {
  try {
    await connection.executeQuery(CompiledQuery.raw(INSERT_DOCUMENT, [encodeContext(context), encodeManual({ v: 1, manual })]));
  } catch (cause) {
    throw new AuditLogError(`${manual.action} could not be recorded, so what it tells of must not be done`, manual.target, cause);
  }
}

function refuseUndeclared({ registry }: Bound, action: ManualAction): void {
  if (action.retired)
    throw new AuditLogError(`${action.name} is declared as retired: tell something else, or take retired off its declaration`, null);
  if (registry.actions.get(action.name) === action) return;
  throw new AuditLogError(`${action.name} is no declared action: name it in the actions of new Audit({ policies, actions })`, null);
}

function demand({ name, needsPerson, needsReason }: ManualAction, { actor, reason }: Context): void {
  if (needsPerson && actor?.kind !== 'user')
    throw new AuditLogError(`${name} is done by a signed-in person only: run the work in withContext({ actor: user(id) })`, null);
  if (needsReason && !reason?.trim()) throw new AuditLogError(`${name} needs a reason: set one with withContext({ reason })`, null);
}

interface Telling {
  readonly action: ManualAction;
  readonly event: ManualEvent<unknown>;
  readonly context: Context;
}

const UNSTABLE = { field: '', reason: 'its schema refuses what it makes of them itself: let it take them as they are to be recorded' };

function told(bound: Bound, { action, event, context }: Telling): ToldManual {
  const checked = checkedMetadata(action.metadata, event.metadata);
  if ('problems' in checked) throw new MetadataError(action.name, checked.problems);
  const recorded = plain(action.name, checked.metadata);
  // The sequencer looks again at what is to be recorded, since anybody could have told it.
  if ('problems' in checkedMetadata(action.metadata, recorded)) throw new MetadataError(action.name, [UNSTABLE]);
  const { undoes, token } = context;
  const meta = { ...recorded, ...(undoes && { undoes }), ...(token && { token }) };
  const manual: ToldManual = {
    area: action.area,
    action: action.name,
    ...aboutOf(bound, event),
    ...(Object.keys(meta).length && { meta }),
  };
  if (isManualDocument({ v: 1, manual })) return manual;
  throw new AuditLogError(
    `${action.name}: what it is about can't be recorded. Ids and scopes have up to 400 characters, a label 300, a work date is YYYY-MM-DD`,
    manual.target,
  );
}

/** Without what is undefined. @throws MetadataError for what JSON can't carry, as a date or a bigint. */
function plain(action: string, metadata: Metadata): { readonly [key: string]: Json } {
  const kept = Object.entries(metadata).filter((entry): entry is [string, Json] => entry[1] !== undefined);
  const problems = kept.flatMap(([field, value]) => {
    try {
      canonicalJson(value);
      return [];
    } catch (cause) {
      return [{ field, reason: cause instanceof Error ? cause.message : String(cause) }];
    }
  });
  if (problems.length) throw new MetadataError(action, problems);
  return Object.fromEntries(kept);
}

type AboutPart = Omit<ToldManual, 'area' | 'action' | 'meta'>;

function aboutOf({ registry }: Bound, event: AboutEntity | AboutFacts): AboutPart {
  if (event.about === undefined) return factsGiven(event);
  const meta = metaOf(event.about);
  const plan = meta && registry.planOf(meta);
  if (!plan) throw new AuditLogError('What an event is about must be an audited entity: name type and id in target otherwise', null);
  const id = keyOf(event.about);
  const raw = rawOf(event.about);
  // A reference that was never loaded: the log knows the rest.
  if (!raw) return { target: { type: plan.type, id } };
  const reference = plan.policy.root === undefined ? null : rawOf((event.about as Record<string, unknown>)[plan.policy.root]);
  const root = reference && plan.root ? rowOf(plan.root, reference) : null;
  const row = rowOf(plan, raw);
  const {
    type: _type,
    id: _id,
    label,
    ...facts
  } = factsOf({ plan, id, operation: 'none', before: row, row, differences: new Map(), root });
  return { target: { type: plan.type, id, label }, ...facts };
}

const factsGiven = ({ target, subject, scopes, workDate }: AboutFacts): AboutPart => ({
  target: target ? { type: target.type, id: target.id, ...labelled(target.label) } : null,
  ...(subject !== undefined && { subject }),
  ...(scopes && { scopes }),
  ...(workDate !== undefined && { day: workDate }),
});

const labelled = (label: string | undefined): Partial<Pick<Target, 'label'>> => (label === undefined ? {} : { label });
