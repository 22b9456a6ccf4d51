import type { ReasonUse } from '@countersign/domain/timecards/given-reason.rules';
import { REASON_USES } from '@countersign/domain/timecards/given-reason.rules';
import { useId, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { FieldProblemText, TextField } from '../../ui/field.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { UntoldProblem } from '../../ui/problem-note.tsx';
import { useSaving } from '../../ui/use-saving.ts';
import { USE_WORDS } from './use-words.ts';
import type { ReasonInput } from './use-reasons.ts';

const FIELDS = ['label', 'offeredFor'];

interface Props {
  /** The one that is changed; null for a new one. */
  readonly reason: ReasonInput | null;
  readonly onSave: (input: ReasonInput) => Promise<void>;
  readonly onClose: () => void;
}

/** One reason: what it is called, and for which changes it is offered. */
export default function ReasonForm({ reason, onSave, onClose }: Props) {
  const [label, setLabel] = useState(reason?.label ?? '');
  const [uses, setUses] = useState<readonly ReasonUse[]>(reason?.offeredFor ?? ['admin_edit']);
  const { problem, pending, save } = useSaving(() => onSave({ label: label.trim(), offeredFor: uses }), onClose);
  const form = useId();
  const refused = (field: string) => problem?.fields.find((one) => one.field === field)?.message;
  return (
    <ModalDialog
      title={reason ? 'Change this reason' : 'Add a reason'}
      description={
        reason ? 'What it was given for so far keeps the words that it had.' : 'Details are typed beside it: “Gate log: badge shows 16:28”.'
      }
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} look="primary" because={pending ? 'Saving' : null}>
            {reason ? 'Save' : 'Add'}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={save} className="grid gap-4">
        <UntoldProblem problem={problem} fields={FIELDS} />
        <TextField
          label="Reason"
          value={label}
          maxLength={80}
          problem={refused('label')}
          onChange={({ target }) => setLabel(target.value)}
        />
        <UsesField uses={uses} onChange={setUses} problem={refused('offeredFor')} />
      </form>
    </ModalDialog>
  );
}

interface UsesProps {
  readonly uses: readonly ReasonUse[];
  readonly onChange: (uses: readonly ReasonUse[]) => void;
  readonly problem: string | undefined;
}

const UsesField = ({ uses, onChange, problem }: UsesProps) => (
  <fieldset>
    <legend className="mb-1 text-sm font-medium">Offered for</legend>
    {REASON_USES.map((use) => (
      <label key={use} className="flex min-h-8 items-center gap-2.5 text-sm pointer-coarse:min-h-11">
        <input
          type="checkbox"
          checked={uses.includes(use)}
          onChange={({ target }) => onChange(target.checked ? [...uses, use] : uses.filter((one) => one !== use))}
          className="size-4 accent-(--accent)"
        />
        {USE_WORDS[use]}
      </label>
    ))}
    {problem && <FieldProblemText>{problem}</FieldProblemText>}
  </fieldset>
);
