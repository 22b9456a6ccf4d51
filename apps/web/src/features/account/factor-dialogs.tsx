import { type ReactNode, useId, useState } from 'react';
import { removeFactor, renewCodes } from '../../api/second-factor.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { notify } from '../../ui/notice.tsx';
import { useSaving } from '../../ui/use-saving.ts';
import { ProblemNote } from '../timecards/problem-note.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';
import { SetUpFactor } from './set-up-factor.tsx';

/** What is done with one's own second factor. */
export type FactorAct = 'setUp' | 'renew' | 'codes' | 'remove';

interface Props {
  readonly act: FactorAct;
  /** Called when something has changed. */
  readonly onDone: () => void;
  readonly onClose: () => void;
}

export default function FactorDialog({ act, onDone, onClose }: Props) {
  const done = () => {
    onDone();
    onClose();
  };
  if (act === 'codes') return <CodesDialog onDone={done} onClose={onClose} />;
  if (act === 'remove') return <RemoveDialog onDone={done} onClose={onClose} />;
  const renews = act === 'renew';
  return (
    <ModalDialog
      title={renews ? 'Use another authenticator app' : 'Set up a second factor'}
      description={
        renews
          ? 'It takes the place of the one before, with recovery codes of its own.'
          : 'Your other sessions end: they were begun without it.'
      }
      easyToLeave={false}
      onClose={onClose}
    >
      <SetUpFactor renews={renews} onDone={done} />
    </ModalDialog>
  );
}

type DialogProps = Omit<Props, 'act'>;

function CodesDialog({ onDone, onClose }: DialogProps) {
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  return codes ? (
    <ModalDialog title="Your recovery codes" easyToLeave={false} onClose={onDone}>
      <RecoveryCodes codes={codes} onKept={onDone} />
    </ModalDialog>
  ) : (
    <PasswordDialog
      title="Make new recovery codes?"
      description="The ones before open nothing any more."
      confirm="Make them"
      work={async (password) => setCodes((await renewCodes(password)).recovery_codes)}
      onDone={() => undefined}
      onClose={onClose}
    />
  );
}

const RemoveDialog = ({ onDone, onClose }: DialogProps) => (
  <PasswordDialog
    title="Remove your second factor?"
    description="From then on your password alone signs you in."
    confirm="Remove it"
    danger
    work={async (password) => {
      await removeFactor(password);
      notify({ text: 'Your second factor is removed' });
    }}
    onDone={onDone}
    onClose={onClose}
  />
);

interface PasswordProps {
  readonly title: string;
  readonly description: ReactNode;
  readonly confirm: string;
  readonly danger?: boolean;
  readonly work: (password: string) => Promise<void>;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** Asks for the password again: whoever sits at a page that somebody left open doesn't know it. */
function PasswordDialog({ title, description, confirm, danger = false, work, onDone, onClose }: PasswordProps) {
  const [password, setPassword] = useState('');
  const { problem, pending, save } = useSaving(() => work(password), onDone);
  const form = useId();
  const refused = problem?.fields.find(({ field }) => field === 'password')?.message;
  return (
    <ModalDialog
      title={title}
      description={description}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            type="submit"
            form={form}
            look={danger ? 'danger' : 'primary'}
            because={pending ? 'One moment' : password ? null : 'Type your password'}
          >
            {confirm}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={save}>
        {problem && !refused && <ProblemNote problem={problem} />}
        <TextField
          label="Your password"
          type="password"
          autoComplete="current-password"
          value={password}
          problem={refused}
          onChange={({ target }) => setPassword(target.value)}
        />
      </form>
    </ModalDialog>
  );
}
