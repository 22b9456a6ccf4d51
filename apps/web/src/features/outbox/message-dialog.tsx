import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { client } from '../../api/link.ts';
import { problemOf } from '../../api/problem.ts';
import type { MessageView } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { notify } from '../../ui/notice.tsx';
import { Bone, ProblemState } from '../../ui/page-state.tsx';
import { TimeText } from '../../ui/time-text.tsx';
import { useZones } from '../../ui/zone-context.tsx';
import { channelLabel, MessageStatusTag } from './message-tags.tsx';

interface Props {
  readonly id: string;
  readonly onClose: () => void;
}

/** One message as it is sent, and how far it is. */
export default function MessageDialog({ id, onClose }: Props) {
  const queries = useQueryClient();
  const { data, error, refetch } = useQuery({
    queryKey: ['outbox', 'message', id],
    queryFn: ({ signal }) => client.messages.get.query({ id }, { signal }),
  });
  const again = useMutation({
    mutationFn: () => client.messages.retry.mutate({ id }),
    onSuccess: () => (notify({ text: 'It is tried again' }), queries.invalidateQueries({ queryKey: ['outbox'] })),
    onError: (thrown) => notify({ text: `Not tried again. ${problemOf(thrown).details ?? problemOf(thrown).message}`, tone: 'refuse' }),
  });
  const because = again.isPending ? 'One moment' : whyNot(data);
  return (
    <ModalDialog
      wide
      title={data?.subject ?? 'Message'}
      onClose={onClose}
      footer={
        <>
          <Button icon={RotateCw} because={because} onClick={() => again.mutate()}>
            Try again
          </Button>
          <Button onClick={onClose}>Close</Button>
        </>
      }
    >
      {data ? (
        <Content message={data} />
      ) : error ? (
        <ProblemState problem={problemOf(error)} what="this message" onRetry={() => void refetch()} />
      ) : (
        <p role="status">
          <span className="sr-only">Reading the message</span>
          <Bone className="w-64" />
        </p>
      )}
    </ModalDialog>
  );
}

function whyNot(message: MessageView | undefined): string | null {
  if (!message) return 'The message is not read yet';
  if (message.status === 'sent') return 'It was sent';
  if (message.status === 'gathered') return 'Another message told of it';
  return message.status === 'waiting' ? 'It waits to be sent' : null;
}

function Content({ message }: { readonly message: MessageView }) {
  const { choice, mine } = useZones();
  const zone = choice === 'utc' ? 'UTC' : mine;
  const { channel, status, person, to, body, path, oneTimeLink, createdAt, notBefore, settledAt, attempts, lastError, urgent } = message;
  const waits = status === 'waiting' && notBefore > createdAt;
  return (
    <div className="grid gap-4 text-sm">
      <dl className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1.5">
        <Line label="To">
          {person.name}{' '}
          {to ? <span className="text-ink-2 wrap-anywhere">{to}</span> : <span className="text-ink-3">a browser that was taken off</span>}
        </Line>
        <Line label="By">
          {channelLabel(channel)}
          {urgent && ', urgent'}
        </Line>
        <Line label="Status">
          <MessageStatusTag status={status} />{' '}
          {waits && (
            <>
              for the end of quiet hours, <TimeText instant={notBefore} timeZone={zone} as="full" />
            </>
          )}
          {settledAt && <TimeText instant={settledAt} timeZone={zone} as="full" />}
        </Line>
        <Line label="Made">
          <TimeText instant={createdAt} timeZone={zone} as="full" />
        </Line>
        {attempts > 0 && <Line label="Attempts">{attempts}</Line>}
        {lastError && (
          <Line label="Problem">
            <span className="text-refuse wrap-anywhere">{lastError}</span>
          </Line>
        )}
      </dl>
      {body && <pre className="rounded-md bg-well px-4 py-3 font-sans whitespace-pre-wrap wrap-anywhere">{body}</pre>}
      {oneTimeLink && (
        <p className="text-ink-2">Its link works once. It is made when the message is sent, and kept nowhere: here it can’t be opened.</p>
      )}
      {path && (
        <p>
          <a href={path} className="font-medium text-accent underline-offset-3 hover:underline">
            Where it leads
          </a>
        </p>
      )}
    </div>
  );
}

const Line = ({ label, children }: { readonly label: string; readonly children: ReactNode }) => (
  <>
    <dt className="text-ink-3">{label}</dt>
    <dd>{children}</dd>
  </>
);
