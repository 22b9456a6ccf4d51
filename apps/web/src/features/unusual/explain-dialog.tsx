import { useId, useRef, useState } from 'react';
import type { UnusualView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { SavingProblem } from '../users/saving-problem.tsx';
import { useSaving } from '../../ui/use-saving.ts';

interface Props {
  readonly alert: UnusualView;
  readonly onExplain: (note: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks why somebody's reading was unusual. */
export default function ExplainDialog({ alert: { reader, sentence }, onExplain, onClose }: Props) {
  const [note, setNote] = useState('');
  const { problem, pending, save } = useSaving(() => onExplain(note.trim()), onClose);
  const form = useId();
  const first = useRef<HTMLInputElement>(null);
  return (
    <ModalDialog
      title={`Why did ${reader.name} read this?`}
      description={`${sentence} Once it is explained, it counts as usual for them.`}
      easyToLeave={note === ''}
      initialFocus={first}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} look="primary" because={pending ? 'Saving' : null}>
            Mark as explained
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={save} className="grid gap-4">
        <SavingProblem problem={problem} fields={['note']} />
        <TextField
          ref={first}
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
