import { LockMode, type EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { command, query } from '../definition.ts';
import { Refusal } from '../errors.ts';
import { MATRIX } from '../people/rights/permissions.ts';
import type { ReasonUse } from './given-reason.rules.ts';
import { Reason } from './reason.ts';
import {
  arrangeReasonsInput,
  createReasonInput,
  reasonView,
  retireReasonInput,
  updateReasonInput,
  type ReasonView,
} from './reason.views.ts';

export const listReasons = query({
  name: 'reasons.list',
  summary: 'The reasons to pick from, in their order, with the retired ones',
  input: z.strictObject({}),
  output: z.array(reasonView),
  rest: { method: 'GET', path: '/api/reasons' },
  permission: MATRIX.signedIn,
  run: async (_, { em }) => (await em.fork().findAll(Reason, { orderBy: IN_ORDER })).map(present),
});

export const createReason = command({
  name: 'reasons.create',
  summary: 'Add a reason to pick from',
  input: createReasonInput,
  output: reasonView,
  rest: { method: 'POST', path: '/api/reasons' },
  permission: MATRIX.pickLists,
  run: (input, { em }) =>
    em.transactional(async (tx) => {
      const all = await lockList(tx);
      refuseTwice(all, input.label);
      const made = tx.create(Reason, { ...input, active: true, rank: 1 + Math.max(0, ...all.map(({ rank }) => rank)) });
      await tx.flush();
      return present(made);
    }),
});

export const updateReason = command({
  name: 'reasons.update',
  summary: 'Rename a reason, or change for what it is offered',
  input: updateReasonInput,
  output: reasonView,
  rest: { method: 'PATCH', path: '/api/reasons/{id}' },
  permission: MATRIX.pickLists,
  run: ({ label, offeredFor, ...which }, { em }) =>
    changed(em, which, (reason, all) => {
      if (label !== undefined) refuseTwice(all, label, reason);
      Object.assign(reason, { ...(label !== undefined && { label }), ...(offeredFor && { offeredFor }) });
    }),
});

export const retireReason = command({
  name: 'reasons.retire',
  summary: 'Offer a reason no more',
  input: retireReasonInput,
  output: reasonView,
  rest: { method: 'POST', path: '/api/reasons/{id}/retire' },
  permission: MATRIX.pickLists,
  run: (input, { em }) => changed(em, input, (reason) => void (reason.active = false)),
});

export const restoreReason = command({
  name: 'reasons.restore',
  summary: 'Offer a retired reason again',
  input: retireReasonInput,
  output: reasonView,
  rest: { method: 'POST', path: '/api/reasons/{id}/restore' },
  permission: MATRIX.pickLists,
  run: (input, { em }) => changed(em, input, (reason) => void (reason.active = true)),
});

export const arrangeReasons = command({
  name: 'reasons.arrange',
  summary: 'Put the reasons into another order',
  input: arrangeReasonsInput,
  output: z.array(reasonView),
  rest: { method: 'POST', path: '/api/reasons/order' },
  permission: MATRIX.pickLists,
  run: ({ ids }, { em }) =>
    em.transactional(async (tx) => {
      const all = await lockList(tx);
      if (ids.length !== all.length || new Set(ids).size !== ids.length || all.some(({ id }) => !ids.includes(id)))
        throw new Refusal(
          'CONFLICT',
          'The list of reasons was changed since you read it.',
          'Read it again: every reason has to be named once.',
        );
      for (const reason of all) reason.rank = ids.indexOf(reason.id) + 1;
      await tx.flush();
      return all.toSorted((one, other) => one.rank - other.rank).map(present);
    }),
});

const IN_ORDER = { rank: 'asc', label: 'asc' } as const;

const present = ({ id, version, label, offeredFor, active }: Reason): ReasonView => ({
  id,
  version,
  label,
  offeredFor: [...offeredFor] as ReasonUse[],
  active,
});

/** The whole list, so that nobody else changes it: names and ranks are judged against all others. */
async function lockList(em: EntityManager): Promise<Reason[]> {
  await em.execute(`select pg_advisory_xact_lock(hashtextextended('reasons', 0))`);
  return em.find(Reason, {}, { orderBy: IN_ORDER, lockMode: LockMode.PESSIMISTIC_WRITE });
}

const changed = (
  em: EntityManager,
  { id, version }: z.output<typeof retireReasonInput>,
  change: (reason: Reason, all: readonly Reason[]) => void,
): Promise<ReasonView> =>
  em.transactional(async (tx) => {
    const all = await lockList(tx);
    const reason = all.find((one) => one.id === id);
    if (!reason) throw new Refusal('NOT_FOUND', 'There is no such reason.', 'Reasons are retired, never deleted: read the list again.');
    if (reason.version !== version)
      throw new Refusal(
        'CONFLICT',
        `“${reason.label}” was changed since you read it.`,
        'Read the list again, and look whether your change is still needed.',
      );
    change(reason, all);
    await tx.flush();
    return present(reason);
  });

const folded = (label: string) => label.toLowerCase();

function refuseTwice(all: readonly Reason[], label: string, but?: Reason): void {
  const same = all.find((one) => one !== but && folded(one.label) === folded(label));
  if (!same) return;
  const message = same.active ? `“${same.label}” is in the list already.` : `“${same.label}” is in the list, retired: restore it instead.`;
  throw new Refusal('VALIDATION_ERROR', 'This reason is there already.', message, { fields: [{ field: 'label', message }] });
}
