import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { client } from '../../api/link.ts';
import { Problem } from '../../api/problem.ts';
import { sitesQuery } from '../../api/queries.ts';
import type { UserView } from '../../api/views.ts';
import { roleName } from '../../layouts/role-name.ts';
import { CONTROL, Field, FieldProblemText, TextField } from '../../ui/field.tsx';
import { usePaused } from '../../ui/use-paused.ts';
import { ReasonDialog } from '../../ui/reason-dialog.tsx';

/** For whom or what. */
export type Charge = { readonly person: string } | { readonly site: string };

interface Props {
  readonly user: UserView;
  readonly what: 'person' | 'site';
  readonly onAssign: (charge: Charge, reason: string) => Promise<void>;
  readonly onClose: () => void;
}

/** Asks for whom or for which site somebody is to be responsible, and why. */
export function AssignDialog({ user, what, onAssign, onClose }: Props) {
  const [chosen, choose] = useState('');
  const assign = async (reason: string) => {
    if (chosen === '')
      throw new Problem('Nothing is chosen', { code: 'VALIDATION_ERROR', fields: [{ field: what, message: `Choose a ${what}.` }] });
    await onAssign(what === 'person' ? { person: chosen } : { site: chosen }, reason);
  };
  return (
    <ReasonDialog
      title={what === 'person' ? 'Responsible for a person' : 'Responsible for a site'}
      description={`${user.name} will see, at once, ${what === 'person' ? 'the records of that person' : 'the timecards of that site'}${user.role === 'supervisor' ? ', and decide on the timecards' : ''}.`}
      confirm="Assign"
      fields={[what]}
      onConfirm={assign}
      onClose={onClose}
    >
      {(refused) =>
        what === 'person' ? (
          <PersonField user={user} chosen={chosen} onChoose={choose} problem={refused(what)} />
        ) : (
          <SiteField user={user} chosen={chosen} onChoose={choose} problem={refused(what)} />
        )
      }
    </ReasonDialog>
  );
}

interface FieldProps {
  readonly user: UserView;
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
  readonly problem: string | undefined;
}

function SiteField({ user, chosen, onChoose, problem }: FieldProps) {
  const sites = useQuery(sitesQuery);
  const held = new Set(user.responsibilities.filter(({ counts }) => counts).map(({ site }) => site?.id));
  return (
    <Field label="Site" problem={problem ?? (sites.isError ? 'The sites could not be read. Try again in a moment.' : undefined)}>
      {(control) => (
        <select {...control} className={`${control.className} h-9`} value={chosen} onChange={({ target }) => onChoose(target.value)}>
          <option value="">Choose</option>
          {sites.data
            ?.filter(({ id }) => !held.has(id))
            .map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
        </select>
      )}
    </Field>
  );
}

/** People who are offered at a time: who isn't among them is found by another word. */
const OFFERED = 8;

function PersonField({ user, chosen, onChoose, problem }: FieldProps) {
  const [sought, setSought] = useState('');
  const search = usePaused(sought.trim());
  const { data, isError } = useQuery({
    queryKey: ['users', 'to-assign', search],
    queryFn: ({ signal }) => client.users.list.query({ search, state: ['active', 'invited'], limit: OFFERED }, { signal }),
    placeholderData: (before) => before,
  });
  const held = new Set([user.id, ...user.responsibilities.filter(({ counts }) => counts).map(({ person }) => person?.id)]);
  const offered = data?.data.filter(({ id }) => !held.has(id)) ?? [];
  const more = data ? data.pagination.total - data.data.length : 0;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-2">
      <TextField
        label="Find a person"
        type="search"
        hint="By words of the name or the mail address."
        value={sought}
        onChange={({ target }) => setSought(target.value)}
      />
      <fieldset className={`${CONTROL} min-h-24 min-w-0 max-h-64 overflow-y-auto p-1.5 text-sm`}>
        <legend className="sr-only">Person</legend>
        {offered.map(({ id, name, email, role }) => (
          <label key={id} className="flex min-h-8 items-center gap-2.5 rounded-md px-2 py-1 hover:bg-hover pointer-coarse:min-h-11">
            <input
              type="radio"
              name="person"
              checked={chosen === id}
              onChange={() => onChoose(id)}
              className="size-4 shrink-0 accent-(--accent)"
            />
            <span className="min-w-0 flex-1">
              <span className="block truncate">{name}</span>
              <span className="block truncate text-xs text-ink-3">{email}</span>
            </span>
            <span className="text-xs text-ink-3">{roleName(role)}</span>
          </label>
        ))}
        {data && offered.length === 0 && <p className="px-2 py-3 text-ink-2">Nobody else is called that.</p>}
        {isError && <p className="px-2 py-3 text-refuse">The users could not be read. Try again in a moment.</p>}
        {more > 0 && offered.length > 0 && (
          <p className="px-2 pb-1 pt-2 text-xs text-ink-3">{more.toLocaleString('en')} more: type another word.</p>
        )}
      </fieldset>
      {problem && <FieldProblemText>{problem}</FieldProblemText>}
    </div>
  );
}
