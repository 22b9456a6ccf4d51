import { Check, CircleDot, Cog, Database, Pencil, Plus, SendHorizontal, Trash2, UserPen, X } from 'lucide-react';
import type { EventView } from '../../api/views.ts';
import { Tag } from '../../ui/tag.tsx';
import { type MeaningIcon, meaningOf } from './meaning.ts';
import { useWords } from './vocabulary.ts';

const ICONS = {
  pencil: Pencil,
  'user-pencil': UserPen,
  check: Check,
  cross: X,
  plus: Plus,
  send: SendHorizontal,
  trash: Trash2,
  cog: Cog,
  database: Database,
  dot: CircleDot,
} as const satisfies Record<MeaningIcon, typeof Pencil>;

/** What was done, by its published name: icon, word and colour. */
export function ActionTag({ event }: { readonly event: EventView }) {
  const words = useWords();
  const { tone, icon } = meaningOf(event);
  return (
    <Tag tone={tone} icon={ICONS[icon]}>
      {words.action(event.action)}
    </Tag>
  );
}

export const AfterApprovalTag = () => (
  <Tag tone="refuse" icon={Pencil} title="This changed something that had been approved already">
    after approval
  </Tag>
);

export const AroundTag = () => (
  <Tag tone="quiet" icon={Database} title="Changed in the database itself, not through the application">
    around the application
  </Tag>
);
