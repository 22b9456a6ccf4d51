import { useRouteContext } from '@tanstack/react-router';
import { ListChecks, Lock, Plus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { ReasonView } from '../../api/views.ts';
import { PageHeader } from '../../layouts/page-header.tsx';
import { Button } from '../../ui/button.tsx';
import { Bone, PageState, ProblemLine, ProblemState } from '../../ui/page-state.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { ReasonRow } from './reason-row.tsx';
import { type Reasons, useReasons } from './use-reasons.ts';

/** What a dialog takes comes with the first one. */
const ReasonForm = lazy(() => import('./reason-form.tsx'));

/** TC-10: the list of reasons that people pick from when they change somebody's hours. */
export function ReasonsPage() {
  const { user } = useRouteContext({ from: '/_app' });
  return (
    <>
      <PageHeader title="Reasons" />
      {user.role === 'admin' ? (
        <Maintained />
      ) : (
        <PageState icon={Lock} title="Admins maintain this list">
          The reasons that it offers are there to pick wherever a change needs one. Ask an admin where one is missing.
        </PageState>
      )}
    </>
  );
}

function Maintained() {
  const reasons = useReasons();
  const { list, problem, retry, isPending } = reasons;
  const late = useDelayed(isPending);
  return (
    <>
      {problem && list && <ProblemLine problem={problem} what="the reasons" onRetry={retry} />}
      <div className="min-h-0 flex-1 overflow-y-auto">
        {list ? (
          <List reasons={reasons} list={list} />
        ) : problem ? (
          <ProblemState problem={problem} what="the reasons" onRetry={retry} />
        ) : (
          late && <Skeleton />
        )}
      </div>
    </>
  );
}

/** What stands in the dialog: a new reason, or one that is changed. */
type Opened = 'new' | ReasonView | null;

function List({ reasons, list }: { readonly reasons: Reasons; readonly list: readonly ReasonView[] }) {
  const [opened, setOpened] = useState<Opened>(null);
  const active = list.filter((reason) => reason.active);
  const retired = list.filter((reason) => !reason.active);
  return (
    <div className="mx-auto grid max-w-3xl gap-8 px-4 py-6 sm:px-6">
      {list.length === 0 ? (
        <FirstRun reasons={reasons} onAdd={() => setOpened('new')} />
      ) : (
        <section aria-labelledby="offered">
          <div className="flex flex-wrap items-end gap-x-4 gap-y-2 pb-3">
            <div className="min-w-0 flex-1 basis-64">
              <h2 id="offered" className="text-base">
                Offered
              </h2>
              <p className="text-sm text-ink-2">
                In this order, wherever a change needs a reason. Details are typed beside what is picked.
              </p>
            </div>
            <Button icon={Plus} look="primary" onClick={() => setOpened('new')}>
              Add a reason
            </Button>
          </div>
          {active.length ? (
            <Rows reasons={reasons} rows={active} label="Offered reasons" onEdit={setOpened} />
          ) : (
            <p className="border-y border-line py-4 text-sm text-ink-2">
              All of them are retired: reasons are typed until one is restored or added.
            </p>
          )}
        </section>
      )}
      {retired.length > 0 && (
        <section aria-labelledby="retired">
          <h2 id="retired" className="text-base">
            Retired
          </h2>
          <p className="pb-3 text-sm text-ink-2">Offered no more. What they were given for keeps them.</p>
          <Rows reasons={reasons} rows={retired} label="Retired reasons" onEdit={setOpened} />
        </section>
      )}
      {opened && (
        <Suspense fallback={null}>
          <ReasonForm
            reason={opened === 'new' ? null : opened}
            onSave={(input) => (opened === 'new' ? reasons.create(input) : reasons.update(opened, input))}
            onClose={() => setOpened(null)}
          />
        </Suspense>
      )}
    </div>
  );
}

interface RowsProps {
  readonly reasons: Reasons;
  readonly rows: readonly ReasonView[];
  readonly label: string;
  readonly onEdit: (reason: ReasonView) => void;
}

const Rows = ({ reasons, rows, label, onEdit }: RowsProps) => (
  <ul aria-label={label} className="border-t border-line">
    {rows.map((reason, index) => (
      <ReasonRow
        key={reason.id}
        reason={reason}
        reasons={reasons}
        isFirst={index === 0}
        isLast={index === rows.length - 1}
        onEdit={() => onEdit(reason)}
      />
    ))}
  </ul>
);

const FirstRun = ({ reasons, onAdd }: { readonly reasons: Reasons; readonly onAdd: () => void }) => (
  <PageState
    icon={ListChecks}
    title="There is nothing to pick from yet"
    actions={
      <>
        <Button look="primary" because={reasons.busy ? 'One moment' : null} onClick={reasons.addUsual}>
          Add the usual reasons
        </Button>
        <Button icon={Plus} onClick={onAdd}>
          Add one of your own
        </Button>
      </>
    }
  >
    Whoever changes somebody’s hours says why. What is said most often can be picked here, with details typed beside it.
  </PageState>
);

const Skeleton = () => (
  <div role="status" className="mx-auto grid max-w-3xl gap-6 px-4 py-6 sm:px-6">
    <span className="sr-only">Reading the reasons</span>
    {Array.from({ length: 6 }, (_, index) => (
      <Bone key={index} className={index % 2 ? 'w-72' : 'w-48'} />
    ))}
  </div>
);
