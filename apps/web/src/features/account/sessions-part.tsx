import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { endSession, type SessionView } from '../../api/account.ts';
import { problemOf } from '../../api/problem.ts';
import { Button } from '../../ui/button.tsx';
import { notify } from '../../ui/notice.tsx';
import { Tag } from '../../ui/tag.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { Part } from '../notifications/preference-parts.tsx';
import { deviceName } from './device-name.ts';

/** What a dialog takes comes with the first one. */
const LeaveEverywhere = lazy(() => import('./leave-everywhere.tsx'));

interface Props {
  readonly sessions: readonly SessionView[];
  readonly timeZone: string;
}

export const SESSIONS = ['own-sessions'];

/** AC-5: where somebody is signed in, and how they leave. */
export function SessionsPart({ sessions, timeZone }: Props) {
  const [asked, setAsked] = useState(false);
  const queries = useQueryClient();
  const end = async ({ id, user_agent: agent }: SessionView) => {
    try {
      await endSession(id);
      notify({ text: `Signed out: ${deviceName(agent)}` });
    } catch (thrown) {
      notify({ text: `Not signed out. ${problemOf(thrown).message}`, tone: 'refuse' });
    }
    await queries.invalidateQueries({ queryKey: SESSIONS });
  };
  return (
    <Part title="Where you are signed in" about="A session ends by itself a week after you signed in, or after a day without use.">
      <ul aria-label="Your sessions" className="divide-y divide-line">
        {sessions.map((session) => (
          <SessionRow key={session.id} session={session} timeZone={timeZone} onEnd={() => void end(session)} />
        ))}
      </ul>
      {/* Only through somebody else's eyes: one's own pages have one. */}
      {sessions.length === 0 && <p className="py-3 text-sm text-ink-2">Nowhere at present.</p>}
      <div className="py-3">
        <Button changes="inPerson" onClick={() => setAsked(true)}>
          Sign out everywhere
        </Button>
      </div>
      {asked && (
        <Suspense fallback={null}>
          <LeaveEverywhere others={sessions.filter(({ present }) => !present).length} onClose={() => setAsked(false)} />
        </Suspense>
      )}
    </Part>
  );
}

interface RowProps {
  readonly session: SessionView;
  readonly timeZone: string;
  readonly onEnd: () => void;
}

function SessionRow({ session, timeZone, onEnd }: RowProps) {
  const { present, created_at: since, last_seen_at: seen, ip_address: address, user_agent: agent } = session;
  const name = deviceName(agent);
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1 py-2.5">
      <div className="min-w-0 flex-1 basis-56">
        <p title={agent ?? undefined} className="flex flex-wrap items-center gap-x-2 font-medium">
          <span className="wrap-anywhere">{name}</span>
          {present && <Tag tone="self">This one</Tag>}
        </p>
        <p className="text-xs text-ink-3">
          Since <TimeText instant={since} timeZone={timeZone} as="day" />
          {address !== null && <> · from {address}</>} · last used <TimeText instant={seen} timeZone={timeZone} as="day" />
        </p>
      </div>
      {!present && (
        <Button changes="inPerson" aria-label={`Sign out ${name}`} onClick={onEnd}>
          Sign out
        </Button>
      )}
    </li>
  );
}
