import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { client } from '../../api/link.ts';
import { type Problem, problemOf } from '../../api/problem.ts';
import type { UploadLayout } from '../../api/views.ts';
import { progressQuery, uploadQuery } from './import-queries.ts';

type Work = 'look' | 'read' | 'confirm';

export interface UploadWork {
  /** What the server is doing with the file. */
  readonly doing: Work | null;
  /** From 0 to 1, where it is known. */
  readonly progress: number | null;
  readonly problem: Problem | null;
  readonly look: (chosen: Partial<Pick<UploadLayout, 'encoding' | 'delimiter' | 'headingLine'>>) => void;
  readonly read: (chosen: Pick<UploadLayout, 'rows' | 'columns' | 'site' | 'newCards'>) => void;
  readonly confirm: (reason: string, leaveLocked: boolean) => void;
}

/** What can be done with an uploaded file: each of it answers with the file as it stands then. */
export function useUploadWork(id: string): UploadWork {
  const queries = useQueryClient();
  const fresh = () => queries.invalidateQueries({ queryKey: uploadQuery(id).queryKey });
  const work = useMutation({
    mutationFn: async ({ run }: { readonly kind: Work; readonly run: () => Promise<unknown> }) => run(),
    // Whatever came of it, the server knows better; and a preview belongs to one reading.
    onSettled: fresh,
  });
  const { data: progress } = useQuery({ ...progressQuery(id), enabled: work.isPending && work.variables.kind !== 'look' });
  const start = (kind: Work, run: () => Promise<unknown>) => {
    if (!work.isPending) work.mutate({ kind, run });
  };
  return {
    doing: work.isPending ? work.variables.kind : null,
    progress: work.isPending ? (progress ?? null) : null,
    problem: work.error ? problemOf(work.error) : null,
    look: (chosen) => start('look', () => client.imports.look.mutate({ id, ...chosen })),
    read: ({ rows, columns, site, newCards }) =>
      start('read', () => client.imports.read.mutate({ id, rows, columns: [...columns], site, newCards })),
    confirm: (reason, leaveLocked) =>
      start('confirm', async () => {
        await client.imports.confirm.mutate({ id, reason, leaveLocked });
        await queries.invalidateQueries({ queryKey: ['timecards'] });
      }),
  };
}
