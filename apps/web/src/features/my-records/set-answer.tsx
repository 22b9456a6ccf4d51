import { Check, X } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { problemOf } from '../../api/problem.ts';
import type { AnswerView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { notify } from '../../ui/notice.tsx';
import { type ChangeSet, newestOf } from '../trail/change-sets.ts';
import { answerTo, useAnswering, useAnswers } from './answers-query.ts';

const ContestDialog = lazy(() => import('./contest-dialog.tsx'));

/** AUD-35: what the reader says to a change of their records, or said. */
export function SetAnswer({ set }: { readonly set: ChangeSet }) {
  const { data, error } = useAnswers();
  const answering = useAnswering(set);
  const [contesting, setContesting] = useState(false);
  const answer = answerTo(set, data);
  const [again, setAgain] = useState(false);
  const unknown = data === undefined;
  const because = unknown
    ? error
      ? problemOf(error).message
      : 'What you said before is being read'
    : answering.isPending
      ? 'One moment'
      : null;
  const confirm = () =>
    answering.mutate(
      { verdict: 'confirmed' },
      {
        onSuccess: () => setAgain(false),
        onError: (thrown) => notify({ text: `Not confirmed. ${problemOf(thrown).message}.`, tone: 'refuse' }),
      },
    );
  const { actor } = newestOf(set.events);
  if (answer && !again) return <Said answer={answer} onAgain={() => setAgain(true)} />;
  return (
    <div className="relative z-1 mt-2 flex flex-wrap gap-2 print:hidden">
      <Button changes="inPerson" icon={Check} because={because} aria-label={`That’s right: event ${set.position}`} onClick={confirm}>
        That’s right
      </Button>
      <Button
        changes="inPerson"
        icon={X}
        because={because}
        aria-label={`Contest event ${set.position}`}
        onClick={() => setContesting(true)}
      >
        Contest…
      </Button>
      {contesting && (
        <Suspense fallback={null}>
          <ContestDialog
            set={set}
            by={actor.kind === 'user' ? actor.name : null}
            onClose={() => {
              setContesting(false);
              setAgain(false);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}

/** Nothing that was said is taken back: another answer follows it. */
const Said = ({ answer: { verdict, reason }, onAgain }: { readonly answer: AnswerView; readonly onAgain: () => void }) => (
  <p className="relative z-1 mt-1.5 flex flex-wrap items-center gap-x-2 text-sm">
    <span className={`inline-flex items-center gap-1 font-medium ${verdict === 'confirmed' ? 'text-good' : 'text-refuse'}`}>
      <Icon of={verdict === 'confirmed' ? Check : X} size={14} />
      {verdict === 'confirmed' ? 'You confirmed this' : 'You contested this'}
    </span>
    {reason && <span className="text-ink-2 italic">“{reason}”</span>}
    <button
      type="button"
      onClick={onAgain}
      className="-mx-1 min-h-6 rounded px-1 text-xs text-ink-3 hover:bg-well hover:text-ink print:hidden pointer-coarse:min-h-11"
    >
      Say something else
    </button>
  </p>
);
