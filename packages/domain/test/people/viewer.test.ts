import { describe, expect, test } from 'vitest';
import { mayBeSeen } from '@countersign/audit/visibility';
import { MATRIX, ROLES, type Role, type Viewer } from '../../src/people/rights/permissions.ts';
import { rightsRows } from '../../src/people/rights/rights.rules.ts';
import { DEFAULT_SETTINGS } from '../../src/people/rights/settings.ts';
import { relationTo, visibilityOf } from '../../src/people/viewer.ts';

const viewer = (role: Role, responsibleFor: Viewer['responsibleFor'] = { people: [], sites: [] }): Viewer => ({
  id: 'me',
  name: 'Me',
  email: 'me@example.com',
  role,
  level: 1,
  timeZone: 'UTC',
  responsibleFor,
});
const LIMITED = { inHouseSeesEverything: false };

test('AC-1: the roles are those of the specification', () => {
  expect([...ROLES].toSorted()).toEqual([
    'admin',
    'borrowing_admin',
    'coordinator',
    'in_house',
    'lending_admin',
    'manager',
    'member',
    'supervisor',
    'talent_escort',
    'worker',
  ]);
});

describe('AC-2: what somebody may see of the log', () => {
  test.each(['admin', 'manager', 'in_house'] as const)('AC-2: %s sees everything, sensitive fields too', (role) => {
    expect(visibilityOf(viewer(role), DEFAULT_SETTINGS)).toEqual({ everything: true, keys: [], sensitive: true });
  });

  test('AC-2: a setting limits in-house staff to their own, and nobody else', () => {
    expect(visibilityOf(viewer('in_house'), LIMITED)).toEqual({ everything: false, keys: ['actor:me', 'subject:me'], sensitive: true });
    expect(visibilityOf(viewer('manager'), LIMITED).everything).toBe(true);
  });

  test.each(['supervisor', 'coordinator'] as const)(
    'AC-2: %s sees their own and the roots that they are responsible for, without sensitive fields',
    (role) => {
      expect(visibilityOf(viewer(role, { people: ['ann', 'bo'], sites: ['4'] }), DEFAULT_SETTINGS)).toEqual({
        everything: false,
        keys: ['actor:me', 'subject:me', 'subject:ann', 'subject:bo', 'site:4'],
        sensitive: false,
      });
    },
  );

  test.each(['talent_escort', 'worker', 'member', 'lending_admin', 'borrowing_admin'] as const)('AC-2: %s sees their own', (role) => {
    expect(visibilityOf(viewer(role), DEFAULT_SETTINGS)).toEqual({ everything: false, keys: ['actor:me', 'subject:me'], sensitive: false });
  });

  test.each([DEFAULT_SETTINGS, LIMITED])(
    'AC-3: it is what the matrix shows of each role, whatever somebody is responsible for',
    (settings) => {
      const extents = rightsRows(MATRIX, settings).find(({ key }) => key === 'logRead')?.extents;
      const extentOf = ({ everything, keys }: ReturnType<typeof visibilityOf>) => {
        if (everything) return 'all';
        return keys.join() === 'actor:me,subject:me' ? 'own' : 'own_and_responsible';
      };
      const checked = ROLES.map((role) => [role, extentOf(visibilityOf(viewer(role, { people: ['ann'], sites: ['4'] }), settings))]);
      expect(Object.fromEntries(checked)).toEqual(extents);
    },
  );

  test("AC-2: own is what one did, and what was done to one's own records", () => {
    const mine = visibilityOf(viewer('worker'), DEFAULT_SETTINGS);
    const event = (actor: string, subject: string | null, scopes: readonly string[] = []) => ({
      actor: { kind: 'user' as const, id: actor },
      subject,
      scopes,
    });
    expect(mayBeSeen(mine, event('me', 'ann'))).toBe(true);
    expect(mayBeSeen(mine, event('ann', 'me'))).toBe(true);
    expect(mayBeSeen(mine, event('ann', 'bo', ['site:4']))).toBe(false);
    expect(
      mayBeSeen(visibilityOf(viewer('supervisor', { people: [], sites: ['4'] }), DEFAULT_SETTINGS), event('ann', 'bo', ['site:4'])),
    ).toBe(true);
  });
});

describe('AC-9: relations', () => {
  test("AC-9: one's own comes before being responsible", () => {
    const supervisor = viewer('supervisor', { people: ['ann'], sites: ['4'] });
    expect(relationTo(supervisor, { person: 'me', site: '4' })).toBe('own');
    expect(relationTo(supervisor, { person: 'ann', site: '9' })).toBe('responsible');
    expect(relationTo(supervisor, { person: 'bo', site: '4' })).toBe('responsible');
    expect(relationTo(supervisor, { person: 'bo', site: null })).toBe('foreign');
  });
});
