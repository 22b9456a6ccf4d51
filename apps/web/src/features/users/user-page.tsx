import { Link, useNavigate, useParams, useRouteContext, useSearch } from '@tanstack/react-router';
import { ChevronLeft, Lock } from 'lucide-react';
import { useCallback, useRef } from 'react';
import { Problem } from '../../api/problem.ts';
import { PageHeader } from '../../layouts/page-header.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Bone, PageState, ProblemLine, ProblemState } from '../../ui/page-state.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { useMedia, WIDE } from '../../ui/use-media.ts';
import { AuditTrailSection, type TrailFilter } from '../trail/audit-trail-section.tsx';
import { useUser } from './use-user.ts';
import { UserPane } from './user-pane.tsx';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NOBODY = new Problem('There is no such user', {
  code: 'NOT_FOUND',
  details: 'The address may have been cut off when it was copied.',
});

/** AC-9: one user for admins: what they may do, how they sign in, and everything that was done about them. */
export function UserPage() {
  const { user } = useRouteContext({ from: '/_app' });
  const { id } = useParams({ from: '/_app/admin/users/$id' });
  if (user.role === 'admin' && UUID.test(id)) return <OneUser key={id} id={id} viewer={user.id} />;
  return (
    <>
      <PageHeader title="User" before={user.role === 'admin' && <BackToUsers />} />
      {user.role === 'admin' ? (
        <ProblemState problem={NOBODY} what="this user" wayOn={<ToUsers />} />
      ) : (
        <PageState icon={Lock} title="Admins look after users">
          Ask an admin to invite somebody, or to change what somebody may do.
        </PageState>
      )}
    </>
  );
}

/** What a user's trail is about: the fields to choose from. */
const ENTITIES = ['User', 'Credential', 'SecondFactor', 'ProviderLink', 'Invitation', 'Responsibility'];

function OneUser({ id, viewer }: { readonly id: string; readonly viewer: string }) {
  const search = useSearch({ from: '/_app/admin/users/$id' });
  const navigate = useNavigate({ from: '/admin/users/$id' });
  const wide = useMedia(WIDE);
  const page = useRef<HTMLDivElement>(null);
  const pane = useRef<HTMLDivElement>(null);
  const { user, problem, isPending, retry } = useUser(id);
  const late = useDelayed(isPending);
  const change = useCallback(
    (part: TrailFilter) => void navigate({ to: '.', search: (now) => ({ ...now, ...part }), replace: true }),
    [navigate],
  );
  // Where one stands below the other, nobody knows where the trail begins while the user is being read.
  const placed = Boolean(user ?? problem);
  return (
    <>
      <PageHeader title={user?.name ?? 'User'} before={<BackToUsers />} />
      {problem && user && <ProblemLine problem={problem} what="this user" onRetry={retry} />}
      <div
        ref={page}
        className={`min-h-0 flex-1 lg:grid lg:grid-cols-[minmax(0,6fr)_minmax(0,5fr)] ${placed ? 'max-lg:overflow-y-auto' : 'max-lg:overflow-hidden'}`}
      >
        <section aria-label="User" className="min-h-0 lg:overflow-y-auto">
          {user ? (
            <UserPane user={user} own={id === viewer} />
          ) : problem ? (
            <ProblemState problem={problem} what="this user" onRetry={retry} wayOn={problem.code === 'NOT_FOUND' && <ToUsers />} />
          ) : (
            late && <Skeleton />
          )}
        </section>
        <div
          ref={pane}
          className={`min-h-0 border-line max-lg:border-t lg:overflow-y-auto lg:border-l ${placed ? '' : 'max-lg:invisible'}`}
        >
          <AuditTrailSection
            root={`User:${id}`}
            entities={ENTITIES}
            timeZone={user?.timeZone}
            gone={problem?.code === 'NOT_FOUND'}
            scroller={wide ? pane : page}
            search={search}
            onChange={change}
          />
        </div>
      </div>
    </>
  );
}

const BackToUsers = () => (
  <Link
    to="/admin/users"
    aria-label="All users"
    className="-ml-2 grid size-8 shrink-0 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink pointer-coarse:size-11"
  >
    <Icon of={ChevronLeft} size={18} />
  </Link>
);

const ToUsers = () => (
  <Link to="/admin/users" className={buttonClass('plain')}>
    All users
  </Link>
);

const Skeleton = () => (
  <div role="status" className="mx-auto grid max-w-3xl gap-5 px-6 py-6">
    <span className="sr-only">Reading the user</span>
    <Bone className="w-56" />
    {Array.from({ length: 5 }, (_, index) => (
      <div key={index} className="flex justify-between border-b border-line pb-5">
        <Bone className="w-24" />
        <Bone className="w-16" />
      </div>
    ))}
  </div>
);
