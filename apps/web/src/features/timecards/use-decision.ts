import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { client } from '../../api/link.ts';
import { type Conflict, problemOf, type Problem } from '../../api/problem.ts';
import type { TimecardView } from '../../api/views.ts';
import { timecardQuery } from './timecard-queries.ts';

export type Decision = 'approve' | 'submit' | 'delete';

interface Deciding {
  readonly pending: boolean;
  readonly problem: Problem | null;
  /** What somebody else changed between the look at the card and the decision. */
  readonly changed: readonly Conflict[];
  readonly decide: (reason: string) => Promise<boolean>;
}

/** Takes a step with a card as it was looked at: where it has changed since, nothing is done, and what changed is told. */
export function useDecision(card: TimecardView, step: Decision): Deciding {
  const queries = useQueryClient();
  const [seen, setSeen] = useState(card);
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [changed, setChanged] = useState<readonly Conflict[]>([]);
  const decide = async (reason: string) => {
    setPending(true);
    setProblem(null);
    try {
      await take(step, { id: seen.id, version: seen.version, ...(reason && { reason }) }, queries.setQueryData.bind(queries));
      await queries.invalidateQueries({ queryKey: ['timecards'] });
      return true;
    } catch (thrown) {
      const found = problemOf(thrown);
      setProblem(found);
      if (found.code === 'CONFLICT') {
        // The next decision rests on what is shown from now on.
        setChanged(found.conflicts);
        setSeen(await queries.fetchQuery({ ...timecardQuery(seen.id), staleTime: 0 }));
      }
      return false;
    } finally {
      setPending(false);
    }
  };
  return { pending, problem, changed, decide };
}

interface Input {
  readonly id: string;
  readonly version: number;
  readonly reason?: string;
}

async function take(step: Decision, input: Input, keep: (key: readonly string[], card: TimecardView) => unknown): Promise<void> {
  if (step === 'delete') await client.timecards.delete.mutate(input);
  else {
    const { reason: _reason, ...versioned } = input;
    const card = await (step === 'approve' ? client.timecards.approve.mutate(input) : client.timecards.submit.mutate(versioned));
    keep(timecardQuery(input.id).queryKey, card);
  }
}
