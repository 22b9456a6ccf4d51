import type { ReasonUse } from '@countersign/domain/timecards/given-reason.rules';
import { Link, useNavigate, useRouteContext } from '@tanstack/react-router';
import { MapPinOff } from 'lucide-react';
import { type FormEvent, useRef, useState } from 'react';
import { PageHeader } from '../../layouts/page-header.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { notify } from '../../ui/notice.tsx';
import { Bone, PageState, ProblemState } from '../../ui/page-state.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { useNow } from '../../ui/use-now.ts';
import { clockOf } from '@countersign/domain/wall-clock.rules';
import { BackToList } from './back-to-list.tsx';
import { CardFields } from './card-fields.tsx';
import { FrameFields } from './frame-fields.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { useGivenReason } from '../reasons/use-given-reason.ts';
import { ReasonField } from './reason-field.tsx';
import { useNewCard, type NewCard } from './use-new-card.ts';
import { useUnsaved } from './use-unsaved.ts';
import { weekOfDay } from './weeks.ts';

/** Makes a timecard: for whom, where and when, and its times as far as they are known. It begins as a draft. */
export function NewTimecardPage() {
  const { user } = useRouteContext({ from: '/_app' });
  const today = clockOf(useNow(60_000), user.time_zone).day;
  const [first] = useState(() => ({ person: { id: user.id, name: user.name }, ...weekOfDay(today) }));
  const made = useNewCard(first);
  const late = useDelayed(made.loading === 'pending');
  return (
    <>
      <PageHeader title="New timecard" before={<BackToList />} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        {made.loading === 'pending' ? (
          late && <FormSkeleton />
        ) : made.loading ? (
          <ProblemState problem={made.loading} what="the form" onRetry={made.retryLoading} />
        ) : made.sites.length === 0 ? (
          <PageState icon={MapPinOff} title="There is no site yet">
            Each timecard belongs to a site, in whose time zone it is read. An admin sets up sites.
          </PageState>
        ) : (
          <NewCardForm made={made} today={today} />
        )}
      </div>
    </>
  );
}

const FOR_ANOTHER: readonly ReasonUse[] = ['admin_edit'];

function NewCardForm({ made, today }: { readonly made: NewCard; readonly today: string }) {
  const { user } = useRouteContext({ from: '/_app' });
  const navigate = useNavigate();
  const reason = useGivenReason();
  const saved = useRef(false);
  useUnsaved(made.dirty || reason.written !== '', saved);
  const { times, problem, problems, pending, lacks } = made;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending || lacks !== null) return;
    const card = await made.save(reason.written);
    if (!card) return;
    saved.current = true;
    notify({ text: `Saved as a draft: ${card.person.name}, ${card.label}` });
    await navigate({ to: '/timecards/$id', params: { id: card.id }, replace: true });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => void submit(event)}
      aria-label="New timecard"
      className="mx-auto grid max-w-3xl gap-6 px-4 py-5 sm:px-6"
    >
      {problem && <ProblemNote problem={problem} />}
      <FrameFields made={made} today={today} />
      {times ? (
        <div>
          <p className="mb-3 text-sm text-ink-2">
            Times of {times.card.site.name}, {times.card.timeZone}. Type 0830 or 08:30; an earlier time than the first one is on the next
            day. Days without work stay empty, and what isn’t known yet can be added later.
          </p>
          <CardFields edit={times} />
        </div>
      ) : (
        <p className="text-sm text-ink-2">{lacks === 'Choose a site first' ? 'The times follow once a site is chosen.' : ''}</p>
      )}
      {(made.frame.person.id !== user.id || problems.has('reason')) && (
        <ReasonField reason={reason} uses={FOR_ANOTHER} required={false} problem={problems.get('reason')} />
      )}
      <div className="flex flex-wrap gap-2">
        <Button changes="anything" type="submit" look="primary" because={pending ? 'Saving' : lacks}>
          {pending ? 'Saving…' : 'Save as a draft'}
        </Button>
        <Link to="/timecards" className={buttonClass('plain')}>
          Cancel
        </Link>
      </div>
    </form>
  );
}

const FormSkeleton = () => (
  <div role="status" className="mx-auto grid max-w-3xl gap-6 px-6 py-6">
    <span className="sr-only">Reading the form</span>
    {['w-40', 'w-64', 'w-52', 'w-60', 'w-44'].map((width) => (
      <Bone key={width} className={width} />
    ))}
  </div>
);
