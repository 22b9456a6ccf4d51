import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { guarded } from '@countersign/domain/timecards/import/cells.rules';
import { client } from '../../api/link.ts';
import { problemOf } from '../../api/problem.ts';
import type { UploadProblemView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { notify } from '../../ui/notice.tsx';
import { Bone, ProblemState } from '../../ui/page-state.tsx';
import { problemsQuery } from './import-queries.ts';
import { Pager } from './pager.tsx';

interface Props {
  readonly id: string;
  readonly fileName: string;
  /** How many lines of the file have an error. */
  readonly lines: number;
}

/** What is wrong, line by line, with what to do; also as a file, for whoever mends it elsewhere. */
export function ProblemLines({ id, fileName, lines }: Props) {
  const [page, setPage] = useState(1);
  const { data, error, refetch, isPlaceholderData } = useQuery(problemsQuery(id, page));
  if (!data)
    return error ? <ProblemState problem={problemOf(error)} what="the errors" onRetry={() => void refetch()} /> : <Bone className="w-64" />;
  return (
    <div aria-busy={isPlaceholderData} className="grid gap-2">
      <div className="flex flex-wrap items-center gap-3">
        <Button icon={Download} onClick={() => void download(id, fileName)}>
          Download the errors
        </Button>
        {data.total < lines && <span className="text-sm text-ink-2">The first {data.total.toLocaleString('en')} are shown.</span>}
      </div>
      <div tabIndex={0} role="region" aria-label="Errors of the file" className="overflow-x-auto rounded-lg border border-line">
        <table className="w-full border-collapse text-left text-sm">
          <thead className="bg-well text-xs text-ink-3">
            <tr>
              {['Line', 'Column', 'What to do'].map((name) => (
                <th key={name} scope="col" className="px-3 py-2 font-normal">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {data.data.map(({ line, column, message }) => (
              <tr key={`${line} ${column} ${message}`} className="border-t border-line align-top">
                <td className="num px-3 py-1.5 text-ink-3">{line}</td>
                <td className="px-3 py-1.5 whitespace-nowrap">{column ?? '–'}</td>
                <td className="px-3 py-1.5 text-pretty">{message}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pager page={page} total={data.total} onPage={setPage} />
    </div>
  );
}

/** Problems that are asked for at once. */
const BATCH = 500;

async function download(id: string, fileName: string): Promise<void> {
  try {
    const rows: UploadProblemView[] = [];
    for (;;) {
      const { data, total } = await client.imports.problems.query({ id, limit: BATCH, offset: rows.length });
      rows.push(...data);
      if (rows.length >= total || data.length === 0) break;
    }
    save(`${fileName.replace(/\.[^.]*$/, '')} errors.csv`, csvOf(rows));
  } catch (thrown) {
    notify({ text: `The errors could not be downloaded. ${problemOf(thrown).message}`, tone: 'refuse' });
  }
}

const cell = (text: string) => `"${guarded(text).replaceAll('"', '""')}"`;

const csvOf = (rows: readonly UploadProblemView[]): string =>
  `\uFEFF${['Line,Column,What to do', ...rows.map(({ line, column, message }) => [String(line), cell(column ?? ''), cell(message)].join(','))].join('\r\n')}\r\n`;

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  // The browser has taken it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
