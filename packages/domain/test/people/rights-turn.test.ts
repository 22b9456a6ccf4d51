import { describe, expect, test } from 'vitest';
import { type Role, ROLES, type Viewer } from '../../src/people/rights/permissions.ts';
import { rightsStamp } from '../../src/people/rights/rights-stamp.ts';
import { rightsTurn } from '../../src/people/rights/rights-turn.ts';
import { DEFAULT_SETTINGS, SETTINGS_OF_RIGHTS } from '../../src/people/rights/settings.ts';

type Told = Parameters<typeof rightsTurn>[0];

const viewer = (role: Role, id = 'me', more: Partial<Viewer> = {}): Viewer => ({
  id,
  name: 'Me',
  email: 'me@example.com',
  role,
  level: 1,
  timeZone: 'UTC',
  responsibleFor: { people: [], sites: [] },
  ...more,
});

const told = (parts: Partial<Told>): Told => ({
  action: 'user_updated',
  operation: 'update',
  target: { type: 'User', id: 'me', label: 'User' },
  subject: 'me',
  changes: [],
  ...parts,
});
const changed = (field: string, now: string | null = 'new') => [{ field, old: 'old', new: now }];
const target = (type: string, id = 'x') => ({ type, id, label: type });

/** Of whom an event is true, and of what. */
const turned = (event: Told, people: readonly Viewer[] = [viewer('manager'), viewer('manager', 'other')]) => {
  const turn = rightsTurn(event);
  return turn && { of: turn.of, whose: people.filter(turn.concerns).map(({ id }) => id) };
};

describe('AUD-22: whose rights an event of the log changes', () => {
  test.each(['role', 'level'])('the %s of somebody: theirs', (field) => {
    expect(turned(told({ changes: changed(field) }))).toEqual({ of: 'rights', whose: ['me'] });
  });

  test('being disabled or deleted: their account; being enabled again: nobody’s that is open', () => {
    expect(turned(told({ changes: changed('disabled_at') }))).toEqual({ of: 'account', whose: ['me'] });
    expect(turned(told({ operation: 'delete' }))).toEqual({ of: 'account', whose: ['me'] });
    expect(turned(told({ changes: changed('disabled_at', null) }))).toBeNull();
  });

  test.each([
    ['a name', told({ changes: [{ field: 'last_name', sealed: true }] })],
    ['a time zone', told({ changes: changed('time_zone') })],
    ['who has just been made', told({ operation: 'create', changes: changed('role') })],
    ['a timecard', told({ target: target('Timecard'), changes: changed('status') })],
    ['having signed in', told({ action: 'signed_in', operation: 'none', target: null })],
  ])('%s: nobody’s', (_, event) => {
    expect(turned(event)).toBeNull();
  });

  test.each(['create', 'update', 'delete'] as const)('a responsibility (%s): its holder’s', (operation) => {
    expect(turned(told({ operation, target: target('Responsibility') }))).toEqual({ of: 'rights', whose: ['me'] });
  });

  test('a responsibility that passes from one to another: both’s', () => {
    const changes = [{ field: 'holder', old: 'other', new: 'me' }];
    expect(turned(told({ target: target('Responsibility'), changes }))).toEqual({ of: 'rights', whose: ['me', 'other'] });
  });

  test('a setting: of those who see otherwise by it; one that is no setting of rights: nobody’s', () => {
    const everybody = ROLES.map((role) => viewer(role, role));
    expect(SETTINGS_OF_RIGHTS).toEqual(['inHouseSeesEverything', 'writeAsAnother']);
    expect(turned(told({ target: target('Setting', 'inHouseSeesEverything') }), everybody)).toEqual({ of: 'rights', whose: ['in_house'] });
    expect(turned(told({ target: target('Setting', 'writeAsAnother') }), everybody)).toEqual({ of: 'rights', whose: [] });
    expect(turned(told({ target: target('Setting', 'dailyOvertimeAfter') }), everybody)).toBeNull();
  });

  test('AC-7: what concerns an admin concerns whoever they look through as well', () => {
    const seen = { ...viewer('worker', 'them'), impersonator: { id: 'me', name: 'Me', until: new Date(), writes: false } };
    expect(rightsTurn(told({ action: 'signed_out', operation: 'none' }))?.concerns(seen)).toBe(true);
  });

  test('signing out: one session of theirs; everywhere: all of them', () => {
    expect(turned(told({ action: 'signed_out', operation: 'none' }))).toEqual({ of: 'session', whose: ['me'] });
    expect(turned(told({ action: 'signed_out_everywhere', operation: 'none' }))).toEqual({ of: 'account', whose: ['me'] });
  });
});

describe('AUD-22: what a page that was away compares', () => {
  const stamp = (who: Viewer, settings: Parameters<typeof rightsStamp>[1] = DEFAULT_SETTINGS) => rightsStamp(who, settings);

  test('is another text for another role, level, responsibility or setting, and the same in whatever order these were read', () => {
    const responsible = (people: string[], sites: string[]) => viewer('supervisor', 'me', { responsibleFor: { people, sites } });
    const stamps = [
      stamp(viewer('supervisor')),
      stamp(viewer('coordinator')),
      stamp(viewer('supervisor', 'other')),
      stamp(viewer('supervisor', 'me', { level: 2 })),
      stamp(responsible(['a'], [])),
      stamp(responsible([], ['a'])),
      stamp(viewer('in_house')),
      stamp(viewer('in_house'), { inHouseSeesEverything: false }),
    ];
    expect(new Set(stamps).size).toBe(stamps.length);
    expect(stamp(responsible(['a', 'b'], ['x', 'y']))).toBe(stamp(responsible(['b', 'a'], ['y', 'x'])));
  });

  test('tells nothing else: a new name leaves it as it is', () => {
    expect(stamp(viewer('worker', 'me', { name: 'Else', timeZone: 'Asia/Tokyo' }))).toBe(stamp(viewer('worker')));
  });
});
