import type { UploadLayout } from '../../api/views.ts';
import { Field } from '../../ui/field.tsx';
import type { UploadWork } from './use-upload-work.ts';

interface Props {
  readonly layout: UploadLayout;
  readonly onChange: UploadWork['look'];
  readonly busy: boolean;
}

const ENCODINGS: Readonly<Record<UploadLayout['encoding'], string>> = { 'utf-8': 'UTF-8', 'windows-1252': 'Windows-1252 (ANSI)' };
const DELIMITERS: Readonly<Record<UploadLayout['delimiter'], string>> = { ',': 'Comma', ';': 'Semicolon', '\t': 'Tab' };
/** Lines that may be the one with the headings. */
const LINES = Array.from({ length: 20 }, (_, n) => n + 1);

/** How the file was understood to be written; each of it can be said otherwise. */
export function FormFields({ layout, onChange, busy }: Props) {
  return (
    <fieldset className="grid gap-4 sm:grid-cols-3" disabled={busy}>
      <legend className="sr-only">How the file is written</legend>
      <Choice
        label="Letters are written in"
        value={layout.encoding}
        choices={Object.entries(ENCODINGS)}
        onChange={(encoding) => onChange({ encoding: encoding as UploadLayout['encoding'] })}
      />
      <Choice
        label="Cells are divided by"
        value={layout.delimiter}
        choices={Object.entries(DELIMITERS)}
        onChange={(delimiter) => onChange({ delimiter: delimiter as UploadLayout['delimiter'] })}
      />
      <Choice
        label="Headings stand on"
        value={String(layout.headingLine)}
        choices={[
          ['0', 'No line: there are none'],
          ...[...LINES, layout.headingLine].filter(isNew).map((line) => [String(line), `Line ${line}`] as const),
        ]}
        onChange={(line) => onChange({ headingLine: Number(line) })}
      />
    </fieldset>
  );
}

const isNew = (line: number, n: number, all: readonly number[]) => line > 0 && all.indexOf(line) === n;

interface ChoiceProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly (readonly [value: string, label: string])[];
  readonly onChange: (value: string) => void;
  readonly hint?: string;
}

export const Choice = ({ label, value, choices, onChange, hint }: ChoiceProps) => (
  <Field label={label} hint={hint}>
    {({ className, ...control }) => (
      <select {...control} value={value} onChange={({ target }) => onChange(target.value)} className={`${className} h-9`}>
        {choices.map(([choice, text]) => (
          <option key={choice} value={choice}>
            {text}
          </option>
        ))}
      </select>
    )}
  </Field>
);
