import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { CircleAlert } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { problemOf, type Problem } from '../../api/problem.ts';
import { type Session, sessionQuery, signIn } from '../../api/session.ts';
import { useEntered } from '../../api/use-entered.ts';
import { Mark } from '../../layouts/mark.tsx';
import { Icon } from '../../ui/icon.tsx';
import { ContinueWith, Or } from './continue-with.tsx';
import { DemoAccounts } from './demo-accounts.tsx';
import { type Credentials, PasswordForm } from './password-form.tsx';
import { toldOf } from './provider-failures.ts';
import { SecondStep } from './second-step.tsx';

export function SignInPage() {
  const { data: session } = useQuery(sessionQuery);
  const { to } = useSearch({ from: '/sign-in' });
  const enter = useEntered(to);
  const { signInWith, pending, problem, back } = useSignIn(enter);
  useEffect(() => {
    document.title = 'Sign in · Countersign';
  }, []);
  const { second_step: left = null, passwords = true, demo = null } = session ?? {};
  return (
    <main className="grid min-h-dvh content-center items-center justify-center justify-items-center gap-x-20 px-4 py-10 max-lg:grid-cols-[minmax(0,22rem)] lg:grid-flow-col">
      <div className="w-full max-w-88 lg:w-80">
        <div className="mb-7 flex items-center gap-2.5">
          <Mark className="size-7" />
          <span className="text-lg font-[680] tracking-tight">Countersign</span>
        </div>
        {left ? (
          <SecondStep onEntered={enter} onBack={back} />
        ) : (
          <FirstStep provider={session?.provider ?? null} passwords={passwords} pending={pending} problem={problem} onSignIn={signInWith} />
        )}
      </div>
      {demo && passwords && !left && <DemoAccounts demo={demo} pending={pending} onChoose={signInWith} />}
    </main>
  );
}

interface FirstStepProps extends Pick<Session, 'provider' | 'passwords'> {
  readonly pending: boolean;
  readonly problem: Problem | null;
  readonly onSignIn: (credentials: Credentials) => void;
}

function FirstStep({ provider, passwords, pending, problem, onSignIn }: FirstStepProps) {
  const { to, provider: failure } = useSearch({ from: '/sign-in' });
  const told = problem
    ? { title: titleOf(problem), advice: adviceOn(problem) }
    : !pending && failure && toldOf(failure, { name: provider?.name ?? 'the provider', passwords });
  return (
    <>
      <h1 className="text-xl">Sign in</h1>
      <p className="mb-5 mt-1 text-sm text-ink-2">Who changed what, when and why.</p>
      {told && <Refused key={told.title} {...told} />}
      {provider && <ContinueWith name={provider.name} to={to} look={passwords ? 'plain' : 'primary'} />}
      {provider && passwords && <Or />}
      {passwords && <PasswordForm pending={pending} onSubmit={onSignIn} />}
    </>
  );
}

/** Why one isn't signed in; the first thing that is read out. */
function Refused({ title, advice }: { readonly title: string; readonly advice: string }) {
  const alert = useRef<HTMLDivElement>(null);
  useEffect(() => alert.current?.focus(), []);
  return (
    <div ref={alert} tabIndex={-1} role="alert" className="mb-4 flex gap-2.5 rounded-md bg-refuse/8 px-3 py-2.5 text-sm">
      <Icon of={CircleAlert} className="mt-0.5 text-refuse" />
      <span>
        <span className="font-medium text-refuse">{title}</span>
        <span className="block text-ink-2">{advice}</span>
      </span>
    </div>
  );
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
