import { Link } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import type { TimecardSummary } from '../../api/views.ts';
import { Avatar } from '../../ui/avatar.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { hoursText } from '@countersign/domain/record/value-format.rules';
import { useZones } from '../../ui/zone-context.tsx';
import { EditedAfterApprovalTag, EditedTag, StatusTag } from './status-tag.tsx';

const COLUMNS = '@2xl:grid-cols-[minmax(9rem,1.3fr)_minmax(8.5rem,1fr)_minmax(6rem,.8fr)_minmax(8rem,1.1fr)_4rem_4rem_7.5rem]';

/** A table where there is room, cards where there is none; one list either way. */
export function TimecardRows({ cards }: { readonly cards: readonly TimecardSummary[] }) {
  const fresh = useFresh(cards);
  return (
    <div role="table" aria-label="Timecards" className="text-sm">
      <div role="rowgroup" className="sticky top-0 z-2 hidden border-b border-line bg-paper @2xl:block">
        <div role="row" className={`grid gap-x-4 px-5 py-2 text-xs text-ink-3 ${COLUMNS}`}>
          <span role="columnheader">Person</span>
          <span role="columnheader">Period</span>
          <span role="columnheader">Site</span>
          <span role="columnheader">Status</span>
          <span role="columnheader" className="text-right">
            Total
          </span>
          <span role="columnheader" className="text-right">
            Over
          </span>
          <span role="columnheader" className="text-right">
            Last change
          </span>
        </div>
      </div>
      <div role="rowgroup">
        {cards.map((card) => (
          <Row key={card.id} card={card} fresh={fresh.has(`${card.id} ${card.version}`)} />
        ))}
      </div>
    </div>
  );
}

function Row({ card, fresh }: { readonly card: TimecardSummary; readonly fresh: boolean }) {
  const zones = useZones();
  const over = card.overtimeHours !== null && Number(card.overtimeHours) > 0;
  return (
    <div
      role="row"
      className={`relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 border-b border-line px-4 py-3 hover:bg-hover sm:px-5 @2xl:py-2.5 ${COLUMNS} ${fresh ? 'lit' : ''}`}
    >
      <span role="cell" className="flex min-w-0 items-center gap-2.5">
        <Avatar id={card.person.id} name={card.person.name} />
        <Link
          to="/timecards/$id"
          params={{ id: card.id }}
          className="truncate font-medium after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          {card.person.name}
          <span className="sr-only">, {card.label}</span>
        </Link>
      </span>
      <div role="none" className="order-1 flex flex-col items-start gap-y-1.5 @max-2xl:col-span-2 @max-2xl:pl-8.5 @2xl:contents">
        <span role="cell" className="num text-ink-2 @2xl:text-ink">
          {card.label}
          <span className="@2xl:hidden"> · {card.site.name}</span>
        </span>
        <span role="cell" className="hidden truncate text-ink-2 @2xl:block">
          {card.site.name}
        </span>
        <span role="cell" className="flex flex-wrap gap-1.5">
          <StatusTag status={card.status} />
          {card.editedAfterApproval ? <EditedAfterApprovalTag /> : card.manuallyEdited && <EditedTag />}
        </span>
      </div>
      <span role="cell" className="num text-right font-medium">
        {hoursText(card.totalHours)}
        {over && <span className="block text-xs font-normal text-other @2xl:hidden">{hoursText(card.overtimeHours)} over</span>}
      </span>
      <span role="cell" className={`num hidden text-right @2xl:block ${over ? 'text-other' : 'text-ink-3'}`}>
        {hoursText(card.overtimeHours)}
      </span>
      <span role="cell" className="hidden text-right text-xs text-ink-3 @2xl:block">
        <TimeText instant={card.updatedAt} timeZone={zones.of(card.site.timeZone)} as="day" />
      </span>
    </div>
  );
}

/** How long a row that just changed shows so. */
const LIT = 9000;

/** Cards that changed since the list was first shown, for some seconds: what is merely listed is no news. */
function useFresh(cards: readonly TimecardSummary[]): ReadonlySet<string> {
  const known = useRef<Map<string, number> | null>(null);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const before = known.current;
    known.current = new Map([...(before ?? []), ...cards.map(({ id, version }) => [id, version] as const)]);
    const changed = before
      ? cards.filter(({ id, version }) => before.has(id) && before.get(id) !== version).map(({ id, version }) => `${id} ${version}`)
      : [];
    if (!changed.length) return;
    setFresh((now) => new Set([...now, ...changed]));
    const timer = setTimeout(() => setFresh((now) => new Set([...now].filter((key) => !changed.includes(key)))), LIT);
    return () => clearTimeout(timer);
  }, [cards]);
  return fresh;
}
