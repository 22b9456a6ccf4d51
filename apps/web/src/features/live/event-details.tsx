import { LOG_ACCESSED, READ_AS_ANOTHER, RECORD_VIEWED } from '@countersign/domain/record/reading/read-view.rules';
import { effectOf } from '@countersign/domain/record/effect.rules';
import { Link, useRouter } from '@tanstack/react-router';
import { ArrowUpRight, Copy, ListFilter } from 'lucide-react';
import { use } from 'react';
import type { EventView } from '../../api/views.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { notify } from '../../ui/notice.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useZones } from '../../ui/zone-context.tsx';
import { dayText } from '@countersign/domain/wall-clock.rules';
import { ActionTag, AfterApprovalTag, AroundTag } from '../trail/action-tag.tsx';
import { isAfterApproval } from '../trail/change-sets.ts';
import { EffectLine } from '../trail/effect-line.tsx';
import { RecordLink, useRecordPage } from '../trail/record-link.tsx';
import { spelledOut, useWords } from '../trail/vocabulary.ts';
import { ChangesTable } from './changes-table.tsx';
import { Fact } from './fact.tsx';
import { ReadingFacts } from './reading-facts.tsx';
import { OpenedSession } from './opened-session.ts';

const CHANNELS: Readonly<Record<EventView['channel'], string>> = {
  web: 'in the web app',
  api: 'through the API',
  cli: 'on the command line',
  job: 'by a job',
  import: 'by an import',
  database: 'in the database itself',
};

/** What states carry beside the change itself: it stands in the changes and the reason already. */
const REPEATED = new Set([
  'in_force_before',
  'previous_value',
  'new_value',
  'reason',
  'user_id',
  'changed_by',
  'changed_by_user_id',
  'after_approval',
]);

/** What its metadata and its effect say beyond what stands in the changes, the line of the effect and the tags. */
function furtherFacts({ action, effect, metadata }: EventView) {
  // Told in words of its own.
  if (action === LOG_ACCESSED || action === RECORD_VIEWED || action === READ_AS_ANOTHER) return [];
  const told = new Set(effectOf(effect).steps.map(({ field }) => field));
  return [...Object.entries(effect ?? {}), ...Object.entries(metadata)].filter(([key]) => !REPEATED.has(key) && !told.has(key));
}

/** Everything that is recorded of one event. */
export function EventDetails({ event }: { readonly event: EventView }) {
  const zones = useZones();
  const words = useWords();
  const { actor, root, target } = event;
  return (
    <div className="grid gap-5 p-5">
      <div className="flex items-start gap-3">
        <Avatar id={actor.id} name={actor.name} kind={actor.kind} size="lg" />
        <div className="min-w-0">
          <p className="font-semibold">
            {actor.name}
            {event.impersonator && <span className="font-normal text-ink-2"> (by {event.impersonator.name})</span>}
          </p>
          <div className="mt-1 flex flex-wrap gap-1.5">
            <ActionTag event={event} />
            {isAfterApproval({ changeId: event.changeId, events: [event], position: event.position }) && <AfterApprovalTag />}
            {actor.kind === 'database' && <AroundTag />}
          </div>
        </div>
      </div>
      <EffectLine events={[event]} className="text-sm" />
      {event.reason && <p className="border-l-2 border-line-strong pl-3 text-ink-2 italic">“{event.reason}”</p>}
      <dl className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-x-3 gap-y-2 text-sm">
        <Fact term="When">
          <TimeText instant={event.occurredAt} timeZone={zones.ofEvent(event)} as="full" />
          {zones.ofEvent(event) !== 'UTC' && (
            <TimeText instant={event.occurredAt} timeZone="UTC" as="full" className="block text-xs text-ink-3" />
          )}
        </Fact>
        {root && (
          <Fact term="Record">
            <RecordLink event={event} root={root} />
          </Fact>
        )}
        {target && target.id !== root?.id && (
          <Fact term="Part">
            {words.entity(target.type)}
            {target.label && ` · ${target.label}`}
          </Fact>
        )}
        {event.workDate && <Fact term="Day">{dayText(event.workDate, 'long')}</Fact>}
        <ReadingFacts event={event} />
        {furtherFacts(event).map(([key, value]) => (
          <Fact key={key} term={spelledOut(key)}>
            {typeof value === 'string' ? value : JSON.stringify(value)}
          </Fact>
        ))}
        <Fact term="How">
          {words.area(event.area)}, {CHANNELS[event.channel]}
          <Whence event={event} />
        </Fact>
      </dl>
      <ChangesTable event={event} />
      <SameChangeSet event={event} />
      <Actions event={event} />
      <Recorded event={event} />
    </div>
  );
}

/** From where a request came: what is believed of it, and what it said itself. */
const Whence = ({ event: { ipAddress, forwardedFor } }: { readonly event: EventView }) => (
  <>
    {ipAddress && <span className="block text-xs text-ink-3">from {ipAddress}</span>}
    {forwardedFor && <span className="block text-xs text-ink-3 wrap-anywhere">the request itself said: {forwardedFor}</span>}
  </>
);

/** The other events of the same command, job or import, as far as the list has them. */
function SameChangeSet({ event }: { readonly event: EventView }) {
  const words = useWords();
  const session = use(OpenedSession);
  const others =
    session?.store.get().feed?.shown.filter(({ changeId, position }) => changeId === event.changeId && position !== event.position) ?? [];
  if (!others.length) return null;
  return (
    <section>
      <h3 className="mb-1 text-xs font-medium text-ink-3">Done at the same time</h3>
      <ul className="text-sm">
        {others.slice(0, 12).map(({ position, target, action, workDate }) => (
          <li key={position}>
            <Link
              to="/live/e/$position"
              params={{ position: String(position) }}
              search={(now) => now}
              state={(now) => now}
              replace
              className="-mx-2 flex gap-3 rounded-md px-2 py-1 hover:bg-hover"
            >
              <span className="flex-1">{workDate ? dayText(workDate, 'weekday') : (target?.label ?? words.action(action))}</span>
              <span className="text-ink-3">{words.action(action)}</span>
            </Link>
          </li>
        ))}
      </ul>
      {others.length > 12 && <p className="mt-1 text-xs text-ink-3">and {(others.length - 12).toLocaleString('en')} more, in the list</p>}
    </section>
  );
}

function Actions({ event }: { readonly event: EventView }) {
  const { root } = event;
  const to = useRecordPage()(root);
  const words = useWords();
  const router = useRouter();
  const copy = async () => {
    await navigator.clipboard.writeText(new URL(router.state.location.href, location.origin).href);
    notify({ text: 'The link is copied. Whoever may see this event can open it.' });
  };
  return (
    <div className="flex flex-wrap gap-2">
      {root && to && !event.action.endsWith('_deleted') && (
        <Link to={to} params={{ id: root.id }} className={buttonClass('primary')}>
          Open {words.entity(root.type).toLowerCase()} <Icon of={ArrowUpRight} />
        </Link>
      )}
      {root && (
        <Link to="/live" search={{ root: [`${root.type}:${root.id}`] }} className={buttonClass('plain')}>
          <Icon of={ListFilter} /> Only this record
        </Link>
      )}
      <Button look="quiet" icon={Copy} onClick={() => void copy()}>
        Copy link
      </Button>
    </div>
  );
}

/** For those who have to compare it with something else. */
const Recorded = ({ event }: { readonly event: EventView }) => (
  <details className="text-sm">
    <summary className="w-fit rounded-sm text-xs text-ink-3 hover:text-ink">As it is recorded</summary>
    <pre tabIndex={0} className="mt-2 max-h-96 overflow-auto rounded-md bg-well p-3 font-mono text-2xs leading-relaxed">
      {JSON.stringify(event, null, 2)}
    </pre>
  </details>
);
