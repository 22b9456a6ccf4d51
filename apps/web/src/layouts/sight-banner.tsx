import { Eye } from 'lucide-react';
import { useEffect, useState } from 'react';
import { problemOf } from '../api/problem.ts';
import { checkSession } from '../api/queries.ts';
import type { SightView } from '../api/session.ts';
import { stopSight } from '../api/sight.ts';
import { useEntered } from '../api/use-entered.ts';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { notify } from '../ui/notice.tsx';

interface Props {
  /** Whose eyes these are. */
  readonly name: string;
  readonly sight: SightView;
  /** The page of the person, where one came from. */
  readonly back: string;
}

/** AC-7: above every page, as long as an admin sees what somebody else sees. */
export function SightBanner({ name, sight, back }: Props) {
  const [stopping, setStopping] = useState(false);
  const enter = useEntered(back);
  useEndOf(sight.until);
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
      <Icon of={Eye} className="text-accent" />
      <p className="min-w-0 flex-1 basis-48">
        You see Countersign as <strong className="font-[650]">{name}</strong>.{' '}
        <span className="text-ink-2">
          {sight.writes ? 'What you change bears both names.' : 'Nothing can be changed.'} Until {timeOf(sight.until)}.
        </span>
      </p>
      <Button look="primary" because={stopping ? 'Stopping…' : null} onClick={() => void stop()}>
        Stop
      </Button>
    </aside>
  );
}

const timeOf = (instant: string) => new Date(instant).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });

/** When its time is over the server gives the session back: the page asks then whose it is. */
function useEndOf(until: string): void {
  useEffect(() => {
    const timer = setTimeout(checkSession, Math.max(0, Date.parse(until) - Date.now()) + 500);
    return () => clearTimeout(timer);
  }, [until]);
}
