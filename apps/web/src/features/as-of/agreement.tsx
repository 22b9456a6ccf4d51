import { CircleAlert, CircleCheck } from 'lucide-react';
import type { AsOfView } from '../../api/views.ts';
import { Icon } from '../../ui/icon.tsx';

type Checked = NonNullable<AsOfView['agreement']>;

/** Whether the record, put together from the trail, is what the timecard itself says now. */
export function Agreement({ agreement }: { readonly agreement: AsOfView['agreement'] }) {
  if (agreement === null)
    return <p className="text-sm text-ink-2">Something was saved this moment and is not numbered yet: look again in a second.</p>;
  if (agreement.agrees) {
    return (
      <p className="flex items-start gap-2 text-sm text-good">
        <Icon of={CircleCheck} className="mt-0.5" /> The trail tells the same as the timecard itself, field by field.
      </p>
    );
  }
  return (
    <div role="alert" className="rounded-md bg-refuse/8 px-3.5 py-3 text-sm">
      <h3 className="flex items-center gap-2 text-refuse">
        <Icon of={CircleAlert} /> The trail and the timecard say different things
      </h3>
      <p className="mt-0.5 text-ink-2">What stands on the timecard holds. Something changed it without being recorded: tell an admin.</p>
      <ul className="mt-2 grid gap-1">
        {agreement.differences.map((difference) => (
          <li key={`${difference.record.id} ${difference.field}`} className="wrap-anywhere">
            <Difference difference={difference} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Difference({ difference: { record, field, label, recorded, present } }: { readonly difference: Checked['differences'][number] }) {
  const name = record.label ?? record.type;
  if (field === null) return <>{present === null ? `${name} is recorded, and isn’t there.` : `${name} is there, and isn’t recorded.`}</>;
  return (
    <>
      {name}, {label ?? field}: recorded <b className="font-medium">{textOf(recorded)}</b>, there stands{' '}
      <b className="font-medium">{present ?? 'nothing'}</b>
    </>
  );
}

const textOf = (value: Checked['differences'][number]['recorded']): string =>
  value === null ? 'nothing' : typeof value === 'string' ? value : `${value.bytes} bytes with the hash ${value.sha256.slice(0, 12)}…`;
