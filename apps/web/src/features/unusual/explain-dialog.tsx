import { type RefObject, useId, useRef, useState } from 'react';
import type { UnusualView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import type { Explained } from './use-unusual.ts';
import { SavingProblem } from '../users/saving-problem.tsx';
import { useSaving } from '../../ui/use-saving.ts';

interface Props {
  readonly alert: UnusualView;
  readonly onExplain: (said: Explained) => Promise<void>;
  readonly onClose: () => void;
}

const VERDICTS = [
  { value: 'right', label: 'Yes, it was right', hint: 'It counts as usual for them from now on.' },
  { value: 'wrong', label: 'No, it was not right', hint: 'It never counts as usual: the same again is told again.' },
] as const;

/** Asks why somebody's reading was unusual. */
export default function ExplainDialog({ alert: { reader, sentence }, onExplain, onClose }: Props) {
  const [note, setNote] = useState('');
  const [verdict, setVerdict] = useState<Explained['verdict'] | null>(null);
  const { problem, pending, save } = useSaving(async () => {
    if (verdict) await onExplain({ verdict, note: note.trim() });
  }, onClose);
  const form = useId();
  const first = useRef<HTMLInputElement>(null);
  return (
    <ModalDialog
      title={`Why did ${reader.name} read this?`}
      description={sentence}
      easyToLeave={note === '' && verdict === null}
      initialFocus={first}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} look="primary" because={pending ? 'Saving' : verdict ? null : 'Say first whether it was right'}>
            Mark as explained
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={save} className="grid gap-4">
        <SavingProblem problem={problem} fields={['note']} />
        <VerdictChoice first={first} chosen={verdict} onChoose={setVerdict} />
        <TextField
          label="Explanation"
          hint="It stands in the log, with your name. If they go on, it is raised again."
          value={note}
          maxLength={500}
          problem={problem?.fields.find(({ field }) => field === 'note')?.message}
          onChange={({ target }) => setNote(target.value)}
        />
      </form>
    </ModalDialog>
  );
}

interface ChoiceProps {
  readonly first: RefObject<HTMLInputElement | null>;
  readonly chosen: Explained['verdict'] | null;
  readonly onChoose: (verdict: Explained['verdict']) => void;
}

function VerdictChoice({ first, chosen, onChoose }: ChoiceProps) {
  const id = useId();
  return (
    <fieldset className="grid gap-1 text-sm">
      <legend className="pb-1 font-medium">Was it right that they read this?</legend>
      {VERDICTS.map(({ value, label, hint }, index) => (
        <label key={value} className="flex items-start gap-2.5 py-1 pointer-coarse:min-h-11">
          <input
            ref={index === 0 ? first : undefined}
            type="radio"
            name="verdict"
            aria-label={label}
            aria-describedby={`${id}-${value}`}
            checked={chosen === value}
            onChange={() => onChoose(value)}
            className="mt-0.5 size-4 shrink-0 accent-(--accent)"
          />
          <span>
            {label}
            <span id={`${id}-${value}`} className="block text-xs text-ink-3">
              {hint}
            </span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
