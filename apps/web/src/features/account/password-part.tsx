import { useState } from 'react';
import { changePassword } from '../../api/account.ts';
import type { SignedIn } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { notify } from '../../ui/notice.tsx';
import { useSaving } from '../../ui/use-saving.ts';
import { Part } from '../notifications/preference-parts.tsx';
import { endPush } from '../notifications/push-here.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';

interface Props {
  readonly user: SignedIn;
  /** Called when other sessions may have ended. */
  readonly onChanged: () => void;
}

const COMES_OF_IT =
  'When you change it your other sessions and your tokens for programs end, no browser shows you notices until you allow it there again, and you are told by mail.';

/** AC-5: another password, for whoever knows the present one. */
export function PasswordPart({ user, onChanged }: Props) {
  // A form of its own each time: nothing that was typed stays.
  const [round, setRound] = useState(0);
  const done = () => {
    setRound(round + 1);
    onChanged();
  };
  return (
    <Part title="Password" about={COMES_OF_IT}>
      <PasswordForm key={round} email={user.email} onDone={done} />
    </Part>
  );
}

const ended = (count: number, what: string) => (count === 0 ? '' : count === 1 ? ` One ${what} ended.` : ` ${count} ${what}s ended.`);

function PasswordForm({ email, onDone }: { readonly email: string; readonly onDone: () => void }) {
  const [typed, setTyped] = useState({ current: '', password: '' });
  const change = async () => {
    const { sessions, tokens } = await changePassword(typed.current, typed.password);
    // The server sends here no more: the browser must not say that it does. Where it can't be asked, that changes nothing.
    await endPush().catch(() => undefined);
    const others = `${ended(sessions, 'other session')}${ended(tokens, 'token')}`;
    notify({ text: others ? `Your password is changed.${others}` : 'Your password is changed' });
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
