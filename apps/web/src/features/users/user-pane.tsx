import { Eye, Link2, LogOut, PencilLine, Plus, Send } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { problemOf } from '../../api/problem.ts';
import type { UserView } from '../../api/views.ts';
import { roleName } from '../../layouts/role-name.ts';
import { Button } from '../../ui/button.tsx';
import { notify } from '../../ui/notice.tsx';
import { type UserActs, useUserActs } from './use-user.ts';
import { UnusualPart } from './unusual-part.tsx';
import type { Opened } from './user-dialogs.tsx';
import { Charges, Holders, Section, SigningIn, UserHead } from './user-facts.tsx';

/** What a dialog takes comes with the first one. */
const UserDialog = lazy(async () => ({ default: (await import('./dialogs.tsx')).UserDialog }));

interface Props {
  readonly user: UserView;
  /** Whose page it is looks at their own account, and changes nothing of it here. */
  readonly own: boolean;
}

/** Roles whose holders are responsible for others. */
const RESPONSIBLE = new Set(['supervisor', 'coordinator']);

/** One user, and what an admin does with them. */
export function UserPane({ user, own }: Props) {
  const acts = useUserActs(user);
  const [opened, open] = useState<Opened | null>(null);
  const notOwn = own ? 'Another admin changes your own account' : null;
  const { role, responsibilities, heldBy } = user;
  return (
    <div className="mx-auto grid max-w-3xl grid-cols-[minmax(0,1fr)] gap-6 px-4 py-5 sm:px-6">
      <UserHead user={user} />
      <div className="-mt-2 flex flex-wrap gap-2">
        <SeeAs user={user} own={own} onOpen={open} />
        <Button icon={PencilLine} because={notOwn} onClick={() => open({ kind: 'correct' })}>
          Correct name or address
        </Button>
      </div>
      <RoleAndSignIn user={user} acts={acts} notOwn={notOwn} onOpen={open} />
      {(RESPONSIBLE.has(role) || responsibilities.length > 0) && (
        <Section title="Responsible for" actions={RESPONSIBLE.has(role) && <AssignButtons user={user} onOpen={open} />}>
          <Charges user={user} onEnd={(held) => open({ kind: 'end', held })} />
        </Section>
      )}
      {heldBy.length > 0 && (
        <Section title="In the charge of">
          <Holders user={user} />
        </Section>
      )}
      <UnusualPart id={user.id} />
      <Account user={user} notOwn={notOwn} onOpen={open} />
      {opened && (
        <Suspense>
          <UserDialog opened={opened} user={user} acts={acts} onClose={() => open(null)} />
        </Suspense>
      )}
    </div>
  );
}

/** AC-7: their eyes, for a while. Admins see the same anyway. */
const SeeAs = ({ user: { name, role, state }, own, onOpen }: OpenProps & { readonly own: boolean }) => (
  <Button icon={Eye} because={whyUnseen({ name, role, state, own })} onClick={() => onOpen({ kind: 'seeAs' })} className="max-w-full">
    <span className="truncate">See Countersign as {name}</span>
  </Button>
);

function whyUnseen({ name, role, state, own }: Pick<UserView, 'name' | 'role' | 'state'> & { readonly own: boolean }): string | null {
  if (own) return 'You see it as yourself';
  if (role === 'admin') return 'Nobody looks at it as another admin';
  return state === 'disabled' ? `${name} is disabled, and sees nothing` : null;
}

interface OpenProps {
  readonly user: UserView;
  readonly onOpen: (opened: Opened) => void;
}

interface PartProps extends OpenProps {
  /** Why nothing of it can be changed here; null where it can. */
  readonly notOwn: string | null;
}

function RoleAndSignIn({ user, acts, notOwn, onOpen }: PartProps & { readonly acts: UserActs }) {
  const { role, level, state } = user;
  return (
    <>
      <Section
        title="Role"
        actions={
          <Button because={notOwn} onClick={() => onOpen({ kind: 'role' })}>
            Change
          </Button>
        }
      >
        <p>
          <span className="font-medium">{roleName(role)}</span>, level {level}
        </p>
      </Section>
      <Section
        title="Signing in"
        actions={
          <>
            {user.secondFactor && (
              <Button because={notOwn} onClick={() => onOpen({ kind: 'resetFactor' })}>
                Reset second factor
              </Button>
            )}
            {user.providers.map((link) => (
              <Button key={link.id} because={notOwn} onClick={() => onOpen({ kind: 'unlink', link })} className="max-w-full">
                <span className="truncate">Unlink {link.name}</span>
              </Button>
            ))}
            <Button
              icon={LogOut}
              because={notOwn ?? (user.sessions.count === 0 ? `${user.name} is signed in nowhere` : null)}
              onClick={() => onOpen({ kind: 'signOut' })}
            >
              Sign out everywhere
            </Button>
          </>
        }
      >
        <SigningIn user={user} />
        {user.passwordSetAt === null && state !== 'disabled' && (
          <InvitationActs user={user} onOpen={onOpen} resend={acts.resend} takeLink={acts.takeLink} />
        )}
      </Section>
    </>
  );
}

const Account = ({ user: { state }, notOwn, onOpen }: PartProps) => (
  <Section
    title="Account"
    actions={
      state === 'disabled' ? (
        <Button because={notOwn} onClick={() => onOpen({ kind: 'enable' })}>
          Enable
        </Button>
      ) : (
        <Button because={notOwn} onClick={() => onOpen({ kind: 'disable' })}>
          Disable
        </Button>
      )
    }
  >
    <p className="text-ink-2">
      {state === 'disabled'
        ? 'Nobody signs in to it. Its records, and everything that was done by it, stay.'
        : 'Whoever is disabled is out everywhere at once, and keeps their records.'}
    </p>
  </Section>
);

/** Supervisors are responsible for people and sites, coordinators for people. */
const AssignButtons = ({ user: { role }, onOpen }: OpenProps) => (
  <div className="flex flex-wrap gap-2">
    <Button icon={Plus} onClick={() => onOpen({ kind: 'assign', what: 'person' })}>
      Person
    </Button>
    {role === 'supervisor' && (
      <Button icon={Plus} onClick={() => onOpen({ kind: 'assign', what: 'site' })}>
        Site
      </Button>
    )}
  </div>
);

interface InvitationProps extends OpenProps {
  readonly resend: () => Promise<void>;
  readonly takeLink: () => Promise<string>;
}

/** What can be done while somebody hasn't accepted yet. */
function InvitationActs({ user, onOpen, resend, takeLink }: InvitationProps) {
  const [busy, setBusy] = useState(false);
  const wait = busy ? 'One moment' : null;
  const tried = (work: Promise<unknown>) => {
    setBusy(true);
    const told = (thrown: unknown) => {
      const { message, details } = problemOf(thrown);
      notify({ text: `Not done. ${message} ${details ?? ''}`.trim(), tone: 'refuse' });
    };
    void work.catch(told).finally(() => setBusy(false));
  };
  return (
    <div className="flex flex-wrap gap-2 pt-3">
      <Button icon={Send} because={wait} onClick={() => tried(resend())}>
        {user.invitation ? 'Send again' : 'Send an invitation'}
      </Button>
      {user.state === 'invited' && (
        <>
          <Button icon={Link2} because={wait} onClick={() => tried(takeLink().then((link) => onOpen({ kind: 'link', link })))}>
            Take the link
          </Button>
          <Button because={wait} onClick={() => onOpen({ kind: 'withdraw' })}>
            Withdraw
          </Button>
        </>
      )}
    </div>
  );
}
