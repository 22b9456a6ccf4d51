import type { ComponentProps, ReactNode } from 'react';
import { useId } from 'react';
import { CircleAlert } from 'lucide-react';
import { Icon } from './icon.tsx';

/** What a control needs to be tied to its label, its hint and its problem. */
export interface ControlProps {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean | undefined;
  readonly className: string;
}

interface Props {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly problem?: string | undefined;
  readonly required?: boolean;
  readonly className?: string;
  readonly children: (control: ControlProps) => ReactNode;
}

export const CONTROL =
  'w-full rounded-md border border-edge bg-paper px-2.5 text-base outline-offset-1 transition-colors data-changed:border-accent data-changed:bg-accent-soft aria-invalid:border-refuse pointer-coarse:min-h-11';

/** A labelled control. What is wrong with it stands beside it, in words, and is read with it. */
export function Field({ label, hint, problem, required, className, children }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, problem && `${id}-problem`].filter(Boolean).join(' ');
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 flex items-baseline gap-1.5 text-sm font-medium">
        {label}
        {required === false && <span className="text-xs font-normal text-ink-3">optional</span>}
      </label>
      {children({ id, 'aria-describedby': described || undefined, 'aria-invalid': problem ? true : undefined, className: CONTROL })}
      {hint && (
        <p id={`${id}-hint`} className="mt-1 text-xs text-ink-3">
          {hint}
        </p>
      )}
      {problem && <FieldProblemText id={`${id}-problem`}>{problem}</FieldProblemText>}
    </div>
  );
}

export const FieldProblemText = ({ id, children }: { readonly id?: string; readonly children: ReactNode }) => (
  <p id={id} className="mt-1 flex items-start gap-1.5 text-xs text-refuse">
    <Icon of={CircleAlert} size={13} className="mt-0.5" />
    {/* The server's words follow the name of their field: here they stand alone. */}
    <span className="first-letter:uppercase">{children}</span>
  </p>
);

interface TextFieldProps extends Omit<ComponentProps<'input'>, 'className' | 'id'> {
  readonly label: ReactNode;
  readonly hint?: ReactNode;
  readonly problem?: string | undefined;
}

export const TextField = ({ label, hint, problem, ...input }: TextFieldProps) => (
  <Field label={label} hint={hint} problem={problem}>
    {({ className, ...control }) => <input {...input} {...control} className={`${className} h-9`} />}
  </Field>
);
