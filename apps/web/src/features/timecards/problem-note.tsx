import { CircleAlert } from 'lucide-react';
import type { Problem } from '../../api/problem.ts';
import { Icon } from '../../ui/icon.tsx';
import { ProblemWords } from '../../ui/page-state.tsx';

/** Why something was not done, above what has to be mended. */
export const ProblemNote = ({ problem }: { readonly problem: Problem }) => (
  <div role="alert" className="mb-4 flex gap-2.5 rounded-md bg-refuse/8 px-3 py-2.5 text-sm">
    <Icon of={CircleAlert} className="mt-0.5 text-refuse" />
    <div className="min-w-0">
      <ProblemWords problem={problem} />
    </div>
  </div>
);
