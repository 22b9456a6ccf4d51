import { Cog, Database, UserRound } from 'lucide-react';
import { Icon } from './icon.tsx';

interface Props {
  readonly id: string | null;
  readonly name: string;
  readonly kind?: 'user' | 'system' | 'database' | 'anonymous';
  readonly size?: 'md' | 'lg';
}

const SIZES = { md: 'size-6 text-[0.625rem]', lg: 'size-9 text-xs' } as const;

/** The initials of a person, in a colour of their own; an icon for whatever is no person. Always beside the name. */
export function Avatar({ id, name, kind = 'user', size = 'md' }: Props) {
  const shape = `inline-grid ${SIZES[size]} shrink-0 select-none place-items-center rounded-full font-[640] leading-none`;
  if (kind !== 'user') {
    return (
      <span aria-hidden className={`${shape} bg-well text-ink-2 ring-1 ring-line ring-inset`}>
        <Icon of={kind === 'system' ? Cog : kind === 'database' ? Database : UserRound} size={13} />
      </span>
    );
  }
  return (
    <span
      aria-hidden
      style={{ '--hue': hueOf(id ?? name) }}
      className={`${shape} bg-[light-dark(oklch(93%_0.035_var(--hue)),oklch(32%_0.05_var(--hue)))] text-[light-dark(oklch(40%_0.09_var(--hue)),oklch(86%_0.07_var(--hue)))]`}
    >
      {initialsOf(name)}
    </span>
  );
}

export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/);
  const [first = '', last = ''] = [words[0], words.length > 1 ? words.at(-1) : ''];
  return (Array.from(first)[0] ?? '?').toUpperCase() + (Array.from(last)[0] ?? '').toUpperCase();
}

/** The same person has the same hue on every page and in every browser. */
function hueOf(text: string): number {
  // FNV-1a: ids that differ in one digit have to come out far apart.
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 8) % 360;
}
