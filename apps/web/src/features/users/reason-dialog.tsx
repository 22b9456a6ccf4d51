import { type ReactNode, useId, useRef, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { useSaving } from '../../ui/use-saving.ts';
import { SavingProblem } from './saving-problem.tsx';

interface Props {
  readonly title: string;
  /** What comes of it. */
  readonly description: string;
  readonly confirm: string;
  readonly danger?: boolean;
  readonly onConfirm: (reason: string) => Promise<void>;
  readonly onClose: () => void;
  /** Fields that say what else is refused themselves, and what they hold. */
  readonly fields?: readonly string[];
  readonly children?: (refused: (field: string) => string | undefined) => ReactNode;
}

const NONE: readonly string[] = [];

/** Asks why, before something changes what somebody may do. */
export function ReasonDialog({ title, description, confirm, danger = false, onConfirm, onClose, fields = NONE, children }: Props) {
  const [reason, setReason] = useState('');
  const { problem, pending, save } = useSaving(() => onConfirm(reason.trim()), onClose);
  const form = useId();
  const first = useRef<HTMLInputElement>(null);
  const refused = (field: string) => problem?.fields.find((one) => one.field === field)?.message;
  return (
    <ModalDialog
      title={title}
      description={description}
      easyToLeave={reason === ''}
      {...(!children && { initialFocus: first })}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} look={danger ? 'danger' : 'primary'} because={pending ? 'One moment' : null}>
            {confirm}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={save} className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <SavingProblem problem={problem} fields={['reason', ...fields]} />
        {children?.(refused)}
        <TextField
          ref={first}
          label="Reason"
          hint="It stands in the log, with your name."
          value={reason}
          maxLength={500}
          problem={refused('reason')}
          onChange={({ target }) => setReason(target.value)}
        />
      </form>
    </ModalDialog>
  );
}
