import { Bone } from '../../ui/page-state.tsx';

const WIDTHS = ['w-44', 'w-56', 'w-40', 'w-64', 'w-48'];

/** Rows of the height that the real ones will have. */
export const FeedSkeleton = ({ rows }: { readonly rows: number }) => (
  <div role="status">
    <span className="sr-only">Reading what is recorded</span>
    <div aria-hidden>
      {Array.from({ length: rows }, (_, index) => (
        <div key={index} className="flex h-[4.625rem] items-start gap-3 border-b border-line px-5 py-3">
          <span className="breathing size-6 shrink-0 rounded-full bg-line" />
          <span className="grid gap-2">
            <Bone className={WIDTHS[index % WIDTHS.length] ?? ''} />
            <Bone className={WIDTHS[(index + 2) % WIDTHS.length] ?? ''} />
          </span>
        </div>
      ))}
    </div>
  </div>
);
