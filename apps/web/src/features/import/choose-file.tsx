import { FileUp } from 'lucide-react';
import { type DragEvent, useEffect, useRef, useState } from 'react';
import { type Problem, problemOf } from '../../api/problem.ts';
import { signedOut } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { useReadOnly } from '../../ui/read-only.ts';
import { Icon } from '../../ui/icon.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { type Upload, uploadFile } from './upload-file.ts';

interface Props {
  readonly onUploaded: (id: string) => void;
}

/** Where a file is dropped or chosen; it is sent at once. */
export function ChooseFile({ onUploaded }: Props) {
  const { sending, problem, send, cancel } = useUpload(onUploaded);
  return (
    <div className="mx-auto grid max-w-2xl gap-5 px-4 py-6 sm:px-6">
      {problem && problem.code !== 'CANCELLED' && <ProblemNote problem={problem} />}
      {sending ? (
        <div className="grid gap-3 rounded-lg border border-line p-5">
          <ProgressBar label={`Sending ${sending.name}`} value={sending.sent} />
          <Button className="justify-self-start" onClick={cancel}>
            Cancel
          </Button>
        </div>
      ) : (
        <DropZone onFile={send} />
      )}
      <Explained />
    </div>
  );
}

interface Sending {
  readonly name: string;
  readonly sent: number;
}

function useUpload(onUploaded: (id: string) => void) {
  const [sending, setSending] = useState<Sending | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const current = useRef<Upload | null>(null);
  // Whoever leaves the page doesn't want the file any more.
  useEffect(() => () => current.current?.cancel(), []);
  const send = async (file: File) => {
    setProblem(null);
    setSending({ name: file.name, sent: 0 });
    current.current = uploadFile(file, (sent) => setSending({ name: file.name, sent }));
    try {
      const id = await current.current.done;
      current.current = null;
      onUploaded(id);
    } catch (thrown) {
      signedOut(thrown);
      setProblem(problemOf(thrown));
      setSending(null);
    }
  };
  return { sending, problem, send: (file: File) => void send(file), cancel: () => current.current?.cancel() };
}

function DropZone({ onFile }: { readonly onFile: (file: File) => void }) {
  const [over, setOver] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const readOnly = useReadOnly('anything');
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file && readOnly === null) onFile(file);
  };
  return (
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={`flex flex-col items-center gap-3 rounded-xl border-2 border-dashed px-6 py-12 text-center transition-colors ${over ? 'border-accent bg-accent-soft' : 'border-line-strong'}`}
    >
      <span className="grid size-10 place-items-center rounded-full bg-well text-ink-3">
        <Icon of={FileUp} size={18} />
      </span>
      <p className="text-sm text-ink-2">Drop the file of the time clock here, or</p>
      <Button changes="anything" look="primary" onClick={() => input.current?.click()}>
        Choose a file
      </Button>
      <input
        ref={input}
        type="file"
        accept=".csv,.txt,.tsv,text/csv,text/plain"
        aria-label="File of the time clock"
        className="sr-only"
        tabIndex={-1}
        onChange={({ target }) => {
          const file = target.files?.[0];
          // The same file may be chosen again once it is mended.
          target.value = '';
          if (file) onFile(file);
        }}
      />
    </div>
  );
}

const Explained = () => (
  <div className="grid gap-2 text-sm text-pretty text-ink-2">
    <p>
      A CSV file with one row for each punch (who, when, in or out or break) or one row for each shift. Nothing happens to a timecard before
      you have seen what would, and confirmed it.
    </p>
    <p>The file is kept for a day, for you alone.</p>
  </div>
);
