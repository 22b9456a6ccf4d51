import { Pause, Play } from 'lucide-react';
import { Button } from '../../ui/button.tsx';
import { Kbd } from '../../ui/kbd.tsx';
import type { Feed } from '../trail/feed.ts';
import type { FeedSession } from '../trail/feed-session.ts';
import type { Facets } from './facets.ts';
import { LiveFilters } from './live-filters.tsx';
import type { LiveSearch } from './live-search.ts';
import { TextSearch } from '../../ui/text-search.tsx';
import { ViewMenu } from './view-menu.tsx';

interface Props {
  readonly search: LiveSearch;
  readonly onChange: (part: Partial<LiveSearch>) => void;
  readonly session: FeedSession;
  readonly feed: Feed | null;
  readonly facets: Facets | undefined;
}

/** Pausing, searching, filtering, and how it is shown: in one line, or where there is no room with the filters below. */
export function LiveToolbar({ search, onChange, session, feed, facets }: Props) {
  const paused = feed?.still != null;
  return (
    <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-4 py-2 sm:px-5 @3xl:flex-nowrap short:flex-nowrap short:overflow-x-auto short:py-1.5">
      {search.before === undefined && search.to === undefined ? (
        <Button
          icon={paused ? Play : Pause}
          aria-pressed={paused}
          onClick={() => (paused ? session.resume() : session.pause('asked'))}
          because={feed ? null : 'There is nothing to pause yet'}
          className="w-31 @max-3xl:order-2"
        >
          {paused ? 'Go on' : 'Pause'} <Kbd>space</Kbd>
        </Button>
      ) : (
        <Button icon={Play} onClick={() => onChange({ before: undefined, from: undefined, to: undefined })}>
          Back to live
        </Button>
      )}
      <TextSearch
        label="Search in labels, reasons and values"
        placeholder="Search reasons, labels, values"
        value={search.text?.[0] ?? ''}
        onChange={(text) => onChange({ text: text ? [text] : undefined })}
      />
      <LiveFilters search={search} onChange={onChange} shown={feed?.shown} facets={facets} />
      <ViewMenu className="ml-auto @max-3xl:order-2" />
    </div>
  );
}
