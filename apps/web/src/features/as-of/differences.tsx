import { dayText } from '@countersign/domain/wall-clock.rules';
import type { AsOfView } from '../../api/views.ts';
import { differencesBetween, isPart, type PastField, type RecordDifference } from './compare-records.ts';
import { PastValue, type PastReading } from './past-value.tsx';

interface Props {
  readonly first: AsOfView;
  readonly second: AsOfView;
  /** What the two moments are called, as headings. */
  readonly names: readonly [string, string];
  readonly reading: PastReading;
}

/** Field by field what differs between two moments. */
export function Differences({ first, second, names, reading }: Props) {
  const differences = differencesBetween(first, second);
  if (!differences.length) return <p className="text-sm text-ink-2">Nothing that you may see differs between these two moments.</p>;
  const fields = differences.reduce((sum, difference) => sum + difference.fields.length, 0);
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Differences">
      <table className="w-full text-sm">
        <caption className="pb-2 text-left text-ink-2">{fields === 1 ? 'One field differs.' : `${fields} fields differ.`}</caption>
        <thead>
          <tr className="border-b border-line text-xs text-ink-3 *:pb-2 *:pr-3 *:text-left *:align-bottom *:font-normal">
            <th scope="col">Field</th>
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        {differences.map((difference) => (
          <RecordRows key={difference.record.record.id} difference={difference} reading={reading} />
        ))}
      </table>
    </div>
  );
}

function RecordRows({ difference, reading }: { readonly difference: RecordDifference; readonly reading: PastReading }) {
  const { record, there, fields } = difference;
  const day = isPart(record)
    ? record.workDate === null
      ? (record.record.label ?? record.entity)
      : dayText(record.workDate, 'weekday')
    : null;
  const cell = (field: PastField | null, isThere: boolean) =>
    isThere && field ? <PastValue field={field} record={record} reading={reading} /> : <span className="text-ink-3">not on the card</span>;
  return (
    <tbody>
      {day !== null && (
        <tr>
          <th scope="rowgroup" colSpan={3} className="num pt-3 pb-1 text-left font-medium">
            {day}
          </th>
        </tr>
      )}
      {fields.map(({ first, second }) => (
        <tr key={(first ?? second)?.name} className="num border-b border-line align-top *:py-1.5 *:pr-3 *:text-left">
          <th scope="row" className="font-normal text-ink-2">
            {(first ?? second)?.label}
          </th>
          <td>{cell(first, there !== 'second')}</td>
          <td>{cell(second, there !== 'first')}</td>
        </tr>
      ))}
    </tbody>
  );
}
