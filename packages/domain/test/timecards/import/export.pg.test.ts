import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { MATRIX, ROLES, type Viewer } from '../../../src/people/rights/permissions.ts';
import { exportOfBytes, exportOfReference } from '../../../src/timecards/export/known-export.ts';
import { listOwnExports } from '../../../src/timecards/export/own-exports.ts';
import { hashOf } from '../../../src/timecards/export/tell-export.ts';
import { exportInput, exportTimecards } from '../../../src/timecards/export/export.ts';
import { createTimecard } from '../../../src/timecards/timecard.commands.ts';
import { EVERYTHING, world, type World } from '../../world.ts';
import { broughtTo, oneDayCard, refusalOf, weekCard } from '../cards.ts';
import { imported, previewed } from './imported.ts';

let w: World;
let manager: Viewer;

beforeAll(async () => {
  w = await world();
  manager = await w.person('manager');
});
afterAll(() => w.close());

async function exported(wanted: z.input<typeof exportInput> = {}, viewer = manager): Promise<string> {
  let file = '';
  for await (const piece of exportTimecards({ em: w.orm.em.fork(), viewer }, exportInput.parse(wanted))) file += piece;
  return file;
}
const linesOf = (file: string) => file.slice(1).trim().split('\r\n');

describe('AUD-35: whose records an export held', () => {
  test('AUD-29, AUD-35: one event whatever it holds, with a hash of whom it concerns; each of them finds it, and nobody else', async () => {
    const [anna, omar, li] = [await w.person('worker'), await w.person('worker'), await w.person('worker')];
    const site = await w.newSite('Export Hall', 'Europe/Berlin');
    for (const [owner, days] of [
      [anna, [3, 4]],
      [omar, [3]],
    ] as const)
      for (const day of days)
        await w.run(createTimecard, owner, {
          person: owner.id,
          site: site.id,
          periodStart: `2026-11-0${day}`,
          periodEnd: `2026-11-0${day}`,
        });
    const before = (await w.events()).at(-1)?.position ?? 0;
    await exported({ site: site.id });
    const told = (await w.events()).filter(({ position }) => position > before);
    expect(told).toMatchObject([
      {
        action: 'timecards_exported',
        actor: { id: manager.id },
        subject: null,
        metadata: {
          timecards: 3,
          people: 2,
          people_sha256: hashOf([
            { person: anna.id, count: 2 },
            { person: omar.id, count: 1 },
          ]),
          filter: { site: site.id },
        },
      },
      { action: 'timecards_export_finished', changeId: told[0]?.changeId, actor: { id: manager.id }, subject: null },
    ]);
    const found = async (viewer: Viewer) => (await w.run(listOwnExports, viewer, {})).data;
    expect(await found(anna)).toEqual([
      { change: told[0]?.changeId, by: { id: manager.id, name: manager.name }, through: null, at: expect.any(String), timecards: 2 },
    ]);
    expect(await found(omar)).toMatchObject([{ timecards: 1 }]);
    expect(await found(li)).toEqual([]);
    expect(await w.open.log.count({ change: [told[0]?.changeId ?? ''] }, EVERYTHING)).toEqual({ total: 2, more: false });
  });

  test('AUD-35: one’s own exports of one’s own records are nobody’s news; what can’t be told isn’t exported', async () => {
    await oneDayCard(w, { owner: manager });
    await exported({ person: manager.id });
    expect((await w.run(listOwnExports, manager, {})).data).toEqual([]);
    await w.sql('revoke insert on exported_people from domain_app');
    try {
      await expect(exported({ person: manager.id })).rejects.toThrow('permission denied');
    } finally {
      await w.sql('grant insert on exported_people to domain_app');
    }
  });
});

describe('AUD-29: a file that left is known again', () => {
  const looking = () => ({ em: w.orm.em.fork(), log: w.open.log });
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

  test('AUD-29: by its bytes: when, by whom, by which filter; a file that was altered or broken off isn’t one', async () => {
    const anna = await w.person('worker');
    await oneDayCard(w, { owner: anna });
    const file = await exported({ person: anna.id, rows: 'punch' });
    await w.events();
    const known = await exportOfBytes(looking(), sha256(file));
    expect(known).toMatchObject({
      by: { id: manager.id, name: manager.name },
      through: null,
      told: { rows: 'punch', timecards: 1, people: 1, filter: { person: anna.id } },
      file: { bytes: Buffer.byteLength(file), sha256: sha256(file) },
      peopleStand: true,
    });
    expect(await exportOfReference(looking(), known?.reference ?? '')).toEqual(known);
    expect(await exportOfBytes(looking(), sha256(`${file}\r\n`))).toBeNull();
    await w.sql('update exported_people set timecards = 2 where change_id = ?', [known?.reference]);
    expect(await exportOfBytes(looking(), sha256(file))).toMatchObject({ peopleStand: false });
  });

  test('AUD-29: an export that was broken off is known by its reference, and has no bytes', async () => {
    const anna = await w.person('worker');
    await oneDayCard(w, { owner: anna });
    const pieces = exportTimecards({ em: w.orm.em.fork(), viewer: manager }, exportInput.parse({ person: anna.id }));
    await pieces.next();
    await pieces.return(undefined);
    const reference = (await w.events()).at(-1)?.changeId ?? '';
    expect(await exportOfReference(looking(), reference)).toMatchObject({ file: null, peopleStand: true });
    expect(await exportOfReference(looking(), crypto.randomUUID())).toBeNull();
  });

  test('AUD-29: what can’t be recorded as finished isn’t given out whole', async () => {
    const anna = await w.person('worker');
    await oneDayCard(w, { owner: anna });
    const pieces = exportTimecards({ em: w.orm.em.fork(), viewer: manager }, exportInput.parse({ person: anna.id }));
    const [first] = [await pieces.next()];
    expect(first.value).toContain('Person');
    await w.sql('revoke insert (context, document) on audit_inbox from domain_app');
    try {
      await expect(pieces.next()).rejects.toThrow('could not be recorded');
    } finally {
      await w.sql('grant insert (context, document) on audit_inbox to domain_app');
    }
  });
});

describe('TC-12: exported the same way', () => {
  test('AUD-27: one row for a shift, with instants that need no zone, names, and hours and status in words', async () => {
    const anna = await w.person('worker', { firstName: 'Anna', lastName: 'Keller' });
    await oneDayCard(w, { owner: anna });
    expect(await exported({ person: anna.id })).toBe(
      `\uFEFFPerson,Email,Site,Day,Check In Time,Check Out Time,Break Start Time,Break End Time,Total Hours,Status\r\nAnna Keller,${anna.email},North Hall,2026-11-03,2026-11-03T08:00:00+01:00,2026-11-03T16:30:00+01:00,2026-11-03T12:00:00+01:00,2026-11-03T12:30:00+01:00,8 hours,Draft\r\n`,
    );
  });

  test('one row for a punch, with semicolons', async () => {
    const anna = await w.person('worker', { firstName: 'Anna', lastName: 'Keller; "Nan"' });
    await oneDayCard(w, { owner: anna });
    expect(linesOf(await exported({ person: anna.id, rows: 'punch', delimiter: 'semicolon' }))).toEqual([
      'Person;Email;Site;Timestamp;Event',
      ...['08:00:00+01:00;in', '12:00:00+01:00;break start', '12:30:00+01:00;break end', '16:30:00+01:00;out'].map(
        (punch) => `"Anna Keller; ""Nan""";${anna.email};North Hall;2026-11-03T${punch}`,
      ),
    ]);
  });

  test.each(['shift', 'punch'] as const)(
    'importing an export of one row for a %s changes nothing, whatever the cards are',
    async (rows) => {
      const people = [
        await w.person('worker', { firstName: '=HYPERLINK("x")', lastName: "'-1" }),
        await w.person('worker'),
        await w.person('worker'),
      ] as const;
      const newYork = await w.newSite(`Dock, ${rows} "4"`, 'America/New_York');
      await broughtTo(w, 'approved', await weekCard(w, [2, 3, 4, 5], people[0]));
      await broughtTo(w, 'submitted', await oneDayCard(w, { owner: people[0], day: 10 }));
      await broughtTo(w, 'rejected', await oneDayCard(w, { owner: people[1], day: 3 }));
      // Over midnight and through the hour that is twice; with seconds; and one that goes on.
      await w.run(createTimecard, people[1], {
        person: people[1].id,
        site: w.site.id,
        periodStart: '2026-10-19',
        periodEnd: '2026-10-25',
        entries: [
          {
            workDate: '2026-10-24',
            dailyCheckIn: '2026-10-24T22:00:00+02:00',
            dailyCheckOut: '2026-10-25T06:00:00+01:00',
            dailyBreakStart: '2026-10-25T02:30:00+02:00',
            dailyBreakEnd: '2026-10-25T02:30:00+01:00',
          },
          { workDate: '2026-10-22', dailyCheckIn: '2026-10-22T08:00:01.250+02:00', dailyCheckOut: '2026-10-22T16:00:59+02:00' },
        ],
      });
      await w.run(createTimecard, people[2], {
        person: people[2].id,
        site: newYork.id,
        periodStart: '2026-11-03',
        periodEnd: '2026-11-03',
        checkInTime: '2026-11-03T20:00:00-05:00',
      });
      const file = await exported({ rows, delimiter: rows === 'punch' ? 'semicolon' : 'comma' });
      const { counts, layout } = await previewed(w, manager, file, { site: null });
      expect(counts).toMatchObject({ create: 0, change: 0, locked: 0, problems: 0 });
      expect(counts?.unchanged).toBeGreaterThanOrEqual(9);
      expect(layout).toMatchObject({ rows, encoding: 'utf-8' });
      // No cell of it begins a formula.
      expect(file).toContain(`'=HYPERLINK`);
      expect(
        linesOf(file)
          .flatMap((line) => line.split(/[,;]/))
          .filter((cell) => /^"?[=+@\t-]/.test(cell)),
      ).toEqual([]);
    },
  );

  test('only the cards that the filter names, in all their pages', async () => {
    const many = await w.person('worker');
    const rows = Array.from({ length: 450 }, (_, n) => new Date(Date.UTC(2025, 0, 1 + n)).toISOString().slice(0, 10)).map(
      (day) => `${many.email},${day},08:00,16:00`,
    );
    await imported(w, manager, ['Email,Date,In,Out', ...rows, ''].join('\n'), { newCards: 'day' });
    const days = linesOf(await exported({ person: many.id }))
      .slice(1)
      .map((line) => line.split(',')[3]);
    expect(days).toHaveLength(450);
    expect(days).toEqual(rows.map((row) => row.split(',')[1]));
    expect(linesOf(await exported({ person: many.id, from: '2025-02-01', to: '2025-02-10' }))).toHaveLength(11);
    expect(linesOf(await exported({ person: many.id, status: ['approved'] }))).toHaveLength(1);
  });

  test.each(ROLES)('AC-2: %s', async (role) => {
    const viewer = await w.person(role);
    if (['in_house', 'manager', 'admin'].includes(role)) expect(await exported({ from: '2030-01-01' }, viewer)).toContain('Person');
    else expect((await refusalOf(exported({}, viewer))).code).toBe('FORBIDDEN');
    expect(Object.keys(MATRIX.timecardExport).sort()).toEqual(['admin', 'in_house', 'manager']);
  });

  test('AUD-9: that they were exported is recorded before the first byte: who, which, how many', async () => {
    const anna = await w.person('worker');
    await oneDayCard(w, { owner: anna });
    const pieces = exportTimecards({ em: w.orm.em.fork(), viewer: manager }, exportInput.parse({ person: anna.id, rows: 'punch' }));
    await pieces.next();
    await pieces.return(undefined);
    expect((await w.events()).at(-1)).toMatchObject({
      area: 'timecards',
      action: 'timecards_exported',
      operation: 'none',
      actor: { kind: 'user', id: manager.id },
      target: null,
      metadata: { rows: 'punch', timecards: 1, filter: { person: anna.id } },
    });
    const { length } = await w.events();
    await refusalOf(exported({}, anna));
    expect(await w.events(), 'what is refused is no export').toHaveLength(length);
  });
});
