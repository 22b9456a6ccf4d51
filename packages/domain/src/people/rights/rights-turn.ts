import type { Entry } from '@countersign/audit/log-entry';
import { signedOut, signedOutEverywhere } from '../session/session-actions.ts';
import type { Viewer } from './permissions.ts';
import { DEFAULT_SETTINGS, SETTINGS_OF_RIGHTS } from './settings.ts';
import { visibilityOf } from '../viewer.ts';

/** What an event of the log takes from whom: from its position on they see by other rights, or nothing at all. */
export interface RightsTurn {
  readonly concerns: (viewer: Viewer) => boolean;
  /**
   * `rights`: they have others. `account`: they may no longer be signed in. `session`: one of their sessions ended, and which
   * one the log doesn't tell: their sessions have to be looked at.
   */
  readonly of: 'rights' | 'account' | 'session';
}

type Told = Pick<Entry, 'target' | 'subject' | 'operation' | 'action' | 'changes'>;

/** AUD-22: whose rights an event changes; null where nobody's. */
export function rightsTurn(entry: Told): RightsTurn | null {
  const { target, subject, action } = entry;
  if (action === signedOut.name) return subject === null ? null : { concerns: is(subject), of: 'session' };
  if (action === signedOutEverywhere.name) return subject === null ? null : { concerns: is(subject), of: 'account' };
  if (target?.type === 'Setting') return settingTurn(target.id);
  if (target?.type === 'User') return userTurn(entry, target.id);
  return target?.type === 'Responsibility' ? { concerns: is(...holdersIn(entry)), of: 'rights' } : null;
}

const is =
  (...ids: readonly string[]): RightsTurn['concerns'] =>
  ({ id, impersonator }) =>
    ids.includes(id) || (impersonator !== undefined && ids.includes(impersonator.id));

/** Of the settings only some decide what is seen, and each of those for some people only. */
function settingTurn(name: string): RightsTurn | null {
  const setting = SETTINGS_OF_RIGHTS.find((one) => one === name);
  if (!setting) return null;
  const seen = (viewer: Viewer, value: boolean) => JSON.stringify(visibilityOf(viewer, { ...DEFAULT_SETTINGS, [setting]: value }));
  return { concerns: (viewer) => seen(viewer, true) !== seen(viewer, false), of: 'rights' };
}

/** Who has just been made had no rights to lose, and a name gives none. */
function userTurn({ operation, changes }: Told, id: string): RightsTurn | null {
  if (operation === 'delete') return { concerns: is(id), of: 'account' };
  if (operation !== 'update') return null;
  const disabled = changes.find(({ field }) => field === 'disabled_at');
  if (disabled && 'new' in disabled && disabled.new !== null) return { concerns: is(id), of: 'account' };
  return changes.some(({ field }) => field === 'role' || field === 'level') ? { concerns: is(id), of: 'rights' } : null;
}

/** By SQL a responsibility may pass from one to another. */
function holdersIn({ subject, changes }: Told): string[] {
  const passed = changes.flatMap((change) => (change.field === 'holder' && 'old' in change ? [change.old, change.new] : []));
  return [subject, ...passed].filter((id) => typeof id === 'string');
}
