import { type ReactNode, useId, useState } from 'react';
import { Button } from './button.tsx';
import { TextField } from './field.tsx';
import { ModalDialog } from './modal-dialog.tsx';
import { UntoldProblem } from './problem-note.tsx';
import { useSaving } from './use-saving.ts';

interface Props {
  readonly title: string;
  /** What comes of it. */
  readonly description: string;
  readonly confirm: string;
  readonly danger?: boolean;
  /** Why it can't be confirmed yet. */
  readonly because?: string | null;
  readonly onConfirm: (reason: string) => Promise<void>;
  readonly onClose: () => void;
  /** What the reason is called, under which name it is refused, and who reads it. */
  readonly asked?: { readonly label: string; readonly field: string; readonly hint: string };
  /** Fields above it that say what else is refused themselves, and what they hold. */
  readonly fields?: readonly string[];
  readonly children?: (refused: (field: string) => string | undefined) => ReactNode;
}

const NONE: readonly string[] = [];
const REASON = { label: 'Reason', field: 'reason', hint: 'It stands in the log, with your name.' };
/** Of what every admin is told. */
export const TOLD_ADMINS = { ...REASON, hint: 'It stands in the log, and every other admin reads it.' };

/** Asks why, before something changes that others have to understand later. */
export function ReasonDialog({ onConfirm, onClose, children, danger, because, confirm, asked = REASON, fields = NONE, ...dialog }: Props) {
  const [reason, setReason] = useState('');
  const { problem, pending, save } = useSaving(() => onConfirm(reason.trim()), onClose);
  const form = useId();
  const refused = (field: string) => problem?.fields.find((one) => one.field === field)?.message;
  return (
    <ModalDialog
      {...dialog}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            changes="anything"
            type="submit"
            form={form}
            look={danger ? 'danger' : 'primary'}
            because={pending ? 'One moment' : because}
          >
            {confirm}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={save} className="grid grid-cols-[minmax(0,1fr)] gap-4">
        <UntoldProblem problem={problem} fields={[asked.field, ...fields]} />
        {children?.(refused)}
        <TextField
          label={asked.label}
          hint={asked.hint}
          value={reason}
          maxLength={500}
          problem={refused(asked.field)}
          onChange={({ target }) => setReason(target.value)}
        />
      </form>
    </ModalDialog>
  );
}
