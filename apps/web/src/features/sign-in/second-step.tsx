import { CircleAlert } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { problemOf, type Problem } from '../../api/problem.ts';
import { confirmSignIn, giveUpSignIn } from '../../api/second-factor.ts';
import { Button } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { CodeField } from '../account/code-field.tsx';

interface Props {
  /** Goes on, signed in. */
  readonly onEntered: () => Promise<void>;
  /** Begins again with the first step, and says why where it had to. */
  readonly onBack: (why: Problem | null) => void;
}

/** AC-5: the second step of signing in. */
export function SecondStep({ onEntered, onBack }: Props) {
  const [recovery, setRecovery] = useState(false);
  const [code, setCode] = useState('');
  const { problem, pending, confirm } = useConfirming({ code, onEntered, onBack });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (code.trim() && !pending) void confirm();
  };
  const turn = () => {
    setRecovery(!recovery);
    setCode('');
  };
  const giveUp = () =>
    void giveUpSignIn().then(
      () => onBack(null),
      (thrown: unknown) => onBack(problemOf(thrown)),
    );
  return (
    <>
      <h1 className="text-xl">{recovery ? 'Recovery code' : 'One more step'}</h1>
      <p className="mb-5 mt-1 text-sm text-ink-2">
        {recovery
          ? 'One of the ten that you kept when you set up your app.'
          : 'Type the code that your authenticator app shows for Countersign.'}
      </p>
      {problem && <Refused problem={problem} />}
      <form noValidate onSubmit={submit} className="grid gap-4">
        <CodeField
          key={String(recovery)}
          label={recovery ? 'Recovery code' : 'Code'}
          {...(recovery && { hint: 'Four groups of four; blanks and hyphens don’t matter.' })}
          focused
          value={code}
          onChange={setCode}
        />
        <Button type="submit" look="primary" because={pending ? 'Signing in…' : code.trim() ? null : 'Type the code'} className="h-9">
          {pending ? 'Signing in…' : 'Sign in'}
        </Button>
        <div className="grid justify-items-center gap-3 text-sm">
          <button type="button" onClick={turn} className="rounded-sm text-accent underline underline-offset-3 pointer-coarse:min-h-11">
            {recovery ? 'Use the app' : 'Use a recovery code'}
          </button>
          <button type="button" onClick={giveUp} className="rounded-sm text-ink-2 underline underline-offset-3 pointer-coarse:min-h-11">
            Begin again
          </button>
        </div>
      </form>
    </>
  );
}

function Refused({ problem }: { readonly problem: Problem }) {
  const alert = useRef<HTMLDivElement>(null);
  useEffect(() => alert.current?.focus(), [problem]);
  return (
    <div ref={alert} tabIndex={-1} role="alert" className="mb-4 flex gap-2.5 rounded-md bg-refuse/8 px-3 py-2.5 text-sm">
      <Icon of={CircleAlert} className="mt-0.5 text-refuse" />
      <span>
        <span className="font-medium text-refuse">{problem.message}</span>
        <span className="block text-ink-2">{problem.details}</span>
      </span>
    </div>
  );
}

function useConfirming({ code, onEntered, onBack }: Props & { readonly code: string }) {
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pending, setPending] = useState(false);
  const confirm = async () => {
    setPending(true);
    setProblem(null);
    try {
      await confirmSignIn(code);
      await onEntered();
    } catch (thrown) {
      const refused = problemOf(thrown);
      // Over: too late, too many codes, or another browser's.
      if (refused.code === 'NOT_FOUND') return onBack(refused);
      setProblem(refused);
      setPending(false);
    }
  };
  return { problem, pending, confirm };
}
