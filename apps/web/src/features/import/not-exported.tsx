import { CircleAlert } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import type { TimecardsSearch } from '../timecards/timecards-search.ts';

const WHY = {
  busy: {
    what: 'Too many exports at once.',
    advice: 'Two of yours are under way, or you asked for many in a short time. Wait until one is complete, or end it, and export again.',
  },
  failed: { what: 'This list could not be exported.', advice: 'Export it again. If that stays so, ask an admin whether you may.' },
} as const satisfies Record<NonNullable<TimecardsSearch['notExported']>, object>;

interface Props {
  readonly why: keyof typeof WHY;
  readonly onClose: () => void;
}

/** That an export was refused: it is asked for by a link, whose answer nobody would read. */
export const NotExported = ({ why, onClose }: Props) => (
  <div role="alert" className="flex flex-wrap items-center gap-x-3 gap-y-1 border-b border-line bg-refuse/5 px-5 py-2 text-sm">
    <Icon of={CircleAlert} className="text-refuse" />
    <span className="min-w-0 flex-1">
      <span className="font-medium">{WHY[why].what}</span> <span className="text-ink-2">{WHY[why].advice}</span>
    </span>
    <Button look="quiet" onClick={onClose}>
      Close
    </Button>
  </div>
);
