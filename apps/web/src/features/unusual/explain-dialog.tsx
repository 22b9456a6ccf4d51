import { useId, useState } from 'react';
import type { UnusualView } from '../../api/views.ts';
import { ReasonDialog } from '../../ui/reason-dialog.tsx';
import type { Explained } from './use-unusual.ts';

interface Props {
  readonly alert: UnusualView;
  readonly onExplain: (said: Explained) => Promise<void>;
  readonly onClose: () => void;
}

const VERDICTS = [
  { value: 'right', label: 'Yes, it was right', hint: 'It counts as usual for them from now on.' },
  { value: 'wrong', label: 'No, it was not right', hint: 'It never counts as usual: the same again is told again.' },
] as const;

const EXPLANATION = {
  label: 'Explanation',
  field: 'note',
  hint: 'It stands in the log, with your name. If they go on, it is raised again.',
};

/** Asks why somebody's reading was unusual. */
export default function ExplainDialog({ alert: { reader, sentence, explanation }, onExplain, onClose }: Props) {
  const [verdict, setVerdict] = useState<Explained['verdict'] | null>(null);
  return (
    <ReasonDialog
      title={`Why did ${reader.name} read this?`}
      description={sentence}
      confirm="Mark as explained"
      because={explanation ? 'It is explained already' : verdict ? null : 'Say first whether it was right'}
      asked={EXPLANATION}
      onConfirm={async (note) => {
        if (verdict) await onExplain({ verdict, note });
      }}
      onClose={onClose}
    >
      {() => (
        <>
          <div role="status" className="text-sm empty:hidden">
            {explanation && <Meanwhile explanation={explanation} />}
          </div>
          <VerdictChoice chosen={verdict} onChoose={setVerdict} />
        </>
      )}
    </ReasonDialog>
  );
}

/** Somebody else was quicker: what they said, and what becomes of what is being typed. */
const Meanwhile = ({ explanation: { by, verdict, note } }: { readonly explanation: NonNullable<UnusualView['explanation']> }) => (
  <p className="rounded-md bg-well px-3 py-2 wrap-anywhere">
    <span className="font-medium">{by.name} explained this meanwhile:</span> {verdict === 'right' ? 'it was right' : 'it was not right'}, “
    {note}”. What you typed isn’t saved.
  </p>
);

interface ChoiceProps {
  readonly chosen: Explained['verdict'] | null;
  readonly onChoose: (verdict: Explained['verdict']) => void;
}

function VerdictChoice({ chosen, onChoose }: ChoiceProps) {
  const id = useId();
  return (
    <fieldset className="grid gap-1 text-sm">
      <legend className="pb-1 font-medium">Was it right that they read this?</legend>
      {VERDICTS.map(({ value, label, hint }) => (
        <label key={value} className="flex items-start gap-2.5 py-1 pointer-coarse:min-h-11">
          <input
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
