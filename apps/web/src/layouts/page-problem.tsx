import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { FileQuestion } from 'lucide-react';
import { problemOf } from '../api/problem.ts';
import { buttonClass } from '../ui/button.tsx';
import { PageState, ProblemState } from '../ui/page-state.tsx';
import { Mark } from './mark.tsx';

/** A page that could not even begin, such as when nobody answers the question who is signed in. */
export function PageProblem({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return (
    <main className="grid min-h-dvh place-items-center">
      <ProblemState whole problem={problemOf(error)} onRetry={retry} what="this page" />
    </main>
  );
}

export const MissingPage = () => (
  <main className="grid min-h-[60dvh] place-items-center">
    <PageState
      whole
      icon={FileQuestion}
      title="There is no such page"
      actions={
        <Link to="/" className={buttonClass('plain')}>
          To the start
        </Link>
      }
    >
      The address may have been cut off when it was copied.
    </PageState>
  </main>
);

export const LoadingPage = () => (
  <div className="grid min-h-[60dvh] place-items-center" role="status">
    <Mark className="breathing scale-150" />
    <span className="sr-only">Loading</span>
  </div>
);
