import { useEffect, useRef } from 'react';
import { Field } from '../../ui/field.tsx';

interface Props {
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly problem?: string | undefined;
  /** Whether it is the one thing to do on the page. */
  readonly focused?: boolean;
  readonly onChange: (value: string) => void;
}

/** Where a code of an app is typed or pasted, with blanks or without: telephones offer it by themselves. */
export function CodeField({ label, hint, value, problem, focused = false, onChange }: Props) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focused) input.current?.focus();
  }, [focused]);
  return (
    <Field label={label} hint={hint} problem={problem}>
      {({ className, ...control }) => (
        <input
          {...control}
          name="code"
          inputMode="numeric"
          autoComplete="one-time-code"
          autoCorrect="off"
          autoCapitalize="off"
          spellCheck={false}
          maxLength={40}
          ref={input}
          value={value}
          onChange={({ target }) => onChange(target.value)}
          className={`${className} h-9 font-mono tracking-widest`}
        />
      )}
    </Field>
  );
}
