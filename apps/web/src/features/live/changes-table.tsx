import type { EventView, ShownChange } from '../../api/views.ts';
import { formatValue, NOT_SET } from '../../ui/value-format.ts';
import { zoneName } from '../../ui/zone.ts';
import { HiddenValue, NewValue, OldValue, useReading } from '../trail/change-chip.tsx';
import { fieldChangesIn } from '../trail/change-sets.ts';

/** Every changed field, before and after, in full. */
export function ChangesTable({ event }: { readonly event: EventView }) {
  const changes = fieldChangesIn({ changeId: event.changeId, events: [event], position: event.position });
  if (!changes.length) return null;
  return (
    <table className="w-full table-fixed text-sm">
      <caption className="sr-only">What changed</caption>
      <thead>
        <tr className="border-b border-line text-left text-xs text-ink-3 *:pb-1.5 *:font-normal">
          <th scope="col" className="w-[32%]">
            Field
          </th>
          <th scope="col">Before</th>
          <th scope="col">After</th>
        </tr>
      </thead>
      <tbody>
        {changes.map(({ change }) => (
          <Row key={change.field} event={event} change={change} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ event, change }: { readonly event: EventView; readonly change: EventView['changes'][number] }) {
  const { words, reading } = useReading(event, change.field);
  return (
    <tr className="border-b border-line align-baseline *:py-2 *:pr-2">
      <th scope="row" className="text-left font-normal text-ink-2">
        {words.label}
        {words.kind === 'time' && <span className="block text-2xs text-ink-3">{zoneName(reading.timeZone, event.occurredAt)}</span>}
      </th>
      {'hidden' in change ? (
        <td colSpan={2}>
          <HiddenValue />
        </td>
      ) : (
        <Values change={change} format={(value) => formatValue(value, reading)} />
      )}
    </tr>
  );
}

function Values({ change, format }: { readonly change: ShownChange; readonly format: (value: ShownChange['old']) => string }) {
  const [before, after] = [format(change.old), format(change.new)];
  return (
    <>
      <td className="num *:whitespace-normal">
        {before === NOT_SET ? <span className="text-ink-3">{NOT_SET}</span> : <OldValue>{before}</OldValue>}
      </td>
      <td className="num *:whitespace-normal">
        {after === NOT_SET ? <span className="text-ink-3">{NOT_SET}</span> : <NewValue>{after}</NewValue>}
      </td>
    </>
  );
}
