import { dayText } from '@countersign/domain/wall-clock.rules';
import type { AsOfView } from '../../api/views.ts';
import { Tag } from '../../ui/tag.tsx';
import { isPart, type PastRecord } from './compare-records.ts';
import { PastValue, type PastReading } from './past-value.tsx';

interface Props {
  readonly view: AsOfView;
  readonly reading: PastReading;
}

/** A timecard as it stood: its own fields, and its days in a table. */
export function PastCard({ view, reading }: Props) {
  const own = view.records.find((record) => !isPart(record));
  const days = view.records.filter(isPart);
  return (
    <div className="grid gap-5">
      {days.length > 0 && <PastDays days={days} reading={reading} />}
      {own && <PastFields record={own} reading={reading} />}
    </div>
  );
}

function PastDays({ days, reading }: { readonly days: readonly PastRecord[]; readonly reading: PastReading }) {
  const columns = (days[0]?.fields ?? []).filter(({ name }) => name !== 'work_date');
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Days as they stood">
      <table className="w-full text-sm">
        <caption className="sr-only">Days as they stood, in {reading.timeZone}</caption>
        <thead>
          <tr className="border-b border-line text-xs text-ink-3 *:pb-2 *:pr-3 *:text-left *:align-bottom *:font-normal">
            <th scope="col">Day</th>
            {columns.map(({ name, label }) => (
              <th key={name} scope="col">
                {label.replace(/^Daily /, '')}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <tr key={day.record.id} className="num border-b border-line align-top *:py-2 *:pr-3 *:text-left">
              <th scope="row" className="whitespace-nowrap font-medium">
                {day.workDate === null ? day.record.label : dayText(day.workDate, 'weekday')}
                {day.deleted && (
                  <span className="ml-2">
                    <Tag tone="refuse">deleted</Tag>
                  </span>
                )}
              </th>
              {columns.map(({ name }) => {
                const field = day.fields.find((one) => one.name === name);
                return <td key={name}>{field && <PastValue field={field} record={day} reading={reading} />}</td>;
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const PastFields = ({ record, reading }: { readonly record: PastRecord; readonly reading: PastReading }) => (
  <dl aria-label="Fields as they stood" className="grid grid-cols-[minmax(8rem,auto)_minmax(0,1fr)] gap-x-4 text-sm">
    {record.fields.map((field) => (
      <div key={field.name} className="col-span-2 grid grid-cols-subgrid border-b border-line py-1.5">
        <dt className="text-ink-2">{field.label}</dt>
        <dd className="num min-w-0 wrap-anywhere">
          <PastValue field={field} record={record} reading={reading} />
        </dd>
      </div>
    ))}
  </dl>
);
