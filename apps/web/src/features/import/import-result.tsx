import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Check } from 'lucide-react';
import { problemOf } from '../../api/problem.ts';
import type { ImportView } from '../../api/views.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { PageState, ProblemState } from '../../ui/page-state.tsx';
import { importQuery } from './import-queries.ts';

interface Props {
  readonly id: string;
  readonly onAnother: () => void;
}

/** What an import did, with the way to its change set. */
export function ImportResult({ id, onAnother }: Props) {
  const { data, error, refetch } = useQuery(importQuery(id));
  if (!data) return error && <ProblemState problem={problemOf(error)} what="what was imported" onRetry={() => void refetch()} />;
  return (
    <div role="status">
      <PageState
        icon={Check}
        title={`Imported: ${data.fileName}`}
        actions={
          <>
            <Link to="/live" search={{ set: [data.changeId] }} className={buttonClass('primary')}>
              See every change
            </Link>
            <Link to="/timecards" className={buttonClass('plain')}>
              To the timecards
            </Link>
            <Button onClick={onAnother}>Import another file</Button>
          </>
        }
      >
        {didWhat(data)} All of it is one change set.
      </PageState>
    </div>
  );
}

function didWhat({ timecardsCreated, timecardsChanged, shiftsCreated, shiftsChanged, shiftsUnchanged, shiftsLocked }: ImportView): string {
  const parts = [
    `${number(shiftsCreated, 'new shift', 'new shifts')} and ${number(shiftsChanged, 'changed shift', 'changed shifts')}: ${number(timecardsCreated, 'timecard', 'timecards')} made, ${number(timecardsChanged, 'timecard', 'timecards')} changed.`,
    ...(shiftsUnchanged > 0 ? [`${number(shiftsUnchanged, 'shift', 'shifts')} stood already.`] : []),
    ...(shiftsLocked > 0 ? [`${number(shiftsLocked, 'shift', 'shifts')} of submitted or approved timecards stayed as they are.`] : []),
  ];
  return parts.join(' ');
}

const number = (count: number, one: string, many: string) => `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
