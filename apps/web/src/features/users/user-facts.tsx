import { Link } from '@tanstack/react-router';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { UserView } from '../../api/views.ts';
import { roleName } from '../../layouts/role-name.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Tag } from '../../ui/tag.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useZones } from '../../ui/zone-context.tsx';
import { AccountStateTag } from './account-state-tag.tsx';

/** Who they are. */
export const UserHead = ({ user: { id, name, email, phoneNumber, timeZone, state } }: { readonly user: UserView }) => (
  <div className="flex items-start gap-3.5">
    <Avatar id={id} name={name} size="lg" />
    <div className="min-w-0 flex-1">
      <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1 text-base font-semibold">
        {name} <AccountStateTag state={state} />
      </p>
      <p className="text-sm text-ink-2 wrap-anywhere">{email}</p>
      <p className="text-sm text-ink-3">{[phoneNumber, timeZone].filter(Boolean).join(' · ')}</p>
    </div>
  </div>
);

interface SectionProps {
  readonly title: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

export const Section = ({ title, actions, children }: SectionProps) => (
  <section aria-label={title} className="border-t border-line pt-4 text-sm">
    <div className="flex flex-wrap items-center gap-x-3 gap-y-2 pb-2">
      <h2 className="min-w-0 flex-1 text-base">{title}</h2>
      {actions}
    </div>
    {children}
  </section>
);

/** How they sign in, and where they are signed in now. */
export function SigningIn({ user }: { readonly user: UserView }) {
  const { mine, choice } = useZones();
  const { passwordSetAt, secondFactor, providers, sessions, invitation } = user;
  const when = (instant: string) => <TimeText instant={instant} timeZone={choice === 'utc' ? 'UTC' : mine} as="full" />;
  return (
    <dl className="grid grid-cols-[minmax(6.5rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-1.5">
      <dt className="text-ink-3">Password</dt>
      <dd>{passwordSetAt ? <>Set {when(passwordSetAt)}</> : providers.length ? 'None: they sign in by a provider' : 'None yet'}</dd>
      {providers.length > 0 && (
        <>
          <dt className="text-ink-3">Provider</dt>
          {providers.map(({ id, name, since }) => (
            <dd key={id} className="col-start-2">
              <span className="wrap-anywhere">{name}</span>
              <span className="text-ink-2">, since {when(since)}</span>
            </dd>
          ))}
        </>
      )}
      <dt className="text-ink-3">Second factor</dt>
      <dd>
        {secondFactor ? <>Set up {when(secondFactor.setUpAt)}</> : 'None'}
        {secondFactor && <span className="text-ink-2">, recovery codes left: {secondFactor.codesLeft}</span>}
      </dd>
      <dt className="text-ink-3">Signed in</dt>
      <dd>
        {sessions.count === 0 ? 'Nowhere' : sessions.count === 1 ? 'In one place' : `In ${sessions.count} places`}
        {sessions.lastSeenAt && <span className="text-ink-2">, last seen {when(sessions.lastSeenAt)}</span>}
      </dd>
      {invitation && (
        <>
          <dt className="text-ink-3">Invitation</dt>
          <dd>
            {invitation.acceptedAt ? (
              <>Accepted {when(invitation.acceptedAt)}</>
            ) : invitation.withdrawnAt ? (
              <>Withdrawn {when(invitation.withdrawnAt)}</>
            ) : (
              <>
                Sent {when(invitation.sentAt)}
                <span className="text-ink-2">
                  , {user.state === 'invited' ? 'until' : 'ran out'} {when(invitation.expiresAt)}
                </span>
              </>
            )}
          </dd>
        </>
      )}
    </dl>
  );
}

interface ChargesProps {
  readonly user: UserView;
  readonly onEnd: (held: UserView['responsibilities'][number]) => void;
}

/** For whom and what they are responsible; what an earlier role left gives nothing, and says so. */
export const Charges = ({ user: { responsibilities, role }, onEnd }: ChargesProps) =>
  responsibilities.length === 0 ? (
    <p className="text-ink-2">Nobody and no site.</p>
  ) : (
    <ul aria-label="Responsibilities" className="border-t border-line">
      {responsibilities.map((held) => (
        <li key={held.id} className="flex min-h-10 items-center gap-2.5 border-b border-line py-1.5">
          <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-2.5 gap-y-1">
            {held.person ? <PersonLink person={held.person} /> : <span className="font-medium">{held.site?.name}</span>}
            <span className="text-xs text-ink-3">{held.person ? 'person' : 'site'}</span>
            {!held.counts && (
              <Tag tone="other" title={`${HELD_AS[held.kind]} only: it was assigned in an earlier role`}>
                Gives nothing as {roleName(role).toLowerCase()}
              </Tag>
            )}
          </div>
          <button
            type="button"
            aria-label={`Take away “${held.person?.name ?? held.site?.name}”`}
            title="Take away"
            onClick={() => onEnd(held)}
            className="grid size-8 shrink-0 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink pointer-coarse:size-11"
          >
            <Icon of={X} size={15} />
          </button>
        </li>
      ))}
    </ul>
  );

const HELD_AS = { supervises: 'For supervisors', coordinates: 'For coordinators' } as const;

const PersonLink = ({ person: { id, name } }: { readonly person: { readonly id: string; readonly name: string } }) => (
  <Link to="/admin/users/$id" params={{ id }} className="rounded-sm font-medium decoration-line-strong underline-offset-3 hover:underline">
    {name}
  </Link>
);

/** Who is responsible for them by name; that somebody is for a site where they work stands with the site. */
export const Holders = ({ user: { heldBy } }: { readonly user: UserView }) => (
  <ul aria-label="Responsible for this person" className="flex flex-wrap gap-x-4 gap-y-1.5">
    {heldBy.map((holder) => (
      <li key={`${holder.id} ${holder.kind}`} className="flex flex-wrap items-center gap-x-2">
        <PersonLink person={holder} />
        <span className="text-xs text-ink-3">{holder.kind === 'supervises' ? 'supervises' : 'coordinates'}</span>
        {!holder.counts && <Tag tone="other">Gives nothing</Tag>}
      </li>
    ))}
  </ul>
);
