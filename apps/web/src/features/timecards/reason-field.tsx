import { useQuery } from '@tanstack/react-query';
import { offeredFor } from '@countersign/domain/timecards/given-reason.rules';
import type { ReasonUse } from '@countersign/domain/timecards/given-reason.rules';
import { Check } from 'lucide-react';
import { type RefObject, useEffect, useRef } from 'react';
import { Field } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { reasonsQuery } from '../reasons/reasons-query.ts';
import type { GivenReason } from '../reasons/use-given-reason.ts';

interface Props {
  readonly reason: GivenReason;
  /** For which kinds of change reasons are offered; none where there is nothing to pick. */
  readonly uses: readonly ReasonUse[];
  readonly required: boolean;
  readonly problem?: string | undefined;
  readonly label?: string;
  readonly input?: RefObject<HTMLTextAreaElement | null>;
}

/** TC-10: why something is done, picked and typed: stands with the change for as long as the record does. */
export function ReasonField({ reason, uses, required, problem, label = 'Reason', input: given }: Props) {
  const own = useRef<HTMLTextAreaElement>(null);
  const input = given ?? own;
  useEffect(() => {
    if (problem) input.current?.focus();
  }, [problem, input]);
  return (
    <div className="grid gap-2">
      <Picks reason={reason} uses={uses} />
      <Field label={label} required={required} problem={problem} hint={<Hint reason={reason} />}>
        {({ className, ...control }) => (
          <textarea
            {...control}
            ref={input}
            rows={2}
            maxLength={reason.room}
            aria-required={required || undefined}
            value={reason.typed}
            placeholder={reason.picked ? 'Details, such as what it shows' : undefined}
            onChange={({ target }) => reason.type(target.value)}
            className={`${className} py-1.5`}
          />
        )}
      </Field>
    </div>
  );
}

const Hint = ({ reason: { picked, written } }: { readonly reason: GivenReason }) =>
  picked ? (
    <>
      Stands with the change as <span className="text-ink-2 italic">“{written}”</span>
    </>
  ) : (
    'Stands with the change in the audit trail, where the owner sees it.'
  );

/** What can be picked; where the list can't be read or is empty, a reason is typed. */
function Picks({ reason, uses }: Pick<Props, 'reason' | 'uses'>) {
  const { data = [], isLoading } = useQuery({ ...reasonsQuery, enabled: uses.length > 0 });
  const offered = offeredFor(data, uses);
  // What stands below must not move under a pointer when they come.
  if (isLoading) return <div className="h-7 pointer-coarse:h-11" />;
  if (!offered.length) return null;
  return (
    <div role="group" aria-label="Usual reasons" className="flex flex-wrap gap-1.5">
      {offered.map(({ id, label }) => (
        <button
          key={id}
          type="button"
          aria-pressed={reason.picked === label}
          onClick={() => reason.pick(label)}
          className="inline-flex h-7 items-center gap-1 rounded-md border border-line-strong px-2.5 text-sm text-ink-2 hover:bg-hover aria-pressed:border-accent aria-pressed:bg-accent-soft aria-pressed:font-[540] aria-pressed:text-accent pointer-coarse:h-11"
        >
          {reason.picked === label && <Icon of={Check} size={13} />}
          {label}
        </button>
      ))}
    </div>
  );
}
