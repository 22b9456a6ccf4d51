import { LONGEST_REASON, SHORTEST_REASON, USUAL_OBJECTIONS } from '@countersign/domain/record/answers/answer.rules';
import { useState } from 'react';
import { problemOf } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { notify } from '../../ui/notice.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import type { ChangeSet } from '../trail/change-sets.ts';
import { useAnswering } from './answers-query.ts';

interface Props {
  readonly set: ChangeSet;
  /** Who made the change; null where nobody did who could be told. */
  readonly by: string | null;
  readonly onClose: () => void;
}

/** AUD-35: one tap opens it, one picks what is wrong, one sends it. */
export default function ContestDialog({ set, by, onClose }: Props) {
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const answering = useAnswering(set);
  const written = reason.trim();
  const send = () => {
    setMissing(written.length < SHORTEST_REASON);
    if (written.length < SHORTEST_REASON || answering.isPending) return;
    answering.mutate(
      { verdict: 'contested', reason: written },
      {
        onSuccess: () => {
          notify({ text: 'Contested. The people responsible are told.' });
          onClose();
        },
      },
    );
  };
  return (
    <ModalDialog
      title="What is wrong with it?"
      description={`${by === null ? 'Whoever is responsible for you is' : `${by} and whoever is responsible for you are`} told. It stands in the record, and nothing is changed by it.`}
      easyToLeave={!written}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button changes="inPerson" look="danger" because={answering.isPending ? 'One moment' : null} onClick={send}>
            Contest
          </Button>
        </>
      }
    >
      {answering.error && <ProblemNote problem={problemOf(answering.error)} />}
      <UsualObjections chosen={reason} onChoose={setReason} />
      <Field label="In your words" problem={missing ? 'Say what is wrong, in a few words: the people responsible read it.' : undefined}>
        {({ className, ...control }) => (
          <textarea
            {...control}
            rows={3}
            maxLength={LONGEST_REASON}
            value={reason}
            onChange={({ target }) => setReason(target.value)}
            className={`${className} py-1.5`}
          />
        )}
      </Field>
    </ModalDialog>
  );
}

const UsualObjections = ({ chosen, onChoose }: { readonly chosen: string; readonly onChoose: (reason: string) => void }) => (
  <div role="group" aria-label="Usual reasons" className="mb-4 flex flex-wrap gap-2">
    {USUAL_OBJECTIONS.map((usual) => (
      <button
        key={usual}
        type="button"
        aria-pressed={chosen === usual}
        onClick={() => onChoose(usual)}
        className="min-h-9 rounded-full border border-line-strong px-3.5 text-sm hover:bg-hover aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:text-accent pointer-coarse:min-h-11"
      >
        {usual}
      </button>
    ))}
  </div>
);
