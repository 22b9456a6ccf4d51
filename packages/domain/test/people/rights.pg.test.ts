import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listNotifications } from '../../src/messages/notification.queries.ts';
import { MATRIX, permits, ROLES, type Viewer } from '../../src/people/rights/permissions.ts';
import { changeRights, getRights } from '../../src/people/rights/rights.commands.ts';
import { RIGHTS_NOTICES } from '../../src/people/rights/rights-notices.ts';
import { rightsRows } from '../../src/people/rights/rights.rules.ts';
import { settingsOf } from '../../src/people/rights/settings.ts';
import { visibilityOf } from '../../src/people/viewer.ts';
import { presentEvent } from '../../src/record/present-event.ts';
import { refusalOf } from '../timecards/cards.ts';
import { world, type World } from '../world.ts';

let w: World;
let admin: Viewer;
beforeAll(async () => {
  w = await world();
  admin = await w.person('admin');
});
afterAll(() => w?.close());

const SETTING = 'inHouseSeesEverything';
const stored = async () => {
  const setting = (await w.run(getRights, admin, {})).settings.find(({ name }) => name === SETTING);
  if (!setting) throw new Error('the setting is missing');
  return setting;
};
const change = (by: Viewer, value: boolean, version: number | null, reason = 'Works council, 12 November') =>
  w.run(changeRights, by, { name: SETTING, value, version, reason });

describe('AC-3: the matrix as admins see it', () => {
  test('AC-3: every row of the matrix is shown, and says of each role what is checked', async () => {
    const { rows, roles } = await w.run(getRights, admin, {});
    expect(rows.map(({ key }) => key).toSorted()).toEqual(Object.keys(MATRIX).toSorted());
    expect(roles.map(({ role }) => role)).toEqual(ROLES);
    const may = { all: 'ORF', yes: 'ORF', not_own: 'RF', own_and_responsible: 'OR', own: 'O', responsible: 'R', none: '' };
    for (const { key, extents } of rows)
      for (const role of ROLES) {
        const allowed = (['own', 'responsible', 'foreign'] as const).filter((relation) =>
          permits(MATRIX[key as keyof typeof MATRIX], role, relation),
        );
        expect(`${key} ${role} ${allowed.map((relation) => relation[0]?.toUpperCase()).join('')}`).toBe(
          `${key} ${role} ${may[extents[role]]}`,
        );
      }
  });

  test('AC-2: it shows what is in force: the setting that limits in-house staff is counted in', () => {
    const extent = (row: string, inHouseSeesEverything: boolean) =>
      rightsRows(MATRIX, { inHouseSeesEverything }).find(({ key }) => key === row)?.extents;
    expect([extent('logRead', true)?.in_house, extent('logRead', false)?.in_house]).toEqual(['all', 'own']);
    expect([extent('logRead', false)?.manager, extent('logRead', false)?.admin]).toEqual(['all', 'all']);
    // Of what they don't see, they see no values either.
    expect([extent('logSensitive', true)?.in_house, extent('logSensitive', false)?.in_house]).toEqual(['yes', 'own']);
    expect(extent('logSensitive', false)?.manager).toBe('yes');
  });

  test('AC-3: what is about records says whose, what is not says yes or nothing', async () => {
    const { rows } = await w.run(getRights, admin, {});
    const said = (row: string) => Object.values(rows.find(({ key }) => key === row)?.extents ?? {});
    for (const row of ['pickLists', 'health', 'outbox', 'rights', 'timecardImport', 'timecardExport', 'signedIn'])
      expect([row, ...said(row).filter((extent) => extent !== 'yes' && extent !== 'none')]).toEqual([row]);
    expect(said('logRead')).not.toContain('yes');
    expect(said('timecardWrite')).not.toContain('yes');
  });

  test('TC-13: that rights were changed is told to every admin: it is a notice that nobody can turn off', () => {
    expect(RIGHTS_NOTICES.map(({ name, canBeTurnedOff, urgent }) => [name, canBeTurnedOff, urgent])).toEqual([
      ['rights_changed', false, true],
    ]);
  });

  test('AC-9: admins alone read it and change its settings', () => {
    expect([getRights.permission, changeRights.permission]).toEqual([MATRIX.rights, MATRIX.rights]);
    expect(ROLES.filter((role) => permits(MATRIX.rights, role, 'foreign'))).toEqual(['admin']);
  });
});

describe('AC-2: a setting of rights', () => {
  test('AC-2, AC-3: is in force at once, an event with its reason, and told to every other admin at once', async () => {
    const other = await w.person('admin');
    const manager = await w.person('manager');
    const inHouse = await w.person('in_house');
    const seesAll = async () => visibilityOf(inHouse, await settingsOf(w.orm.em)).everything;
    const before = await stored();
    expect([before.value, before.version, await seesAll()]).toEqual([true, null, true]);
    await change(admin, false, null);
    expect([(await stored()).value, await seesAll()]).toEqual([false, false]);
    const [event] = (await w.events(`Setting:${SETTING}`)).slice(-1);
    expect(event).toMatchObject({
      action: 'setting_changed',
      actor: { kind: 'user', id: admin.id },
      reason: 'Works council, 12 November',
      target: { label: 'Setting “In-house staff see the whole log”' },
    });
    // What was in force until then stood in no row; what is shown says it all the same.
    expect(event && presentEvent(event, new Map()).changes).toEqual([{ field: 'value', old: 'true', new: 'false' }]);
    const told = async (who: Viewer) =>
      (await w.run(listNotifications, who, {})).data.filter(({ kind }) => kind === 'rights_changed').map(({ title }) => title);
    expect(await told(other)).toEqual(['Who may see what was changed: In-house staff see the whole log']);
    expect([await told(admin), await told(manager)]).toEqual([[], []]);
  });

  test('AC-8: is refused without a reason, and on an older version than the one that stands', async () => {
    const { version, value } = await stored();
    await expect(change(admin, !value, version, ' ')).rejects.toThrow(/Say why/);
    expect(await refusalOf(change(admin, !value, (version ?? 0) + 1))).toMatchObject({ code: 'CONFLICT' });
    expect((await stored()).value).toBe(value);
  });

  test('AC-2: that is set to what it is changes nothing and tells nobody', async () => {
    const { version, value } = await stored();
    const events = (await w.events(`Setting:${SETTING}`)).length;
    await change(admin, value, version);
    expect(await w.events(`Setting:${SETTING}`)).toHaveLength(events);
  });
});
