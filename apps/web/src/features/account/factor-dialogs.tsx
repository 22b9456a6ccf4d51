import { type ReactNode, useId, useState } from 'react';
import { type ProofInput, removeFactor, renewCodes } from '../../api/second-factor.ts';
import { Button } from '../../ui/button.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { notify } from '../../ui/notice.tsx';
import { useSaving } from '../../ui/use-saving.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { missingIn, NO_PROOF, ProofField } from './proof-field.tsx';
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
    <ProofDialog
      title="Make new recovery codes?"
      description="The ones before open nothing any more."
      confirm="Make them"
      work={async (proof) => setCodes((await renewCodes(proof)).recovery_codes)}
      onDone={() => undefined}
      onClose={onClose}
    />
  );
}

const RemoveDialog = ({ onDone, onClose }: DialogProps) => (
  <ProofDialog
    title="Remove your second factor?"
    description="From then on you sign in without it."
    confirm="Remove it"
    danger
    work={async (proof) => {
      await removeFactor(proof);
      notify({ text: 'Your second factor is removed' });
    }}
    onDone={onDone}
    onClose={onClose}
  />
);

interface ProofProps {
  readonly title: string;
  readonly description: ReactNode;
  readonly confirm: string;
  readonly danger?: boolean;
  readonly work: (proof: ProofInput) => Promise<void>;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

function ProofDialog({ title, description, confirm, danger = false, work, onDone, onClose }: ProofProps) {
  const [proof, setProof] = useState(NO_PROOF);
  const { problem, pending, save } = useSaving(() => work(proof), onDone);
  const form = useId();
  const refused = (field: string) => problem?.fields.find((one) => one.field === field)?.message;
  return (
    <ModalDialog
      title={title}
      description={description}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} look={danger ? 'danger' : 'primary'} because={pending ? 'One moment' : missingIn(proof)}>
            {confirm}
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={save}>
        {problem && problem.fields.length === 0 && <ProblemNote problem={problem} />}
        <ProofField proof={proof} refused={refused} onChange={setProof} />
      </form>
    </ModalDialog>
  );
}
