import { Avatar } from '../../ui/avatar.tsx';
import { useStore } from '../../ui/store.ts';
import { editingText, presentPeople, viewingText } from './present-people.ts';
import { usePresence } from './use-presence.ts';

interface Props {
  /** The record that is open, as `Timecard:…`. */
  readonly root: string;
  /** Whether the reader is editing it. */
  readonly editing: boolean;
}

const More = ({ count, className }: { readonly count: number; readonly className: string }) =>
  count > 0 && (
    <span aria-hidden className={`num text-xs ${className}`}>
      +{count}
    </span>
  );

/** Avatars for whom there is room. */
const SHOWN = 3;

/** AUD-25: who else has this record open. It takes no part in what stands below: nothing moves when somebody comes. */
export default function PresenceStack({ root, editing }: Props) {
  usePresence(root, editing);
  const people = useStore(presentPeople);
  if (!people.length) return null;
  const first = people.toSorted((one, other) => Number(other.editing) - Number(one.editing)).slice(0, SHOWN);
  const edits = editingText(people);
  const all = [edits, viewingText(people)].filter((text) => text !== null).join('. ');
  return (
    <p className="flex min-w-0 shrink-0 items-center gap-2 text-sm text-ink-2" title={all} data-presence>
      <span aria-hidden className="flex -space-x-1">
        {first.map(({ id, name, editing: atWork }, index) => (
          // On a phone there is room for one: whoever edits comes first.
          <span
            key={id}
            className={`grid rounded-full ring-2 ${atWork ? 'z-1 ring-other' : 'ring-paper'} ${index > 0 ? 'max-sm:hidden' : ''}`}
          >
            <Avatar id={id} name={name} />
          </span>
        ))}
      </span>
      <More count={people.length - first.length} className="max-sm:hidden" />
      <More count={people.length - 1} className="sm:hidden" />
      <span className="max-w-56 truncate max-lg:sr-only">{edits ?? viewingText(people)}</span>
      <span className="sr-only">{edits !== null && viewingText(people)}</span>
    </p>
  );
}
