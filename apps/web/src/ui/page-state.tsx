import { CircleAlert, Lock, RotateCw, SearchX, WifiOff } from 'lucide-react';
import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Problem } from '../api/problem.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

interface StateProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly children?: ReactNode;
  readonly actions?: ReactNode;
  readonly tone?: 'calm' | 'refuse';
  /** The heading is that of the whole page. */
  readonly whole?: boolean;
}

/** A page, or a part of one, that has nothing else to show: what is so, why, and the one way on. */
export function PageState({ icon, title, children, actions, tone = 'calm', whole = false }: StateProps) {
  const Heading = whole ? 'h1' : 'h2';
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-2 px-6 py-16 text-center">
      <span
        className={`mb-1 grid size-10 place-items-center rounded-full ${tone === 'refuse' ? 'bg-refuse/9 text-refuse' : 'bg-well text-ink-3'}`}
      >
        <Icon of={icon} size={18} />
      </span>
      <Heading className="text-base text-balance">{title}</Heading>
      {children && <div className="text-sm text-pretty text-ink-2">{children}</div>}
      {actions && <div className="mt-3 flex flex-wrap justify-center gap-2">{actions}</div>}
    </div>
  );
}

interface ProblemProps {
  readonly problem: Problem;
  readonly onRetry?: (() => void) | undefined;
  /** What could not be shown: "the timecards". */
  readonly what: string;
  readonly whole?: boolean;
  /** Another way on than trying again, where the same would fail again. */
  readonly wayOn?: ReactNode;
}

/** A failure in words: what could not be shown, why, the id to name when asking for help, and Retry where that can help. */
export function ProblemState({ problem, onRetry, what, wayOn, whole = false }: ProblemProps) {
  if (problem.code === 'FORBIDDEN') return <ForbiddenState problem={problem} whole={whole} />;
  if (problem.code === 'NOT_FOUND') {
    return (
      <PageState icon={SearchX} title={problem.message} whole={whole} actions={wayOn}>
        {problem.details}
      </PageState>
    );
  }
  const offline = problem.code === 'OFFLINE';
  return (
    <div role="alert">
      <PageState
        icon={offline ? WifiOff : CircleAlert}
        whole={whole}
        tone={offline ? 'calm' : 'refuse'}
        title={offline ? problem.message : `Couldn’t show ${what}`}
        actions={
          wayOn ||
          (onRetry && (
            <Button icon={RotateCw} onClick={onRetry}>
              Retry
            </Button>
          ))
        }
      >
        {offline ? problem.details : <ProblemWords problem={problem} />}
      </PageState>
    </div>
  );
}

const ForbiddenState = ({ problem, whole }: { readonly problem: Problem; readonly whole: boolean }) => (
  <PageState icon={Lock} title={problem.message} whole={whole}>
    {problem.details ?? 'Your role doesn’t include this. An admin can tell you who has it.'}
  </PageState>
);

/** Two of them stand beside each other: each ends as a sentence does. */
const asSentence = (text: string): string => (/[.!?…”]$/.test(text) ? text : `${text}.`);

export const ProblemWords = ({ problem }: { readonly problem: Problem }) => (
  <>
    {asSentence(problem.message)}
    {problem.details && problem.details !== problem.message && <> {asSentence(problem.details)}</>}
    {problem.requestId && (
      <span className="mt-1 block text-xs text-ink-3">
        Request <code className="font-mono select-all">{problem.requestId}</code>
      </span>
    )}
  </>
);

/** The same beside data that is still there: a line, not a page. */
export function ProblemLine({ problem, onRetry, what }: ProblemProps) {
  return (
    <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-refuse/5 px-5 py-2 text-sm">
      <Icon of={problem.code === 'OFFLINE' ? WifiOff : CircleAlert} className="text-refuse" />
      <span className="min-w-0 flex-1">
        <span className="font-medium">Couldn’t refresh {what}.</span>{' '}
        <span className="text-ink-2">{asSentence(problem.message)} What you see was read before.</span>
        {problem.requestId && (
          <span className="ml-2 text-xs text-ink-3">
            Request <code className="font-mono select-all">{problem.requestId}</code>
          </span>
        )}
      </span>
      {onRetry && (
        <Button look="quiet" icon={RotateCw} onClick={onRetry}>
          Retry
        </Button>
      )}
    </div>
  );
}

/** A grey stand-in for a line of text: the same height as what will stand there. */
export const Bone = ({ className = 'w-24' }: { readonly className?: string }) => (
  <span aria-hidden className={`breathing inline-block h-3 rounded bg-line align-middle ${className}`} />
);
