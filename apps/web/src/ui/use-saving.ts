import { type FormEvent, useState } from 'react';
import { problemOf, type Problem } from '../api/problem.ts';

/** Saves and closes; what is refused stays open, with everything that was typed. */
export function useSaving(work: () => Promise<void>, onDone: () => void) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pending, setPending] = useState(false);
  const attempt = async () => {
    setPending(true);
    try {
      await work();
      onDone();
    } catch (thrown) {
      setProblem(problemOf(thrown));
      setPending(false);
    }
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (!pending) void attempt();
  };
  return { problem, pending, save };
}
