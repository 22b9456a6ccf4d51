import { Check, CircleAlert, Minus } from 'lucide-react';
import type { HealthCheckView } from '../../api/views.ts';
import { Tag, type TagTone } from '../../ui/tag.tsx';

const STATES = {
  holds: { label: 'Holds', tone: 'good', icon: Check },
  broken: { label: 'Doesn’t hold', tone: 'refuse', icon: CircleAlert },
  off: { label: 'Not used', tone: 'quiet', icon: Minus },
} as const satisfies Record<HealthCheckView['state'], { label: string; tone: TagTone; icon: typeof Check }>;

/** One protection: what it is, whether it holds, and what is known or to be done. */
export function CheckRow({ check: { label, state, details } }: { readonly check: HealthCheckView }) {
  const { label: word, tone, icon } = STATES[state];
  return (
    <li className="grid gap-x-4 gap-y-1 border-b border-line py-3 sm:grid-cols-[minmax(0,1fr)_auto]">
      <p className="min-w-0 font-medium">{label}</p>
      <div className="row-span-1 sm:row-span-2">
        <Tag tone={tone} icon={icon}>
          {word}
        </Tag>
      </div>
      <div className="grid min-w-0 gap-1 text-ink-2">
        {details.map((detail) => (
          <p key={detail} className="[overflow-wrap:anywhere]">
            {detail}
          </p>
        ))}
      </div>
    </li>
  );
}
