import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { CircleAlert } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { problemOf, type Problem } from '../../api/problem.ts';
import { sessionQuery, signIn } from '../../api/session.ts';
import { Mark } from '../../layouts/mark.tsx';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Icon } from '../../ui/icon.tsx';
import { DemoAccounts } from './demo-accounts.tsx';
import { SecondStep } from './second-step.tsx';
import { useEntered } from './use-entered.ts';

interface Credentials {
  readonly email: string;
  readonly password: string;
}

export function SignInPage() {
  const { data: session } = useQuery(sessionQuery);
  const { to } = useSearch({ from: '/sign-in' });
  const enter = useEntered(to);
  const { signInWith, pending, problem, back } = useSignIn(enter);
  useEffect(() => {
    document.title = 'Sign in · Countersign';
  }, []);
  return (
    <main className="grid min-h-dvh content-center items-center justify-center justify-items-center gap-x-20 px-4 py-10 lg:grid-flow-col">
      <div className="w-full max-w-88 lg:w-80">
        <div className="mb-7 flex items-center gap-2.5">
          <Mark className="size-7" />
          <span className="text-lg font-[680] tracking-tight">Countersign</span>
        </div>
        {session?.second_step ? (
          <SecondStep onEntered={enter} onBack={back} />
        ) : (
          <FirstStep pending={pending} problem={problem} onSignIn={signInWith} />
        )}
      </div>
      {session?.demo && !session.second_step && <DemoAccounts demo={session.demo} pending={pending} onChoose={signInWith} />}
    </main>
  );
}

interface FirstStepProps {
  readonly pending: boolean;
  readonly problem: Problem | null;
  readonly onSignIn: (credentials: Credentials) => void;
}

function FirstStep({ pending, problem, onSignIn }: FirstStepProps) {
  const [missing, setMissing] = useState<Partial<Credentials>>({});
  const alert = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (problem) alert.current?.focus();
  }, [problem]);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const credentials = { email: textOf(form, 'email').trim(), password: textOf(form, 'password') };
    const absent = {
      ...(!credentials.email && { email: 'Give your mail address.' }),
      ...(!credentials.password && { password: 'Give your password.' }),
    };
    setMissing(absent);
    if (Object.keys(absent).length) event.currentTarget.querySelector<HTMLInputElement>(`[name="${Object.keys(absent)[0]}"]`)?.focus();
    else onSignIn(credentials);
  };
  return (
    <>
      <h1 className="text-xl">Sign in</h1>
      <p className="mb-5 mt-1 text-sm text-ink-2">Who changed what, when and why.</p>
      {problem && (
        <div ref={alert} tabIndex={-1} role="alert" className="mb-4 flex gap-2.5 rounded-md bg-refuse/8 px-3 py-2.5 text-sm">
          <Icon of={CircleAlert} className="mt-0.5 text-refuse" />
          <span>
            <span className="font-medium text-refuse">{titleOf(problem)}</span>
            <span className="block text-ink-2">{adviceOn(problem)}</span>
          </span>
        </div>
      )}
      <form noValidate onSubmit={submit} className="grid gap-4">
        <TextField label="Mail address" name="email" type="email" autoComplete="username" problem={missing.email} />
        <TextField label="Password" name="password" type="password" autoComplete="current-password" problem={missing.password} />
        <Button type="submit" look="primary" because={pending ? 'Signing in…' : null} className="h-9">
          {pending ? 'Signing in…' : 'Sign in'}
        </Button>
        <Link to="/forgotten-password" className="justify-self-center text-sm text-accent underline underline-offset-3">
          Forgotten?
        </Link>
      </form>
    </>
  );
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}

function useSignIn(enter: () => Promise<void>) {
  const queries = useQueryClient();
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const firstStep = async ({ email, password }: Credentials) => {
    setPending(true);
    setProblem(null);
    try {
      const { second_step: left } = await signIn(email, password);
      if (left) await queries.fetchQuery({ ...sessionQuery, staleTime: 0 });
      else await enter();
    } catch (thrown) {
      setProblem(problemOf(thrown));
    } finally {
      setPending(false);
    }
  };
  /** From the second step to the first. */
  const back = (why: Problem | null) => {
    setProblem(why);
    void queries.invalidateQueries({ queryKey: sessionQuery.queryKey });
  };
  return { signInWith: (credentials: Credentials) => void firstStep(credentials), pending, problem, back };
}

const titleOf = (problem: Problem) =>
  problem.code === 'UNAUTHORIZED' ? 'Mail address and password don’t belong together' : problem.message;

function adviceOn(problem: Problem): string {
  if (problem.code === 'UNAUTHORIZED') return 'Check both, and whether Caps Lock is on. Accounts and passwords are given out by an admin.';
  const id = problem.requestId ? ` Request ${problem.requestId}.` : '';
  return `${problem.details ?? 'Try again in a moment.'}${id}`;
}
