import { type RefObject, useEffect, useRef } from 'react';
import { Field } from '../../ui/field.tsx';

interface Props {
  readonly value: string;
  readonly onChange: (reason: string) => void;
  readonly required: boolean;
  readonly problem?: string | undefined;
  readonly label?: string;
  readonly input?: RefObject<HTMLTextAreaElement | null>;
}

/** Why something is done: stands with the change for as long as the record does. */
export function ReasonField({ value, onChange, required, problem, label = 'Reason', input: given }: Props) {
  const own = useRef<HTMLTextAreaElement>(null);
  const input = given ?? own;
  useEffect(() => {
    if (problem) input.current?.focus();
  }, [problem, input]);
  return (
    <Field label={label} required={required} problem={problem} hint="Stands with the change in the audit trail, where the owner sees it.">
      {({ className, ...control }) => (
        <textarea
          {...control}
          ref={input}
          rows={2}
          maxLength={500}
          aria-required={required || undefined}
          value={value}
          onChange={({ target }) => onChange(target.value)}
          className={`${className} py-1.5`}
        />
      )}
    </Field>
  );
}
