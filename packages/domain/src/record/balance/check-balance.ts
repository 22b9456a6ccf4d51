import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import type { Balance } from '@countersign/audit/balance';
import type { Difference } from '@countersign/audit/held-against';
import { manualAction } from '@countersign/audit/manual-action';
import { BalanceUnderWay } from '@countersign/audit/moment';
import { record } from '@countersign/audit/record';
import { now } from '../../clock.ts';
import { alertAdmins } from '../../messages/alerts.ts';
import { BalanceCheck, BalanceDifference } from './balance-check.ts';
import { CHECK_STATES, DIFFERENCE_KINDS } from './balance.views.ts';

/** Differences of one balance that are kept by name. */
const KEPT = 1_000;
/** Those that the event names, and an alert. */
const IN_EVENT = 20;
const IN_ALERT = 5;
/** Days for which results are kept; the events tell of the older ones. */
const DAYS = 400;

/** AUD-31: what a balance came to, for the log itself. */
export const balanceChecked = manualAction({
  name: 'audit_balance_checked',
  area: 'audit',
  label: 'Audit balance checked',
  description: 'The whole log was folded and compared with the live rows.',
  metadata: z.strictObject({
    status: z.enum(CHECK_STATES).exclude(['running']),
    from_position: z.int().nullable(),
    to_position: z.int().nullable(),
    events: z.int(),
    records: z.int(),
    rows: z.int(),
    differences: z.int(),
    /** The first ones. */
    found: z.array(z.strictObject({ kind: z.enum(DIFFERENCE_KINDS), record: z.string(), field: z.string().nullable() })),
    problem: z.string().nullable(),
  }),
});

export interface CheckOptions {
  readonly em: EntityManager;
  /** Makes the balance. */
  readonly balance: (onDifference: (difference: Difference) => void) => Promise<Balance>;
  /** Called once administrators were told. */
  readonly told?: () => void;
  /** Called with each difference once it is found. */
  readonly onDifference?: (difference: Difference) => void;
}

/**
 * Makes a balance, keeps what it came to, records that it was made, and alerts the administrators of any difference, and
 * of a balance that came to nothing.
 * @throws BalanceUnderWay where another one is; what kept it from coming to an end.
 */
export async function checkBalance({ em, balance, told, onDifference }: CheckOptions): Promise<Balance> {
  const check = em.fork().create(BalanceCheck, { status: 'running', startedAt: now() });
  await em.fork().persist(check).flush();
  const found: Difference[] = [];
  try {
    const result = await balance((difference) => {
      if (found.length < KEPT) found.push(difference);
      onDifference?.(difference);
    });
    await finish(em, check, { status: result.differences ? 'different' : 'clean', result, found, problem: null });
    if (result.differences && (await alertAdmins(em, alertOf(result.differences, found)))) told?.();
    return result;
  } catch (cause) {
    await giveUp(em, check, cause);
    throw cause;
  }
}

async function giveUp(em: EntityManager, check: BalanceCheck, cause: unknown): Promise<void> {
  if (cause instanceof BalanceUnderWay) {
    await em.fork().nativeDelete(BalanceCheck, { id: check.id });
    return;
  }
  const problem = problemOf(cause);
  await finish(em, check, { status: 'failed', result: null, found: [], problem });
}

/** What is known of a failure, without what a connection's address may hold. */
const problemOf = (cause: unknown): string =>
  (cause instanceof Error ? cause.message : String(cause))
    .replaceAll(/\w+:\/\/\S+/g, '[address]')
    .slice(0, 300)
    .toWellFormed();

interface Ending {
  readonly status: 'clean' | 'different' | 'failed';
  readonly result: Balance | null;
  readonly found: readonly Difference[];
  readonly problem: string | null;
}

async function finish(em: EntityManager, { id }: BalanceCheck, { status, result, found, problem }: Ending): Promise<void> {
  await em.fork().transactional(async (tx) => {
    const check = await tx.findOneOrFail(BalanceCheck, { id });
    tx.assign(check, { status, finishedAt: now(), problem, ...(result && countsOf(result)) });
    found.forEach((difference, n) => tx.create(BalanceDifference, { check, n, ...kept(difference) }));
    await tx.flush();
    await record(tx, balanceChecked, { metadata: metadataOf({ status, result, found, problem }) });
    // Nobody makes one at the same time: those were left by nodes that stopped.
    const left = { status: 'running', id: { $ne: id }, startedAt: { $lt: check.startedAt } } as const;
    await tx.nativeUpdate(BalanceCheck, left, { status: 'failed', finishedAt: now(), problem: 'The node that made it stopped.' });
    await tx.nativeDelete(BalanceCheck, { startedAt: { $lt: new Date(now().getTime() - DAYS * 24 * 3_600_000) } });
  });
}

const countsOf = ({ from, to, events, records, rows, differences, uncompared, rowsBefore, uncovered }: Balance) => ({
  events,
  records,
  rows,
  differences,
  rowsBefore,
  fromPosition: from,
  toPosition: to,
  uncompared: { ...uncompared },
  uncovered,
});

const kept = ({ kind, target, root, field }: Difference) => ({
  kind,
  type: target.type,
  recordId: target.id,
  label: target.label,
  rootType: root?.type ?? null,
  rootId: root?.id ?? null,
  field,
});

const metadataOf = ({ status, result, found, problem }: Ending) => ({
  status,
  from_position: result?.from ?? null,
  to_position: result?.to ?? null,
  events: result?.events ?? 0,
  records: result?.records ?? 0,
  rows: result?.rows ?? 0,
  differences: result?.differences ?? 0,
  found: found.slice(0, IN_EVENT).map(({ kind, target, field }) => ({ kind, record: `${target.type}:${target.id}`, field })),
  problem,
});

function alertOf(differences: number, found: readonly Difference[]) {
  const more = differences - Math.min(found.length, IN_ALERT);
  const named = found.slice(0, IN_ALERT).map(differenceText).join('; ');
  return {
    topic: 'audit-balance',
    title: differences === 1 ? 'The audit balance found a difference' : `The audit balance found ${differences} differences`,
    text: `Something was changed without being recorded: ${named}${more > 0 ? `; and ${more} more` : ''}.`,
    path: '/live?action=audit_balance_checked',
  };
}

/** A difference in words, without values. */
export function differenceText({ kind, target, field }: Pick<Difference, 'kind' | 'target' | 'field'>): string {
  const name = target.label ?? `${target.type} ${target.id}`;
  const WORDS = {
    row_missing: `${name} is recorded, and isn’t there`,
    not_recorded: `${name} is there, and isn’t recorded`,
    field: `${name} differs in ${field}`,
    members: `${name} has other ${field}`,
    sealed: `what is sealed of ${name} in ${field} can’t be opened`,
  };
  return WORDS[kind];
}
