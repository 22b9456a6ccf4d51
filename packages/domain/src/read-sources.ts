import { z } from 'zod';
import { siteScope } from './people/site.ts';
import { EXPORT } from './record/unusual/noted-read.rules.ts';
import { LOG_READS, readerOf, type ReadSource, RECORDS_OPENED } from './record/unusual/read-source.ts';
import { timecardsExported } from './timecards/export/timecards-exported.ts';

const exported = z.object({
  timecards: z.int().nonnegative(),
  people: z.int().nonnegative().default(0),
  filter: z.object({ site: z.uuid().optional() }),
});

const TIMECARD_EXPORTS: ReadSource = {
  action: timecardsExported.name,
  read: (event) => {
    const reader = readerOf(event);
    const { data } = exported.safeParse(event.metadata);
    if (reader === null || !data) return null;
    const at = new Date(event.occurredAt);
    const { site } = data.filter;
    return {
      position: event.position,
      reader,
      view: EXPORT,
      firstAt: at,
      lastAt: at,
      times: 1,
      rows: data.timecards,
      // Counted as what left the house, not as what was looked at.
      ofOthers: 0,
      people: data.people,
      records: [],
      label: null,
      exported: data.timecards,
      areas: site === undefined ? [] : [siteScope(site)],
      filter: null,
    };
  },
};

/** Every way in which the log tells of reading: what AUD-30 looks through. Each says what its events count for. */
export const READ_SOURCES: readonly ReadSource[] = [LOG_READS, RECORDS_OPENED, TIMECARD_EXPORTS];
