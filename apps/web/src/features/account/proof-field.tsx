import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import type { ProofInput } from '../../api/second-factor.ts';
import { CodeField } from './code-field.tsx';

export const NO_PROOF: ProofInput = { password: '' };

/** What is missing, in words; null where something was typed. */
export function missingIn(proof: ProofInput): string | null {
  if ('code' in proof) return proof.code ? null : 'Type a code';
  return proof.password ? null : 'Type your password';
}

interface Props {
  readonly proof: ProofInput;
  readonly refused: (field: string) => string | undefined;
  readonly onChange: (proof: ProofInput) => void;
  /** Whether they have a second factor, whose code does as well. Default true. */
  readonly hasCodes?: boolean;
}

/**
 * Asks again for what only the owner of the account has: their password, or a code, which whoever signs in by a provider has alone.
 * Whoever sits at a page that somebody left open has neither.
 */
export const ProofField = ({ proof, refused, onChange, hasCodes = true }: Props) => (
  <div className="grid grid-cols-[minmax(0,1fr)] justify-items-start gap-2 *:first:justify-self-stretch">
    {'code' in proof ? (
      <CodeField
        label="Code of your present app, or a recovery code"
        value={proof.code}
        problem={refused('code')}
        onChange={(code) => onChange({ code })}
      />
    ) : (
      <TextField
        label="Your password"
        type="password"
        autoComplete="current-password"
        value={proof.password}
        problem={refused('password')}
        onChange={({ target }) => onChange({ password: target.value })}
      />
    )}
    {hasCodes && (
      <Button look="quiet" onClick={() => onChange('code' in proof ? NO_PROOF : { code: '' })}>
        {'code' in proof ? 'Use your password instead' : 'Use a code instead'}
      </Button>
    )}
  </div>
);
