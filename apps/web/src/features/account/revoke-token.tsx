import { useId } from 'react';
import type { TokenView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { useSaving } from '../../ui/use-saving.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';

interface Props {
  readonly token: TokenView;
  readonly onRevoke: () => Promise<void>;
  readonly onClose: () => void;
}

/** Asks before a program stops working. */
export default function RevokeToken({ token: { name }, onRevoke, onClose }: Props) {
  const { problem, pending, save } = useSaving(onRevoke, onClose);
  const form = useId();
  return (
    <ModalDialog
      title={`Revoke “${name}”?`}
      description="Programs that use it are refused at once, and what they hold open ends. It can’t be undone: make another token instead."
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} look="danger" because={pending ? 'Revoking' : null}>
            Revoke
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={save}>
        {problem && <ProblemNote problem={problem} />}
      </form>
    </ModalDialog>
  );
}
