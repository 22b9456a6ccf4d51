import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { memo, type ReactNode, useState } from 'react';
import type { EventView } from '../../api/views.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { Density } from '../../ui/preferences.ts';
import { TimeText } from '../../ui/time-text.tsx';
import { ActionTag, AfterApprovalTag, AroundTag } from './action-tag.tsx';
import { EventLink } from './audit-log-entry.tsx';
import { ChangeChip } from './change-chip.tsx';
import { actionsIn, type ChangeSet, type FieldChange, fieldChangesIn, isAfterApproval, newestOf, reasonsIn } from './change-sets.ts';
import { clockOf, dayText, zoneName } from '@countersign/domain/wall-clock.rules';
import { isJustIn } from './arrivals.ts';
import { EffectLine } from './effect-line.tsx';
import { ReadingLine } from './reading-line.tsx';
import { RecordsOf } from './record-link.tsx';
import { summaryOf } from './summary.ts';
import { useWords } from './vocabulary.ts';

interface Props {
  readonly set: ChangeSet;
  readonly unfolded: boolean;
  readonly onToggle: (changeId: string) => void;
  /** The zone of the column that says when. */
  readonly timeZone: string;
  /** Where rows are told in zones of their own: the zone whose days the list's headings are. */
  readonly headingZone?: string;
  /** `feed`: among records of all kinds, the whole row opens the event. `trail`: on the record's own page. */
  readonly as: 'feed' | 'trail';
  readonly opened?: boolean;
  /** `compact`: all in one line where that has room. */
  readonly density?: Density;
  /** What can be done with it, below it. */
  readonly actions?: ((set: ChangeSet) => ReactNode) | undefined;
}

/** How a card is laid out: below each other, or side by side as far as that goes. */
const LOOKS = {
  comfortable: {
    card: 'py-2.5',
    columns: '@2xl:grid-cols-[4.25rem_1.5rem_minmax(0,1fr)_auto]',
    when: '@2xl:block',
    body: 'min-w-0 pt-px',
    head: 'flex flex-wrap items-center gap-x-2 gap-y-1',
    changes: 'mt-1 flex flex-wrap items-baseline gap-x-3.5 gap-y-1 text-sm',
    reason: 'mt-1',
  },
  compact: {
    card: 'py-1',
    columns: '@2xl:grid-cols-[6.25rem_1.5rem_minmax(0,1fr)_auto]',
    when: 'items-baseline gap-x-1.5 @2xl:flex @2xl:flex-wrap',
    body: 'flex min-w-0 flex-wrap items-center gap-x-2.5 gap-y-0.5 text-sm',
    head: 'contents',
    changes: 'contents',
    reason: '',
  },
} as const satisfies Record<Density, Readonly<Record<string, string>>>;

/** One change set as a card: who, what, to which record, every field old and new, and why. */
export const GroupedAuditEntry = memo(function GroupedAuditEntry({
  set,
  unfolded,
  onToggle,
  timeZone,
  headingZone,
  as,
  opened = false,
  density = 'comfortable',
  actions,
}: Props) {
  const newest = newestOf(set.events);
  // Once, when it comes in; a row that is only scrolled back to doesn't flash.
  const arriving = useState(() => isJustIn(newest))[0];
  const { actor } = newest;
  const feed = as === 'feed';
  const looks = LOOKS[density];
  return (
    <article
      data-set={set.changeId}
      className={`relative grid grid-cols-[1.5rem_minmax(0,1fr)_auto] gap-x-3 px-4 sm:px-5 ${looks.card} ${feed ? looks.columns : ''} ${opened ? 'bg-accent-soft shadow-[inset_3px_0_var(--accent)]' : feed ? 'hover:bg-hover' : ''} ${arriving ? 'arriving' : ''}`}
    >
      {feed && (
        <div className={`hidden pt-0.5 text-ink-3 ${looks.when}`}>
          <TimeText instant={newest.occurredAt} timeZone={timeZone} as="clock" className="block text-sm" />
          {headingZone && <ZoneNote instant={newest.occurredAt} timeZone={timeZone} headingZone={headingZone} />}
        </div>
      )}
      <Avatar id={actor.id} name={actor.name} kind={actor.kind} />
      <div className={looks.body}>
        <div className={looks.head}>
          <ActorName event={newest} />
          <Tags set={set} />
          {feed && <RecordsOf set={set} />}
        </div>
        <Changes set={set} unfolded={unfolded} onToggle={onToggle} density={density} />
        <InWords set={set} className={`text-sm text-ink-2 ${looks.reason}`} />
        {actions?.(set)}
      </div>
      <div className="flex flex-col items-end gap-0.5 pt-0.5">
        {feed ? <OpenLink set={set} /> : <EventLink event={newest} />}
        <TimeText
          instant={newest.occurredAt}
          timeZone={timeZone}
          as={feed ? 'minute' : 'day'}
          className={`text-xs text-ink-3 ${feed ? '@2xl:hidden' : ''}`}
        />
        {headingZone && (
          <span className="@2xl:hidden">
            <ZoneNote instant={newest.occurredAt} timeZone={timeZone} headingZone={headingZone} />
          </span>
        )}
      </div>
    </article>
  );
});

/** What can be said of it beside its fields: what it brought about, what was read, and why. */
const InWords = ({ set, className }: { readonly set: ChangeSet; readonly className: string }) => (
  <>
    <EffectLine events={set.events} className={className} />
    <ReadingLine events={set.events} className={className} />
    {reasonsIn(set).map((reason) => (
      <p key={reason} className={`italic ${className}`}>
        “{reason}”
      </p>
    ))}
  </>
);

const ActorName = ({ event: { actor, impersonator } }: { readonly event: EventView }) => (
  <span className="font-semibold">
    {actor.name}
    {impersonator && <span className="font-normal text-ink-2"> (by {impersonator.name})</span>}
  </span>
);

interface ZoneNoteProps {
  readonly instant: string;
  readonly timeZone: string;
  readonly headingZone: string;
}

/** Which zone a row's time is told in, and its day there, where that isn't the day that the heading says. */
function ZoneNote({ instant, timeZone, headingZone }: ZoneNoteProps) {
  const { day } = clockOf(instant, timeZone);
  const elsewhere = day !== clockOf(instant, headingZone).day;
  return (
    <span className="block whitespace-nowrap text-2xs text-ink-3">
      {elsewhere && `${dayText(day, 'short')} · `}
      {zoneName(timeZone, instant)}
    </span>
  );
}

function Tags({ set }: { readonly set: ChangeSet }) {
  const words = useWords();
  const actions = actionsIn(set);
  const shown = actions
    .slice(0, 2)
    .map((action) => set.events.find((event) => event.action === action))
    .filter((event) => event !== undefined);
  const rest = actions.slice(2);
  return (
    <>
      {shown.map((event) => (
        <ActionTag key={event.action} event={event} />
      ))}
      {rest.length > 0 && (
        <span className="text-xs text-ink-3" title={rest.map(words.action).join(', ')}>
          and {rest.length} more
        </span>
      )}
      {isAfterApproval(set) && <AfterApprovalTag />}
      {newestOf(set.events).actor.kind === 'database' && <AroundTag />}
    </>
  );
}

/** The row's own link, stretched over all of it. */
function OpenLink({ set }: { readonly set: ChangeSet }) {
  const { position } = newestOf(set.events);
  return (
    <Link
      to="/live/e/$position"
      params={{ position: String(position) }}
      search={(before) => before}
      state={{ fromFeed: true }}
      data-open={position}
      preload={false}
      className="num font-mono text-xs text-ink-3 after:absolute after:inset-0 after:rounded-sm focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
    >
      <span className="sr-only">Open event </span>#{position}
    </Link>
  );
}

function Changes({ set, unfolded, onToggle, density }: Pick<Props, 'set' | 'unfolded' | 'onToggle'> & { readonly density: Density }) {
  const words = useWords();
  const all = fieldChangesIn(set);
  const { shown, more } = summaryOf(all, (change) => words.field(change.event.target?.type, change.change.field).kind, density);
  const several = set.events.length > 1;
  // Of an unfolded set of several events each stands below with all its fields.
  const visible = unfolded ? (several ? [] : all) : shown;
  if (!all.length && !several) return null;
  return (
    <div className={LOOKS[density].changes}>
      {visible.map(({ event, change }: FieldChange, index) => (
        <ChangeChip
          key={`${event.position} ${change.field}`}
          event={event}
          change={change}
          withDay={isPart(event) && visible[index - 1]?.event.workDate !== event.workDate}
        />
      ))}
      {(more > 0 || several) && (
        <button
          type="button"
          aria-expanded={unfolded}
          onClick={() => onToggle(set.changeId)}
          className="relative z-1 -mx-1 inline-flex items-center gap-1 rounded px-1 print:hidden text-ink-3 hover:bg-well hover:text-ink pointer-coarse:min-h-9"
        >
          <Icon of={ChevronRight} size={13} className={`transition-transform ${unfolded ? 'rotate-90' : ''}`} />
          {unfolded ? 'Fold' : foldedText(set, { shown: shown.length, more })}
        </button>
      )}
    </div>
  );
}

/** A day of a card, and not the card itself: its changes have to say which day. */
const isPart = ({ target, root }: FieldChange['event']) => target?.id !== root?.id;

function foldedText({ events }: ChangeSet, { shown, more }: { shown: number; more: number }): string {
  const fields = more === 0 ? '' : `${more} ${shown === 0 ? '' : 'more '}${more === 1 ? 'field' : 'fields'}`;
  const count = events.length > 1 ? `${events.length.toLocaleString('en')} events` : '';
  return [fields, count].filter(Boolean).join(' · ');
}
