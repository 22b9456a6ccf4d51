import { useId, useRef, useState } from 'react';
import type { RightSetting } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { useSaving } from '../../ui/use-saving.ts';

interface Props {
  readonly setting: RightSetting;
  readonly onTurn: (reason: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks why, before what many people see changes. */
export default function TurnDialog({ setting: { label, turnedOn, turnedOff, value }, onTurn, onClose }: Props) {
  const [reason, setReason] = useState('');
  const { problem, pending, save } = useSaving(() => onTurn(reason.trim()), onClose);
  const form = useId();
  const first = useRef<HTMLInputElement>(null);
  const refused = problem?.fields.find(({ field }) => field === 'reason')?.message;
  return (
    <ModalDialog
      title={`Turn ${value ? 'off' : 'on'} “${label}”?`}
      description={`${value ? turnedOff : turnedOn} It holds at once, also for what open pages show already.`}
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
      <form id={form} noValidate onSubmit={save} className="grid gap-4">
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
