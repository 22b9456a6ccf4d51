import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { problemOf } from '../../api/problem.ts';
import { type FactorView, ownFactor } from '../../api/second-factor.ts';
import { Button } from '../../ui/button.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { Part } from '../notifications/preference-parts.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import type { FactorAct } from './factor-dialogs.tsx';

/** What a dialog takes comes with the first one. */
const FactorDialog = lazy(() => import('./factor-dialogs.tsx'));

interface Props {
  readonly timeZone: string;
  /** Called when other sessions may have ended. */
  readonly onChanged: () => void;
}

/** AC-5: what is asked for beside the password. */
export function FactorPart({ timeZone, onChanged }: Props) {
  const { data, error, refetch } = useQuery({ queryKey: ['own-factor'], queryFn: ({ signal }) => ownFactor(signal) });
  const [act, setAct] = useState<FactorAct | null>(null);
  const done = () => {
    void refetch();
    onChanged();
  };
  return (
    <Part title="Second factor" about="A code from an app on your telephone, beside your password: who learns the password alone isn’t in.">
      {data ? (
        <Standing factor={data} timeZone={timeZone} onAct={setAct} />
      ) : (
        <div className="min-h-18 py-3">
          {error && (
            <>
              <ProblemNote problem={problemOf(error)} />
              <Button onClick={() => void refetch()}>Try again</Button>
            </>
          )}
        </div>
      )}
      {act && (
        <Suspense fallback={null}>
          <FactorDialog act={act} onDone={done} onClose={() => setAct(null)} />
        </Suspense>
      )}
    </Part>
  );
}

interface StandingProps {
  readonly factor: FactorView;
  readonly timeZone: string;
  readonly onAct: (act: FactorAct) => void;
}

function Standing({ factor: { set_up_at: since, codes_left: left, required }, timeZone, onAct }: StandingProps) {
  if (since === null)
    return (
      <div className="flex flex-wrap items-center gap-3 py-3 text-sm">
        <p className="min-w-0 flex-1 basis-56">You have none: what you sign in by alone lets you in.</p>
        <Button changes="inPerson" look="primary" onClick={() => onAct('setUp')}>
          Set it up
        </Button>
      </div>
    );
  return (
    <div className="grid gap-3 py-3 text-sm">
      <p>
        Set up <TimeText instant={since} timeZone={timeZone} as="day" />.{' '}
        <span className={left <= 2 ? 'font-medium text-refuse' : 'text-ink-2'}>{codesText(left)}</span>
      </p>
      <div className="flex flex-wrap gap-2">
        <Button changes="inPerson" onClick={() => onAct('renew')}>
          Use another app
        </Button>
        <Button changes="inPerson" onClick={() => onAct('codes')}>
          New recovery codes
        </Button>
        <Button changes="inPerson" because={required ? 'Your role needs a second factor' : null} onClick={() => onAct('remove')}>
          Remove
        </Button>
      </div>
    </div>
  );
}

function codesText(left: number): string {
  if (left === 0) return 'No recovery code is left: make new ones.';
  return left === 1 ? 'One recovery code is left.' : `${left} recovery codes are left.`;
}
