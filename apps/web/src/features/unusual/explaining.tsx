import { lazy, Suspense, useState } from 'react';
import { problemOf } from '../../api/problem.ts';
import type { UnusualView } from '../../api/views.ts';
import { useAlert, type UnusualAtHand } from './use-unusual.ts';

/** What a dialog takes comes with the first one. */
const ExplainDialog = lazy(() => import('./explain-dialog.tsx'));

interface Props {
  /** As it was when it was opened. */
  readonly opened: UnusualView;
  /** As the list has it now; undefined where it has left the list. */
  readonly listed: UnusualView | undefined;
  readonly explain: UnusualAtHand['explain'];
  readonly onClose: () => void;
}

/** One alert being explained: it stays open, whatever becomes of the list behind it. */
export function Explaining({ opened, listed, explain, onClose }: Props) {
  // Where it has left the list, somebody else has explained it.
  const gone = useAlert(listed ? null : opened.id);
  const alert = listed ?? gone ?? opened;
  const [version, setVersion] = useState<number | null>(opened.version);
  // It was refused since it has grown: the next try goes by what stands.
  const grown = (thrown: unknown) => {
    if (problemOf(thrown).code === 'CONFLICT') setVersion(null);
    throw thrown;
  };
  return (
    <Suspense>
      <ExplainDialog
        alert={alert}
        onExplain={(said) => explain({ id: alert.id, version: version ?? alert.version }, said).catch(grown)}
        onClose={onClose}
      />
    </Suspense>
  );
}
