import { Check, CircleDashed, Pencil, SendHorizontal, X } from 'lucide-react';
import type { TimecardStatus } from '../../api/views.ts';
import { Tag, type TagTone } from '../../ui/tag.tsx';

const LOOKS = {
  draft: { label: 'Draft', tone: 'quiet', icon: CircleDashed },
  submitted: { label: 'Submitted', tone: 'self', icon: SendHorizontal },
  approved: { label: 'Approved', tone: 'good', icon: Check },
  rejected: { label: 'Rejected', tone: 'refuse', icon: X },
} as const satisfies Record<TimecardStatus, { label: string; tone: TagTone; icon: typeof Check }>;

export const statusLabel = (status: TimecardStatus): string => LOOKS[status].label;

export function StatusTag({ status }: { readonly status: TimecardStatus }) {
  const { label, tone, icon } = LOOKS[status];
  return (
    <Tag tone={tone} icon={icon}>
      {label}
    </Tag>
  );
}

/** TC-10: marked so until it is approved anew. */
export const EditedAfterApprovalTag = () => (
  <Tag tone="refuse" icon={Pencil} title="Changed since it was approved, and not approved anew">
    edited after approval
  </Tag>
);

/** A time was changed after it was first recorded. */
export const EditedTag = () => (
  <Tag tone="other" icon={Pencil} title="A time was changed after it was first recorded">
    edited
  </Tag>
);
