import { Download } from 'lucide-react';
import { useState } from 'react';
import { buttonClass } from '../../ui/button.tsx';
import { writeAddress } from '../../ui/address.ts';
import { Icon } from '../../ui/icon.tsx';
import { PanelButton } from '../../ui/panel-button.tsx';
import type { TimecardsSearch } from '../timecards/timecards-search.ts';

interface Form {
  readonly rows: 'shift' | 'punch';
  readonly delimiter: 'comma' | 'semicolon';
}

/** The timecards of the list as a CSV file, in the form in which it is wanted. */
export function ExportMenu({ search }: { readonly search: TimecardsSearch }) {
  const [form, setForm] = useState<Form>({ rows: 'shift', delimiter: 'comma' });
  const { page: _page, notExported: _notExported, ...filter } = search;
  return (
    <PanelButton
      label="Export"
      align="end"
      className={buttonClass('plain', 'max-md:px-2.5')}
      face={
        <>
          <Icon of={Download} />
          <span className="max-md:sr-only">Export</span>
        </>
      }
    >
      {(close) => (
        <div className="grid gap-4 p-4 text-sm">
          <Radios
            legend="One row is"
            value={form.rows}
            choices={{ shift: 'a shift', punch: 'a punch' }}
            onChange={(rows) => setForm({ ...form, rows })}
          />
          <Radios
            legend="Cells are divided by"
            value={form.delimiter}
            choices={{ comma: 'commas', semicolon: 'semicolons' }}
            onChange={(delimiter) => setForm({ ...form, delimiter })}
          />
          {/* No `download`: what is refused leads back to the list, which says so. */}
          <a href={`/api/timecards/export${writeAddress({ ...filter, ...form })}`} onClick={close} className={buttonClass('primary')}>
            Download what the list shows
          </a>
        </div>
      )}
    </PanelButton>
  );
}

interface RadiosProps<Value extends string> {
  readonly legend: string;
  readonly value: Value;
  readonly choices: Readonly<Record<Value, string>>;
  readonly onChange: (value: Value) => void;
}

const Radios = <Value extends string>({ legend, value, choices, onChange }: RadiosProps<Value>) => (
  <fieldset className="grid gap-1.5">
    <legend className="mb-1 text-xs text-ink-3">{legend}</legend>
    {(Object.entries(choices) as [Value, string][]).map(([choice, label]) => (
      <label key={choice} className="flex items-center gap-2 pointer-coarse:min-h-11">
        <input type="radio" name={legend} checked={choice === value} onChange={() => onChange(choice)} className="accent-(--accent)" />
        {label}
      </label>
    ))}
  </fieldset>
);
