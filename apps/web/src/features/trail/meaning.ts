import type { EventView } from '../../api/views.ts';

/** The four meanings that have a colour, and what has none. Each always comes with an icon and a word as well. */
export type Tone = 'self' | 'other' | 'refuse' | 'good' | 'quiet';

export type MeaningIcon = 'pencil' | 'user-pencil' | 'check' | 'cross' | 'plus' | 'send' | 'trash' | 'cog' | 'database' | 'dot';

export interface Meaning {
  readonly tone: Tone;
  readonly icon: MeaningIcon;
}

/** By the last word of an action's name: `timecard_approved`, `case_review_rejected`. */
const BY_LAST_WORD: readonly (readonly [RegExp, Meaning])[] = [
  [/(approved|accepted|verified|completed|resumed|confirmed|released)$/, { tone: 'good', icon: 'check' }],
  [/(rejected|disputed|cancelled|denied|failed|vetoed|struck|contested)$/, { tone: 'refuse', icon: 'cross' }],
  [/^rejection_edit$/, { tone: 'refuse', icon: 'pencil' }],
  [/(deleted|removed)$/, { tone: 'refuse', icon: 'trash' }],
  [/(submitted|resubmitted|sent)$/, { tone: 'self', icon: 'send' }],
];

/** What an action means for whoever reads: whose edit it was, whether something was refused or approved. */
export function meaningOf({ action, actor, operation, subject }: Pick<EventView, 'action' | 'actor' | 'operation' | 'subject'>): Meaning {
  const named = BY_LAST_WORD.find(([pattern]) => pattern.test(action))?.[1];
  if (named) return named;
  if (actor.kind === 'database') return { tone: 'other', icon: 'database' };
  if (actor.kind !== 'user') return { tone: 'quiet', icon: 'cog' };
  const own = action === 'user_edit' || (action !== 'admin_edit' && actor.id !== null && actor.id === subject?.id);
  if (operation === 'create') return { tone: own ? 'self' : 'quiet', icon: 'plus' };
  if (operation === 'none') return { tone: 'quiet', icon: 'dot' };
  return own ? { tone: 'self', icon: 'user-pencil' } : { tone: 'other', icon: 'pencil' };
}
