import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';

export interface Credentials {
  readonly email: string;
  readonly password: string;
}

interface Props {
  readonly pending: boolean;
  readonly onSubmit: (credentials: Credentials) => void;
}

/** Mail address and password; what is missing stands at its field. */
export function PasswordForm({ pending, onSubmit }: Props) {
  const [missing, setMissing] = useState<Partial<Credentials>>({});
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
    else onSubmit(credentials);
  };
  return (
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
  );
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
}
