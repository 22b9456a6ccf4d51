import type { RightSetting } from '../../api/views.ts';
import { ReasonDialog, TOLD_ADMINS } from '../../ui/reason-dialog.tsx';

interface Props {
  readonly setting: RightSetting;
  readonly onTurn: (reason: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks why, before what many people see changes. */
export default function TurnDialog({ setting: { label, turnedOn, turnedOff, value }, onTurn, onClose }: Props) {
  return (
    <ReasonDialog
      title={`Turn ${value ? 'off' : 'on'} “${label}”?`}
      description={`${value ? turnedOff : turnedOn} It holds at once, also for what open pages show already.`}
      confirm={value ? 'Turn it off' : 'Turn it on'}
      asked={TOLD_ADMINS}
      onConfirm={onTurn}
      onClose={onClose}
    />
  );
}
