import { useQuery } from '@tanstack/react-query';
import { type Demo, sessionQuery } from '../api/session.ts';

/** While a demonstration is still writing its data: how far it is. The lists fill meanwhile. */
export default function DemoProgress({ progress }: { readonly progress: NonNullable<Demo['progress']> }) {
  useQuery({ ...sessionQuery, refetchInterval: 1500 });
  return (
    <div
      role="status"
      className="flex shrink-0 print:hidden items-center gap-3 border-b border-line bg-accent-soft px-5 py-1.5 text-xs text-accent"
    >
      <progress value={progress.done} max={progress.of} aria-label="Preparing the demonstration" className="h-1.5 w-32 accent-(--accent)" />
      <span className="num">
        {progress.message} · {progress.done.toLocaleString('en')} of {progress.of.toLocaleString('en')}
      </span>
    </div>
  );
}
