import { KeyRound } from 'lucide-react';
import { type ButtonLook, buttonClass } from '../../ui/button.tsx';
import { Icon } from '../../ui/icon.tsx';

interface Props {
  readonly name: string;
  /** Where to go afterwards: a path of this site. */
  readonly to?: string | undefined;
  readonly look?: ButtonLook;
}

/** AC-5: leads to the provider by whose accounts people sign in. A plain link: the browser leaves, and comes back. */
export const ContinueWith = ({ name, to, look = 'plain' }: Props) => (
  <a
    href={`/api/auth/oidc/start${to === undefined ? '' : `?to=${encodeURIComponent(to)}`}`}
    className={buttonClass(look, 'h-9 w-full min-w-0')}
  >
    <Icon of={KeyRound} />
    <span className="truncate">Continue with {name}</span>
  </a>
);

/** Between two ways of which one is enough. */
export const Or = () => (
  <p className="my-5 flex items-center gap-3 text-xs text-ink-3 before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
    or
  </p>
);
