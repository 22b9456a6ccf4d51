import { useState } from 'react';
import type { UploadCounts, UploadView } from '../../api/views.ts';
import { dayText } from '@countersign/domain/wall-clock.rules';
import type { Outcome } from './import-queries.ts';
import { ProblemLines } from './problem-lines.tsx';
import { ShiftLines } from './shift-lines.tsx';

interface Props {
  readonly upload: UploadView;
  readonly counts: UploadCounts;
}

const OUTCOMES: readonly { readonly outcome: Outcome; readonly label: string; readonly about: string }[] = [
  { outcome: 'problem', label: 'Errors', about: 'Lines to mend. While there is one, nothing is imported.' },
  { outcome: 'create', label: 'New', about: 'Shifts that no timecard has yet.' },
  { outcome: 'change', label: 'Changed', about: 'Shifts of drafts and rejected timecards that have other times now.' },
  { outcome: 'locked', label: 'Left alone', about: 'Their timecards are submitted or approved, with other times: they stay as they are.' },
  { outcome: 'unchanged', label: 'Unchanged', about: 'Shifts that stand already, exactly so.' },
];

const countOf = (counts: UploadCounts, outcome: Outcome) => (outcome === 'problem' ? counts.problems : counts[outcome]);

/** What importing the file would do: in numbers, and shift by shift. */
export function Preview({ upload, counts }: Props) {
  const first = OUTCOMES.find(({ outcome }) => countOf(counts, outcome) > 0)?.outcome ?? 'create';
  const [chosen, choose] = useState<Outcome>(first);
  const about = OUTCOMES.find(({ outcome }) => outcome === chosen)?.about;
  return (
    <section aria-label="Preview" className="grid gap-3">
      <p role="status" className="text-sm text-ink-2">
        {summaryOf(counts)}
      </p>
      <div role="group" aria-label="Show" className="flex flex-wrap gap-1.5">
        {OUTCOMES.map(({ outcome, label }) => (
          <button
            key={outcome}
            type="button"
            aria-pressed={outcome === chosen}
            onClick={() => choose(outcome)}
            className="num h-8 rounded-md border border-line-strong px-2.5 text-sm text-ink-2 hover:bg-hover aria-pressed:border-transparent aria-pressed:bg-accent-soft aria-pressed:font-semibold aria-pressed:text-accent pointer-coarse:h-11"
          >
            {label} {countOf(counts, outcome).toLocaleString('en')}
          </button>
        ))}
      </div>
      <p className="text-xs text-ink-3">{about}</p>
      {countOf(counts, chosen) === 0 ? (
        <p className="rounded-lg border border-line px-4 py-6 text-center text-sm text-ink-3">None.</p>
      ) : chosen === 'problem' ? (
        <ProblemLines id={upload.id} fileName={upload.fileName} lines={counts.problems} />
      ) : (
        <ShiftLines key={chosen} id={upload.id} outcome={chosen} />
      )}
    </section>
  );
}

function summaryOf({ lines, people, from, to, newCards, changedCards, repeated }: UploadCounts): string {
  const days = from === null || to === null ? '' : `, from ${dayText(from, 'medium')} to ${dayText(to, 'medium')}`;
  const twice = repeated > 0 ? ` ${number(repeated, 'line says', 'lines say')} again what another one said.` : '';
  return `${number(lines, 'line', 'lines')} of ${number(people, 'person', 'people')}${days}: ${number(newCards, 'timecard', 'timecards')} to be made, ${number(changedCards, 'timecard', 'timecards')} to be changed.${twice}`;
}

const number = (count: number, one: string, many: string) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
