import { formatChip, formatValue, type Reading } from '@countersign/domain/record/value-format.rules';
import { EyeOff } from 'lucide-react';
import { Icon } from '../../ui/icon.tsx';
import type { PastField, PastRecord } from './compare-records.ts';

/** How the values of a record are read: whose clock, and what people and sites are called. */
export interface PastReading {
  readonly timeZone: string;
  readonly names: ReadonlyMap<string, string>;
}

interface Props {
  readonly field: PastField;
  readonly record: PastRecord;
  readonly reading: PastReading;
}

/** A value as it stood, or why it can't be told. */
export function PastValue({ field, record, reading }: Props) {
  switch (field.state) {
    case 'hidden':
      return (
        <span title="You may not see the values of this field" className="inline-flex items-center gap-1 text-ink-3">
          <Icon of={EyeOff} size={12} /> hidden
        </span>
      );
    case 'unknown':
      return <span className="text-ink-3">can’t be told: a list was too long to be kept</span>;
    case 'unrecorded':
      return <span className="text-ink-3">set before the record began</span>;
    case 'known':
      return <KnownValue field={field} record={record} reading={reading} />;
    default:
      return field.state satisfies never;
  }
}

function KnownValue({ field, record, reading: { timeZone, names } }: Props) {
  const { value, kind, values } = field;
  if (value === null) return <span className="text-ink-3">–</span>;
  if (typeof value !== 'string') {
    return (
      <span title={`SHA-256 ${value.sha256}`}>
        {value.beginning}… <span className="text-ink-3">({value.bytes.toLocaleString('en')} bytes, kept by their hash)</span>
      </span>
    );
  }
  const read: Reading = { kind, values, timeZone, workDate: record.workDate, names };
  return <span title={formatValue(value, read)}>{formatChip(value, read)}</span>;
}
