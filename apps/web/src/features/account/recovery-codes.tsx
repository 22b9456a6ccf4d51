import { Button } from '../../ui/button.tsx';
import { ShownOnce } from './shown-once.tsx';

interface Props {
  readonly codes: readonly string[];
  readonly onKept: () => void;
}

/** Codes to write down: nobody can read them again. */
export const RecoveryCodes = ({ codes, onKept }: Props) => (
  <div className="grid gap-4">
    <p className="text-sm text-ink-2">
      Each of these lets you in once when your app isn’t at hand. Print them, or keep them where you keep passwords: they are shown only
      now.
    </p>
    <ShownOnce label="Recovery codes" text={codes.join('\n')} />
    <Button look="primary" className="justify-self-start" onClick={onKept}>
      I have kept them
    </Button>
  </div>
);
