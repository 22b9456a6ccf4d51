import { useQuery } from '@tanstack/react-query';
import { Link, useRouteContext } from '@tanstack/react-router';
import { mayCreate } from '@countersign/domain/timecards/timecard.rules';
import { peopleQuery } from '../../api/queries.ts';
import { Field } from '../../ui/field.tsx';
import { cardsOfDaysQuery } from './timecard-queries.ts';
import type { Frame, NewCard } from './use-new-card.ts';
import { weekOfDay } from './weeks.ts';

interface Props {
  readonly made: NewCard;
  readonly today: string;
}

/** For whom, where, and for which days. */
export function FrameFields({ made, today }: Props) {
  const { frame, choose, sites, problems } = made;
  const days = [
    { name: 'This week', period: weekOfDay(today) },
    { name: 'Last week', period: weekOfDay(today, -1) },
    { name: 'Today', period: { periodStart: today, periodEnd: today } },
  ];
  return (
    <div className="grid gap-4">
      <div className="grid gap-4 sm:grid-cols-2">
        <PersonField made={made} />
        <Field label="Site" problem={problems.get('site')}>
          {({ className, ...control }) => (
            <select
              {...control}
              value={frame.site}
              onChange={({ target }) => choose({ site: target.value })}
              className={`${className} h-9`}
            >
              {frame.site === '' && <option value="">Choose …</option>}
              {sites.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Field>
      </div>
      <div role="group" aria-label="Usual periods" className="flex flex-wrap gap-1.5">
        {days.map(({ name, period }) => {
          const chosen = period.periodStart === frame.periodStart && period.periodEnd === frame.periodEnd;
          return (
            <button
              key={name}
              type="button"
              aria-pressed={chosen}
              onClick={() => choose(period)}
              className="h-8 rounded-md border border-line-strong px-2.5 text-sm text-ink-2 hover:bg-hover aria-pressed:border-transparent aria-pressed:bg-accent-soft aria-pressed:font-semibold aria-pressed:text-accent pointer-coarse:h-11"
            >
              {name}
            </button>
          );
        })}
      </div>
      <div className="grid grid-cols-2 gap-4">
        <DayField
          label="First day"
          field="period_start"
          value={frame.periodStart}
          made={made}
          onChange={(day) => choose(startingOn(frame, day))}
        />
        <DayField label="Last day" field="period_end" value={frame.periodEnd} made={made} onChange={(day) => choose({ periodEnd: day })} />
      </div>
      <AlreadyThere frame={frame} />
    </div>
  );
}

/** Whoever moves the first day beyond the last one means a card of that day. */
const startingOn = ({ periodEnd }: Frame, day: string): Partial<Frame> => ({
  periodStart: day,
  ...(day > periodEnd && { periodEnd: day }),
});

/** Somebody to choose where one may make cards for others; else it goes without saying whose card it is. */
function PersonField({ made: { frame, choose, problems } }: { readonly made: NewCard }) {
  const { user } = useRouteContext({ from: '/_app' });
  const forOthers = mayCreate(user.role as Parameters<typeof mayCreate>[0], 'foreign');
  const { data: people = [] } = useQuery({ ...peopleQuery, enabled: forOthers });
  const others = people.filter(({ id, disabled }) => id !== user.id && !disabled);
  return (
    <Field label="Person" problem={problems.get('person')} {...(!forOthers && { hint: 'You can make timecards only for yourself.' })}>
      {({ className, ...control }) => (
        <select
          {...control}
          value={frame.person.id}
          onChange={({ target }) => {
            const person = [user, ...others].find(({ id }) => id === target.value);
            // The usual site of one person isn't that of another.
            if (person) choose({ person: { id: person.id, name: person.name }, site: undefined });
          }}
          className={`${className} h-9`}
        >
          <option value={user.id}>{user.name} (you)</option>
          {forOthers &&
            others.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
        </select>
      )}
    </Field>
  );
}

interface DayFieldProps {
  readonly label: string;
  readonly field: string;
  readonly value: string;
  readonly made: NewCard;
  readonly onChange: (day: string) => void;
}

const DayField = ({ label, field, value, made, onChange }: DayFieldProps) => (
  <Field label={label} problem={made.problems.get(field)}>
    {({ className, ...control }) => (
      <input {...control} type="date" value={value} onChange={({ target }) => onChange(target.value)} className={`num ${className} h-9`} />
    )}
  </Field>
);

/** Two cards for the same days are possible, and hardly ever meant. */
function AlreadyThere({ frame: { person, periodStart, periodEnd } }: { readonly frame: Frame }) {
  const { data } = useQuery({
    ...cardsOfDaysQuery(person.id, periodStart, periodEnd),
    enabled: periodStart !== '' && periodStart <= periodEnd,
  });
  if (!data?.data.length) return null;
  return (
    <p role="status" className="rounded-md bg-other/8 px-3.5 py-2.5 text-sm text-other">
      There {data.data.length === 1 ? 'is a timecard' : 'are timecards'} for these days already:{' '}
      {data.data.slice(0, 4).map((card, index) => (
        <span key={card.id}>
          {index > 0 && ', '}
          <Link to="/timecards/$id" params={{ id: card.id }} className="font-medium underline underline-offset-3">
            {card.label}, {card.site.name}
          </Link>
        </span>
      ))}
      .
    </p>
  );
}
