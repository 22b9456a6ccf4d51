import { signOutEverywhere } from '../../api/session.ts';
import { useSignOut } from '../../layouts/use-sign-out.ts';
import { Button } from '../../ui/button.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';

function comesOf(others: number): string {
  if (others === 0) return 'You are signed out here: you are signed in nowhere else.';
  return `You are signed out here and in ${others === 1 ? 'one other place' : `${others} other places`}. What is typed there and not saved is lost.`;
}

/** Asks before work on other devices ends. */
export default function LeaveEverywhere({ others, onClose }: { readonly others: number; readonly onClose: () => void }) {
  const leave = useSignOut(signOutEverywhere);
  return (
    <ModalDialog
      title="Sign out everywhere?"
      description={`${comesOf(others)} Your browsers show no notices any more; tokens for programs go on.`}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="danger" onClick={leave}>
            Sign out everywhere
          </Button>
        </>
      }
    >
      {null}
    </ModalDialog>
  );
}
