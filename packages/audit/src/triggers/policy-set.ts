import { createHash } from 'node:crypto';
import type { Database } from '../schema/database.ts';
import { OutdatedPolicies } from '../events/errors.ts';
import { formerNames } from '../policy/former-names.ts';
import type { ManualAction, MetadataSchema } from '../policy/manual-action.ts';
import type { EntityPlan } from '../policy/plan.ts';
import type { Registry } from '../policy/registry.ts';
import { triggersOf } from './triggers.ts';

const known = new WeakMap<Registry, string>();

/**
 * What the policies record and how, and what may be told by hand, as one SHA-256 (hex): two nodes with the same one read
 * alike what the triggers write, and take the same for told. Labels, rules and titles aren't in it: they say what a change
 * means, and lose nothing of it.
 */
export function fingerprintOf(registry: Registry): string {
  const before = known.get(registry);
  if (before !== undefined) return before;
  const set = {
    triggers: triggersOf(registry).map(({ table, fingerprint }) => [table, fingerprint]),
    entities: [...registry.plans.values()].map(shapeOf).sort((one, other) => (one.type < other.type ? -1 : 1)),
    actions: [...registry.actions.values()].map(actionShape).sort((one, other) => (one.name < other.name ? -1 : 1)),
  };
  const fingerprint = createHash('sha256').update(JSON.stringify(set)).digest('hex');
  known.set(registry, fingerprint);
  return fingerprint;
}

const shapeOf = (plan: EntityPlan) => ({
  type: plan.type,
  carried: [...plan.carried].sort(),
  fields: [...plan.fields.values()]
    .map(({ property, name, form, columns, tracked }) => ({
      property,
      name,
      form,
      columns,
      tracked: tracked && [tracked.kind, tracked.sensitive ?? false],
    }))
    .sort((one, other) => (one.property < other.property ? -1 : 1)),
});

const actionShape = ({ name, area, label, formerly, revision, metadata }: ManualAction) => ({
  name,
  area,
  formerly: formerNames(formerly, name, label).map((former) => former.name),
  revision: revision ?? null,
  metadata: schemaOf(metadata),
});

/** As JSON Schema, where the library can say it; what it can't is what `revision` is for. */
function schemaOf({ '~standard': { jsonSchema } }: MetadataSchema): unknown {
  try {
    return jsonSchema?.input({ target: 'draft-2020-12' }) ?? null;
  } catch {
    return null;
  }
}

/** The fingerprint of the set in force, for SQL; null where there is none. */
export const IN_FORCE = '(select fingerprint from audit_policies where in_force)';

/** The set by which the database records. */
export interface InForce {
  readonly fingerprint: string;
  readonly release: string | null;
  readonly since: string;
}

/** Null as long as no triggers were ever made. */
export async function policiesInForce(db: Database): Promise<InForce | null> {
  const { rows } = await db.query<{ fingerprint: string; release: string | null; since: string }>(
    `select fingerprint, release, to_char(since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as since from audit_policies where in_force`,
  );
  return rows[0] ?? null;
}

/** Which set a program would put in force. */
export interface Proposed {
  readonly fingerprint: string;
  /** What the program that brings it is called to people: its version. Orders sets where both have one, as `1.10.0` comes after `1.9.0`. */
  readonly release: string | null;
  /** Whether it may take the place of a newer one. */
  readonly goBack: boolean;
}

/**
 * Puts a set of policies in force: from its commit on no sequencer that goes by another one moves the head. Call it in a
 * transaction.
 * @throws OutdatedPolicies where the set in force is a newer one.
 */
export async function putInForce(db: Database, { fingerprint, release, goBack }: Proposed): Promise<void> {
  await db.query('lock table audit_policies in share row exclusive mode');
  const [current, { rows }] = [
    await policiesInForce(db),
    await db.query('select from audit_policies where fingerprint = $1', [fingerprint]),
  ];
  const same = current?.fingerprint === fingerprint;
  if (current && !same && !goBack && isOlder({ release, wasInForce: rows.length > 0 }, current))
    throw new OutdatedPolicies(current, release);
  if (same && (release === null || order(release, current.release) <= 0)) return;
  await db.query('update audit_policies set in_force = false where in_force and fingerprint <> $1', [fingerprint]);
  await db.query(
    `insert into audit_policies (fingerprint, release, in_force) values ($1, $2, true)
      on conflict (fingerprint) do update set release = excluded.release, in_force = true,
        since = case when $3 then audit_policies.since else clock_timestamp() end`,
    [fingerprint, release, same],
  );
}

/** What was in force before and comes back is older than what took its place; where both have a release, that tells. */
function isOlder({ release, wasInForce }: { release: string | null; wasInForce: boolean }, current: InForce): boolean {
  return (order(release, current.release) || (wasInForce ? -1 : 1)) < 0;
}

/** Below 0 where the one release came before the other, 0 where nobody can tell. */
function order(one: string | null, other: string | null): number {
  const [a, b] = [numbersOf(one), numbersOf(other)];
  if (!a || !b) return 0;
  const differing = a.findIndex((number, i) => number !== b[i]);
  return differing === -1 ? 0 : (a[differing] ?? 0) - (b[differing] ?? 0);
}

const numbersOf = (release: string | null): readonly number[] | null =>
  /^(\d+)\.(\d+)\.(\d+)/
    .exec(release ?? '')
    ?.slice(1)
    .map(Number) ?? null;
