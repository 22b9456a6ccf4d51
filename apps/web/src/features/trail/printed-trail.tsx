import type { ReactNode } from 'react';
import type { Feed } from './feed.ts';
import type { FeedItem } from './feed-items.ts';
import { InFull } from './in-full.ts';

interface Props {
  readonly feed: Feed;
  readonly items: readonly FeedItem[];
  readonly renderItem: (item: Extract<FeedItem, { kind: 'set' | 'event' }>) => ReactNode;
}

/** A trail on paper: every entry that was read, unfolded, and how many those are of all. */
export function PrintedTrail({ feed, items, renderItem }: Props) {
  const { total, shown } = feed;
  const all = `${total.more ? 'more than ' : ''}${total.count.toLocaleString('en')}`;
  const complete = feed.next === null;
  return (
    <>
      <p className="px-4 py-2 text-xs text-ink-2 sm:px-5">
        {complete ? `All ${shown.length.toLocaleString('en')} events` : `The newest ${shown.length.toLocaleString('en')} of ${all} events`},
        newest first.
      </p>
      <InFull value>
        <ol aria-label="Change sets, newest first">
          {items.map((item) =>
            item.kind === 'set' || item.kind === 'event' ? (
              <li key={item.key} className="break-inside-avoid">
                {renderItem(item)}
              </li>
            ) : null,
          )}
        </ol>
      </InFull>
    </>
  );
}
