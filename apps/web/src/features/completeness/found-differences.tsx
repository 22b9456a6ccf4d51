import { CircleAlert } from 'lucide-react';
import type { CompletenessView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { TimeText } from '../../ui/time-text.tsx';

type Found = NonNullable<CompletenessView['latest']>;
type Difference = Found['differences'][number];

interface Props {
  readonly latest: Found;
  readonly lastCleanAt: string | null;
  readonly timeZone: string;
  readonly onCompare: () => void;
}

/** Differences that are told one by one. */
const TOLD = 8;

/** What a comparison found that nobody recorded: which fields, not what stands in them. */
export function FoundDifferences({ latest: { at, differences }, lastCleanAt, timeZone, onCompare }: Props) {
  return (
    <div role="alert" className="rounded-md bg-refuse/8 px-3.5 py-3">
      <h2 className="flex items-start gap-2 text-refuse">
        <Icon of={CircleAlert} className="mt-0.5" /> Something was changed without being recorded
      </h2>
      <p className="mt-0.5">
        Found on <TimeText instant={at} timeZone={timeZone} as="full" className="num whitespace-normal!" />
        {lastCleanAt !== null && (
          <>
            ; it was not so on <TimeText instant={lastCleanAt} timeZone={timeZone} as="full" className="num whitespace-normal!" />
          </>
        )}
        . The administrators were told.
      </p>
      <ul className="mt-2 grid gap-1">
        {differences.slice(0, TOLD).map((difference) => (
          <li key={`${difference.record.id} ${difference.field}`} className="wrap-anywhere">
            <DifferenceText {...difference} />
          </li>
        ))}
        {differences.length > TOLD && <li>… and {differences.length - TOLD} more.</li>}
      </ul>
      <p className="mt-2">
        <Button onClick={onCompare}>Compare as it stands now</Button>
      </p>
    </div>
  );
}

function DifferenceText({ record, kind, field, label }: Difference) {
  const name = record.label ?? record.type;
  const what = <b className="font-medium text-ink">{label ?? field}</b>;
  switch (kind) {
    case 'row_missing':
      return <>{name} is recorded, and isn’t there.</>;
    case 'not_recorded':
      return <>{name} is there, and isn’t recorded.</>;
    case 'field':
      return (
        <>
          {name}: {what} is not what was recorded.
        </>
      );
    case 'members':
      return (
        <>
          {name}: {what} has other members than were recorded.
        </>
      );
    case 'sealed':
      return (
        <>
          {name}: what was recorded of {what} can’t be opened, though its key is there.
        </>
      );
    default:
      return kind satisfies never;
  }
}
