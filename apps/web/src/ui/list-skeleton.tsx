import { Bone } from './page-state.tsx';

const WIDTHS = ['w-28', 'w-36', 'w-24', 'w-32'];

/** A list of people or of what is theirs, while it is read: rows of the height of the real ones. */
export const ListSkeleton = ({ what }: { /** `the users` */ readonly what: string }) => (
  <div role="status">
    <span className="sr-only">Reading {what}</span>
    <div aria-hidden className="pt-9 max-sm:pt-0">
      {Array.from({ length: 10 }, (_, index) => (
        <div key={index} className="flex h-[2.8125rem] items-center gap-3 border-b border-line px-5">
          <span className="breathing size-6 rounded-full bg-line" />
          <Bone className={WIDTHS[index % WIDTHS.length] ?? ''} />
          <Bone className="ml-auto w-20" />
          <Bone className="hidden w-16 sm:inline-block" />
        </div>
      ))}
    </div>
  </div>
);
