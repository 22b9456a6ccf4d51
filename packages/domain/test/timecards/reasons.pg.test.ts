import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Viewer } from '../../src/people/rights/permissions.ts';
import { offeredFor, writtenReason } from '../../src/timecards/given-reason.rules.ts';
import { MATRIX, permits, ROLES } from '../../src/people/rights/permissions.ts';
import {
  arrangeReasons,
  createReason,
  listReasons,
  restoreReason,
  retireReason,
  updateReason,
} from '../../src/timecards/reason.commands.ts';
import { updateTimecard } from '../../src/timecards/timecard.commands.ts';
import { world, type World } from '../world.ts';
import { at, oneDayCard, refusalOf } from './cards.ts';

let w: World;
let admin: Viewer;
beforeAll(async () => {
  w = await world();
  admin = await w.person('admin');
});
afterAll(() => w?.close());

const add = (label: string) => w.run(createReason, admin, { label, offeredFor: ['admin_edit', 'rejection'] });
const labels = async () => (await w.run(listReasons, admin, {})).map(({ label }) => label);

describe('TC-10: admins maintain the list of reasons', () => {
  test('a reason is added, renamed, offered for other changes, retired and restored; each step is recorded', async () => {
    const made = await add('Gate log');
    expect(made).toMatchObject({ label: 'Gate log', offeredFor: ['admin_edit', 'rejection'], active: true });
    const renamed = await w.run(updateReason, admin, {
      ...versionOf(made),
      label: 'Gate book',
      offeredFor: ['after_approval', 'admin_edit', 'admin_edit'],
    });
    expect(renamed).toMatchObject({ label: 'Gate book', offeredFor: ['admin_edit', 'after_approval'] });
    const retired = await w.run(retireReason, admin, versionOf(renamed));
    expect(retired.active).toBe(false);
    expect((await w.run(restoreReason, admin, versionOf(retired))).active).toBe(true);
    const events = await w.events(`Reason:${made.id}`);
    expect(events.map(({ action, actor }) => [action, actor.id])).toEqual(
      ['reason_created', 'reason_changed', 'reason_retired', 'reason_restored'].map((action) => [action, admin.id]),
    );
    expect(events[1]?.changes).toContainEqual({ field: 'label', old: 'Gate log', new: 'Gate book' });
  });

  test('the order is theirs; a list that was read before somebody else changed it is refused', async () => {
    await add('Call sheet');
    const before = await w.run(listReasons, admin, {});
    const ids = before.map(({ id }) => id).toReversed();
    await w.run(arrangeReasons, admin, { ids });
    expect(await labels()).toEqual(before.map(({ label }) => label).toReversed());
    expect(await refusalOf(w.run(arrangeReasons, admin, { ids: ids.slice(1) }))).toMatchObject({ code: 'CONFLICT' });
    expect(await refusalOf(w.run(arrangeReasons, admin, { ids: [...ids.slice(1), ids.at(-1) as string] }))).toMatchObject({
      code: 'CONFLICT',
    });
  });

  test('what is there already is refused by name, as is a change that rests on an older version', async () => {
    const made = await add('Payroll query');
    expect(await refusalOf(add('payroll QUERY'))).toMatchObject({
      fields: [{ field: 'label', message: '“Payroll query” is in the list already.' }],
    });
    await w.run(retireReason, admin, versionOf(made));
    expect((await refusalOf(add('Payroll query'))).details).toContain('restore it instead');
    expect(await refusalOf(w.run(updateReason, admin, { ...versionOf(made), label: 'Payroll' }))).toMatchObject({ code: 'CONFLICT' });
  });

  test('two who add the same reason at once: one has it, the other one is told', async () => {
    const both = await Promise.allSettled([add('Broken terminal'), add('Broken terminal')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect((await labels()).filter((label) => label === 'Broken terminal')).toHaveLength(1);
  });

  test('AC-9: admins alone change it, whoever is signed in reads it', () => {
    expect(ROLES.filter((role) => permits(MATRIX.pickLists, role, 'foreign'))).toEqual(['admin']);
    for (const definition of [createReason, updateReason, retireReason, restoreReason, arrangeReasons])
      expect(definition.permission).toBe(MATRIX.pickLists);
    expect(listReasons.permission).toBe(MATRIX.signedIn);
  });
});

describe('TC-10: a reason stands with the change', () => {
  test('written out, so that it stays readable after the one that was picked is retired', async () => {
    const picked = await add('Badge reader');
    const { card } = await oneDayCard(w);
    const reason = writtenReason(picked.label, ' badge shows 16:28 ');
    await w.run(updateTimecard, admin, { id: card.id, version: card.version, checkOutTime: at(3, '16:28'), reason });
    await w.run(retireReason, admin, versionOf(picked));
    expect((await w.events(`Timecard:${card.id}`)).at(-1)).toMatchObject({
      action: 'admin_edit',
      reason: 'Badge reader: badge shows 16:28',
    });
  });

  test('as what was picked, what was typed, or both', () => {
    expect(writtenReason('Gate log', 'badge shows 16:28')).toBe('Gate log: badge shows 16:28');
    expect(writtenReason('Gate log', '  ')).toBe('Gate log');
    expect(writtenReason('', ' he told me ')).toBe('he told me');
    expect(writtenReason('', '')).toBe('');
  });

  test('retired ones are offered no more, the others for what they are meant for', () => {
    const reason = (label: string, uses: ('admin_edit' | 'rejection')[], active = true) => ({
      id: label,
      version: 1,
      label,
      offeredFor: uses,
      active,
    });
    const list = [reason('both', ['admin_edit', 'rejection']), reason('retired', ['admin_edit'], false), reason('edit', ['admin_edit'])];
    expect(offeredFor(list, ['admin_edit']).map(({ label }) => label)).toEqual(['both', 'edit']);
    expect(offeredFor(list, ['rejection', 'rejection_edit']).map(({ label }) => label)).toEqual(['both']);
  });
});

function versionOf({ id, version }: { id: string; version: number }) {
  return { id, version };
}
