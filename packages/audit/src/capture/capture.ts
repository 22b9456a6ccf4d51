import {
  ChangeSetType,
  isRaw,
  type AnyEntity,
  type ChangeSet,
  type Collection,
  type EventSubscriber,
  type FlushEventArgs,
  type TransactionEventArgs,
  type UnitOfWork,
} from '@mikro-orm/core';
import { CompiledQuery, type Kysely } from 'kysely';
import { currentContext } from './context.ts';
import { databaseOf } from '../schema/database.ts';
import { fieldDifferences } from '../policy/field-differences.ts';
import { memberDifference, type Difference } from '../values/diff.ts';
import { refuseElsewhere } from './elsewhere.ts';
import type { Context, Operation } from '../events/entry.ts';
import { encodeContext, encodeDocument, flushRefused, INSERT_FLUSH, type ToldEvent } from './inbox.ts';
import { keyOf, rawOf } from './loaded-entity.ts';
import type { Row } from '../policy/policy.ts';
import type { EntityPlan, FieldPlan } from '../policy/plan.ts';
import type { Registry } from '../policy/registry.ts';
import { rowOf, type Raw } from './row.ts';
import { refuseExcess, refuseUnstorable, type Excess } from './storable-values.ts';
import { demand, tell } from './tell.ts';

/** What a flush is about to change, remembered while MikroORM still knows what was there before. */
interface Pending {
  readonly sets: { readonly set: ChangeSet<AnyEntity>; readonly plan: EntityPlan; readonly before: Raw | undefined }[];
  readonly collections: {
    readonly plan: EntityPlan;
    readonly field: FieldPlan;
    readonly collection: Collection<object>;
    readonly before: readonly string[] | null;
  }[];
}

/** One target's change, before it is split by meaning. */
interface Target {
  readonly plan: EntityPlan;
  readonly entity: AnyEntity;
  readonly id: string;
  readonly operation: Operation;
  readonly before: Raw | undefined;
  readonly after: Raw;
  readonly differences: Map<string, { readonly field: FieldPlan; readonly list: Difference[] }>;
}

/**
 * The one place that knows the ORM's hooks. It remembers in `onFlush` what changes and what was there before, and
 * tells it with one insert when the SQL has run and generated keys and versions are known, on the flush's own
 * transaction: a rollback, to a savepoint too, takes the document along.
 *
 * Which hook comes "after the SQL, inside the transaction" depends on whose transaction it is: a flush that opens its
 * own ends before `afterFlush`, one inside an explicit transaction does not pass `beforeTransactionCommit`.
 */
export class Capture implements EventSubscriber {
  readonly #registry: () => Registry;
  readonly #committed: () => void;
  readonly #pending = new WeakMap<UnitOfWork, Pending>();

  /** `committed` is called after each commit, when there may be something to sequence. */
  constructor(registry: () => Registry, committed: () => void) {
    this.#registry = registry;
    this.#committed = committed;
  }

  async onFlush({ em, uow }: FlushEventArgs): Promise<void> {
    // What a flush left that failed before it could tell: it was never saved.
    this.#pending.delete(uow);
    const registry = this.#registry();
    const pending: Pending = { sets: [], collections: [] };
    const excess: Excess[] = [];
    for (const set of uow.getChangeSets()) {
      const plan = registry.planOf(set.meta);
      if (!plan) continue;
      refuseElsewhere(em, plan, set);
      excess.push(...refuseUnstorable(plan, set));
      pending.sets.push({ set, plan, before: beforeOf(uow, set) });
    }
    if (excess.length) await refuseExcess(databaseOf(em.getTransactionContext() ?? clientOf(em)), excess);
    for (const collection of uow.getCollectionUpdates() as Collection<object>[]) rememberMembers(registry, pending, collection);
    if (pending.sets.length || pending.collections.length) this.#pending.set(uow, pending);
  }

  async beforeTransactionCommit({ em, uow, transaction }: TransactionEventArgs): Promise<void> {
    await this.#tell(uow ?? em.getUnitOfWork(), transaction);
  }

  async afterFlush({ em, uow }: FlushEventArgs): Promise<void> {
    if (em.isInTransaction()) await this.#tell(uow, em.getTransactionContext());
    else this.#pending.delete(uow);
  }

  afterTransactionCommit({ transaction }: TransactionEventArgs): void {
    // It fires at the release of a savepoint too, when nothing is committed yet.
    if (!(transaction as { readonly savepointName?: string } | undefined)?.savepointName) this.#committed();
  }

  async #tell(uow: UnitOfWork, transaction: unknown): Promise<void> {
    const pending = this.#pending.get(uow);
    if (!pending) return;
    this.#pending.delete(uow);
    const context = currentContext();
    const events = targetsOf(pending).flatMap((target) => toldEvents(target, context));
    if (!events.length) return;
    // The transaction is Kysely's. The ORM's own execute() would write the document into the statement's text as a
    // literal, which for a flush of a thousand costs the server more than the insert itself.
    const kysely = transaction as Kysely<unknown>;
    const document = encodeDocument({ v: 1, events });
    try {
      await kysely.executeQuery(CompiledQuery.raw(INSERT_FLUSH, [encodeContext(context), document]));
    } catch (cause) {
      throw flushRefused(document, cause);
    }
  }
}

/** Where no transaction has begun yet. */
const clientOf = (em: FlushEventArgs['em']): unknown => (em.getConnection() as unknown as { getClient(): unknown }).getClient();

const operationOf = (set: ChangeSet<AnyEntity>): Operation => {
  switch (set.type) {
    case ChangeSetType.CREATE:
      return 'create';
    case ChangeSetType.DELETE:
    case ChangeSetType.DELETE_EARLY:
      return 'delete';
    default:
      return 'update';
  }
};

/** A deletion's change set holds nothing of what was there; the snapshot does, until the flush drops it. */
function beforeOf(uow: UnitOfWork, set: ChangeSet<AnyEntity>): Raw | undefined {
  if (operationOf(set) === 'create') return undefined;
  return { ...withoutSql(((operationOf(set) === 'delete' ? uow.getOriginalEntityData(set.entity) : set.originalEntity) ?? {}) as Raw) };
}

/** What SQL of a program's own comes to the database alone knows. */
const withoutSql = (raw: Raw): Raw =>
  Object.values(raw).some(isRaw) ? Object.fromEntries(Object.entries(raw).filter(([, value]) => !isRaw(value))) : raw;

function rememberMembers(registry: Registry, pending: Pending, collection: Collection<object>): void {
  const owner = collection.owner as AnyEntity;
  const plan = registry.planOf((owner as { __meta: EntityPlan['meta'] }).__meta);
  const field = plan?.fields.get(collection.property.name);
  // Both sides of a relation report a change; the owning side alone tells it, so that it is told once.
  if (!plan || !field?.tracked || field.form !== 'members' || !collection.property.owner) return;
  const snapshot = (collection as unknown as { getSnapshot(): AnyEntity[] | undefined }).getSnapshot();
  pending.collections.push({ plan, field, collection, before: collection.isInitialized() ? (snapshot ?? []).map(keyOf) : null });
}

function targetsOf(pending: Pending): Target[] {
  const targets = new Map<AnyEntity, Target>();
  const ended: Target[] = [];
  for (const { set, plan, before } of pending.sets) {
    const entity = set.entity;
    const operation = operationOf(set);
    const payload = withoutSql(set.payload as Raw);
    const after: Raw = operation === 'delete' ? {} : { ...before, ...payload };
    const id = keyOf(entity);
    const former = operation === 'update' ? formerKeyOf(plan, before, payload) : null;
    if (former === null || former === id)
      targets.set(entity, targetOf({ plan, entity, id, operation, before, after }, operation === 'delete' ? before : payload));
    else {
      ended.push(targetOf({ plan, entity, id: former, operation: 'delete', before, after: {} }, before));
      targets.set(entity, targetOf({ plan, entity, id, operation: 'create', before: undefined, after }, after));
    }
  }
  for (const { plan, field, collection, before } of pending.collections) {
    const owner = collection.owner as AnyEntity;
    const target = targets.get(owner) ?? untouched(plan, owner);
    const after = collection.getItems(false).map((item) => keyOf(item as AnyEntity));
    const list = memberDifference(field.name, before ?? [], after);
    if (list.length) target.differences.set(field.property, { field, list });
    targets.set(owner, target);
  }
  return [...ended, ...targets.values()].filter((target) => target.operation !== 'update' || target.differences.size > 0);
}

/** The key that it had, where a flush names it: a changed one is the end of one record and the beginning of another. */
function formerKeyOf({ meta, fields }: EntityPlan, before: Raw | undefined, payload: Raw): string | null {
  if (!before || !meta.primaryKeys.some((name) => name in payload)) return null;
  return meta.primaryKeys
    .map((name) =>
      [before[name]]
        .flat()
        .map(fields.get(name)?.toText ?? String)
        .join('~~~'),
    )
    .join('~~~');
}

/** `touched` has the properties that may differ. */
function targetOf(parts: Omit<Target, 'differences'>, touched: object = {}): Target {
  const target: Target = { ...parts, differences: new Map() };
  const { plan, before, after } = target;
  for (const key of Object.keys(touched)) addDifferences(target, plan.fields.get(key), before?.[key], after[key]);
  return target;
}

/** A record of which only a collection changed. */
const untouched = (plan: EntityPlan, entity: AnyEntity): Target => {
  const data = (entity as { __helper: { __originalEntityData?: Raw } }).__helper.__originalEntityData ?? {};
  return { plan, entity, id: keyOf(entity), operation: 'update', before: data, after: data, differences: new Map() };
};

function addDifferences(target: Target, field: FieldPlan | undefined, before: unknown, after: unknown): void {
  if (!field?.tracked) return;
  const list = fieldDifferences(field, before, after);
  if (list.length) target.differences.set(field.property, { field, list });
}

function toldEvents(target: Target, context: Context): ToldEvent[] {
  const { plan, operation, id, differences } = target;
  const before = target.before ? rowOf(plan, target.before) : null;
  const row = operation === 'delete' && before ? before : rowOf(plan, target.after);
  const partial = operation !== 'create' && lacksCarried(plan, operation === 'delete' ? (target.before ?? {}) : target.after);
  const events = tell({ plan, id, operation, before, row, differences, root: rootRowOf(target), partial }, context);
  demand(target, events, context);
  return events;
}

/** The row of the record under whose page this one stands; null for a record that is its own root, or where nobody loaded it. */
function rootRowOf(target: Target): Row | null {
  const { policy, root } = target.plan;
  const loaded = policy.root !== undefined && root ? rawOf((target.entity as Record<string, unknown>)[policy.root]) : null;
  return loaded && root && !lacksCarried(root, loaded) ? rowOf(root, loaded) : null;
}

/** Whether somebody loaded only a part of it, or nothing: whose it is, the database's row and earlier events know. */
function lacksCarried({ carried, fields }: EntityPlan, raw: Raw): boolean {
  for (const property of carried) if (raw[property] === undefined && fields.get(property)?.columns.length) return true;
  return false;
}
