import { type FormEvent, useId, useRef, useState } from 'react';
import { problemOf, type Problem } from '../../api/problem.ts';
import type { RightSetting } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';

interface Props {
  readonly setting: RightSetting;
  readonly onTurn: (reason: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks why, before what many people see changes. */
export default function TurnDialog({ setting: { label, about, value }, onTurn, onClose }: Props) {
  const [reason, setReason] = useState('');
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pending, setPending] = useState(false);
  const form = useId();
  const first = useRef<HTMLInputElement>(null);
  const refused = problem?.fields.find(({ field }) => field === 'reason')?.message;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    try {
      await onTurn(reason.trim());
      onClose();
    } catch (thrown) {
      setProblem(problemOf(thrown));
      setPending(false);
    }
  };
  return (
    <ModalDialog
      title={`Turn ${value ? 'off' : 'on'} “${label}”?`}
      description={`${about} It holds at once for whatever is read from now on; what a page shows already stays until it is loaded again.`}
      easyToLeave={reason === ''}
      initialFocus={first}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} look="primary" because={pending ? 'Saving' : null}>
            {value ? 'Turn it off' : 'Turn it on'}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={(event) => void save(event)} className="grid gap-4">
        {problem && refused === undefined && (
          <p role="alert" className="rounded-md bg-refuse/6 px-3.5 py-2.5 text-sm text-refuse">
            {problem.message} {problem.details}
          </p>
        )}
        <TextField
          ref={first}
          label="Reason"
          hint="It stands in the log, and every other admin reads it."
          value={reason}
          maxLength={500}
          problem={refused}
          onChange={({ target }) => setReason(target.value)}
        />
      </form>
    </ModalDialog>
  );
}
