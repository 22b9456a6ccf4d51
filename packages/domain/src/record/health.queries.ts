import { z } from 'zod';
import { TAMPERING, type Event } from '@countersign/audit/entry';
import { protectionOf } from '@countersign/audit/protection';
import { now } from '../clock.ts';
import { query } from '../definition.ts';
import { MATRIX } from '../people/rights/permissions.ts';
import { accessRefused } from './access-refused.ts';
import { checksOf } from './health.rules.ts';
import { healthView, type attemptView } from './health.views.ts';

/** Attempts that are listed. */
const LATEST = 10;
/** Nothing about attempts is sensitive but the address, which isn't shown. */
const EVERYTHING = { everything: true, keys: [], sensitive: false } as const;

export const getHealth = query({
  name: 'health.get',
  summary: 'Which protections of the log hold',
  input: z.strictObject({}),
  output: healthView,
  rest: { method: 'GET', path: '/api/health' },
  permission: MATRIX.health,
  reads: 'health',
  run: async (_, { em, log }) => {
    const protection = await protectionOf(em);
    const filter = { action: [TAMPERING, accessRefused.name] };
    const { events } = await log.page({ filter, visibility: EVERYTHING, limit: LATEST });
    return {
      checkedAt: now().toISOString(),
      checks: checksOf(protection),
      attempts: { total: (await log.count(filter, EVERYTHING)).total, latest: events.map(attemptOf) },
    };
  },
});

function attemptOf({ position, occurredAt, metadata }: Event): z.input<typeof attemptView> {
  const text = (key: string) => (typeof metadata[key] === 'string' ? metadata[key] : '');
  return {
    position,
    occurredAt,
    // The database's own log names the table, not what was to be done.
    operation: text('operation') || 'access',
    table: text('table'),
    databaseUser: text('database_user'),
    application: text('application'),
  };
}
