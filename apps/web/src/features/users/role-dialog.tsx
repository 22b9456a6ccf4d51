import { useState } from 'react';
import type { Role, UserView } from '../../api/views.ts';
import { ReasonDialog } from '../../ui/reason-dialog.tsx';
import { LevelField, RoleField } from './role-fields.tsx';

interface Props {
  readonly user: UserView;
  readonly onChange: (input: { readonly role: Role; readonly level: number; readonly reason: string }) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks for another role or level, and why. */
export function RoleDialog({ user, onChange, onClose }: Props) {
  // What nobody has chosen is as it stands, whoever changes it meanwhile.
  const [{ role = user.role, level = user.level }, choose] = useState<{ readonly role?: Role; readonly level?: number }>({});
  return (
    <ReasonDialog
      title={`Change the role of ${user.name}`}
      description="It holds at once, on pages that they have open as well. Every other admin is told."
      confirm="Change"
      fields={['role', 'level']}
      onConfirm={(reason) => onChange({ role, level, reason })}
      onClose={onClose}
    >
      {(refused) => (
        <>
          <div className="grid gap-4 sm:grid-cols-2">
            <RoleField role={role} onChange={(to) => choose((now) => ({ ...now, role: to }))} problem={refused('role')} />
            <LevelField level={level} onChange={(to) => choose((now) => ({ ...now, level: to }))} problem={refused('level')} />
          </div>
          {role !== user.role && user.responsibilities.some(({ counts }) => counts) && (
            <p className="text-sm text-ink-2">
              What {user.name} is responsible for now gives nothing in another role. It stays noted until you take it away.
            </p>
          )}
        </>
      )}
    </ReasonDialog>
  );
}
