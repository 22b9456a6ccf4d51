import { Eye } from 'lucide-react';
import { useEffect, useState } from 'react';
import { problemOf } from '../api/problem.ts';
import { checkSession, queryClient } from '../api/queries.ts';
import { sessionQuery, type SightView } from '../api/session.ts';
import { stopSight } from '../api/sight.ts';
import { useEntered } from '../api/use-entered.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { notify } from '../ui/notice.tsx';
import { useNow } from '../ui/use-now.ts';

interface Props {
  /** Whose eyes these are. */
  readonly name: string;
  readonly sight: SightView;
  /** The page of the person, where one came from. */
  readonly back: string;
}

/** AC-7: above every page, as long as an admin sees what somebody else sees. */
export default function SightBanner({ name, sight, back }: Props) {
  const [stopping, setStopping] = useState(false);
  const enter = useEntered(back);
  const left = useLeft(sight.until);
  useOwnEyes(sight.by.id);
  const stop = async () => {
    setStopping(true);
    try {
      await stopSight();
      await enter();
    } catch (thrown) {
      setStopping(false);
      // It may have ended by itself: who one is now is asked anew.
      checkSession();
      notify({ text: `Not stopped. ${problemOf(thrown).message}`, tone: 'refuse' });
    }
  };
  return (
    <aside
      aria-label="As somebody else"
      className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-1.5 border-b-2 border-accent bg-accent-soft px-4 py-2 text-sm print:hidden"
    >
      <Icon of={Eye} className="text-accent max-sm:hidden" />
      <p className="min-w-0 flex-1 basis-48">
        You see Countersign as <strong className="font-[650]">{name}</strong>.{' '}
        <span className="text-ink-2">
          {sight.writes ? 'What you change bears both names.' : 'Nothing can be changed.'} {left}
        </span>
      </p>
      <Button look="primary" because={stopping ? 'Stopping…' : null} onClick={() => void stop()}>
        Stop
      </Button>
    </aside>
  );
}

/** When it is over, whoever ended it, the pages are the admin's own again, and say so: unless nobody is signed in any more. */
function useOwnEyes(admin: string): void {
  useEffect(
    () => () => {
      if (queryClient.getQueryData(sessionQuery.queryKey)?.user?.id === admin) notify({ text: 'You see Countersign as yourself again' });
    },
    [admin],
  );
}

const MINUTE = 60_000;

/** How long it goes on, in words. When its time is over the server gives the session back: the page asks then whose it is. */
function useLeft(until: string): string {
  const left = Date.parse(until) - useNow(10_000);
  useEffect(() => {
    const timer = setTimeout(checkSession, Math.max(0, Date.parse(until) - Date.now()) + 500);
    return () => clearTimeout(timer);
  }, [until]);
  if (left < MINUTE) return 'Less than a minute is left.';
  const minutes = Math.round(left / MINUTE);
  return minutes === 1 ? 'A minute is left.' : `${minutes} minutes are left.`;
}
