import { useQuery } from '@tanstack/react-query';
import {
  FIELD_LABELS,
  FIELDS_OF,
  mappingProblems,
  type ColumnField,
  type RowKind,
} from '@countersign/domain/timecards/import/columns.rules';
import { sitesQuery } from '../../api/queries.ts';
import type { UploadLayout, UploadView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { Choice } from './file-form.tsx';
import type { UploadWork } from './use-upload-work.ts';

type Chosen = Pick<UploadLayout, 'rows' | 'columns' | 'site' | 'newCards'>;

interface Props {
  readonly upload: UploadView;
  readonly chosen: Chosen;
  readonly onChange: (part: Partial<Chosen>) => void;
  readonly work: UploadWork;
  /** The preview below is of these columns. */
  readonly shown: boolean;
}

/** What a row is and what each column holds, as it was found, to be changed; then the file is read. */
export function ColumnsForm({ upload, chosen, onChange, work, shown }: Props) {
  const { data: sites, isError } = useQuery(sitesQuery);
  const missing = mappingProblems(chosen, chosen.site !== null);
  const rows = (kind: string) => {
    const known = FIELDS_OF[kind as RowKind];
    onChange({ rows: kind as RowKind, columns: chosen.columns.map((field) => (field !== null && known.includes(field) ? field : null)) });
  };
  const siteChoices = [
    ['', chosen.columns.includes('site') ? 'As the column says' : 'Choose …'] as const,
    ...(sites ?? []).map(({ id, name }) => [id, name] as const),
  ];
  return (
    <section aria-label="Columns" className="grid gap-4">
      <div className="grid gap-4 sm:grid-cols-3">
        <Choice
          label="One row is"
          value={chosen.rows}
          choices={[
            ['punch', 'a punch: in, out or break'],
            ['shift', 'a whole shift'],
          ]}
          onChange={rows}
        />
        <Choice
          label={chosen.columns.includes('site') ? 'Site of rows that name none' : 'Site of all rows'}
          value={chosen.site ?? ''}
          choices={siteChoices}
          hint={isError ? 'The sites could not be read. Try again in a moment.' : 'Times without an offset are those of the site.'}
          onChange={(site) => onChange({ site: site || null })}
        />
        <Choice
          label="New timecards are for"
          value={chosen.newCards}
          choices={[
            ['week', 'a week'],
            ['day', 'a day'],
          ]}
          onChange={(newCards) => onChange({ newCards: newCards as Chosen['newCards'] })}
        />
      </div>
      <ColumnsTable upload={upload} chosen={chosen} onChange={(columns) => onChange({ columns })} />
      <Missing sentences={missing} />
      <Button
        changes="anything"
        className="justify-self-start"
        look={shown ? 'plain' : 'primary'}
        because={work.doing ? 'This file is being worked on' : (missing[0] ?? null)}
        onClick={() => work.read(chosen)}
      >
        {work.doing === 'read' ? 'Reading …' : shown ? 'Read it again' : 'Show what would happen'}
      </Button>
    </section>
  );
}

/** What has to be chosen before the file can be read. */
function Missing({ sentences }: { readonly sentences: readonly string[] }) {
  if (sentences.length === 0) return null;
  return (
    <div role="status" className="rounded-md bg-other/8 px-3 py-2.5 text-sm">
      <ul className="grid gap-1">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </div>
  );
}

interface TableProps {
  readonly upload: UploadView;
  readonly chosen: Chosen;
  readonly onChange: (columns: Chosen['columns']) => void;
}

/** The beginning of the file, with what each column holds above it. */
function ColumnsTable({ upload, chosen, onChange }: TableProps) {
  const headings = upload.beginning?.headings ?? [];
  const samples = upload.beginning?.samples ?? [];
  const set = (at: number, field: string) =>
    onChange(chosen.columns.map((one, n) => (n === at ? ((field || null) as ColumnField | null) : one)));
  if (chosen.columns.length === 0)
    return <p className="text-sm text-ink-2">No columns are found in this file: choose another delimiter or line of headings.</p>;
  return (
    <div tabIndex={0} role="region" aria-label="The beginning of the file" className="overflow-x-auto rounded-lg border border-line">
      <table className="w-full border-collapse text-left text-sm">
        <thead className="bg-well">
          <tr>
            <th scope="col" className="px-3 py-2 text-xs font-normal text-ink-3">
              Line
            </th>
            {chosen.columns.map((field, n) => {
              const name = headings[n]?.trim() || `Column ${n + 1}`;
              return (
                // oxlint-disable-next-line react/no-array-index-key -- columns have no other identity, and never change places
                <th key={n} scope="col" className="min-w-36 px-2 py-2 align-bottom font-medium">
                  <span className="mb-1 block truncate">{name}</span>
                  <select
                    aria-label={`What “${name}” holds`}
                    value={field ?? ''}
                    onChange={({ target }) => set(n, target.value)}
                    className="h-8 w-full rounded-md border border-edge bg-paper px-1.5 text-sm font-normal pointer-coarse:h-11"
                  >
                    <option value="">not imported</option>
                    {FIELDS_OF[chosen.rows].map((known) => (
                      <option key={known} value={known}>
                        {FIELD_LABELS[known]}
                      </option>
                    ))}
                  </select>
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody>
          {samples.map(({ line, cells }) => (
            <tr key={line} className="border-t border-line">
              <td className="num px-3 py-1.5 text-ink-3">{line}</td>
              {chosen.columns.map((field, n) => (
                // oxlint-disable-next-line react/no-array-index-key -- as above
                <td key={n} className={`max-w-60 truncate px-3 py-1.5 ${field === null ? 'text-ink-3' : ''}`}>
                  {cells[n]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
