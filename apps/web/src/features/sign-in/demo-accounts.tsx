import type { Demo } from '../../api/session.ts';
import { roleName } from '../../layouts/role-name.ts';
import { Avatar } from '../../ui/avatar.tsx';

/** What each role is good for seeing first. */
const WHAT: Readonly<Record<string, string>> = {
  admin: 'sees and changes everything',
  manager: 'sees everything, approves and rejects',
  in_house: 'sees everything, approves and rejects',
  supervisor: 'watches and decides for a team',
  coordinator: 'watches what they coordinate',
  talent_escort: 'records hours, sees what others change',
  worker: 'records hours, sees what others change',
  member: 'sees their own records',
};

interface Props {
  readonly demo: Demo;
  readonly pending: boolean;
  readonly onChoose: (credentials: { email: string; password: string }) => void;
}

export const DemoAccounts = ({ demo, pending, onChoose }: Props) => (
  <section
    aria-labelledby="demo"
    className="w-full max-w-88 max-lg:mt-8 max-lg:border-t max-lg:pt-5 border-line lg:max-w-none lg:border-l lg:pl-16"
  >
    <h2 id="demo" className="text-sm">
      This is a demonstration
    </h2>
    <p className="mb-2 text-sm text-ink-2">Look around as one of these people; nothing here is real.</p>
    <ul className="-mx-2">
      {demo.accounts.map(({ email, name, role }) => (
        <li key={email}>
          <button
            type="button"
            aria-disabled={pending || undefined}
            onClick={() => pending || onChoose({ email, password: demo.password })}
            className="flex w-full items-center gap-3 rounded-md px-2 py-1.5 text-left transition-colors hover:bg-hover pointer-coarse:min-h-11"
          >
            <Avatar id={email} name={name} size="lg" />
            <span className="min-w-0 text-sm leading-snug">
              <span className="block font-medium">{name}</span>
              <span className="block text-ink-2">
                {roleName(role)}
                {WHAT[role] && <span className="text-ink-3"> · {WHAT[role]}</span>}
              </span>
            </span>
          </button>
        </li>
      ))}
    </ul>
    {demo.progress && (
      <p role="status" className="num mt-3 text-xs text-ink-3">
        Still preparing: {demo.progress.message}, {demo.progress.done.toLocaleString('en')} of {demo.progress.of.toLocaleString('en')}. You
        can sign in already.
      </p>
    )}
  </section>
);
