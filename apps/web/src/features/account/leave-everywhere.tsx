import { signOutEverywhere } from '../../api/session.ts';
import { useSignOut } from '../../layouts/use-sign-out.ts';
import { Button } from '../../ui/button.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';

const others = (count: number) => (count === 1 ? 'and one other place' : `and ${count} other places`);

/** Asks before work on other devices ends. */
export default function LeaveEverywhere({ others: count, onClose }: { readonly others: number; readonly onClose: () => void }) {
  const leave = useSignOut(signOutEverywhere);
  return (
    <ModalDialog
      title="Sign out everywhere?"
      description={`You are signed out here${count ? ` ${others(count)}` : ''}. What is typed there and not saved is lost. Tokens for programs go on.`}
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
