import { useState } from 'react';
import { changePassword } from '../../api/account.ts';
import type { SignedIn } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { notify } from '../../ui/notice.tsx';
import { useSaving } from '../../ui/use-saving.ts';
import { Part } from '../notifications/preference-parts.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';

interface Props {
  readonly user: SignedIn;
  /** Called when other sessions may have ended. */
  readonly onChanged: () => void;
}

/** AC-5: another password, for whoever knows the present one. */
export function PasswordPart({ user, onChanged }: Props) {
  // A form of its own each time: nothing that was typed stays.
  const [round, setRound] = useState(0);
  const done = () => {
    setRound(round + 1);
    onChanged();
  };
  return (
    <Part title="Password" about="Your other sessions end when you change it, and you are told by mail.">
      <PasswordForm key={round} email={user.email} onDone={done} />
    </Part>
  );
}

function PasswordForm({ email, onDone }: { readonly email: string; readonly onDone: () => void }) {
  const [typed, setTyped] = useState({ current: '', password: '' });
  const change = async () => {
    const { sessions } = await changePassword(typed.current, typed.password);
    const others = sessions === 1 ? 'One other session ended.' : `${sessions} other sessions ended.`;
    notify({ text: sessions ? `Your password is changed. ${others}` : 'Your password is changed' });
  };
  const { problem, pending, save } = useSaving(change, onDone);
  const refused = (field: string) => problem?.fields.find((one) => one.field === field)?.message;
  const missing = typed.current && typed.password ? null : 'Give both passwords';
  return (
    <form noValidate onSubmit={save} className="grid max-w-88 gap-4 py-4">
      {problem && problem.fields.length === 0 && <ProblemNote problem={problem} />}
      {/* For whatever keeps passwords: whose it is. */}
      <input type="email" autoComplete="username" value={email} readOnly hidden />
      <TextField
        label="Present password"
        type="password"
        autoComplete="current-password"
        value={typed.current}
        problem={refused('current')}
        onChange={({ target }) => setTyped({ ...typed, current: target.value })}
      />
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        hint="At least 12 characters. A few words in a row are easy to remember."
        value={typed.password}
        problem={refused('password')}
        onChange={({ target }) => setTyped({ ...typed, password: target.value })}
      />
      <Button changes="inPerson" type="submit" look="primary" className="justify-self-start" because={pending ? 'Saving' : missing}>
        Change password
      </Button>
    </form>
  );
}
