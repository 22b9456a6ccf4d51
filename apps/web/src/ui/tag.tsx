import type { ReactNode } from 'react';
import type { LucideIcon } from 'lucide-react';
import { Icon } from './icon.tsx';

export type TagTone = 'self' | 'other' | 'refuse' | 'good' | 'quiet';

/** Text on a tint of its own colour: at least 4.5:1 in both themes. */
const TONES: Readonly<Record<TagTone, string>> = {
  self: 'text-self bg-self/9',
  other: 'text-other bg-other/10',
  refuse: 'text-refuse bg-refuse/9',
  good: 'text-good bg-good/10',
  quiet: 'text-ink-2 bg-well',
};

interface Props {
  readonly tone: TagTone;
  readonly icon?: LucideIcon;
  readonly title?: string | undefined;
  readonly children: ReactNode;
}

/** A meaning: icon, word and colour, always all three. */
export const Tag = ({ tone, icon, title, children }: Props) => (
  <span
    title={title}
    className={`inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-[5px] px-1.5 text-xs font-[560] ${TONES[tone]}`}
  >
    {icon && <Icon of={icon} size={12} />}
    {children}
  </span>
);
