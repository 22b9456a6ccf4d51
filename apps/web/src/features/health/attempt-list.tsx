import { Link } from '@tanstack/react-router';
import type { HealthView } from '../../api/views.ts';
import { TimeText } from '../../ui/time-text.tsx';

interface Props {
  readonly attempts: HealthView['attempts'];
  readonly timeZone: string;
}

/** Who tried to alter the log: what the refusal knows, newest first. */
export function AttemptList({ attempts: { total, latest }, timeZone }: Props) {
  return (
    <section aria-labelledby="attempts">
      <h2 id="attempts" className="text-base">
        Attempts to alter the log
      </h2>
      {latest.length === 0 ? (
        <p className="text-sm text-ink-2">Nobody has tried. Whoever does is refused, and stands here.</p>
      ) : (
        <>
          <p className="pb-3 text-sm text-ink-2">
            {total === 1 ? 'One was refused' : `${total.toLocaleString('en')} were refused`}
            {total > latest.length && `; these are the latest ${latest.length}`}.
          </p>
          <ol aria-label="Attempts, newest first" className="border-t border-line text-sm">
            {latest.map(({ position, occurredAt, operation, table, databaseUser, application }) => (
              <li key={position} className="grid gap-x-4 gap-y-0.5 border-b border-line py-2.5 sm:grid-cols-[minmax(0,1fr)_auto]">
                <p className="min-w-0 [overflow-wrap:anywhere]">
                  <Link to="/live/e/$position" params={{ position: String(position) }} className="font-medium underline underline-offset-2">
                    {operation} on {table}
                  </Link>
                </p>
                <TimeText instant={occurredAt} timeZone={timeZone} as="day" className="text-xs text-ink-3" />
                <p className="min-w-0 text-ink-2 [overflow-wrap:anywhere]">
                  by the database role {databaseUser}, with {application || 'a program that gave no name'}
                </p>
              </li>
            ))}
          </ol>
        </>
      )}
    </section>
  );
}
