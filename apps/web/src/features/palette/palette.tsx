import { Dialog } from '@base-ui/react/dialog';
import { useLocation, useRouteContext } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { Icon } from '../../ui/icon.tsx';
import type { Entry, Group } from './entry.ts';
import { recentOf } from './recent.ts';
import { ResultList } from './result-list.tsx';
import { useGroups } from './use-groups.ts';

/** Everything by its name: pages, times, people, actions, commands, timecards. */
export default function Palette({ onClose }: { readonly onClose: () => void }) {
  const { user } = useRouteContext({ from: '/_app' });
  const here = useLocation({ select: ({ pathname }) => pathname });
  const recent = useState(() => recentOf(user.id))[0];
  const input = useRef<HTMLInputElement>(null);
  const chosen = useRef<Entry | null>(null);
  const choose = (entry: Entry) => {
    chosen.current = entry;
    // What ends the session is no habit.
    if (!entry.id.startsWith('command:sign-out')) recent.add(entry.id);
    onClose();
    entry.run();
  };
  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-(--shade) transition-opacity duration-150 data-starting-style:opacity-0" />
        <Dialog.Popup
          initialFocus={input}
          // Another page takes the focus to its own heading.
          finalFocus={() => chosen.current?.page === undefined || chosen.current.page === here}
          className="fixed left-1/2 top-[10dvh] z-40 flex max-h-[min(32rem,80dvh)] w-[min(calc(100vw-1.5rem),38rem)] -translate-x-1/2 flex-col overflow-hidden rounded-xl border border-line bg-sheet shadow-lift outline-none max-sm:top-3 max-sm:max-h-[calc(100dvh-1.5rem)]"
        >
          <Dialog.Title className="sr-only">Find</Dialog.Title>
          <Finder input={input} recent={recent} onChoose={choose} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface FinderProps {
  readonly input: React.RefObject<HTMLInputElement | null>;
  readonly recent: ReturnType<typeof recentOf>;
  readonly onChoose: (entry: Entry) => void;
}

function Finder({ input, recent, onChoose }: FinderProps) {
  const [text, setText] = useState('');
  const [wanted, setWanted] = useState<string | null>(null);
  const list = useId();
  const { groups, seeking } = useGroups(text, recent);
  const entries = groups.flatMap((group) => group.entries);
  // By what it is and not by where it stands: results that come later move no choice.
  const at = Math.max(
    0,
    entries.findIndex(({ id }) => id === wanted),
  );
  const active = entries[at];
  const press = (event: KeyboardEvent) => {
    const to = stepOf(event, { at, count: entries.length });
    if (event.key === 'Enter' && active && !event.nativeEvent.isComposing) onChoose(active);
    else if (to !== null) setWanted(entries[to]?.id ?? null);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <label className="flex shrink-0 items-center gap-2.5 border-b border-line px-4">
        <Icon of={Search} size={16} className="text-ink-3" />
        <input
          ref={input}
          role="combobox"
          aria-label="Find a page, a person, a time, a command"
          aria-expanded={entries.length > 0}
          aria-controls={list}
          aria-activedescendant={active ? `${list}-${active.id}` : undefined}
          aria-autocomplete="list"
          autoComplete="off"
          spellCheck={false}
          maxLength={100}
          value={text}
          onChange={({ target }) => (setText(target.value), setWanted(null))}
          onKeyDown={press}
          placeholder="Find a page, a person, “yesterday 14:00” …"
          className="h-12 min-w-0 flex-1 bg-transparent text-base outline-none"
        />
      </label>
      <ResultList id={list} groups={groups} active={active?.id} onActive={setWanted} onChoose={onChoose} />
      <Outcome groups={groups} text={text} seeking={seeking} />
    </>
  );
}

/** Where a key leads to in the list; null for keys that are for the text. */
function stepOf({ key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent, { at, count }: { at: number; count: number }): number | null {
  if (shiftKey || ctrlKey || metaKey || altKey || count === 0) return null;
  if (key === 'ArrowDown') return (at + 1) % count;
  if (key === 'ArrowUp') return (at - 1 + count) % count;
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : null;
}

interface OutcomeProps {
  readonly groups: readonly Group[];
  readonly text: string;
  readonly seeking: boolean;
}

/** What came of it, for eyes where nothing was found, and for ears always. */
function Outcome({ groups, text, seeking }: OutcomeProps) {
  const count = groups.reduce((sum, { entries }) => sum + entries.length, 0);
  const nothing = count === 0 && !seeking;
  const said = count === 0 ? (seeking ? 'Searching' : '') : `${count} ${count === 1 ? 'result' : 'results'}`;
  return (
    <div role="status" className={nothing ? 'px-4 py-6 text-center text-sm text-ink-2' : 'sr-only'}>
      {nothing ? `Nothing is called “${text.trim()}”. Try a page, a person, an action, or a day such as “3 nov”.` : said}
    </div>
  );
}
