import { Link } from '@tanstack/react-router';
import type { UserSummary } from '../../api/views.ts';
import { roleName } from '../../layouts/role-name.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { AccountStateTag } from './account-state-tag.tsx';

const COLUMNS = '@2xl:grid-cols-[minmax(10rem,1.2fr)_minmax(10rem,1.3fr)_minmax(8rem,.8fr)_8.5rem]';

/** A table where there is room, cards where there is none; one list either way. */
export const UserRows = ({ users }: { readonly users: readonly UserSummary[] }) => (
  <div role="table" aria-label="Users" className="text-sm">
    <div role="rowgroup" className="sticky top-0 z-2 hidden border-b border-line bg-paper @2xl:block">
      <div role="row" className={`grid gap-x-4 px-5 py-2 text-xs text-ink-3 ${COLUMNS}`}>
        <span role="columnheader">Name</span>
        <span role="columnheader">Mail address</span>
        <span role="columnheader">Role</span>
        <span role="columnheader">Account</span>
      </div>
    </div>
    <div role="rowgroup">
      {users.map((user) => (
        <Row key={user.id} user={user} />
      ))}
    </div>
  </div>
);

const Row = ({ user: { id, name, email, role, level, state } }: { readonly user: UserSummary }) => (
  <div
    role="row"
    className={`relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 border-b border-line px-4 py-3 hover:bg-hover sm:px-5 @2xl:py-2.5 ${COLUMNS}`}
  >
    <span role="cell" className="flex min-w-0 items-center gap-2.5">
      <Avatar id={id} name={name} />
      <Link
        to="/admin/users/$id"
        params={{ id }}
        className={`truncate font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent ${state === 'disabled' ? 'text-ink-2' : ''}`}
      >
        {name}
      </Link>
    </span>
    <div role="none" className="order-1 flex min-w-0 flex-col gap-y-0.5 @max-2xl:col-span-2 @max-2xl:pl-8.5 @2xl:contents">
      <span role="cell" className="truncate text-ink-2">
        {email}
      </span>
      <span role="cell">
        {roleName(role)}
        <span className="text-ink-3">, level {level}</span>
      </span>
    </div>
    <span role="cell">
      <AccountStateTag state={state} />
    </span>
  </div>
);
