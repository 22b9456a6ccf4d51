import { Check, Minus } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import type { RightSetting } from '../../api/views.ts';
import { AdminsOnly } from '../../layouts/admins-only.tsx';
import { PageHeader } from '../../layouts/page-header.tsx';
import { Button } from '../../ui/button.tsx';
import { Bone, ProblemLine, ProblemState } from '../../ui/page-state.tsx';
import { Tag } from '../../ui/tag.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { RightsMatrix } from './rights-matrix.tsx';
import { useRights } from './use-rights.ts';

/** What a dialog takes comes with the first one. */
const TurnDialog = lazy(() => import('./turn-dialog.tsx'));

/** AC-3: who may see and do what, for admins. */
export function RightsPage() {
  return (
    <>
      <PageHeader title="Who may see and do what" />
      <AdminsOnly otherwise="What you may see and do is what your pages offer. Ask an admin where something is missing.">
        <Viewed />
      </AdminsOnly>
    </>
  );
}

function Viewed() {
  const { rights, problem, isPending, retry, turn } = useRights();
  const [name, setName] = useState<RightSetting['name'] | null>(null);
  // As it stands: after a conflict another try goes by what somebody else left.
  const opened = rights?.settings.find((setting) => setting.name === name);
  const late = useDelayed(isPending);
  const what = 'who may see and do what';
  return (
    <>
      {problem && rights && <ProblemLine problem={problem} what={what} onRetry={retry} />}
      <div role="region" aria-label="Roles and settings" tabIndex={0} className="min-h-0 flex-1 overflow-y-auto -outline-offset-2">
        {rights ? (
          <div className="mx-auto grid max-w-6xl gap-8 px-4 py-6 sm:px-6">
            <Settings settings={rights.settings} onTurn={(setting) => setName(setting.name)} />
            <RightsMatrix rights={rights} />
          </div>
        ) : problem ? (
          <ProblemState problem={problem} what={what} onRetry={retry} />
        ) : (
          late && <Skeleton />
        )}
      </div>
      {opened && (
        <Suspense>
          <TurnDialog setting={opened} onTurn={(reason) => turn(opened, reason)} onClose={() => setName(null)} />
        </Suspense>
      )}
    </>
  );
}

interface SettingsProps {
  readonly settings: readonly RightSetting[];
  readonly onTurn: (setting: RightSetting) => void;
}

const Settings = ({ settings, onTurn }: SettingsProps) => (
  <section aria-labelledby="settings">
    <h2 id="settings" className="text-base">
      Settings
    </h2>
    <p className="pb-3 text-sm text-ink-2">Each change is in the log with its reason, and every other admin is told.</p>
    <ul className="border-t border-line text-sm">
      {settings.map((setting) => (
        <li key={setting.name} className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line py-3">
          <div className="min-w-0 flex-1 basis-72">
            <p className="font-medium">{setting.label}</p>
            <p className="text-ink-2">{setting.about}</p>
          </div>
          <Tag tone={setting.value ? 'good' : 'quiet'} icon={setting.value ? Check : Minus}>
            {setting.value ? 'On' : 'Off'}
          </Tag>
          <Button aria-label={`Turn ${setting.value ? 'off' : 'on'} “${setting.label}”`} onClick={() => onTurn(setting)}>
            {setting.value ? 'Turn off' : 'Turn on'}
          </Button>
        </li>
      ))}
    </ul>
  </section>
);

const Skeleton = () => (
  <div role="status" className="mx-auto grid max-w-6xl gap-5 px-4 py-6 sm:px-6">
    <span className="sr-only">Reading who may see and do what</span>
    <Bone className="w-40" />
    {Array.from({ length: 8 }, (_, index) => (
      <Bone key={index} className={index % 2 ? 'w-72' : 'w-60'} />
    ))}
  </div>
);
