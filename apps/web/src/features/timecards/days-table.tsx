import type { ReactNode } from 'react';
import type { TimecardView } from '../../api/views.ts';
import { Tag } from '../../ui/tag.tsx';
import { formatChip, hoursText } from '@countersign/domain/record/value-format.rules';
import { useZones } from '../../ui/zone-context.tsx';
import { dayText } from '@countersign/domain/wall-clock.rules';
import type { FreshChange, FreshChanges } from './fresh-changes.ts';
import { namesOfClock, showTime } from './shown-time.ts';

/** The times of one day, under the names that their changes have. */
interface Day {
  readonly workDate: string;
  readonly times: Readonly<Record<'in' | 'breakStart' | 'breakEnd' | 'out', { readonly instant: string | null; readonly field: string }>>;
  readonly total: { readonly hours: string | null; readonly field: string };
  readonly edits: number;
}

function daysOf(card: TimecardView): Day[] {
  if (card.periodStart === card.periodEnd) {
    const times = {
      in: { instant: card.checkInTime, field: 'check_in_time' },
      breakStart: { instant: card.breakStartTime, field: 'break_start_time' },
      breakEnd: { instant: card.breakEndTime, field: 'break_end_time' },
      out: { instant: card.checkOutTime, field: 'check_out_time' },
    };
    return [
      { workDate: card.periodStart, times, total: { hours: card.totalHours, field: 'total_hours' }, edits: card.manuallyEdited ? 1 : 0 },
    ];
  }
  return card.entries.map(({ workDate, dailyCheckIn, dailyCheckOut, dailyBreakStart, dailyBreakEnd, dailyTotalHours, edits }) => {
    const field = (name: string) => `entries.${workDate}.${name}`;
    const times = {
      in: { instant: dailyCheckIn, field: field('daily_check_in') },
      breakStart: { instant: dailyBreakStart, field: field('daily_break_start') },
      breakEnd: { instant: dailyBreakEnd, field: field('daily_break_end') },
      out: { instant: dailyCheckOut, field: field('daily_check_out') },
    };
    return { workDate, times, total: { hours: dailyTotalHours, field: field('daily_total_hours') }, edits };
  });
}

interface Props {
  readonly card: TimecardView;
  readonly fresh: FreshChanges;
}

/** The recorded days: in, break, out, and the hours that follow from them. */
export function DaysTable({ card, fresh }: Props) {
  const timeZone = useZones().of(card.timeZone);
  const days = daysOf(card);
  const overtime = card.overtimeHours !== null && Number(card.overtimeHours) > 0;
  return (
    <div className="overflow-x-auto" tabIndex={0} role="region" aria-label="Days">
      <table className="w-full text-sm">
        <caption className="sr-only">Days, in {timeZone}</caption>
        <thead>
          <tr className="border-b border-line text-xs text-ink-3 *:pb-2 *:pr-3 *:text-right *:font-normal">
            <th scope="col" className="text-left!">
              {namesOfClock(card, timeZone)}
            </th>
            <th scope="col">In</th>
            <th scope="col">Break</th>
            <th scope="col">Out</th>
            <th scope="col" className="pr-0!">
              Total
            </th>
          </tr>
        </thead>
        <tbody>
          {days.map((day) => (
            <DayRow key={day.workDate} day={day} timeZone={timeZone} fresh={fresh} />
          ))}
          {days.length === 0 && (
            <tr className="border-b border-line">
              <td colSpan={5} className="py-4 text-ink-2">
                No day is recorded yet.
              </td>
            </tr>
          )}
        </tbody>
        <tfoot>
          <TotalRow label="Total" value={hoursText(card.totalHours)} change={fresh.get('total_hours')} format={hoursText} strong />
          {card.breakDuration !== null && (
            <TotalRow
              label="of breaks"
              value={formatChip(String(card.breakDuration), { kind: 'minutes', timeZone })}
              change={fresh.get('break_duration')}
              format={(old) => formatChip(old, { kind: 'minutes', timeZone })}
            />
          )}
          <TotalRow
            label="Overtime"
            value={hoursText(card.overtimeHours)}
            change={fresh.get('overtime_hours')}
            format={hoursText}
            accent={overtime}
          />
        </tfoot>
      </table>
    </div>
  );
}

interface RowProps {
  readonly day: Day;
  readonly timeZone: string;
  readonly fresh: FreshChanges;
}

function DayRow({ day: { workDate, times, total, edits }, timeZone, fresh }: RowProps) {
  const text = (instant: string | null) => showTime(instant, workDate, timeZone);
  const changed = (field: string) => fresh.get(field);
  const lunch = [times.breakStart, times.breakEnd];
  const change = lunch.map(({ field }) => changed(field)).find((one) => one !== undefined);
  return (
    <tr className="border-b border-line align-top *:py-2.5 *:pr-3 *:text-right">
      <th scope="row" className="num whitespace-nowrap text-left! font-medium">
        {dayText(workDate, 'weekday')}
        {edits > 0 && (
          <span className="ml-2 hidden align-middle sm:inline">
            <Tag tone="other">{edits === 1 ? 'edited' : `edited ${edits}×`}</Tag>
          </span>
        )}
      </th>
      <Cell change={changed(times.in.field)} was={(old) => text(old)}>
        {text(times.in.instant)}
      </Cell>
      <Cell change={change} was={(old) => text(old)} wraps>
        {(times.breakStart.instant || times.breakEnd.instant) && (
          <>
            {text(times.breakStart.instant) || '…'} –<wbr /> {text(times.breakEnd.instant) || '…'}
          </>
        )}
      </Cell>
      <Cell change={changed(times.out.field)} was={(old) => text(old)}>
        {text(times.out.instant)}
      </Cell>
      <Cell change={changed(total.field)} was={hoursText} last>
        {total.hours === null ? (times.in.instant && !times.out.instant ? 'open' : '') : hoursText(total.hours)}
      </Cell>
    </tr>
  );
}

interface CellProps {
  readonly change: FreshChange | undefined;
  readonly was: (old: string | null) => string;
  readonly last?: boolean;
  /** Two times that may stand below each other where there is no room. */
  readonly wraps?: boolean;
  readonly children: ReactNode;
}

/** A value; for some seconds after a change also what it was, and who changed it. */
const Cell = ({ change, was, last = false, wraps = false, children }: CellProps) => (
  <td
    key={change?.position}
    className={`num ${wraps ? 'sm:whitespace-nowrap' : 'whitespace-nowrap'} ${last ? 'pr-0! font-medium' : ''} ${change ? 'lit' : ''}`}
  >
    {children || <span className="text-ink-3">–</span>}
    {change && (
      <Was change={change} computed={last}>
        {was(asText(change))}
      </Was>
    )}
  </td>
);

const asText = ({ old }: FreshChange) => (typeof old === 'string' ? old : null);

interface WasProps {
  readonly change: FreshChange;
  /** What follows from other values was changed by nobody. */
  readonly computed: boolean;
  readonly children: string;
}

const Was = ({ change, computed, children }: WasProps) => (
  <span className="block text-2xs font-normal text-other">
    <span className="block whitespace-nowrap">was {children || 'not set'}</span>
    {!computed && <span className="block whitespace-normal">by {change.by}</span>}
  </span>
);

interface TotalProps {
  readonly label: string;
  readonly value: string;
  readonly change: FreshChange | undefined;
  readonly format: (old: string | null) => string;
  readonly strong?: boolean;
  readonly accent?: boolean;
}

const TotalRow = ({ label, value, change, format, strong = false, accent = false }: TotalProps): ReactNode => (
  <tr className={`num text-right ${strong ? 'font-semibold *:pt-2.5' : 'text-ink-2 *:pt-0.5'} ${accent ? 'text-other' : ''}`}>
    <th scope="row" colSpan={4} className={`pr-3 text-right ${strong ? 'font-semibold' : 'font-normal'}`}>
      {label}
    </th>
    <td key={change?.position} className={change ? 'lit' : ''}>
      {value}
      {change && (
        <Was change={change} computed>
          {format(asText(change))}
        </Was>
      )}
    </td>
  </tr>
);
