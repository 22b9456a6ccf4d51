import { AUDIT_AREA, UNREADABLE } from '../events/entry.ts';
import { leafHashOf } from './form.ts';
import type { Formed } from './formed.ts';
import { leafText } from './leaf-record.ts';
import type { Entry } from '../events/log-entry.ts';

// What stands in the place of an event that the log won't have: that it was there, and what is known of it.

/** With record, actor, operation, and whose it is. */
export const toldInstead = (formed: Formed, problem: string): Formed => {
  const { target, root } = formed.entry;
  return insteadOf(formed, problem, { target: target && { ...target, label: null }, root: root && { ...root, label: null } });
};

/** With nothing that anybody told, but for when and in which change set. */
export const bareInstead = (formed: Formed, problem: string): Formed =>
  insteadOf(formed, problem, {
    operation: 'none',
    actor: { kind: 'database', id: null },
    target: null,
    root: null,
    subject: null,
    scopes: [],
    impersonator: null,
    channel: 'database',
    requestId: null,
    workDate: null,
    sealedOrigin: null,
  });

function insteadOf({ entry, clear, leafHash }: Formed, problem: string, parts: Partial<Entry>): Formed {
  const metadata = { problem, leaf_hash: leafHash.toString('hex') };
  const told = { area: AUDIT_AREA, action: UNREADABLE, changes: [], metadata, effect: null, reason: null, sealedValues: null };
  const instead: Entry = { ...entry, ...told, ...parts };
  const changesJson = '[]';
  return {
    entry: instead,
    clear: { values: null, origin: instead.sealedOrigin && clear.origin },
    changesJson,
    leafHash: leafHashOf(leafText(instead, changesJson)),
  };
}
