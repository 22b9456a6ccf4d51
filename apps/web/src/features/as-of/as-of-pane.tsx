import { useQuery } from '@tanstack/react-query';
import { History } from 'lucide-react';
import { useEffect, useId, useRef } from 'react';
import { problemOf } from '../../api/problem.ts';
import type { AsOfView, MomentView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { CONTROL } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useNames } from '../../ui/names.tsx';
import { Bone, PageState, ProblemState } from '../../ui/page-state.tsx';
import { TimeText, timeIn } from '../../ui/time-text.tsx';
import { useZones } from '../../ui/zone-context.tsx';
import { useWords } from '../trail/vocabulary.ts';
import { Agreement } from './agreement.tsx';
import { asOfNowQuery, asOfQuery, momentsQuery } from './as-of-queries.ts';
import { Differences } from './differences.tsx';
import { MomentSlider } from './moment-slider.tsx';
import { PastCard } from './past-card.tsx';
import type { PastReading } from './past-value.tsx';

/** A position of the log, or now; stands in the address. */
export type Moment = number | 'now';

/** At which moment one looks, and with which other one it is compared. */
export interface AsOfSearch {
  readonly asOf?: Moment | undefined;
  readonly vs?: Moment | undefined;
}

interface Props {
  readonly id: string;
  /** Of the card's site; undefined where the card is gone. */
  readonly timeZone: string | undefined;
  readonly asOf: Moment;
  readonly vs: Moment | undefined;
  readonly onChange: (part: AsOfSearch) => void;
}

const NONE: readonly MomentView[] = [];

/** AUD-28: a timecard as it stood at any of its change sets, and what differs from another moment. For looking only. */
export default function AsOfPane({ id, timeZone: siteZone, asOf, vs, onChange }: Props) {
  const timeZone = useZones().of(siteZone);
  const { data, error, refetch } = useQuery(momentsQuery(id));
  const moments = data?.moments ?? NONE;
  const index = indexOf(moments, asOf);
  const shown = useMoment(id, moments, asOf);
  return (
    <section aria-label="As it stood" className="mx-auto grid max-w-3xl gap-5 px-4 py-5 sm:px-6">
      <Head moments={moments} index={index} timeZone={timeZone} onBack={() => onChange({ asOf: undefined, vs: undefined })} />
      {data ? (
        <>
          <MomentSlider
            moments={moments}
            index={index}
            timeZone={timeZone}
            onChange={(to) => onChange({ asOf: momentAt(moments, to), vs })}
          />
          <CompareWith moments={moments} timeZone={timeZone} chosen={vs} onChange={(other) => onChange({ asOf, vs: other })} />
          {shown.error ? (
            <ProblemState problem={problemOf(shown.error)} what="this moment" onRetry={() => void shown.refetch()} />
          ) : (
            shown.data && <Shown id={id} view={shown.data} late={shown.isPlaceholderData} {...{ moments, asOf, vs, timeZone }} />
          )}
        </>
      ) : error ? (
        <ProblemState problem={problemOf(error)} what="the moments of this timecard" onRetry={() => void refetch()} />
      ) : (
        <Bone className="h-24 w-full" />
      )}
    </section>
  );
}

/** The latest moment is now: it is read as such, and checked. */
function indexOf(moments: readonly MomentView[], moment: Moment): number {
  return moment === 'now' ? moments.length - 1 : moments.findLastIndex(({ position }) => position <= moment);
}

const momentAt = (moments: readonly MomentView[], index: number): Moment =>
  index >= moments.length - 1 ? 'now' : (moments[Math.max(index, 0)]?.position ?? 'now');

const isNow = (moments: readonly MomentView[], moment: Moment): boolean =>
  moment === 'now' || moment >= (moments.at(-1)?.position ?? Infinity);

function useMoment(id: string, moments: readonly MomentView[], moment: Moment) {
  const now = isNow(moments, moment);
  const atPresent = useQuery({ ...asOfNowQuery(id), enabled: now });
  const before = useQuery({ ...asOfQuery(id, typeof moment === 'number' ? moment : 1), enabled: !now && moments.length > 0 });
  return now ? atPresent : before;
}

interface HeadProps {
  readonly moments: readonly MomentView[];
  readonly index: number;
  readonly timeZone: string;
  readonly onBack: () => void;
}

/** says plainly that this is the past, which moment of it, and how one comes back. */
function Head({ moments, index, timeZone, onBack }: HeadProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const past = index < moments.length - 1;
  return (
    <div className={`flex flex-wrap items-start gap-3 rounded-md px-3.5 py-3 ${past ? 'bg-other/10' : 'bg-well'}`}>
      <Icon of={History} className={`mt-0.5 ${past ? 'text-other' : 'text-ink-3'}`} />
      <div className="min-w-0 flex-1 basis-52">
        <h2 ref={heading} tabIndex={-1} className={`text-base ${past ? 'text-other' : ''}`}>
          {moments.length === 0 ? 'As it stood' : past ? 'You see the past' : 'As it stands now'}
        </h2>
        {moments.length > 0 && <MomentLine moment={moments[index]} timeZone={timeZone} />}
        <p className="text-sm text-ink-2">Put together from the audit trail, to be looked at only: nothing can be changed here.</p>
      </div>
      <Button onClick={onBack}>Back to the timecard</Button>
    </div>
  );
}

function MomentLine({ moment, timeZone }: { readonly moment: MomentView | undefined; readonly timeZone: string }) {
  const words = useWords();
  if (!moment) return <p className="text-sm">Before its first change.</p>;
  return (
    <p className="text-sm">
      <TimeText instant={moment.at} timeZone={timeZone} as="full" className="whitespace-normal! font-medium" />, after “
      {moment.actions.map(words.action).join(', ')}” by {moment.by.name}
      {moment.reason !== null && <span className="text-ink-2 italic">: “{moment.reason}”</span>}{' '}
      <span className="num text-ink-3">#{moment.position}</span>
    </p>
  );
}

interface CompareProps {
  readonly moments: readonly MomentView[];
  readonly timeZone: string;
  readonly chosen: Moment | undefined;
  readonly onChange: (moment: Moment | undefined) => void;
}

function CompareWith({ moments, timeZone, chosen, onChange }: CompareProps) {
  const id = useId();
  const value = chosen === undefined ? '' : chosen === 'now' ? 'now' : String(moments[indexOf(moments, chosen)]?.position ?? '');
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <label htmlFor={id} className="text-sm font-medium">
        Compare with
      </label>
      <select
        id={id}
        value={value}
        onChange={({ target }) => onChange(target.value === '' ? undefined : target.value === 'now' ? 'now' : Number(target.value))}
        className={`${CONTROL} h-9 min-w-0 flex-1 basis-56`}
      >
        <option value="">no other moment</option>
        <option value="now">now</option>
        {moments
          .slice(0, -1)
          .map((moment, index) => (
            <option key={moment.position} value={moment.position}>
              {optionText(moment, index, timeZone)}
            </option>
          ))
          .toReversed()}
      </select>
    </div>
  );
}

const optionText = ({ at, by }: MomentView, index: number, timeZone: string) =>
  `Change ${index + 1}: ${timeIn(at, timeZone, 'full')}, ${by.name}`;

interface ShownProps {
  readonly id: string;
  readonly view: AsOfView;
  readonly moments: readonly MomentView[];
  readonly asOf: Moment;
  readonly vs: Moment | undefined;
  readonly timeZone: string;
  /** What is shown is that of another moment still. */
  readonly late: boolean;
}

function Shown({ id, view, moments, asOf, vs, timeZone, late }: ShownProps) {
  const known = useNames();
  const reading: PastReading = { timeZone, names: new Map([...Object.entries(view.names), ...known]) };
  if (view.state === 'none') return <NotMadeYet />;
  return (
    <div aria-busy={late} className={`grid gap-5 transition-opacity ${late ? 'opacity-60' : ''}`}>
      {view.state === 'deleted' && (
        <p className="rounded-md bg-refuse/8 px-3.5 py-2.5 text-sm text-refuse">
          It was deleted by then. These are the values that it had last.
        </p>
      )}
      {view.moment.now && !late && <Agreement agreement={view.agreement} />}
      {vs === undefined ? (
        <PastCard view={view} reading={reading} />
      ) : (
        <Compared id={id} view={view} {...{ moments, asOf, vs, timeZone, reading }} />
      )}
    </div>
  );
}

const NotMadeYet = () => (
  <PageState icon={History} title="Nobody had made this timecard by then">
    Its first change is further to the right.
  </PageState>
);

type ComparedProps = Omit<ShownProps, 'late' | 'vs'> & { readonly vs: Moment; readonly reading: PastReading };

/** The two in the order of time, whichever of them was chosen first. */
function Compared({ id, view, moments, asOf, vs, timeZone, reading }: ComparedProps) {
  const other = useMoment(id, moments, vs);
  if (other.error) return <ProblemState problem={problemOf(other.error)} what="the other moment" onRetry={() => void other.refetch()} />;
  if (!other.data) return <Bone className="h-24 w-full" />;
  const nameOf = (moment: Moment) => {
    const at = moments[indexOf(moments, moment)]?.at;
    return isNow(moments, moment) || at === undefined ? 'Now' : timeIn(at, timeZone, 'full');
  };
  if (indexOf(moments, asOf) === indexOf(moments, vs)) return <p className="text-sm text-ink-2">This is the same moment.</p>;
  const inOrder = indexOf(moments, asOf) <= indexOf(moments, vs);
  return inOrder ? (
    <Differences first={view} second={other.data} names={[nameOf(asOf), nameOf(vs)]} reading={reading} />
  ) : (
    <Differences first={other.data} second={view} names={[nameOf(vs), nameOf(asOf)]} reading={reading} />
  );
}
