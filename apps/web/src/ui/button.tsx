import { type ComponentProps, type MouseEvent, useContext, useId } from 'react';
import type { LucideIcon } from 'lucide-react';
import { Icon } from './icon.tsx';
import { type ReadOnly, ReadOnlyContext } from './read-only.ts';

export type ButtonLook = 'plain' | 'primary' | 'quiet' | 'danger';

const LOOKS: Readonly<Record<ButtonLook, string>> = {
  plain: 'border-line-strong bg-sheet text-ink hover:bg-hover',
  primary: 'border-transparent bg-accent text-accent-ink hover:bg-[color-mix(in_oklab,var(--accent)_88%,var(--ink))]',
  quiet: 'border-transparent text-ink-2 hover:bg-hover hover:text-ink',
  danger: 'border-transparent bg-refuse text-accent-ink hover:bg-[color-mix(in_oklab,var(--refuse)_88%,var(--ink))]',
};

/** 32 px high; 44 px where fingers point. */
export const buttonClass = (look: ButtonLook, more = ''): string =>
  `inline-flex h-8 shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-md border px-3 text-sm font-[540] transition-colors duration-150 pointer-coarse:h-11 aria-disabled:cursor-not-allowed aria-disabled:opacity-55 ${LOOKS[look]} ${more}`;

interface Props extends Omit<ComponentProps<'button'>, 'disabled'> {
  readonly look?: ButtonLook;
  readonly icon?: LucideIcon;
  /** Why it can't be used now. The button stays where it is, can be reached, and says so. */
  readonly because?: string | null | undefined;
  /** What it changes, where it does: it can't be used while the pages may not. */
  readonly changes?: keyof ReadOnly;
}

export function Button({ look = 'plain', icon, because: given, changes, className, children, onClick, type = 'button', ...more }: Props) {
  const id = useId();
  const readOnly = useContext(ReadOnlyContext);
  const because = (changes && readOnly[changes]) ?? given;
  const refused = because != null;
  const click = (event: MouseEvent<HTMLButtonElement>) => {
    if (refused) event.preventDefault();
    else onClick?.(event);
  };
  return (
    <>
      <button
        {...more}
        type={type}
        onClick={click}
        aria-disabled={refused || undefined}
        aria-describedby={refused ? id : more['aria-describedby']}
        title={because ?? more.title}
        className={buttonClass(look, className)}
      >
        {icon && <Icon of={icon} />}
        {children}
      </button>
      {refused && (
        <span id={id} hidden>
          {because}
        </span>
      )}
    </>
  );
}
