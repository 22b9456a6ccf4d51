import { type FormEvent, useId, useState } from 'react';
import { problemOf, type Problem } from '../../api/problem.ts';
import type { TokenInput, TokenList } from '../../api/views.ts';
import { Button } from '../../ui/button.tsx';
import { Field, FieldProblemText, TextField } from '../../ui/field.tsx';
import { ModalDialog } from '../../ui/modal-dialog.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { ShownOnce } from './shown-once.tsx';

interface Props {
  readonly scopes: TokenList['scopes'];
  readonly onCreate: (input: TokenInput) => Promise<string>;
  readonly onClose: () => void;
}

const LIVES = [
  { days: 7, label: 'a week' },
  { days: 30, label: '30 days' },
  { days: 90, label: '90 days' },
  { days: 366, label: 'a year' },
] as const;

/** A new token: what it is for, what it may do, for how long; and then the token itself, once. */
export default function NewToken({ scopes, onCreate, onClose }: Props) {
  const [input, setInput] = useState<TokenInput>({ name: '', scopes: [], days: 30 });
  const [problem, setProblem] = useState<Problem | null>(null);
  const [pending, setPending] = useState(false);
  const [token, setToken] = useState<string | null>(null);
  const form = useId();
  const refused = (field: string) => problem?.fields.find((one) => one.field === field)?.message;
  const create = async () => {
    setPending(true);
    try {
      setToken(await onCreate(input));
    } catch (thrown) {
      setProblem(problemOf(thrown));
    } finally {
      setPending(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!pending) void create();
  };
  if (token !== null) return <Made token={token} onClose={onClose} />;
  return (
    <ModalDialog
      title="New token"
      description="It may do what you choose here, and never more than you may yourself."
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" form={form} look="primary" because={pending ? 'Making it' : null}>
            Make the token
          </Button>
        </>
      }
    >
      <form id={form} noValidate onSubmit={submit} className="grid gap-4">
        {problem && problem.fields.length === 0 && <ProblemNote problem={problem} />}
        <TextField
          label="What is it for?"
          hint="You will know it by that."
          value={input.name}
          maxLength={80}
          problem={refused('name')}
          onChange={({ target }) => setInput({ ...input, name: target.value })}
        />
        <ScopesField scopes={scopes} input={input} onChange={setInput} problem={refused('scopes')} />
        <LifeField input={input} onChange={setInput} problem={refused('days')} />
      </form>
    </ModalDialog>
  );
}

interface ScopesProps {
  readonly scopes: TokenList['scopes'];
  readonly input: TokenInput;
  readonly onChange: (input: TokenInput) => void;
  readonly problem: string | undefined;
}

const ScopesField = ({ scopes, input, onChange, problem }: ScopesProps) => (
  <fieldset>
    <legend className="text-sm font-medium">What may it do?</legend>
    {[...new Set(scopes.map(({ group }) => group))].map((group) => (
      <div key={group} className="mt-2">
        <p className="text-xs text-ink-3">{group}</p>
        {scopes
          .filter((scope) => scope.group === group)
          .map(({ key, label }) => (
            <label key={key} className="flex min-h-8 items-center gap-2.5 text-sm pointer-coarse:min-h-11">
              <input
                type="checkbox"
                checked={input.scopes.includes(key)}
                onChange={({ target }) =>
                  onChange({ ...input, scopes: target.checked ? [...input.scopes, key] : input.scopes.filter((one) => one !== key) })
                }
                className="size-4 shrink-0 accent-(--accent)"
              />
              {label}
            </label>
          ))}
      </div>
    ))}
    {problem && <FieldProblemText>{problem}</FieldProblemText>}
  </fieldset>
);

const LifeField = ({ input, onChange, problem }: Omit<ScopesProps, 'scopes'>) => (
  <Field label="Ends after" problem={problem} className="w-40">
    {({ className, ...control }) => (
      <select
        {...control}
        value={input.days}
        onChange={({ target }) => onChange({ ...input, days: Number(target.value) })}
        className={`${className} h-9`}
      >
        {LIVES.map(({ days, label }) => (
          <option key={days} value={days}>
            {label}
          </option>
        ))}
      </select>
    )}
  </Field>
);

const Made = ({ token, onClose }: { readonly token: string; readonly onClose: () => void }) => (
  <ModalDialog
    title="Your new token"
    description="It is shown this once. Whoever has it may do what you allowed it: keep it like a password."
    easyToLeave={false}
    onClose={onClose}
    footer={
      <Button look="primary" onClick={onClose}>
        I have kept it
      </Button>
    }
  >
    <ShownOnce label="Token" text={token} />
    <p className="mt-3 text-sm text-ink-2">
      A program sends it with each call, as <code className="font-mono text-xs">Authorization: Bearer …</code>
    </p>
  </ModalDialog>
);
