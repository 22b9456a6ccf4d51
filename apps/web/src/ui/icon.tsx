import type { LucideIcon } from 'lucide-react';

interface Props {
  readonly of: LucideIcon;
  readonly size?: number;
  readonly className?: string;
}

/** An icon beside words that say the same: hidden from screen readers, one stroke for all. */
export const Icon = ({ of: Shape, size = 15, className }: Props) => (
  <Shape size={size} strokeWidth={2} aria-hidden focusable={false} className={`shrink-0 ${className ?? ''}`} />
);
