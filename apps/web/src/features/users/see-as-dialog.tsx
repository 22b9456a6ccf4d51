import type { UserView } from '../../api/views.ts';
import { useRights } from '../rights/use-rights.ts';
import { ReasonDialog } from '../../ui/reason-dialog.tsx';

interface Props {
  readonly user: UserView;
  readonly onConfirm: (reason: string) => Promise<void>;
  readonly onClose: () => void;
}

/** AC-7: what an admin is told before they see the system as somebody else. Whether they can change anything meanwhile is a setting. */
export function SeeAsDialog({ user: { name }, onConfirm, onClose }: Props) {
  const { rights } = useRights();
  const writes = rights?.settings.find((setting) => setting.name === 'writeAsAnother')?.value;
  const told = writes === undefined ? '' : writes ? ' What you change bears both names.' : ' Nothing can be changed.';
  return (
    <ReasonDialog
      title={`See Countersign as ${name}?`}
      description={`You see what they see, and nothing else, for half an hour at most.${told} What you look at is recorded with both names: they see it among their records, and every other admin is told now.`}
      confirm="See it"
      onConfirm={onConfirm}
      onClose={onClose}
    />
  );
}
