import { useState } from 'react';
import type { UserView } from '../../api/views.ts';
import { TextField } from '../../ui/field.tsx';
import { ReasonDialog } from '../../ui/reason-dialog.tsx';

const FIELDS = ['firstName', 'lastName', 'email', 'phoneNumber'] as const;

/** What somebody is called, and how they are reached. */
export type Corrected = Readonly<Record<(typeof FIELDS)[number], string>>;

interface Props {
  readonly user: UserView;
  readonly onCorrect: (input: Corrected & { readonly reason: string }) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks how somebody is called and reached, and why that is corrected. */
export function CorrectDialog({ user, onCorrect, onClose }: Props) {
  const [changed, setChanged] = useState<Partial<Corrected>>({});
  // What nobody has typed is as it stands, whoever corrects it meanwhile.
  const typed: Corrected = { ...user, phoneNumber: user.phoneNumber ?? '', ...changed };
  const moves = typed.email.trim().toLowerCase() !== user.email;
  return (
    <ReasonDialog
      title={`Correct ${user.name}`}
      description="It holds at once. What the log tells of earlier stays as it was."
      confirm="Correct"
      fields={[...FIELDS]}
      onConfirm={(reason) =>
        onCorrect({ firstName: typed.firstName, lastName: typed.lastName, email: typed.email, phoneNumber: typed.phoneNumber, reason })
      }
      onClose={onClose}
    >
      {(refused) => {
        const text = (name: keyof Corrected) => ({
          name,
          value: typed[name],
          problem: refused(name),
          autoComplete: 'off',
          onChange: ({ target }: { readonly target: HTMLInputElement }) => setChanged((now) => ({ ...now, [name]: target.value })),
        });
        return (
          <>
            <div className="grid gap-4 sm:grid-cols-2">
              <TextField label="First name" maxLength={100} {...text('firstName')} />
              <TextField label="Last name" maxLength={100} {...text('lastName')} />
              <TextField label="Mail address" type="email" maxLength={254} {...text('email')} />
              <TextField label="Phone" type="tel" maxLength={40} {...text('phoneNumber')} />
            </div>
            {moves && (
              <p className="text-sm text-ink-2">
                They sign in with the new address from then on, and are signed out everywhere now. Links that were sent to the former one
                open nothing any more; an open invitation is sent again.
              </p>
            )}
          </>
        );
      }}
    </ReasonDialog>
  );
}
