import { useSearch } from '@tanstack/react-router';
import { signOut } from '../../api/session.ts';
import { useEntered } from '../../api/use-entered.ts';
import { useSignOut } from '../../layouts/use-sign-out.ts';
import { NoticeArea } from '../../ui/notice.tsx';
import { SetUpFactor } from '../account/set-up-factor.tsx';
import { OutsideFrame } from './outside-frame.tsx';

/** AC-5: for whoever can do nothing else until they have a second factor. */
export function SetUpPage() {
  const { to } = useSearch({ from: '/second-factor' });
  const enter = useEntered(to);
  const leave = useSignOut(signOut);
  return (
    <OutsideFrame
      title="Set up a second factor"
      about="Your role needs one: a code from an app on your telephone, beside your password. It takes two minutes."
    >
      <SetUpFactor renews={false} onDone={() => void enter()} />
      <button
        type="button"
        onClick={leave}
        className="mt-6 rounded-sm text-sm text-ink-2 underline underline-offset-3 pointer-coarse:min-h-11"
      >
        Sign out
      </button>
      <NoticeArea />
    </OutsideFrame>
  );
}
