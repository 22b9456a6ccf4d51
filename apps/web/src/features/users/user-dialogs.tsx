import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../../api/session.ts';
import type { UserView } from '../../api/views.ts';
import { AssignDialog } from './assign-dialog.tsx';
import { CorrectDialog } from './correct-dialog.tsx';
import { LinkDialog } from './link-dialog.tsx';
import { ReasonDialog } from '../../ui/reason-dialog.tsx';
import { RoleDialog } from './role-dialog.tsx';
import { SeeAsDialog } from './see-as-dialog.tsx';
import type { UserActs } from './use-user.ts';

type Held = UserView['responsibilities'][number];

/** The dialog that stands open about a user. */
export type Opened =
  | { readonly kind: 'role' | 'correct' | 'disable' | 'enable' | 'signOut' | 'withdraw' | 'resetFactor' | 'seeAs' }
  | { readonly kind: 'assign'; readonly what: 'person' | 'site' }
  | { readonly kind: 'end'; readonly held: Held }
  | { readonly kind: 'unlink'; readonly link: UserView['providers'][number] }
  | { readonly kind: 'link'; readonly link: string };

interface Props {
  readonly opened: Opened;
  readonly user: UserView;
  readonly acts: UserActs;
  readonly onClose: () => void;
}

/** What is asked before something is done with a user. */
export function UserDialog({ opened, user, acts, onClose }: Props) {
  const { data: { passwords } = { passwords: true } } = useQuery(sessionQuery);
  switch (opened.kind) {
    case 'role':
      return <RoleDialog user={user} onChange={acts.changeRole} onClose={onClose} />;
    case 'correct':
      return <CorrectDialog user={user} onCorrect={acts.correct} onClose={onClose} />;
    case 'assign':
      return <AssignDialog user={user} what={opened.what} onAssign={acts.assign} onClose={onClose} />;
    case 'seeAs':
      return <SeeAsDialog user={user} onConfirm={acts.seeAs} onClose={onClose} />;
    case 'link':
      return <LinkDialog name={user.name} link={opened.link} onClose={onClose} />;
    case 'end':
      return (
        <ReasonDialog
          title={`Take away “${opened.held.person?.name ?? opened.held.site?.name}”?`}
          description={`${user.name} is no longer responsible for ${opened.held.person ? 'this person' : 'this site'}, and sees at once what their role shows without it.`}
          confirm="Take away"
          onConfirm={(reason) => acts.endResponsibility(opened.held.id, reason)}
          onClose={onClose}
        />
      );
    case 'unlink':
      return (
        <ReasonDialog
          title={`Unlink ${opened.link.name}?`}
          description={`${user.name} no longer signs in by it, and is out wherever they did. ${wayLeft(user, passwords)} They are told.`}
          confirm="Unlink"
          danger
          onConfirm={(reason) => acts.unlink(opened.link.id, reason)}
          onClose={onClose}
        />
      );
    default:
      return <ReasonDialog {...wordsFor(opened.kind, user)} onConfirm={acts[opened.kind]} onClose={onClose} />;
  }
}

/** By what they sign in without one of their providers. An account that has anything to sign in by is linked again by its address, whatever opens nothing here. */
function wayLeft({ passwordSetAt, providers }: UserView, passwords: boolean): string {
  if (passwordSetAt === null && providers.length <= 1)
    return `They have no other way to sign in: send them an invitation to ${passwords ? 'choose a password' : 'be linked again'}.`;
  const again = 'By the same account they can be linked again: disable them where somebody else has it.';
  return passwords || passwordSetAt === null ? again : `Their password opens nothing here. ${again}`;
}

const wordsFor = (kind: 'disable' | 'enable' | 'signOut' | 'withdraw' | 'resetFactor', { name, state }: UserView) =>
  ({
    disable: {
      title: `Disable ${name}?`,
      description:
        'They are signed out everywhere at once, and can’t sign in until they are enabled again. Their records and everything that they did stay.',
      confirm: 'Disable',
      danger: true,
    },
    enable: {
      title: `Enable ${name} again?`,
      description: state === 'disabled' ? 'They can sign in as before; who never has needs the invitation again.' : '',
      confirm: 'Enable',
    },
    signOut: {
      title: `Sign ${name} out everywhere?`,
      description: 'Every page and program that is signed in as them is out at once. They can sign in again.',
      confirm: 'Sign out',
      danger: true,
    },
    resetFactor: {
      title: `Reset the second factor of ${name}?`,
      description:
        'Make sure that it is they who ask. What they sign in by alone lets them in until they set up another one; they are signed out everywhere, and told.',
      confirm: 'Reset',
      danger: true,
    },
    withdraw: {
      title: `Withdraw the invitation of ${name}?`,
      description: 'Its links open nothing any more, and the account is disabled.',
      confirm: 'Withdraw',
      danger: true,
    },
  })[kind];
