import { createHash } from 'node:crypto';
import type { Viewer } from './permissions.ts';
import type { Settings } from './settings.ts';
import { visibilityOf } from '../viewer.ts';

const sorted = (ids: readonly string[]) => [...ids].sort();

/**
 * A text that is another one whenever somebody may see or do something else. A page that was away compares it with the one that it
 * knew, since nobody could tell it.
 */
export function rightsStamp(viewer: Viewer, settings: Pick<Settings, 'inHouseSeesEverything'>): string {
  const { id, role, level, responsibleFor } = viewer;
  const { everything, keys, sensitive } = visibilityOf(viewer, settings);
  const decides = [
    id,
    role,
    level,
    sorted(responsibleFor.people),
    sorted(responsibleFor.sites),
    everything,
    sorted(keys),
    sensitive,
    Boolean(viewer.confined),
  ];
  return createHash('sha256').update(JSON.stringify(decides)).digest('base64url').slice(0, 22);
}
