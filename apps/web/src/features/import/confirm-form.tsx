import type { ReasonUse } from '@countersign/domain/timecards/given-reason.rules';
import { type FormEvent, useState } from 'react';
import type { UploadCounts } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { type GivenReason, useGivenReason } from '../reasons/use-given-reason.ts';
import { ReasonField } from '../timecards/reason-field.tsx';
import { ProgressBar } from './progress-bar.tsx';
import type { UploadWork } from './use-upload-work.ts';

interface Props {
  readonly counts: UploadCounts;
  readonly work: UploadWork;
}

/** What an import changes are other people's timecards. */
const USES: readonly ReasonUse[] = ['admin_edit'];

/** The last word: why, and that what stays as it is was seen. Everything is imported then, or nothing. */
export function ConfirmForm({ counts, work }: Props) {
  const reason = useGivenReason();
  const [seen, setSeen] = useState(false);
  const refusal = whyNot(counts, { reason, seen });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (refusal === null && !work.doing) work.confirm(reason.written, seen);
  };
  if (counts.problems > 0 || counts.create + counts.change === 0)
    return (
      <p className="rounded-md bg-well px-3 py-2.5 text-sm">
        {counts.problems > 0
          ? 'Nothing can be imported yet: mend the lines with errors in the file, and upload it again.'
          : 'There is nothing to import: every shift of this file stands already, or stays as it is.'}
      </p>
    );
  return (
    <form noValidate aria-label="Confirm the import" onSubmit={submit} className="grid max-w-2xl gap-4 border-t border-line pt-5">
      <ReasonField reason={reason} uses={USES} required />
      {counts.locked > 0 && (
        <label className="flex items-start gap-2.5 text-sm">
          <input
            type="checkbox"
            checked={seen}
            onChange={({ target }) => setSeen(target.checked)}
            className="mt-0.5 size-4 accent-(--accent)"
          />
          <span>
            {counts.locked.toLocaleString('en')} {counts.locked === 1 ? 'shift' : 'shifts'} of submitted or approved timecards stay as they
            are.
          </span>
        </label>
      )}
      {work.doing === 'confirm' ? (
        <ProgressBar label="Importing: all of it, or nothing" value={work.progress} />
      ) : (
        <Button
          changes="anything"
          type="submit"
          look="primary"
          className="justify-self-start"
          because={work.doing ? 'This file is being worked on' : refusal}
        >
          Import {(counts.create + counts.change).toLocaleString('en')} {counts.create + counts.change === 1 ? 'shift' : 'shifts'}
        </Button>
      )}
    </form>
  );
}

function whyNot({ locked }: UploadCounts, { reason, seen }: { readonly reason: GivenReason; readonly seen: boolean }): string | null {
  if (!reason.isGiven) return 'Say why first: a few words are enough';
  return locked > 0 && !seen ? 'Say first that you have seen what stays as it is' : null;
}
