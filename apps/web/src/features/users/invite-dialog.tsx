import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { sessionQuery } from '../../api/session.ts';
import type { InviteInput, Role } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { Field, TextField } from '../../ui/field.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { useSaving } from '../../ui/use-saving.ts';
import { useZones } from '../../ui/zone-context.tsx';
import { LevelField, RoleField } from './role-fields.tsx';
import { UntoldProblem } from '../../ui/problem-note.tsx';

interface Props {
  readonly onInvite: (input: InviteInput) => Promise<void>;
  readonly onClose: () => void;
}

const EMPTY = { firstName: '', lastName: '', email: '', phoneNumber: '' };

/** Asks whom to invite, as what; by what they sign in is theirs. */
export function InviteDialog({ onInvite, onClose }: Props) {
  const { mine } = useZones();
  const { data: { passwords, provider } = { passwords: true, provider: null } } = useQuery(sessionQuery);
  const [typed, setTyped] = useState(EMPTY);
  const [role, setRole] = useState<Role>('worker');
  const [level, setLevel] = useState(1);
  const [timeZone, setTimeZone] = useState(mine);
  const { problem, pending, save } = useSaving(() => onInvite({ ...typed, role, level, timeZone }), onClose);
  const form = useId();
  const refused = (field: string) => problem?.fields.find((one) => one.field === field)?.message;
  const text = (name: keyof typeof EMPTY) => ({
    name,
    value: typed[name],
    problem: refused(name),
    onChange: ({ target }: { readonly target: HTMLInputElement }) => setTyped((now) => ({ ...now, [name]: target.value })),
  });
  return (
    <ModalDialog
      title="Invite somebody"
      description={
        passwords
          ? 'They get a mail with a link that works once, within seven days, and choose a password there.'
          : `They get a mail with a link, open for seven days, and sign in by ${provider?.name ?? 'the provider'}, with the account that has this mail address.`
      }
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} look="primary" because={pending ? 'Inviting' : null}>
            Invite
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={save} className="grid gap-4 sm:grid-cols-2">
        <UntoldProblem problem={problem} fields={['firstName', 'lastName', 'email', 'phoneNumber', 'role', 'level', 'timeZone']} />
        <TextField label="First name" autoComplete="off" maxLength={100} {...text('firstName')} />
        <TextField label="Last name" autoComplete="off" maxLength={100} {...text('lastName')} />
        <TextField label="Mail address" type="email" autoComplete="off" maxLength={254} {...text('email')} />
        <TextField
          label={
            <>
              Phone <span className="text-xs font-normal text-ink-3">optional</span>
            </>
          }
          type="tel"
          autoComplete="off"
          maxLength={40}
          {...text('phoneNumber')}
        />
        <RoleField role={role} onChange={setRole} problem={refused('role')} />
        <LevelField level={level} onChange={setLevel} problem={refused('level')} />
        <ZoneField zone={timeZone} onChange={setTimeZone} problem={refused('timeZone')} />
      </form>
    </ModalDialog>
  );
}

const ZONES = ['UTC', ...Intl.supportedValuesOf('timeZone').filter((zone) => zone !== 'UTC')];

interface ZoneProps {
  readonly zone: string;
  readonly onChange: (zone: string) => void;
  readonly problem: string | undefined;
}

/** In whose time their days begin and end. */
const ZoneField = ({ zone, onChange, problem }: ZoneProps) => (
  <Field label="Time zone" problem={problem} className="sm:col-span-2">
    {(control) => (
      <select {...control} className={`${control.className} h-9`} value={zone} onChange={({ target }) => onChange(target.value)}>
        {(ZONES.includes(zone) ? ZONES : [zone, ...ZONES]).map((one) => (
          <option key={one}>{one}</option>
        ))}
      </select>
    )}
  </Field>
);
