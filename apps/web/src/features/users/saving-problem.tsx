import type { Problem } from '../../api/problem.ts';

interface Props {
  readonly problem: Problem | null;
  /** Those that say themselves what is wrong with them. */
  readonly fields: readonly string[];
}

/** Why a dialog's work was refused, where no field of it says so. */
export const SavingProblem = ({ problem, fields }: Props) =>
  problem && !problem.fields.some(({ field }) => fields.includes(field)) ? (
    <p role="alert" className="col-span-full rounded-md bg-refuse/6 px-3.5 py-2.5 text-sm text-refuse">
      {problem.message} {problem.details}
    </p>
  ) : null;
