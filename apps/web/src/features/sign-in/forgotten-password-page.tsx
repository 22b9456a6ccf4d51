import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { askForReset } from '../../api/account.ts';
import { Button, buttonClass } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { useSaving } from '../../ui/use-saving.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { OutsideFrame } from './outside-frame.tsx';

/** AC-5: asks for a link by which another password is chosen. It says the same whoever has the address. */
export function ForgottenPasswordPage() {
  const [email, setEmail] = useState('');
  const [sent, setSent] = useState(false);
  const { problem, pending, save } = useSaving(
    async () => void (await askForReset(email.trim())),
    () => setSent(true),
  );
  if (sent)
    return (
      <OutsideFrame
        title="Look into your mail"
        about={`If ${email.trim()} is the address of an account with a password, a mail with a link is on its way. The link works once, within half an hour. Where no mail comes, ask an admin.`}
      >
        <Link to="/sign-in" className={buttonClass('plain', 'h-9')}>
          Back to signing in
        </Link>
      </OutsideFrame>
    );
  const because = pending ? 'Sending' : email.trim() ? null : 'Give your mail address';
  return (
    <OutsideFrame title="Forgotten your password?" about="You get a mail with a link, by which you choose another one.">
      <form noValidate onSubmit={save} className="grid gap-4">
        {problem && <ProblemNote problem={problem} />}
        <TextField
          label="Mail address"
          type="email"
          autoComplete="username"
          value={email}
          onChange={({ target }) => setEmail(target.value)}
        />
        <Button type="submit" look="primary" className="h-9" because={because}>
          Send the link
        </Button>
        <Link to="/sign-in" className="justify-self-center text-sm text-accent underline underline-offset-3">
          Back to signing in
        </Link>
      </form>
    </OutsideFrame>
  );
}
