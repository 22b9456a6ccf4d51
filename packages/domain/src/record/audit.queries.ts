import { z } from 'zod';
import { query } from '../definition.ts';
import { Refusal } from '../errors.ts';
import { names } from '../people/directory.ts';
import { MATRIX } from '../people/rights/permissions.ts';
import { settingsOf } from '../people/rights/settings.ts';
import { visibilityOf } from '../people/viewer.ts';
import { byRoot, readAuditLogs } from './audit-rows.ts';
import { withoutAnswered } from './answers/waiting.queries.ts';
import { barEdges } from './bars.rules.ts';
import { filterOf } from './log-filter.ts';
import { peopleOf, presentEvent } from './present-event.ts';
import { presentOverview } from './present-overview.ts';
import {
  auditLogsInput,
  auditLogsView,
  eventView,
  overviewInput,
  overviewView,
  pageInput,
  pageView,
  vocabularyView,
} from './record.views.ts';
import { vocabularyOf } from './vocabulary.ts';

export const auditPage = query({
  name: 'audit.page',
  summary: 'A page of the log, newest first',
  input: pageInput,
  output: pageView,
  permission: MATRIX.logRead,
  reads: 'feed',
  run: async (input, { em, viewer, log }) => {
    const { waiting } = await log.settle();
    const filter = { ...filterOf(input, viewer.timeZone), ...(input.unanswered && (await withoutAnswered(em, viewer))) };
    const visibility = visibilityOf(viewer, await settingsOf(em));
    const [page, count] = await Promise.all([
      log.page({ filter, visibility, before: input.before, limit: input.limit }),
      log.count(filter, visibility),
    ]);
    const known = await names(em, page.events.flatMap(peopleOf));
    return {
      events: page.events.map((event) => presentEvent(event, known)),
      position: page.position,
      next: page.next,
      total: { count: count.total, more: count.more },
      waiting,
    };
  },
});

export const auditOverview = query({
  name: 'audit.overview',
  summary: 'How many events a filter finds, by time, area, action and actor',
  input: overviewInput,
  output: overviewView,
  permission: MATRIX.logRead,
  reads: 'feed',
  run: async ({ timeZone, bars, ...input }, { em, viewer, log }) => {
    await log.settle();
    const zone = timeZone ?? viewer.timeZone;
    const overview = await log.overview({
      filter: filterOf(input, zone),
      visibility: visibilityOf(viewer, await settingsOf(em)),
      edges: (first, last) => barEdges(first, last, { timeZone: zone, atMost: bars }),
    });
    return presentOverview(overview, em);
  },
});

export const auditEvent = query({
  name: 'audit.event',
  summary: 'One event of the log',
  input: z.strictObject({ position: z.coerce.number().int().min(1) }),
  output: eventView,
  permission: MATRIX.logRead,
  reads: 'event',
  run: async ({ position }, { em, viewer, log }) => {
    const event = await log.event(position, visibilityOf(viewer, await settingsOf(em)));
    // What may not be seen is as if it weren't there: whether something lies at a position is no secret, what is.
    if (!event) throw new Refusal('NOT_FOUND', 'There is no such event, or you may not see it.');
    return presentEvent(event, await names(em, peopleOf(event)));
  },
});

export const auditVocabulary = query({
  name: 'audit.vocabulary',
  summary: 'Every area, action, entity and field, with its label',
  input: z.strictObject({}),
  output: vocabularyView,
  permission: MATRIX.logRead,
  run: async (_, { em }) => vocabularyOf(em),
});

export const auditLogs = query({
  name: 'audit.logs',
  summary: 'Changed fields of the whole log or of one root, newest first',
  input: auditLogsInput,
  output: auditLogsView,
  rest: { method: 'GET', path: '/api/audit-logs' },
  permission: MATRIX.logRead,
  reads: 'feed',
  run: async ({ rootType, rootId, ...asked }, call) => {
    const root = rootId === undefined ? null : rootType === undefined ? rootId : `${rootType}:${rootId}`;
    return readAuditLogs(call, { asked, root, timeZone: call.viewer.timeZone, form: byRoot });
  },
});
