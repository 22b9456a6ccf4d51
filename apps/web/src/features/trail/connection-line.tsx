import { CircleDashed, Radio, WifiOff } from 'lucide-react';
import { connection } from '../../api/connection.ts';
import { Icon } from '../../ui/icon.tsx';
import { useStore } from '../../ui/store.ts';
import { useNow } from '../../ui/use-now.ts';
import { useZones } from '../../ui/zone-context.tsx';
import { offlineText } from './feed-status.ts';
import { StatusText } from './status-text.tsx';

/** Whether what is shown follows what happens, in words. */
export function ConnectionLine() {
  const line = useStore(connection.store);
  const now = useNow(1000, line.state === 'lost');
  const { choice, mine } = useZones();
  const lost = line.state === 'lost';
  const text = lost ? offlineText(line, now, choice === 'utc' ? 'UTC' : mine) : line.state === 'open' ? 'Live' : 'Connecting';
  return (
    <p
      className={`num flex min-w-0 items-center gap-1.5 text-sm ${lost ? 'text-refuse' : line.state === 'open' ? 'text-good' : 'text-ink-3'}`}
    >
      <Icon of={lost ? WifiOff : line.state === 'open' ? Radio : CircleDashed} className={line.state === 'open' ? '' : 'breathing'} />
      <StatusText>{text}</StatusText>
    </p>
  );
}
