import { CircleAlert } from 'lucide-react';
import type { Problem } from '../api/problem.ts';
import { Icon } from './icon.tsx';
import { ProblemWords } from './page-state.tsx';

/** Why something was not done, above what has to be mended. */
export const ProblemNote = ({ problem }: { readonly problem: Problem }) => (
  <div role="alert" className="col-span-full mb-4 flex gap-2.5 rounded-md bg-refuse/8 px-3 py-2.5 text-sm [.grid>&]:mb-0">
    <Icon of={CircleAlert} className="mt-0.5 text-refuse" />
    <div className="min-w-0">
      <ProblemWords problem={problem} />
      {problem.code === 'UNAUTHORIZED' && (
        <p className="mt-1">
          {/* In a tab of its own: the sign-in in this one would take what is typed along. */}
          <a href="/sign-in" target="_blank" rel="noreferrer" className="font-medium text-accent underline underline-offset-3">
            Sign in in another tab
          </a>
          , and save again here. Nothing that you typed is lost.
        </p>
      )}
    </div>
  </div>
);

interface UntoldProps {
  readonly problem: Problem | null;
  /** Those that say themselves what is wrong with them. */
  readonly fields: readonly string[];
}

/** The same where no field says so. */
export const UntoldProblem = ({ problem, fields }: UntoldProps) =>
  problem && !problem.fields.some(({ field }) => fields.includes(field)) ? <ProblemNote problem={problem} /> : null;
