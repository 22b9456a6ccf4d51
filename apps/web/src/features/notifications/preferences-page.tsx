import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import { client } from '../../api/link.ts';
import { problemOf } from '../../api/problem.ts';
import type { PreferencesView } from '../../api/views.ts';
import { PageHeader } from '../../layouts/page-header.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Bone, ProblemLine, ProblemState } from '../../ui/page-state.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { Choice, Part } from './preference-parts.tsx';
import { PushPart } from './push-part.tsx';
import { QuietHoursPart } from './quiet-hours-part.tsx';
import { PREFERENCES, useSavePreferences } from './use-save-preferences.ts';

/** What the reader is told of, how and when. Each change holds at once. */
export function PreferencesPage() {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: PREFERENCES,
    queryFn: ({ signal }) => client.notifications.preferences.query(undefined, { signal }),
  });
  const late = useDelayed(isPending);
  const problem = error && problemOf(error);
  return (
    <>
      <PageHeader title="Notification preferences" before={<Back />} />
      {problem && data && <ProblemLine problem={problem} what="your preferences" onRetry={() => void refetch()} />}
      <div className="min-h-0 flex-1 overflow-y-auto">
        {data ? (
          <Preferences wishes={data} />
        ) : problem ? (
          <ProblemState problem={problem} what="your preferences" onRetry={() => void refetch()} />
        ) : (
          late && <Skeleton />
        )}
      </div>
    </>
  );
}

function Preferences({ wishes }: { readonly wishes: PreferencesView }) {
  const save = useSavePreferences();
  const turn = (name: string, on: boolean) => {
    const off = wishes.kinds.filter((kind) => (kind.name === name ? !on : !kind.on)).map((kind) => kind.name);
    save({ turnedOff: off });
  };
  return (
    <div className="mx-auto grid max-w-2xl gap-8 px-4 py-6 sm:px-6">
      <Part title="What you are told of" about="In the app at once, by mail, and by the browsers that you allowed below.">
        {wishes.kinds.map(({ name, label, about, on, canBeTurnedOff }) => (
          <Choice
            key={name}
            label={label}
            about={about}
            checked={on}
            because={canBeTurnedOff ? null : 'You are told of these in any case.'}
            onChange={(checked) => turn(name, checked)}
          />
        ))}
      </Part>
      <QuietHoursPart wishes={wishes} onSave={save} />
      <Part title="Text messages" about="For what can’t wait, whatever the hour.">
        <Choice
          label="Send me what is urgent as a text message too"
          checked={wishes.sms && wishes.hasPhoneNumber}
          because={wishes.hasPhoneNumber ? null : 'No telephone number of yours is known: an admin can add it.'}
          onChange={(sms) => save({ sms })}
        />
      </Part>
      <PushPart wishes={wishes} onChanged={useReload()} />
    </div>
  );
}

function useReload(): () => Promise<void> {
  const queries = useQueryClient();
  return () => queries.invalidateQueries({ queryKey: PREFERENCES });
}

const Back = () => (
  <Link
    to="/notifications"
    aria-label="All notifications"
    className="-ml-2 grid size-8 shrink-0 place-items-center rounded-md text-ink-3 hover:bg-hover hover:text-ink pointer-coarse:size-11"
  >
    <Icon of={ChevronLeft} size={18} />
  </Link>
);

const Skeleton = () => (
  <div role="status" className="mx-auto grid max-w-2xl gap-6 px-4 py-6 sm:px-6">
    <span className="sr-only">Reading your preferences</span>
    {Array.from({ length: 6 }, (_, index) => (
      <Bone key={index} className={index % 2 ? 'w-80' : 'w-56'} />
    ))}
  </div>
);
