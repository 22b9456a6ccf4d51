import { BellRing, Check, CircleAlert, Clock3, Inbox, Layers, Mail, MessageSquare } from 'lucide-react';
import type { MessageSummary } from '../../api/views.ts';
import { Tag, type TagTone } from '../../ui/tag.tsx';

const STATUS = {
  waiting: { label: 'Waiting', tone: 'self', icon: Clock3, title: 'Not sent yet' },
  sent: { label: 'Sent', tone: 'good', icon: Check, title: 'The receiving server took it' },
  kept: { label: 'Kept', tone: 'quiet', icon: Inbox, title: 'Nothing is set up that could send it: it stays here' },
  gathered: { label: 'Gathered', tone: 'quiet', icon: Layers, title: 'Another message told of it, together with others that are alike' },
  failed: { label: 'Failed', tone: 'refuse', icon: CircleAlert, title: 'Given up' },
} as const satisfies Record<MessageSummary['status'], { label: string; tone: TagTone; icon: typeof Check; title: string }>;

const CHANNEL = {
  mail: { label: 'Mail', icon: Mail },
  sms: { label: 'Text message', icon: MessageSquare },
  push: { label: 'Web Push', icon: BellRing },
} as const satisfies Record<MessageSummary['channel'], { label: string; icon: typeof Check }>;

export const statusLabel = (status: MessageSummary['status']): string => STATUS[status].label;
export const channelLabel = (channel: MessageSummary['channel']): string => CHANNEL[channel].label;
export const channelIcon = (channel: MessageSummary['channel']) => CHANNEL[channel].icon;

export function MessageStatusTag({ status }: { readonly status: MessageSummary['status'] }) {
  const { label, tone, icon, title } = STATUS[status];
  return (
    <Tag tone={tone} icon={icon} title={title}>
      {label}
    </Tag>
  );
}
