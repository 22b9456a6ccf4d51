import { dayFrom, listFrom, textFrom } from '../../ui/address.ts';
import type { TrailFilter } from '../trail/audit-trail-section.tsx';

/** What of a user's trail is shown, as it stands in the address. */
export const readTrailFilter = (search: Record<string, unknown>): TrailFilter => ({
  action: listFrom(search['action']),
  field: listFrom(search['field']),
  from: dayFrom(search['from']),
  to: dayFrom(search['to']),
  change: textFrom(search['change'])?.match(/^[0-9a-f-]{36}$/i)?.[0],
});
