import { Link, useRouteContext } from '@tanstack/react-router';
import type { EventView } from '../../api/views.ts';
import { recordsIn, rootOf, type ChangeSet, newestOf } from './change-sets.ts';
import { useWords } from './vocabulary.ts';

type Root = EventView['root'];

/**
 * What a record is called: the person's name, which the log itself doesn't hold, and the record's own label. Where
 * somebody changed what is their own, their name has been said already.
 */
export function useRecordName(): (event: Pick<EventView, 'subject' | 'actor'>, root: Root) => string {
  const words = useWords();
  return ({ subject, actor }, root) => {
    if (!root) return subject?.name ?? '';
    const said = !subject || subject.id === actor.id;
    // What stands for a person in the log is a piece of their id: their record goes by their name.
    if (root.id === subject?.id) return subject.name;
    const label = root.label ?? `${words.entity(root.type)} ${root.id.slice(0, 8)}`;
    return said || subject.name === label ? label : `${subject.name} · ${label}`;
  };
}

/** Records that have a page of their own. */
const PAGES = { Timecard: '/timecards/$id', User: '/admin/users/$id' } as const;

type RecordPage = (typeof PAGES)[keyof typeof PAGES];

const isKnown = (type: string): type is keyof typeof PAGES => Object.hasOwn(PAGES, type);

/** Where a record's own page is; undefined where it has none, or none for whoever looks: users are looked after by admins. */
export function useRecordPage(): (root: Root) => RecordPage | undefined {
  const { user } = useRouteContext({ from: '/_app' });
  return (root) => (root && isKnown(root.type) && (root.type !== 'User' || user.role === 'admin') ? PAGES[root.type] : undefined);
}

interface Props {
  readonly event: EventView;
  readonly root: Root;
  readonly className?: string;
}

/** A record by its name; where it has a page, the way there. */
export function RecordLink({ event, root, className = '' }: Props) {
  const name = useRecordName()(event, root);
  const to = useRecordPage()(root);
  if (!root || !to || event.action.endsWith('_deleted')) return <span className={`font-medium ${className}`}>{name}</span>;
  return (
    <Link
      to={to}
      params={{ id: root.id }}
      className={`rounded-sm font-medium decoration-line-strong underline-offset-3 hover:underline ${className}`}
    >
      {name}
    </Link>
  );
}

/** What a change set is about: one record, or how many. */
export function RecordsOf({ set }: { readonly set: ChangeSet }) {
  const root = rootOf(set);
  const newest = newestOf(set.events);
  // Whoever did something to their own account has been named.
  if (root && root.id === newest.subject?.id && root.id === newest.actor.id) return null;
  if (root) return <RecordLink event={newest} root={root} className="relative z-1" />;
  return <span className="font-medium">{recordsIn(set).toLocaleString('en')} records</span>;
}
