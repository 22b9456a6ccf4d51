import { Link } from '@tanstack/react-router';
import { Check, CircleAlert, Download, FolderOpen, MapPin, MoonStar, Rows3, Users, X, type LucideIcon } from 'lucide-react';
import type { UnusualView } from '../../api/views.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { Button } from '../../ui/button.tsx';
import { Tag } from '../../ui/tag.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useZones } from '../../ui/zone-context.tsx';

const ICONS: Readonly<Record<UnusualView['kind'], LucideIcon>> = {
  many_records: FolderOpen,
  many_rows: Rows3,
  many_people: Users,
  large_export: Download,
  odd_hours: MoonStar,
  other_area: MapPin,
};

interface Props {
  readonly alert: UnusualView;
  readonly onExplain: () => void;
  /** Rows that are shown at once. */
  readonly unfolded: boolean;
}

/** AUD-30: one alert, with what it rests on. */
export function AlertCard({ alert, onExplain, unfolded }: Props) {
  const { reader, kind, label, sentence, level, noticedAt, lastAt, own } = alert;
  const zone = useZone();
  return (
    <li className="border-b border-line px-4 py-4 text-sm sm:px-6">
      <article aria-label={`${label}: ${reader.name}`} className="mx-auto grid max-w-3xl grid-cols-[auto_minmax(0,1fr)] gap-x-3.5 gap-y-2">
        <Avatar id={reader.id} name={reader.name} />
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1.5">
            <h2 className="text-base">{own ? `${reader.name} (you)` : reader.name}</h2>
            <Tag tone="other" icon={ICONS[kind]}>
              {label}
            </Tag>
            <State alert={alert} />
          </div>
          <p className="pt-1.5 text-pretty">{sentence}</p>
          <p className="pt-0.5 text-xs text-ink-3">
            Noticed <TimeText instant={noticedAt} timeZone={zone} as="full" />
            {level > 1 && (
              <>
                , doubled {level === 2 ? 'once' : `${level - 1} times`} since, last read{' '}
                <TimeText instant={lastAt} timeZone={zone} as="full" />
              </>
            )}
          </p>
          <Rows alert={alert} unfolded={unfolded} />
          <Explanation alert={alert} onExplain={onExplain} />
        </div>
      </article>
    </li>
  );
}

function State({ alert: { explanation } }: Pick<Props, 'alert'>) {
  if (!explanation)
    return (
      <Tag tone="refuse" icon={CircleAlert}>
        Not explained
      </Tag>
    );
  return explanation.verdict === 'right' ? (
    <Tag tone="good" icon={Check}>
      Explained
    </Tag>
  ) : (
    <Tag tone="refuse" icon={X}>
      It was not right
    </Tag>
  );
}

const useZone = () => {
  const { choice, mine } = useZones();
  return choice === 'utc' ? 'UTC' : mine;
};

/** Each row leads to its event in the log: nobody has to believe the alert. */
function Rows({ alert: { rows, moreRows }, unfolded }: Pick<Props, 'alert' | 'unfolded'>) {
  const zone = useZone();
  const count = rows.length + moreRows;
  if (count === 0) return null;
  return (
    <details open={unfolded} className="mt-2">
      <summary className="w-fit cursor-pointer rounded-sm py-1 text-ink-2 pointer-coarse:py-3">
        What it rests on: {count === 1 ? 'one event' : `${count.toLocaleString('en')} events`} of the log
      </summary>
      <ol aria-label="Events, newest first" className="mt-1 border-t border-line">
        {rows.map(({ position, sentence, from, to }) => (
          <li key={position} className="grid gap-x-4 gap-y-0.5 border-b border-line py-2 sm:grid-cols-[minmax(0,1fr)_auto]">
            <Link
              to="/live/e/$position"
              params={{ position: String(position) }}
              className="min-w-0 underline decoration-line-strong underline-offset-3 [overflow-wrap:anywhere]"
            >
              {sentence}
            </Link>
            <span className="text-xs text-ink-3">
              <TimeText instant={from} timeZone={zone} as="full" />
              {to !== from && (
                <>
                  {' – '}
                  <TimeText instant={to} timeZone={zone} as="clock" />
                </>
              )}
            </span>
          </li>
        ))}
      </ol>
      {moreRows > 0 && <p className="pt-2 text-xs text-ink-3">These are the newest {rows.length}. The log has them all.</p>}
    </details>
  );
}

function Explanation({ alert: { explanation, own }, onExplain }: Pick<Props, 'alert' | 'onExplain'>) {
  const zone = useZone();
  if (explanation)
    return (
      <p className="mt-2.5 rounded-md bg-well px-3 py-2 wrap-anywhere">
        <span className="font-medium">{explanation.by.name}</span>, <TimeText instant={explanation.at} timeZone={zone} as="full" />:{' '}
        {explanation.note}
      </p>
    );
  return (
    <div className="pt-3">
      <Button
        changes="anything"
        because={own ? 'This is about your own reading: another admin or a manager explains it' : null}
        onClick={onExplain}
      >
        Explain
      </Button>
    </div>
  );
}
