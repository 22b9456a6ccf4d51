import { useMutation, useQuery } from '@tanstack/react-query';
import { BellRing, X } from 'lucide-react';
import { client } from '../../api/link.ts';
import { problemOf } from '../../api/problem.ts';
import type { PreferencesView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { notify } from '../../ui/notice.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { Part } from './preference-parts.tsx';
import { endPush, pushState, type PushState } from './push-here.ts';
import { allowPush } from './push.ts';

interface Props {
  readonly wishes: PreferencesView;
  readonly onChanged: () => Promise<void>;
}

/** TC-13: the browsers that show notices while no page of ours is open. */
export function PushPart({ wishes, onChanged }: Props) {
  const { pushKey, browsers, timeZone } = wishes;
  const here = useQuery({ queryKey: ['push'], queryFn: pushState });
  const change = useMutation({
    mutationFn: (act: () => Promise<unknown>) => act(),
    onSettled: () => Promise.all([here.refetch(), onChanged()]),
    onError: (thrown) => notify({ text: `That did not work. ${problemOf(thrown).details ?? problemOf(thrown).message}`, tone: 'refuse' }),
  });
  const because = change.isPending ? 'One moment' : whyNot(here.data, pushKey);
  return (
    <Part title="Browsers" about="Tell you even while no page of Countersign is open: that something happened, not what.">
      <div className="flex flex-wrap items-center gap-3 py-3">
        <Button changes="inPerson" icon={BellRing} because={because} onClick={() => change.mutate(() => allowPush(pushKey ?? ''))}>
          Let this browser tell me
        </Button>
        {because && !change.isPending && <span className="text-sm text-ink-2">{because}</span>}
      </div>
      {browsers.map(({ id, browser, createdAt }) => (
        <div key={id} className="flex items-center gap-3 py-2 text-sm">
          <span className="min-w-0 flex-1">
            <span className="font-medium">{browser}</span>
            <span className="text-ink-3">
              {' '}
              since <TimeText instant={createdAt} timeZone={timeZone} as="day" />
            </span>
          </span>
          <Button
            changes="inPerson"
            look="quiet"
            icon={X}
            onClick={() => change.mutate(() => takeOff(id, browsers.length === 1))}
            aria-label={`Take off ${browser}`}
          >
            Take off
          </Button>
        </div>
      ))}
    </Part>
  );
}

async function takeOff(id: string, only: boolean): Promise<void> {
  await client.push.unsubscribe.mutate({ id });
  // Which of several is this one, only the server could tell by its address.
  if (only) await endPush();
}

function whyNot(state: PushState | undefined, pushKey: string | null): string | null {
  if (pushKey === null) return 'This server sends none: its administrator has to set it up.';
  switch (state) {
    case undefined:
      return 'One moment';
    case 'unsupported':
      return 'This browser can’t, or not on a page without TLS.';
    case 'refused':
      return 'You have refused it in this browser: allow notifications in its settings first.';
    case 'on':
      return 'This browser tells you already.';
    case 'off':
      return null;
    default:
      return state satisfies never;
  }
}
