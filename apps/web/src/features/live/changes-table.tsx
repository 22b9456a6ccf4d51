import type { EventView } from '../../api/views.ts';
import { formatValue, NOT_SET } from '@countersign/domain/record/value-format.rules';
import { zoneNames } from '@countersign/domain/wall-clock.rules';
import { HiddenValue, NewValue, OldValue, useReading } from '../trail/change-chip.tsx';
import { fieldChangesIn } from '../trail/change-sets.ts';

/** Every changed field, before and after, in full. */
export function ChangesTable({ event }: { readonly event: EventView }) {
  const changes = fieldChangesIn({ changeId: event.changeId, events: [event], position: event.position });
  if (!changes.length) return null;
  // What was made had nothing before, except for a default that was in force, and of what was deleted nothing is left: a column of "not set" would say no more.
  const { operation } = event;
  const sides = SIDES.filter(
    ({ name, not }) => operation !== not || changes.some(({ change }) => !('hidden' in change) && change[name] !== null),
  );
  return (
    <table className="w-full table-fixed text-sm">
      <caption className="sr-only">What changed</caption>
      <thead>
        <tr className="border-b border-line text-left text-xs text-ink-3 *:pb-1.5 *:font-normal">
          <th scope="col" className={sides.length > 1 ? 'w-[32%]' : 'w-[45%]'}>
            Field
          </th>
          {sides.map(({ name, label }) => (
            <th key={name} scope="col">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {changes.map(({ change }) => (
          <Row key={change.field} event={event} change={change} sides={sides} />
        ))}
      </tbody>
    </table>
  );
}

/** The two sides of a change, and the operation that has not got them. */
const SIDES = [
  { name: 'old', label: 'Before', not: 'create', Shown: OldValue },
  { name: 'new', label: 'After', not: 'delete', Shown: NewValue },
] as const;

interface RowProps {
  readonly event: EventView;
  readonly change: EventView['changes'][number];
  readonly sides: readonly (typeof SIDES)[number][];
}

function Row({ event, change, sides }: RowProps) {
  const { words, reading } = useReading(event, change.field);
  const times = 'hidden' in change ? [] : [change.old, change.new].filter((time) => typeof time === 'string');
  return (
    <tr className="border-b border-line align-baseline *:py-2 *:pr-2">
      <th scope="row" className="text-left font-normal text-ink-2">
        {words.label}
        {words.kind === 'time' && <span className="block text-2xs text-ink-3">{zoneNames(reading.timeZone, times)}</span>}
      </th>
      {'hidden' in change ? (
        <td colSpan={sides.length}>
          <HiddenValue />
        </td>
      ) : (
        sides.map(({ name, Shown }) => {
          const text = formatValue(change[name], reading);
          return (
            <td key={name} className="num *:whitespace-normal">
              {text === NOT_SET ? <span className="text-ink-3">{NOT_SET}</span> : <Shown>{text}</Shown>}
            </td>
          );
        })
      )}
    </tr>
  );
}
