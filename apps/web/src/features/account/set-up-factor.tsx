import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { problemOf } from '../../api/problem.ts';
import { offerFactor, type OfferView, setUpFactor } from '../../api/second-factor.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemState } from '../../ui/page-state.tsx';
import { useSaving } from '../../ui/use-saving.ts';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { CodeField } from './code-field.tsx';
import { missingIn, NO_PROOF, ProofField } from './proof-field.tsx';
import { RecoveryCodes } from './recovery-codes.tsx';

/** Drawing one weighs something, and nobody else needs it. */
const QrCode = lazy(() => import('./qr-code.tsx'));

interface Props {
  /** Whether another one stands, which it takes the place of: then it has to be them again, as some time after signing in. */
  readonly renews: boolean;
  /** Called when it is set up and the recovery codes are kept. */
  readonly onDone: () => void;
}

/** AC-5: an authenticator app, from the QR code to the recovery codes. */
export function SetUpFactor({ renews, onDone }: Props) {
  // A secret of its own each time, which nobody asks for twice.
  const { data, error, refetch } = useQuery({
    queryKey: ['factor-offer'],
    queryFn: offerFactor,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  if (codes) return <RecoveryCodes codes={codes} onKept={onDone} />;
  if (data) return <Confirming key={data.offer} offer={data} renews={renews} onCodes={setCodes} onAnew={() => void refetch()} />;
  if (error) return <ProblemState problem={problemOf(error)} what="your QR code" onRetry={() => void refetch()} />;
  return <p role="status">One moment…</p>;
}

interface ConfirmingProps {
  readonly offer: OfferView;
  readonly renews: boolean;
  readonly onCodes: (codes: readonly string[]) => void;
  readonly onAnew: () => void;
}

function Confirming({ offer, renews, onCodes, onAnew }: ConfirmingProps) {
  const [confirmation, setConfirmation] = useState('');
  const [proof, setProof] = useState(NO_PROOF);
  const [asks, setAsks] = useState(renews);
  const confirm = async () => {
    const { recovery_codes: codes } = await setUpFactor({ offer: offer.offer, confirmation }, asks ? proof : null);
    onCodes(codes);
  };
  const { problem, pending, save } = useSaving(confirm, () => undefined);
  const refused = (field: string) => problem?.fields.find((one) => one.field === field)?.message;
  // Of somebody who has signed in just now nobody asks it.
  if (!asks && refused('password')) setAsks(true);
  const missing = !confirmation ? 'Type the code that the app shows' : asks ? missingIn(proof) : null;
  return (
    <form noValidate onSubmit={save} className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {problem && problem.fields.length === 0 && <ProblemNote problem={problem} />}
      <p className="text-sm text-ink-2">Scan this with an authenticator app on your telephone.</p>
      <Suspense fallback={<span className="size-48" />}>
        <QrCode text={offer.address} label="QR code for your authenticator app" />
      </Suspense>
      <p className="text-sm text-ink-2">
        Or type this into the app:
        <code className="mt-1 block select-all font-mono text-sm text-ink wrap-anywhere">{inGroups(offer.secret)}</code>
      </p>
      <CodeField label="Code that the app shows" value={confirmation} problem={refused('confirmation')} onChange={setConfirmation} />
      {asks && <ProofField proof={proof} refused={refused} hasCodes={renews} onChange={setProof} />}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look="primary" because={pending ? 'One moment' : missing}>
          Confirm
        </Button>
        {problem?.code === 'NOT_FOUND' && <Button onClick={onAnew}>Get another QR code</Button>}
      </div>
    </form>
  );
}

const inGroups = (secret: string) => secret.replaceAll(/.{4}(?=.)/g, '$& ');
