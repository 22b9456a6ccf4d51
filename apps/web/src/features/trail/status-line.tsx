import { CircleDashed, CirclePause, CircleSlash, History, Radio, RefreshCw, WifiOff } from 'lucide-react';
import { connection } from '../../api/connection.ts';
import { Icon } from '../../ui/icon.tsx';
import { useStore } from '../../ui/store.ts';
import { useNow } from '../../ui/use-now.ts';
import { useZones } from '../../ui/zone-context.tsx';
import type { FeedState } from './feed-state.ts';
import { feedStatus, type FeedStatus } from './feed-status.ts';
import { StatusText } from './status-text.tsx';

const LOOKS: Readonly<Record<FeedStatus['state'], { readonly icon: typeof Radio; readonly colour: string }>> = {
  connecting: { icon: CircleDashed, colour: 'text-ink-3' },
  live: { icon: Radio, colour: 'text-good' },
  paused: { icon: CirclePause, colour: 'text-accent' },
  'catching-up': { icon: RefreshCw, colour: 'text-accent' },
  offline: { icon: WifiOff, colour: 'text-refuse' },
  reloading: { icon: RefreshCw, colour: 'text-accent' },
  stopped: { icon: CircleSlash, colour: 'text-refuse' },
  past: { icon: History, colour: 'text-ink-2' },
};

interface Props {
  readonly feed: FeedState;
  readonly before?: number | undefined;
  /** Where a stretch of time ends. */
  readonly until?: string | undefined;
}

/** Says in words what the list is doing. It keeps its place and its height, whatever it says. */
export function StatusLine({ feed, before, until }: Props) {
  const line = useStore(connection.store);
  const now = useNow(1000, line.state === 'lost');
  const { choice, mine } = useZones();
  const { state, text } = feedStatus({ connection: line, feed, now, timeZone: choice === 'utc' ? 'UTC' : mine, before, until });
  const { icon, colour } = LOOKS[state];
  return (
    <p className={`num flex min-w-0 items-center gap-1.5 text-sm ${colour}`} data-state={state}>
      <Icon
        of={icon}
        className={state === 'live' ? '' : state === 'paused' || state === 'past' || state === 'stopped' ? '' : 'breathing'}
      />
      <StatusText>{text}</StatusText>
    </p>
  );
}
