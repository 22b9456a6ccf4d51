import type { SightView } from '../api/session.ts';
import type { ReadOnly } from '../ui/read-only.ts';

/** AC-7: what an admin can't change while they see the pages as somebody else. */
export const readOnlyAs = (name: string, sight: SightView | null): ReadOnly => ({
  anything: sight && !sight.writes ? `You see this as ${name}: nothing can be changed` : null,
  inPerson: sight && `You see this as ${name}: nobody but them does that`,
});
