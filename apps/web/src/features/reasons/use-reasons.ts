import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { USUAL_REASONS } from '@countersign/domain/timecards/usual-reasons.rules';
import type { ReasonUse } from '@countersign/domain/timecards/given-reason.rules';
import { client } from '../../api/link.ts';
import { problemOf, type Problem } from '../../api/problem.ts';
import type { ReasonView } from '../../api/views.ts';
import { notify } from '../../ui/notice.tsx';
import { reasonsQuery } from './reasons-query.ts';

/** What an admin wants a reason to be. */
export interface ReasonInput {
  readonly label: string;
  readonly offeredFor: readonly ReasonUse[];
}

export interface Reasons {
  readonly list: readonly ReasonView[] | undefined;
  readonly problem: Problem | null;
  readonly isPending: boolean;
  readonly retry: () => void;
  /** Something is being saved: what rests on the list waits for it. */
  readonly busy: boolean;
  readonly create: (input: ReasonInput) => Promise<void>;
  readonly update: (reason: ReasonView, input: ReasonInput) => Promise<void>;
  readonly retire: (reason: ReasonView) => void;
  readonly restore: (reason: ReasonView) => void;
  readonly move: (reason: ReasonView, by: -1 | 1) => void;
  readonly addUsual: () => void;
}

/** The list of reasons and everything that an admin does with it. Each change holds at once. */
export function useReasons(): Reasons {
  const { data: list, error, isPending, refetch } = useQuery(reasonsQuery);
  const { run, busy } = useChange();
  const told = (work: Promise<unknown>) => void work.catch(tellRefused);
  return {
    list,
    problem: error && problemOf(error),
    isPending,
    retry: () => void refetch(),
    busy,
    create: (input) => run(() => client.reasons.create.mutate(mutable(input)), `Added “${input.label}”`),
    update: ({ id, version }, input) => run(() => client.reasons.update.mutate({ id, version, ...mutable(input) }), 'Saved'),
    retire: ({ id, version, label }) => told(run(() => client.reasons.retire.mutate({ id, version }), `“${label}” is offered no more`)),
    restore: ({ id, version, label }) => told(run(() => client.reasons.restore.mutate({ id, version }), `“${label}” is offered again`)),
    move: (reason, by) => told(run(() => client.reasons.arrange.mutate({ ids: moved(list ?? [], reason, by) }))),
    addUsual: () =>
      told(
        run(async () => {
          for (const one of USUAL_REASONS) await client.reasons.create.mutate(mutable(one));
        }, 'Added the usual reasons'),
      ),
  };
}

const mutable = ({ label, offeredFor }: ReasonInput) => ({ label, offeredFor: [...offeredFor] });

/** The ids with one of them a place further among those of its own kind: active ones stand apart from the retired. */
function moved(list: readonly ReasonView[], reason: ReasonView, by: -1 | 1): string[] {
  const ids = list.map(({ id }) => id);
  const peers = list.filter(({ active }) => active === reason.active);
  const other = peers[peers.findIndex(({ id }) => id === reason.id) + by];
  if (!other) return ids;
  return ids.map((id) => (id === reason.id ? other.id : id === other.id ? reason.id : id));
}

/** Runs one change and reads the list anew, whatever came of it. */
function useChange() {
  const queries = useQueryClient();
  const { mutateAsync, isPending } = useMutation({
    mutationFn: (work: () => Promise<unknown>) => work(),
    onSettled: () => queries.invalidateQueries({ queryKey: reasonsQuery.queryKey }),
  });
  const run = async (work: () => Promise<unknown>, done?: string) => {
    await mutateAsync(work);
    if (done) notify({ text: done });
  };
  return { run, busy: isPending };
}

function tellRefused(thrown: unknown): void {
  const { message, details } = problemOf(thrown);
  notify({ text: `Not saved. ${message} ${details ?? ''}`.trim(), tone: 'refuse' });
}
