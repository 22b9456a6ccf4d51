import { CircleSlash, Clock3, KeyRound, type LucideIcon, MailQuestion, UserRoundCheck } from 'lucide-react';
import type { UserSummary } from '../../api/views.ts';
import { Tag, type TagTone } from '../../ui/tag.tsx';

type State = UserSummary['state'];

const STATES: Readonly<Record<State, { readonly label: string; readonly tone: TagTone; readonly icon: LucideIcon }>> = {
  active: { label: 'Active', tone: 'good', icon: UserRoundCheck },
  invited: { label: 'Invited', tone: 'self', icon: Clock3 },
  invitation_over: { label: 'Invitation over', tone: 'other', icon: MailQuestion },
  no_password: { label: 'No password', tone: 'other', icon: KeyRound },
  disabled: { label: 'Disabled', tone: 'quiet', icon: CircleSlash },
};

/** How an account stands. */
export const AccountStateTag = ({ state }: { readonly state: State }) => {
  const { label, tone, icon } = STATES[state];
  return (
    <Tag tone={tone} icon={icon}>
      {label}
    </Tag>
  );
};
