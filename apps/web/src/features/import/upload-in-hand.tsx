import { useState } from 'react';
import type { UploadLayout, UploadView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useReadOnly } from '../../ui/read-only.ts';
import { ColumnsForm } from './columns-form.tsx';
import { ConfirmForm } from './confirm-form.tsx';
import { FormFields } from './file-form.tsx';
import { Preview } from './preview.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { useUploadWork } from './use-upload-work.ts';

interface Props {
  readonly upload: UploadView;
  readonly onAnother: () => void;
}

type Chosen = Pick<UploadLayout, 'rows' | 'columns' | 'site' | 'newCards'>;

/** A file that is there: how it is read, what importing it would do, and the confirmation. */
export function UploadInHand({ upload, onAnother }: Props) {
  const work = useUploadWork(upload.id);
  const readOnly = useReadOnly('anything');
  const layout = upload.layout as UploadLayout;
  const [typed, setTyped] = useState<{ readonly for: string; readonly chosen: Chosen } | null>(null);
  // Whoever looks at the file in another way has other columns: what was chosen for the old ones goes.
  const form = JSON.stringify([layout.encoding, layout.delimiter, layout.headingLine]);
  const chosen: Chosen = typed?.for === form ? typed.chosen : layout;
  const choose = (part: Partial<Chosen>) => setTyped({ for: form, chosen: { ...chosen, ...part } });
  const shown = upload.status === 'read' && upload.counts !== null && sameAs(chosen, layout) && work.doing !== 'read';
  return (
    <div className="mx-auto grid max-w-5xl gap-6 px-4 py-5 sm:px-6">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 className="min-w-0 truncate text-base">{upload.fileName}</h2>
        <span className="num text-sm text-ink-3">{sizeText(upload.bytes)}</span>
        <Button look="quiet" className="ml-auto" onClick={onAnother} because={work.doing && 'This file is being worked on'}>
          Choose another file
        </Button>
      </div>
      {work.problem && <ProblemNote problem={work.problem} />}
      <FormFields layout={layout} onChange={work.look} busy={readOnly !== null || work.doing !== null} />
      <ColumnsForm upload={upload} chosen={chosen} onChange={choose} work={work} shown={shown} />
      {work.doing === 'read' && <ProgressBar label="Reading the file and comparing it with the timecards" value={work.progress} />}
      {shown && upload.counts && (
        <>
          <Preview upload={upload} counts={upload.counts} />
          <ConfirmForm counts={upload.counts} work={work} />
        </>
      )}
    </div>
  );
}

const sameAs = (one: Chosen, other: Chosen) =>
  one.rows === other.rows &&
  one.site === other.site &&
  one.newCards === other.newCards &&
  one.columns.length === other.columns.length &&
  one.columns.every((field, n) => field === other.columns[n]);

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${Math.round(kilobytes)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}
