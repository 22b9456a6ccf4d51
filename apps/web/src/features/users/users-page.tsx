import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useRouteContext, useSearch } from '@tanstack/react-router';
import { FilterX, Lock, UserRound, UserRoundPlus } from 'lucide-react';
import { lazy, Suspense, useRef, useState } from 'react';
import { client } from '../../api/link.ts';
import { problemOf } from '../../api/problem.ts';
import type { InviteInput, Role } from '../../api/views.ts';
import { PageHeader } from '../../layouts/page-header.tsx';
import { roleName, ROLES } from '../../layouts/role-name.ts';
import { Button } from '../../ui/button.tsx';
import { FilterMenu } from '../../ui/filter-menu.tsx';
import { ListSkeleton } from '../../ui/list-skeleton.tsx';
import { PageState, ProblemLine, ProblemState } from '../../ui/page-state.tsx';
import { NoSuchPage, Pagination } from '../../ui/pagination.tsx';
import { TextSearch } from '../../ui/text-search.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { UserRows } from './user-rows.tsx';
import { inputOf, isFiltered, LISTED_STATES, type UsersSearch } from './users-search.ts';

/** What a dialog takes comes with the first one. */
const InviteDialog = lazy(async () => ({ default: (await import('./dialogs.tsx')).InviteDialog }));

const UNFILTERED: UsersSearch = { find: undefined, role: undefined, state: undefined, page: undefined };

/** AC-9: everybody who has an account or was invited, for admins. */
export function UsersPage() {
  const { user } = useRouteContext({ from: '/_app' });
  return (
    <>
      <PageHeader title="Users" />
      {user.role === 'admin' ? (
        <Listed />
      ) : (
        <PageState icon={Lock} title="Admins look after users">
          Ask an admin to invite somebody, or to change what somebody may do.
        </PageState>
      )}
    </>
  );
}

function Listed() {
  const search = useSearch({ from: '/_app/admin/users/' });
  const navigate = useNavigate({ from: '/admin/users/' });
  const [inviting, setInviting] = useState(false);
  const { data, error, isPending, isPlaceholderData, refetch } = useQuery({
    queryKey: ['users', inputOf(search)],
    queryFn: ({ signal }) => client.users.list.query(inputOf(search), { signal }),
    placeholderData: keepPreviousData,
  });
  const top = useRef<HTMLDivElement>(null);
  const change = (part: Partial<UsersSearch>) => {
    void navigate({ to: '.', search: (now) => ({ ...now, page: undefined, ...part }), replace: !('page' in part) });
    if ('page' in part) top.current?.scrollTo({ top: 0 });
  };
  const late = useDelayed(isPending);
  const problem = error && problemOf(error);
  return (
    <>
      <Filters search={search} onChange={change} onInvite={() => setInviting(true)} />
      {problem && data && <ProblemLine problem={problem} what="the users" onRetry={() => void refetch()} />}
      <div ref={top} aria-busy={isPlaceholderData} className="@container min-h-0 flex-1 overflow-y-auto">
        {data ? (
          data.data.length ? (
            <UserRows users={data.data} />
          ) : (
            <Nobody search={search} onClear={() => change(UNFILTERED)} onFirst={() => change({ page: undefined })} />
          )
        ) : problem ? (
          <ProblemState problem={problem} what="the users" onRetry={() => void refetch()} />
        ) : (
          late && <ListSkeleton what="the users" />
        )}
      </div>
      {data && (
        <Pagination {...data.pagination} words={['Previous', 'Next']} onPage={(page) => change({ page: page > 1 ? page : undefined })} />
      )}
      {inviting && <Inviting onClose={() => setInviting(false)} />}
    </>
  );
}

/** Whoever was invited is shown at once: their page has what can be done next. */
function Inviting({ onClose }: { readonly onClose: () => void }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const invite = async (input: InviteInput) => {
    const user = await client.users.invite.mutate(input);
    queries.setQueryData(['user', user.id], user);
    await queries.invalidateQueries({ queryKey: ['users'] });
    await queries.invalidateQueries({ queryKey: ['people'] });
    await navigate({ to: '/admin/users/$id', params: { id: user.id } });
  };
  return (
    <Suspense>
      <InviteDialog onInvite={invite} onClose={onClose} />
    </Suspense>
  );
}

interface FiltersProps {
  readonly search: UsersSearch;
  readonly onChange: (part: Partial<UsersSearch>) => void;
  readonly onInvite: () => void;
}

const STATE_LABELS = { active: 'Active', invited: 'Invited, without a password', disabled: 'Disabled' } as const;

const Filters = ({ search, onChange, onInvite }: FiltersProps) => (
  <div className="@container shrink-0 border-b border-line px-4 py-2.5 sm:px-5">
    <div className="flex flex-wrap items-center gap-x-1.5 gap-y-2">
      <div role="group" aria-label="Filters" className="contents">
        {/* In a line of its own where the filters leave it none. */}
        <div className="flex min-w-0 flex-1 basis-full sm:basis-40 @3xl:max-w-72">
          <TextSearch
            label="Search in names and mail addresses"
            placeholder="Search names, mail addresses"
            value={search.find ?? ''}
            onChange={(find) => onChange({ find: find || undefined })}
          />
        </div>
        <FilterMenu
          label="Role"
          choices={ROLES.map((role) => ({ value: role, label: roleName(role) }))}
          chosen={search.role ?? []}
          onChange={(chosen) => onChange({ role: chosen.length ? (chosen as Role[]) : undefined })}
        />
        <FilterMenu
          label="Account"
          choices={LISTED_STATES.map((state) => ({ value: state, label: STATE_LABELS[state] }))}
          chosen={search.state ?? []}
          onChange={(chosen) => onChange({ state: chosen.length ? LISTED_STATES.filter((state) => chosen.includes(state)) : undefined })}
        />
      </div>
      <Button icon={UserRoundPlus} look="primary" className="ml-auto" onClick={onInvite}>
        Invite
      </Button>
    </div>
  </div>
);

interface NobodyProps {
  readonly search: UsersSearch;
  readonly onClear: () => void;
  readonly onFirst: () => void;
}

function Nobody({ search, onClear, onFirst }: NobodyProps) {
  if (search.page !== undefined) return <NoSuchPage page={search.page} icon={UserRound} onFirst={onFirst} />;
  if (isFiltered(search)) {
    return (
      <PageState icon={FilterX} title="Nobody matches this filter" actions={<Button onClick={onClear}>Clear the filter</Button>}>
        Each word stands in a name or a mail address.
      </PageState>
    );
  }
  return <PageState icon={UserRound} title="There is nobody yet" />;
}
