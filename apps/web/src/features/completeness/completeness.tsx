import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleDashed, RotateCw, ShieldCheck, ShieldQuestion } from 'lucide-react';
import type { ReactNode } from 'react';
import type { CompletenessView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useZones } from '../../ui/zone-context.tsx';
import { completenessQuery } from './completeness-query.ts';
import { FoundDifferences } from './found-differences.tsx';

interface Props {
  /** `Timecard:…`. */
  readonly root: string;
  /** Of the record's site. */
  readonly timeZone: string | undefined;
  /** Shows the record as the trail has it now, with the values that differ. */
  readonly onCompare: () => void;
}

/** AUD-31: how far back the trail of a record is complete, where there is a gap, and what the latest comparison found. */
export default function Completeness({ root, timeZone: siteZone, onCompare }: Props) {
  const timeZone = useZones().of(siteZone);
  const { data, error, isFetching, refetch } = useQuery(completenessQuery(root));
  return (
    <section aria-label="Completeness of the audit trail" className="grid min-h-10 gap-1.5 text-sm text-ink-2 print:hidden">
      {data ? (
        <>
          <Since view={data} timeZone={timeZone} />
          <Gaps gaps={data.gaps} timeZone={timeZone} />
          <Compared view={data} timeZone={timeZone} onCompare={onCompare} />
        </>
      ) : error ? (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <p role="alert">Whether the trail is complete can’t be read now.</p>
          <Button icon={RotateCw} because={isFetching ? 'It is being read.' : null} onClick={() => void refetch()}>
            Retry
          </Button>
        </div>
      ) : (
        <p className="text-ink-3">Looking whether the trail is complete…</p>
      )}
    </section>
  );
}

interface PartProps {
  readonly view: CompletenessView;
  readonly timeZone: string;
}

const Line = ({
  icon,
  tone = '',
  children,
}: {
  readonly icon: typeof ShieldCheck;
  readonly tone?: string;
  readonly children: ReactNode;
}) => (
  <p className={`flex items-start gap-2 ${tone}`}>
    <Icon of={icon} className="mt-0.5" />
    <span className="min-w-0">{children}</span>
  </p>
);

const At = ({ at, timeZone }: { readonly at: string; readonly timeZone: string }) => (
  <TimeText instant={at} timeZone={timeZone} as="full" className="num whitespace-normal!" />
);

function Since({ view: { since, gaps }, timeZone }: PartProps) {
  const { state, from } = since;
  // After a gap nothing is missing again.
  const begins = gaps[0]?.before ?? from;
  if (!begins) return <Line icon={ShieldQuestion}>{NO_BEGINNING[state]}</Line>;
  return (
    <Line icon={ShieldCheck}>
      Complete since <At at={begins.at} timeZone={timeZone} /> <span className="num text-ink-3">#{begins.position}</span>
      {gaps.length > 0 ? '.' : ENDING[state]}
    </Line>
  );
}

type State = CompletenessView['since']['state'];

const NO_BEGINNING: Readonly<Record<State, string>> = {
  creation: 'The trail begins with its creation.',
  first_change: 'The trail begins with its first recorded change.',
  nothing: 'Nothing is recorded of it that you may see.',
  in_part: 'You see only a part of what happened to it: whether that is complete can’t be said.',
  too_long: 'Its trail is too long to be looked through here: an admin can compare all of it.',
};

const ENDING: Readonly<Record<State, string>> = {
  creation: ', when it was made.',
  first_change: ', its first recorded change. It was there before; what nobody has changed since was never told.',
  nothing: '.',
  in_part: '.',
  too_long: '.',
};

/** Gaps that are told one by one. */
const TOLD = 3;

function Gaps({ gaps, timeZone }: { readonly gaps: CompletenessView['gaps']; readonly timeZone: string }) {
  if (!gaps.length) return null;
  return (
    <div className="rounded-md bg-refuse/8 px-3.5 py-2.5">
      <h2 className="flex items-center gap-2 text-refuse">
        <Icon of={CircleAlert} /> {gaps.length === 1 ? 'There is a gap before that' : `There are ${gaps.length} gaps before that`}
      </h2>
      <ul className="mt-1 grid gap-1">
        {gaps.slice(0, TOLD).map(({ record, field, label, after, before }) => (
          <li key={`${record.id} ${field} ${before.position}`} className="wrap-anywhere">
            <GapText name={record.label ?? record.type} label={label} /> between <At at={after.at} timeZone={timeZone} /> and{' '}
            <At at={before.at} timeZone={timeZone} />.
          </li>
        ))}
        {gaps.length > TOLD && <li>… and {gaps.length - TOLD} more.</li>}
      </ul>
    </div>
  );
}

const GapText = ({ name, label }: { readonly name: string; readonly label: string | null }) =>
  label === null ? (
    <>{name}: something was done that could not be recorded as what it was,</>
  ) : (
    <>
      {name}, <b className="font-medium text-ink">{label}</b>: changed without being recorded
    </>
  );

function Compared({ view: { underWay, latest, lastCleanAt }, timeZone, onCompare }: PartProps & Pick<Props, 'onCompare'>) {
  return (
    <>
      {latest?.result === 'different' && (
        <FoundDifferences latest={latest} lastCleanAt={lastCleanAt} timeZone={timeZone} onCompare={onCompare} />
      )}
      {underWay ? (
        <Line icon={CircleDashed}>The trail and the records are being compared right now.</Line>
      ) : !latest ? (
        <Line icon={CircleDashed}>Not compared with the record yet: that is done each night.</Line>
      ) : latest.result === 'different' ? null : (
        <Line icon={latest.result === 'clean' ? ShieldCheck : CircleDashed} tone={latest.result === 'clean' ? 'text-good' : ''}>
          {RESULTS[latest.result].before} <At at={latest.at} timeZone={timeZone} />
          {RESULTS[latest.result].after}
        </Line>
      )}
    </>
  );
}

const RESULTS: Readonly<
  Record<Exclude<NonNullable<CompletenessView['latest']>['result'], 'different'>, { readonly before: string; readonly after: string }>
> = {
  clean: { before: 'Compared with the record on', after: ': the same, field by field.' },
  too_early: { before: 'Younger than the latest comparison, of', after: ': the next one is made at night.' },
  unlisted: { before: 'The comparison of', after: ' found more than could be listed: whether here too isn’t known.' },
};
