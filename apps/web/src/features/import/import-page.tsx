import { useQuery } from '@tanstack/react-query';
import { useNavigate, useRouteContext, useSearch } from '@tanstack/react-router';
import { Lock } from 'lucide-react';
import { mayImport } from '@countersign/domain/timecards/timecard.rules';
import { problemOf } from '../../api/problem.ts';
import type { UploadView } from '../../api/views.ts';
import { PageHeader } from '../../layouts/page-header.tsx';
import { Button } from '../../ui/button.tsx';
import { Bone, PageState, ProblemState } from '../../ui/page-state.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';
import { BackToList } from '../timecards/back-to-list.tsx';
import { ChooseFile } from './choose-file.tsx';
import { ImportResult } from './import-result.tsx';
import { uploadQuery } from './import-queries.ts';
import { UploadInHand } from './upload-in-hand.tsx';

/** From the file of a time clock to timecards: upload, columns, preview, confirmation. */
export function ImportPage() {
  const { user } = useRouteContext({ from: '/_app' });
  const { file } = useSearch({ from: '/_app/timecards/import' });
  const navigate = useNavigate({ from: '/timecards/import' });
  const open = (id: string | undefined) => void navigate({ to: '.', search: (now) => ({ ...now, file: id }), replace: id === undefined });
  return (
    <>
      <PageHeader title="Import timecards" before={<BackToList />} />
      <div className="min-h-0 flex-1 overflow-y-auto">
        {mayImport(user.role as Parameters<typeof mayImport>[0]) ? (
          file === undefined ? (
            <ChooseFile onUploaded={open} />
          ) : (
            <Uploaded key={file} id={file} onAnother={() => open(undefined)} />
          )
        ) : (
          <PageState icon={Lock} title="Your role may not import timecards">
            Managers and admins import them. You can add hours on a timecard itself.
          </PageState>
        )}
      </div>
    </>
  );
}

interface UploadedProps {
  readonly id: string;
  readonly onAnother: () => void;
}

function Uploaded({ id, onAnother }: UploadedProps) {
  const { data, error, isPending, refetch } = useQuery(uploadQuery(id));
  const late = useDelayed(isPending);
  if (data) return <InHand upload={data} onAnother={onAnother} />;
  if (!error) return late && <Skeleton />;
  const problem = problemOf(error);
  return (
    <ProblemState
      problem={problem}
      what="the file"
      onRetry={() => void refetch()}
      wayOn={problem.code === 'NOT_FOUND' ? <Button onClick={onAnother}>Choose a file</Button> : undefined}
    />
  );
}

function InHand({ upload, onAnother }: { readonly upload: UploadView; readonly onAnother: () => void }) {
  if (upload.importId !== null) return <ImportResult id={upload.importId} onAnother={onAnother} />;
  if (upload.layout && upload.beginning) return <UploadInHand upload={upload} onAnother={onAnother} />;
  return (
    <PageState icon={Lock} title="This file did not arrive as a whole" actions={<Button onClick={onAnother}>Choose a file</Button>}>
      The upload broke off. Choose the file again.
    </PageState>
  );
}

const Skeleton = () => (
  <div role="status" className="mx-auto grid max-w-5xl gap-5 px-6 py-6">
    <span className="sr-only">Reading what was uploaded</span>
    {['w-40', 'w-72', 'w-64', 'w-80'].map((width) => (
      <Bone key={width} className={width} />
    ))}
  </div>
);
