import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useLocation } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { acceptInvitation, invitationBehind, type Invited } from '../../api/invitation.ts';
import { Problem, problemOf } from '../../api/problem.ts';
import { sessionQuery, signOut } from '../../api/session.ts';
import { ContinueWith, Or } from '../sign-in/continue-with.tsx';
import { Mark } from '../../layouts/mark.tsx';
import { useSignOut } from '../../layouts/use-sign-out.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { Bone, ProblemState } from '../../ui/page-state.tsx';
import { useDelayed } from '../../ui/use-delayed.ts';

const NO_TOKEN = new Problem('This link isn’t whole', {
  code: 'NOT_FOUND',
  details: 'Its end may have been cut off when it was copied. Open it from the mail, or ask an admin to send it again.',
});

/** AC-5: where somebody who was invited chooses a password. The token stands behind `#`: no server is told it by the address. */
export function InvitationPage() {
  const token = useLocation({ select: ({ hash }) => hash });
  const [accepted, setAccepted] = useState<Invited | null>(null);
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ['invitation', token],
    queryFn: ({ signal }) => invitationBehind(token, signal),
    enabled: token !== '' && !accepted,
  });
  const { data: session } = useQuery(sessionQuery);
  const late = useDelayed(isPending && token !== '');
  const problem = token === '' ? NO_TOKEN : error && problemOf(error);
  useEffect(() => {
    document.title = 'Invitation · Countersign';
  }, []);
  if (accepted) return <Accepted invited={accepted} />;
  if (data)
    return (
      <Frame>
        {session?.passwords === false && session.provider ? (
          <ByProvider invited={data} name={session.provider.name} />
        ) : (
          <Choose invited={data} token={token} onAccepted={setAccepted} />
        )}
      </Frame>
    );
  if (problem)
    return (
      <main className="grid min-h-dvh content-center">
        <ProblemState
          whole
          problem={problem}
          what="this invitation"
          onRetry={() => void refetch()}
          wayOn={
            problem.code === 'NOT_FOUND' && (
              <Link to="/sign-in" className={buttonClass('plain')}>
                Sign in
              </Link>
            )
          }
        />
      </main>
    );
  return <Frame>{late && <Skeleton />}</Frame>;
}

const Frame = ({ children }: { readonly children: ReactNode }) => (
  <main className="grid min-h-dvh content-center justify-items-center px-4 py-10">
    <div className="w-full max-w-88">
      <div className="mb-7 flex items-center gap-2.5">
        <Mark className="size-7" />
        <span className="text-lg font-[680] tracking-tight">Countersign</span>
      </div>
      {children}
    </div>
  </main>
);

/** Where nobody has a password: whoever has the address at the provider is who was invited. */
const ByProvider = ({ invited, name }: { readonly invited: Invited; readonly name: string }) => (
  <>
    <h1 className="text-xl">Welcome, {invited.name}</h1>
    <p className="mb-5 mt-1 text-sm text-ink-2">
      You sign in by {name}, with the account that has the mail address <span className="wrap-anywhere">{invited.email}</span>.
    </p>
    <ContinueWith name={name} look="primary" />
  </>
);

interface ChooseProps {
  readonly invited: Invited;
  readonly token: string;
  readonly onAccepted: (invited: Invited) => void;
}

function Choose({ invited: { name, email }, token, onAccepted }: ChooseProps) {
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const { data: { provider } = { provider: null } } = useQuery(sessionQuery);
  const { error, isPending, mutate } = useMutation({ mutationFn: () => acceptInvitation(token, password), onSuccess: onAccepted });
  const problem = error && problemOf(error);
  const save = (event: FormEvent) => {
    event.preventDefault();
    if (!isPending) mutate();
  };
  const refused = problem?.fields.find(({ field }) => field === 'password')?.message;
  return (
    <>
      <h1 className="text-xl">Welcome, {name}</h1>
      <p className="mb-5 mt-1 text-sm text-ink-2">
        {provider
          ? `Continue with ${provider.name}, where your account has this mail address, or choose a password.`
          : 'Choose a password: from then on you sign in with it and your mail address.'}
      </p>
      {provider && (
        <>
          <ContinueWith name={provider.name} />
          <Or />
        </>
      )}
      {problem && refused === undefined && (
        <p role="alert" className="mb-4 rounded-md bg-refuse/8 px-3 py-2.5 text-sm text-refuse">
          {problem.message}. {problem.details}
        </p>
      )}
      <form noValidate onSubmit={save} className="grid gap-4">
        <TextField label="Mail address" type="email" autoComplete="username" value={email} readOnly />
        <TextField
          label="Password"
          type={shown ? 'text' : 'password'}
          autoComplete="new-password"
          hint="At least 12 characters. A few words in a row are easy to remember."
          value={password}
          problem={refused}
          onChange={({ target }) => setPassword(target.value)}
        />
        <label className="-mt-2 flex min-h-8 items-center gap-2.5 text-sm pointer-coarse:min-h-11">
          <input type="checkbox" checked={shown} onChange={({ target }) => setShown(target.checked)} className="size-4 accent-(--accent)" />
          Show what I type
        </label>
        <Button type="submit" look="primary" className="h-9" because={isPending ? 'Saving' : null}>
          Set the password
        </Button>
      </form>
    </>
  );
}

/** Where somebody else is signed in, as an admin who tries the link, they sign out first. */
function Accepted({ invited: { name, email } }: { readonly invited: Invited }) {
  const { data: session } = useQuery(sessionQuery);
  const leave = useSignOut(signOut);
  return (
    <Frame>
      <h1 className="text-xl">Your password is set</h1>
      <p role="status" className="mb-5 mt-1 text-sm text-ink-2">
        {session?.user
          ? `${session.user.name} is signed in in this browser. Sign out, and sign in as ${name}.`
          : `Sign in with it and ${email}. The link that brought you here opens nothing any more.`}
      </p>
      {session?.user ? (
        <Button look="primary" className="h-9" onClick={leave}>
          Sign out
        </Button>
      ) : (
        <Link to="/sign-in" className={buttonClass('primary', 'h-9')}>
          Sign in
        </Link>
      )}
    </Frame>
  );
}

const Skeleton = () => (
  <div role="status" className="grid gap-5">
    <span className="sr-only">Reading the invitation</span>
    <Bone className="w-48" />
    <Bone className="w-72" />
    <Bone className="w-72" />
  </div>
);
