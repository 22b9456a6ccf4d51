import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { problemOf } from '../../api/problem.ts';
import type { UploadShiftView } from '../../api/views.ts';
import { Bone, ProblemState } from '../../ui/page-state.tsx';
import { dayText } from '@countersign/domain/wall-clock.rules';
import { showTime } from '../timecards/shown-time.ts';
import { type Outcome, shiftsQuery } from './import-queries.ts';
import { Pager } from './pager.tsx';

/** The shifts that have one and the same outcome, a page at a time. */
export function ShiftLines({ id, outcome }: { readonly id: string; readonly outcome: Outcome }) {
  const [page, setPage] = useState(1);
  const { data, error, refetch, isPlaceholderData } = useQuery(shiftsQuery(id, outcome, page));
  if (!data)
    return error ? <ProblemState problem={problemOf(error)} what="the shifts" onRetry={() => void refetch()} /> : <Bone className="w-64" />;
  return (
    <div aria-busy={isPlaceholderData} className="grid gap-2">
      <div tabIndex={0} role="region" aria-label="Shifts of the file" className="overflow-x-auto rounded-lg border border-line">
        <table className="w-full border-collapse text-left text-sm">
          <thead className="bg-well text-xs text-ink-3">
            <tr>
              {['Lines', 'Person', 'Day', 'Site', 'Times', ...(outcome === 'create' ? [] : ['On the timecard'])].map((name) => (
                <th key={name} scope="col" className="px-3 py-2 font-normal whitespace-nowrap">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.data.map((shift) => (
              <ShiftRow key={shift.n} shift={shift} isNew={outcome === 'create'} />
            ))}
          </tbody>
        </table>
      </div>
      <Pager page={page} total={data.total} onPage={setPage} />
    </div>
  );
}

function ShiftRow({ shift, isNew }: { readonly shift: UploadShiftView; readonly isNew: boolean }) {
  const { lines, person, site, workDate, before, card, message } = shift;
  return (
    <tr className="border-t border-line align-top">
      <td className="num px-3 py-1.5 text-ink-3">{lines.join(', ')}</td>
      <td className="px-3 py-1.5">
        {card ? (
          <Link to="/timecards/$id" params={{ id: card }} target="_blank" className="text-accent underline-offset-3 hover:underline">
            {person.name}
          </Link>
        ) : (
          person.name
        )}
      </td>
      <td className="num px-3 py-1.5 whitespace-nowrap">{dayText(workDate, 'medium')}</td>
      <td className="px-3 py-1.5">{site.name}</td>
      <td className="num px-3 py-1.5 whitespace-nowrap">{timesText(shift, shift)}</td>
      {!isNew && (
        <td className="num px-3 py-1.5">
          {before ? timesText(before, shift) : 'no times yet'}
          {message && <span className="block text-xs text-pretty text-ink-2">{message}</span>}
        </td>
      )}
    </tr>
  );
}

type Times = Pick<UploadShiftView, 'checkIn' | 'checkOut' | 'breakStart' | 'breakEnd'>;

/** `08:00–16:30, break 12:00–12:30`. */
function timesText({ checkIn, checkOut, breakStart, breakEnd }: Times, { workDate, timeZone }: UploadShiftView): string {
  const time = (instant: string | null) => showTime(instant, workDate, timeZone) || '…';
  if (checkIn === null && checkOut === null) return 'no times yet';
  const shift = `${time(checkIn)}–${time(checkOut)}`;
  return breakStart === null && breakEnd === null ? shift : `${shift}, break ${time(breakStart)}–${time(breakEnd)}`;
}
