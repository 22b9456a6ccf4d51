import { UsersRound } from 'lucide-react';
import { Icon } from '../../ui/icon.tsx';
import { useStore } from '../../ui/store.ts';
import { editingText, presentPeople } from './present-people.ts';

/** Warns whoever edits before there is a conflict. Nothing is locked: of what both change they are asked when they save. */
export function AlsoEditing() {
  const text = editingText(useStore(presentPeople));
  if (text === null) return null;
  return (
    <p className="flex gap-2.5 rounded-md bg-other/8 px-3 py-2.5 text-sm text-ink-2">
      <Icon of={UsersRound} className="mt-0.5 text-other" />
      <span>
        <span className="font-medium text-ink">{text} this timecard too.</span> Different fields go together; where both of you change the
        same one, whoever saves later is asked.
      </span>
    </p>
  );
}
