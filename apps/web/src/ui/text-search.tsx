import { Search } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { Icon } from './icon.tsx';
import { Kbd } from './kbd.tsx';
import { useShortcuts } from './shortcuts.ts';
import { PAUSE } from './use-paused.ts';

interface Props {
  /** What is looked through. */
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}

/** A field to search by; what is typed counts after a pause, and stands in the address. `/` leads there. */
export function TextSearch({ label, placeholder, value, onChange }: Props) {
  const [typed, setTyped] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  const latest = useRef(onChange);
  useEffect(() => {
    latest.current = onChange;
  });
  // The address may change under the field: by Back, or by taking off all filters.
  useEffect(() => setTyped((now) => (now.trim() === value ? now : value)), [value]);
  useEffect(() => {
    if (typed.trim() === value) return;
    const timer = setTimeout(() => latest.current(typed.trim()), PAUSE);
    return () => clearTimeout(timer);
  }, [typed, value]);
  useShortcuts({ '/': () => input.current?.focus() });
  return (
    <label className="relative flex min-w-0 flex-1 basis-24 items-center sm:basis-40 @3xl:max-w-72 short:min-w-44 short:shrink-0">
      <Icon of={Search} size={14} className="pointer-events-none absolute left-2.5 text-ink-3" />
      <span className="sr-only">{label}</span>
      <input
        ref={input}
        type="search"
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
        onKeyDown={({ key }) => key === 'Escape' && (typed ? setTyped('') : input.current?.blur())}
        placeholder={placeholder}
        className="h-8 w-full rounded-md border border-line-strong bg-sheet pl-8 pr-8 text-sm text-ellipsis [&::-webkit-search-cancel-button]:hidden pointer-coarse:h-11"
      />
      {!typed && (
        <span className="pointer-events-none absolute right-2">
          <Kbd>/</Kbd>
        </span>
      )}
    </label>
  );
}
