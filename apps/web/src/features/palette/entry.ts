import type { LucideIcon } from 'lucide-react';
import type { Findable } from './match.ts';

/** Something that can be chosen: its kind and what it is make its id, by which a choice is remembered. */
export interface Entry extends Findable {
  readonly id: string;
  readonly hint?: string | undefined;
  readonly icon: LucideIcon;
  /** The page that it leads to; left out where it does something here. */
  readonly page?: string;
  readonly run: () => void;
}

export interface Group {
  readonly name: string;
  readonly entries: readonly Entry[];
  /** Why something may be missing. */
  readonly note?: string | undefined;
}
