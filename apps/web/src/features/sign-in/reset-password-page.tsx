import { Link, useLocation } from '@tanstack/react-router';
import { useState } from 'react';
import { resetPassword } from '../../api/account.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { useSaving } from '../../ui/use-saving.ts';
import { OutsideFrame } from './outside-frame.tsx';

/** AC-5: where whoever has the link chooses another password. The token stands behind `#`: no server is told it by the address. */
export function ResetPasswordPage() {
  const token = useLocation({ select: ({ hash }) => hash });
  const [password, setPassword] = useState('');
  const [done, setDone] = useState(false);
  const { problem, pending, save } = useSaving(
    async () => void (await resetPassword(token, password)),
    () => setDone(true),
  );
  if (token === '' || problem?.code === 'NOT_FOUND') return <Over isWhole={token !== ''} />;
  if (done) return <Done />;
  const refused = problem?.fields.find(({ field }) => field === 'password')?.message;
  return (
    <OutsideFrame title="Choose another password" about="Wherever you are signed in, you are signed out then.">
      {problem && refused === undefined && (
        <p role="alert" className="mb-4 rounded-md bg-refuse/8 px-3 py-2.5 text-sm text-refuse">
          {problem.message}. {problem.details}
        </p>
      )}
      <form noValidate onSubmit={save} className="grid gap-4">
        <TextField
          label="New password"
          type="password"
          autoComplete="new-password"
          hint="At least 12 characters. A few words in a row are easy to remember."
          value={password}
          problem={refused}
          onChange={({ target }) => setPassword(target.value)}
        />
        <Button type="submit" look="primary" className="h-9" because={pending ? 'Saving' : password ? null : 'Give a password'}>
          Set the password
        </Button>
      </form>
    </OutsideFrame>
  );
}

const Over = ({ isWhole }: { readonly isWhole: boolean }) => (
  <OutsideFrame
    title={isWhole ? 'This link is over' : 'This link isn’t whole'}
    about={
      isWhole
        ? 'It works once, for half an hour, and a later one takes its place.'
        : 'Its end may have been cut off when it was copied. Open it from the mail, or ask for another one.'
    }
  >
    <Link to="/forgotten-password" className={buttonClass('primary', 'h-9')}>
      Ask for another link
    </Link>
  </OutsideFrame>
);

const Done = () => (
  <OutsideFrame
    title="Your password is set"
    about="Wherever you were signed in you are signed out, and your tokens for programs are revoked."
  >
    {/* Read anew: whoever was signed in here is so no more. */}
    <a href="/sign-in" className={buttonClass('primary', 'h-9')}>
      Sign in
    </a>
  </OutsideFrame>
);
