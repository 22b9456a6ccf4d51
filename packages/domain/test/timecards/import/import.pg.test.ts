import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { Temporal } from 'temporal-polyfill';
import { eventually } from '@countersign/testing/eventually';
import { MATRIX, ROLES, type Viewer } from '../../../src/people/rights/permissions.ts';
import { Setting } from '../../../src/people/rights/settings.ts';
import { disableUser } from '../../../src/people/users/users.commands.ts';
import { confirmImport, discardUpload, lookAtUpload, readUploaded } from '../../../src/timecards/import/import.commands.ts';
import { getUpload, uploadProblems, uploadShifts } from '../../../src/timecards/import/import.queries.ts';
import { createTimecard, submitTimecard, updateTimecard } from '../../../src/timecards/timecard.commands.ts';
import { getTimecard, listTimecards } from '../../../src/timecards/timecard.queries.ts';
import { world, type World } from '../../world.ts';
import { at, broughtTo, oneDayCard, refusalOf, utc, weekCard } from '../cards.ts';
import { imported, lines, previewed, REASON, uploaded } from './imported.ts';

let w: World;
let manager: Viewer;

beforeAll(async () => {
  w = await world();
  manager = await w.person('manager');
});
afterAll(() => w.close());

const cardsOf = async (person: Viewer) => {
  const { data } = await w.run(listTimecards, manager, { person: person.id, limit: 100 });
  return Promise.all(data.map(({ id }) => w.run(getTimecard, manager, { id })));
};
const punches = (person: Viewer, ...all: string[]) =>
  lines('Email;Zeitpunkt;Buchung'.replace('Zeitpunkt', 'Zeitstempel'), ...all.map((line) => `${person.email};${line}`));
const shifts = (person: Viewer, ...all: string[]) =>
  lines('Email,Date,Clock In,Clock Out,Break Start,Break End', ...all.map((line) => `${person.email},${line}`));
const problemsOf = async (file: string | Uint8Array, chosen = {}) => {
  const { id, counts } = await previewed(w, manager, file, chosen);
  const { data } = await w.run(uploadProblems, manager, { id });
  expect(counts?.problems).toBe(new Set(data.map(({ line }) => line)).size);
  return data.map(({ line, column, message }) => `${line} ${column}: ${message}`);
};

describe('TC-12: a file of punches', () => {
  test('an address that only looks like somebody’s is nobody’s', async () => {
    const kim = { ...(await w.person('worker')), email: `kim-${crypto.randomUUID()}@example.com` };
    await w.sql('update profiles set email = ? where id = ?', [kim.email, kim.id]);
    const alike = kim.email.replace('kim', '\u212Aim');
    expect(await problemsOf(punches({ ...kim, email: alike }, '02.11.2026 08:00;Kommen'))).toEqual([
      expect.stringContaining('There is nobody called'),
    ]);
    expect(await problemsOf(punches({ ...kim, email: kim.email.toUpperCase() }, '02.11.2026 08:00;Kommen'), { newCards: 'day' })).toEqual(
      [],
    );
  });

  test('becomes timecards in one change set, by the person who confirmed it, with the reason, through the channel import', async () => {
    const [anna, ben] = [await w.person('worker'), await w.person('worker')];
    const file = lines(
      'Email;Zeitstempel;Buchung',
      `${anna.email};02.11.2026 08:00;Kommen`,
      `${anna.email};02.11.2026 12:00;Pausenbeginn`,
      `${ben.email};02.11.2026 22:00;Kommen`,
      `${anna.email};02.11.2026 12:30;Pausenende`,
      `${anna.email};02.11.2026 16:30;Gehen`,
      `${ben.email};03.11.2026 06:00;Gehen`,
      `${anna.email};03.11.2026 08:00;Kommen`,
      `${anna.email};03.11.2026 18:00;Gehen`,
    );
    const made = await imported(w, manager, file);
    expect(made).toMatchObject({ lines: 8, shiftsCreated: 3, timecardsCreated: 2, shiftsChanged: 0, fileName: 'clock.csv' });
    const [card] = await cardsOf(anna);
    expect(card).toMatchObject({
      periodStart: '2026-11-02',
      periodEnd: '2026-11-08',
      status: 'draft',
      version: 1,
      totalHours: '18.00',
      overtimeHours: '2.00',
      breakDuration: 30,
      manuallyEdited: false,
    });
    expect(card?.entries[0]).toMatchObject({
      workDate: '2026-11-02',
      dailyCheckIn: utc(2, '08:00'),
      dailyBreakStart: utc(2, '12:00'),
      dailyTotalHours: '8.00',
      edits: 0,
    });
    expect((await cardsOf(ben))[0]?.entries).toMatchObject([
      { workDate: '2026-11-02', dailyCheckIn: utc(2, '22:00'), dailyCheckOut: utc(3, '06:00') },
    ]);

    const events = (await w.events()).filter(({ changeId }) => changeId === made.changeId);
    expect(events).toHaveLength(6);
    expect(new Set(events.map(({ action }) => action))).toEqual(new Set(['timecard_created', 'timecards_imported']));
    for (const event of events) expect(event).toMatchObject({ channel: 'import', reason: REASON, actor: { kind: 'user', id: manager.id } });
    expect(events.at(-1)?.target).toMatchObject({ type: 'TimecardImport', id: made.id });
  });

  test('TC-13: tells each person once of their hours, and nobody of their own', async () => {
    const [anna, ben] = [await w.person('worker'), await w.person('worker')];
    const file = lines(
      'Email,Date,In,Out',
      ...[3, 10, 17].map((day) => `${anna.email},2026-11-${String(day).padStart(2, '0')},08:00,16:00`),
      `${ben.email},2026-11-03,08:00,16:00`,
      `${manager.email},2026-11-03,08:00,16:00`,
    );
    await imported(w, manager, file);
    const told = async (person: Viewer) =>
      w.sql<{ title: string; path: string }>('select title, path from notifications where person_id = ?', [person.id]);
    expect(await told(anna)).toEqual([
      { title: 'Hours of yours were imported: 3 timecards, 2–22 Nov 2026', path: `/timecards?person=${anna.id}` },
    ]);
    expect(await told(ben)).toEqual([
      { title: 'Hours of yours were imported: Week of 2 Nov 2026', path: `/timecards/${(await cardsOf(ben))[0]?.id}` },
    ]);
    expect((await told(manager)).filter(({ title }) => title.includes('imported'))).toEqual([]);
    // What stands already is nothing new.
    await previewed(w, manager, file);
    expect(await told(ben)).toHaveLength(1);
  });

  test('twice changes nothing: every shift stands already', async () => {
    const anna = await w.person('worker');
    const file = punches(anna, '2026-11-03 08:00;in', '2026-11-03 12:00;out', '2026-11-03 12:45;in', '2026-11-03 16:00;out');
    await imported(w, manager, file);
    const again = await previewed(w, manager, file);
    expect(again.counts).toMatchObject({ create: 0, change: 0, unchanged: 1, problems: 0 });
    expect((await refusalOf(w.run(confirmImport, manager, { id: again.id, reason: REASON }))).message).toBe('There is nothing to import.');
    expect(await cardsOf(anna)).toHaveLength(1);
  });

  test('with another time for a day of a draft edits that day, and nothing else', async () => {
    const anna = await w.person('worker');
    await imported(w, manager, punches(anna, '2026-11-03 08:00;in', '2026-11-03 16:00;out', '2026-11-04 08:00;in', '2026-11-04 16:00;out'));
    const file = punches(
      anna,
      '2026-11-03 08:15;in',
      '2026-11-03 16:00;out',
      '2026-11-04 08:00;in',
      '2026-11-04 16:00;out',
      '2026-11-05 08:00;in',
      '2026-11-05 17:00;out',
    );
    const { id, counts } = await previewed(w, manager, file);
    expect(counts).toMatchObject({ create: 0, change: 2, unchanged: 1, newCards: 0, changedCards: 1 });
    const { data } = await w.run(uploadShifts, manager, { id, outcome: 'change' });
    expect(data[0]).toMatchObject({
      lines: [2, 3],
      workDate: '2026-11-03',
      checkIn: utc(3, '08:15'),
      before: { checkIn: utc(3, '08:00'), checkOut: utc(3, '16:00') },
    });
    const made = await w.run(confirmImport, manager, { id, reason: REASON });
    const [card] = await cardsOf(anna);
    expect(card).toMatchObject({ version: 2, manuallyEdited: true, totalHours: '24.75', overtimeHours: '1.00' });
    expect(card?.entries.map(({ workDate, edits }) => [workDate, edits])).toEqual([
      ['2026-11-03', 1],
      ['2026-11-04', 0],
      ['2026-11-05', 0],
    ]);
    const events = (await w.events(`Timecard:${card?.id}`)).filter(({ changeId }) => changeId === made.changeId);
    expect(events.map(({ action, operation, workDate }) => `${action} ${operation} ${workDate}`).sort()).toEqual([
      'admin_edit create 2026-11-05',
      'admin_edit update 2026-11-03',
      'admin_edit update null',
    ]);
  });

  test('in Windows-1252, with umlauts in the names, is read as it was meant', async () => {
    const zoe = await w.person('worker', { firstName: 'Zoë', lastName: 'Grünwald' });
    const text = lines('Mitarbeiter;Datum;Uhrzeit;Art', 'Grünwald, Zoë;03.11.2026;08:00;Kommen', 'Grünwald, Zoë;03.11.2026;16:00;Gehen');
    const made = await imported(
      w,
      manager,
      Uint8Array.from(text, (letter) => letter.charCodeAt(0)),
    );
    expect(made.shiftsCreated).toBe(1);
    expect(await cardsOf(zoe)).toHaveLength(1);
  });
});

describe('TC-12: a file of shifts', () => {
  test('is read with one row for each, on cards of a day where that is chosen', async () => {
    const anna = await w.person('worker');
    const made = await imported(
      w,
      manager,
      shifts(anna, '03/11/2026,08:00,16:30,12:00,12:30', '04/11/2026,22:00,06:00,,', '05/11/2026,,,,'),
      { newCards: 'day' },
    );
    expect(made).toMatchObject({ lines: 2, shiftsCreated: 2, timecardsCreated: 2 });
    const cards = await cardsOf(anna);
    expect(cards.map(({ periodStart, periodEnd, totalHours }) => [periodStart, periodEnd, totalHours])).toEqual([
      ['2026-11-04', '2026-11-04', '8.00'],
      ['2026-11-03', '2026-11-03', '8.00'],
    ]);
    expect(cards[1]).toMatchObject({ checkInTime: utc(3, '08:00'), breakStartTime: utc(3, '12:00'), breakDuration: 30 });
  });

  test('names sites in a column, each with its own clocks', async () => {
    const anna = await w.person('worker');
    await w.newSite('Dock 4', 'America/New_York');
    const file = lines(
      'Email,Site,Date,In,Out',
      `${anna.email},Dock 4,2026-11-03,08:00,16:00`,
      `${anna.email},north hall,2026-11-04,08:00,16:00`,
    );
    await imported(w, manager, file, { newCards: 'day' });
    expect((await cardsOf(anna)).map(({ site, checkInTime }) => [site.name, checkInTime])).toEqual([
      ['North Hall', utc(4, '08:00')],
      ['Dock 4', '2026-11-03T13:00:00.000Z'],
    ]);
  });
});

describe('TC-12: errors by line', () => {
  test('name line, column and what to do, and nothing is imported while there is one', async () => {
    const anna = await w.person('worker');
    const file = lines(
      'Email,Site,Date,In,Out',
      `${anna.email},North Hall,2026-11-03,08:00,16:00`,
      'nobody@example.com,North Hall,2026-11-03,08:00,16:00',
      `${anna.email},Moon Base,2026-11-03,08:00,16:00`,
      `${anna.email},North Hall,11/23/2026,08:00,16:00`,
      `${anna.email},North Hall,2026-11-09,08:00,07:99`,
      `${anna.email},North Hall,2026-10-25,02:30,10:00`,
      `${anna.email},North Hall,2026-11-03,15:00,18:00`,
    );
    expect(await problemsOf(file)).toEqual([
      expect.stringMatching(/^3 Email: There is nobody called "nobody@example.com"/),
      expect.stringMatching(/^4 Site: There is no site called "Moon Base"\. The sites are .*North Hall/),
      expect.stringMatching(/^5 Date: .*has the month first/),
      expect.stringMatching(/^6 Out: .*is on no clock/),
      expect.stringMatching(/^7 In: .*was twice in Europe\/Berlin/),
      expect.stringMatching(/^8 null: This shift and the one on line 2 overlap/),
    ]);
    const { id } = await previewed(w, manager, file);
    const refusal = await refusalOf(w.run(confirmImport, manager, { id, reason: REASON }));
    expect(refusal).toMatchObject({ code: 'VALIDATION_ERROR', message: '6 lines of this file have errors.' });
    expect(await cardsOf(anna)).toEqual([]);
  });

  test('two people of one name have to be told apart', async () => {
    await w.person('worker', { firstName: 'Kim', lastName: 'Lee' });
    await w.person('worker', { firstName: 'Kim', lastName: 'Lee' });
    expect(await problemsOf(lines('Name,Date,In,Out', 'Kim Lee,2026-11-03,08:00,16:00'))).toEqual([
      expect.stringContaining('More than one person is called "Kim Lee"'),
    ]);
  });

  test('a quotation mark that is never closed is an error, not a lost half of the file', async () => {
    const anna = await w.person('worker');
    const file = lines(
      'Email,Date,In,Out',
      `${anna.email},2026-11-03,08:00,16:00`,
      `"${anna.email},2026-11-04,08:00,16:00`,
      `${anna.email},2026-11-05,08:00,16:00`,
    );
    expect(await problemsOf(file)).toEqual([expect.stringContaining('never closed')]);
  });

  test('a disabled person gets no new card', async () => {
    const gone = await w.person('worker');
    await w.sql('update profiles set disabled_at = now() where id = ?', [gone.id]);
    expect(await problemsOf(shifts(gone, '2026-11-03,08:00,16:00,,'))).toEqual([expect.stringContaining('disabled')]);
  });

  test('many are counted, and the first thousand are shown', async () => {
    const file = lines('Email,Date,In,Out', ...Array.from({ length: 1_500 }, () => 'nobody@example.com,2026-11-03,08:00,16:00'));
    const { id, counts } = await previewed(w, manager, file);
    expect(counts).toMatchObject({ lines: 1_500, problems: 1_500 });
    expect((await w.run(uploadProblems, manager, { id, limit: 1 })).total).toBe(1_000);
  });
});

describe('TC-12, TC-4: cards that are submitted or approved', () => {
  test.each(['submitted', 'approved'] as const)(
    '%s: the same times are unchanged, other ones stay as they are and have to be seen',
    async (status) => {
      const { card, owner } = await weekCard(w, [2, 3]);
      await broughtTo(w, status, { card, owner });
      const same = await previewed(w, manager, shifts(owner, '2026-11-02,08:00,16:00,,'));
      expect(same.counts).toMatchObject({ unchanged: 1, locked: 0 });
      const { id, counts } = await previewed(
        w,
        manager,
        shifts(owner, '2026-11-02,08:00,16:00,,', '2026-11-03,07:00,16:00,,', '2026-11-10,08:00,16:00,,'),
      );
      expect(counts).toMatchObject({ unchanged: 1, locked: 1, create: 1 });
      const { data } = await w.run(uploadShifts, manager, { id, outcome: 'locked' });
      expect(data[0]?.message).toContain(`is ${status}`);
      const unseen = await refusalOf(w.run(confirmImport, manager, { id, reason: REASON }));
      expect(unseen.fields).toEqual([{ field: 'leave_locked', message: expect.any(String) }]);
      const made = await w.run(confirmImport, manager, { id, reason: REASON, leaveLocked: true });
      expect(made).toMatchObject({ shiftsCreated: 1, shiftsLocked: 1 });
      expect(await w.run(getTimecard, manager, { id: card.id })).toMatchObject({
        status,
        totalHours: '16.00',
        checkInTime: utc(2, '08:00'),
      });
    },
  );

  test('an approved card is not changed by an admin either', async () => {
    const admin = await w.person('admin');
    const { card, owner } = await weekCard(w, [2]);
    await broughtTo(w, 'approved', { card, owner });
    expect((await previewed(w, admin, shifts(owner, '2026-11-02,07:00,16:00,,'))).counts).toMatchObject({ locked: 1, change: 0 });
  });

  test('a rejected card is mended by an import, and waits to be submitted', async () => {
    const { card, owner } = await weekCard(w, [2]);
    await broughtTo(w, 'rejected', { card, owner });
    await imported(w, manager, shifts(owner, '2026-11-02,07:00,16:00,,'));
    expect(await w.run(getTimecard, manager, { id: card.id })).toMatchObject({ status: 'rejected', totalHours: '9.00' });
  });
});

describe('TC-12: nothing half done', () => {
  test('a card that was changed since the preview refuses the whole file, and a new preview lets it through', async () => {
    const [anna, ben] = [await w.person('worker'), await w.person('worker')];
    const { card } = await oneDayCard(w, { owner: ben });
    const file = lines('Email,Date,In,Out', `${anna.email},2026-11-03,08:00,16:00`, `${ben.email},2026-11-03,07:00,16:30`);
    const { id } = await previewed(w, manager, file);
    await w.run(updateTimecard, ben, { id: card.id, version: 1, checkInTime: at(3, '07:30') });
    const refusal = await refusalOf(w.run(confirmImport, manager, { id, reason: REASON }));
    expect(refusal).toMatchObject({ code: 'CONFLICT', message: 'Timecards were changed since the preview.' });
    expect(await cardsOf(anna)).toEqual([]);
    expect((await w.events()).filter(({ channel, subject }) => channel === 'import' && [anna.id, ben.id].includes(subject ?? ''))).toEqual(
      [],
    );
    await w.run(readUploaded, manager, { id });
    expect(await w.run(confirmImport, manager, { id, reason: REASON })).toMatchObject({ shiftsCreated: 1, shiftsChanged: 1 });
  });

  test('a failure at the end takes everything back', async () => {
    const anna = await w.person('worker');
    const { id } = await previewed(w, manager, shifts(anna, '2026-11-03,08:00,16:00,,'));
    await w.sql("create function refuse_import() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$");
    await w.sql('create trigger refuse before insert on timecard_imports for each row execute function refuse_import()');
    await expect(w.run(confirmImport, manager, { id, reason: REASON })).rejects.toThrow('no');
    await w.sql('drop trigger refuse on timecard_imports');
    expect(await cardsOf(anna)).toEqual([]);
    expect(await w.events()).not.toContainEqual(expect.objectContaining({ channel: 'import', subject: anna.id }));
    expect(await w.run(getUpload, manager, { id })).toMatchObject({ status: 'read', progress: null });
    await w.run(confirmImport, manager, { id, reason: REASON });
    expect(await cardsOf(anna)).toHaveLength(1);
  });

  test('a file can be imported once', async () => {
    const anna = await w.person('worker');
    const { id } = await previewed(w, manager, shifts(anna, '2026-11-03,08:00,16:00,,'));
    const confirmed = await Promise.allSettled([1, 2, 3].map(() => w.run(confirmImport, manager, { id, reason: REASON })));
    expect(confirmed.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await cardsOf(anna)).toHaveLength(1);
    expect((await refusalOf(w.run(readUploaded, manager, { id }))).message).toBe('This file was imported already.');
    expect(await w.sql('select 1 from timecard_upload_shifts where upload_id = ?', [id])).toEqual([]);
  });
});

describe('TC-12, AC-9: who may', () => {
  test.each(ROLES)('%s', async (role) => {
    const viewer = role === 'manager' ? manager : await w.person(role);
    const anna = await w.person('worker');
    const attempt = uploaded(w, viewer, shifts(anna, '2026-11-03,08:00,16:00,,'));
    if (['manager', 'admin'].includes(role)) expect(await attempt).toEqual(expect.any(String));
    else expect((await refusalOf(attempt)).code).toBe('FORBIDDEN');
    expect(Object.keys(MATRIX.timecardImport).sort()).toEqual(['admin', 'manager']);
  });

  test('AC-5: whoever is disabled while their file is imported has imported nothing', async () => {
    const [admin, importer, anna] = [await w.person('admin'), await w.person('manager'), await w.person('worker')];
    const { id } = await previewed(w, importer, shifts(anna, '2026-11-03,08:00,16:00,,'));
    // Somebody changes a card of hers, for which the import waits.
    const elsewhere = new Client(w.orm.config.get('clientUrl'));
    await elsewhere.connect();
    onTestFinished(() => elsewhere.end());
    await elsewhere.query('begin');
    await elsewhere.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`timecards:${anna.id}`]);
    const importing = w.run(confirmImport, importer, { id, reason: REASON }).catch((problem: unknown) => problem);
    await eventually(async () => (await w.sql("select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")).length > 0); // prettier-ignore
    await w.run(disableUser, admin, { id: importer.id, version: 1, reason: 'Left us' });
    await elsewhere.query('commit');
    expect(await importing).toMatchObject({ code: 'FORBIDDEN', message: 'You may not import timecards any more.' });
    expect(await cardsOf(anna)).toEqual([]);
    expect(await w.run(getUpload, importer, { id })).toMatchObject({ status: 'read' });
  });

  test('an upload is nobody else’s, not even to look at', async () => {
    const anna = await w.person('worker');
    const { id } = await previewed(w, manager, shifts(anna, '2026-11-03,08:00,16:00,,'));
    const other = await w.person('admin');
    for (const attempt of [
      () => w.run(getUpload, other, { id }),
      () => w.run(uploadShifts, other, { id }),
      () => w.run(uploadProblems, other, { id }),
      () => w.run(readUploaded, other, { id }),
      () => w.run(confirmImport, other, { id, reason: REASON }),
      () => w.run(discardUpload, other, { id }),
    ])
      expect((await refusalOf(attempt())).code).toBe('NOT_FOUND');
  });

  test('five uploads are kept for somebody, for a day', async () => {
    const admin = await w.person('admin');
    const ids: string[] = [];
    for (let n = 0; n < 6; n += 1) ids.push(await uploaded(w, admin, 'Email,Date,In,Out\n'));
    expect((await refusalOf(w.run(getUpload, admin, { id: ids[0] as string }))).code).toBe('NOT_FOUND');
    await w.run(getUpload, admin, { id: ids[1] as string });
    await w.sql("update timecard_uploads set expires_at = now() - interval '1 minute' where owner_id = ?", [admin.id]);
    expect((await refusalOf(w.run(getUpload, admin, { id: ids[5] as string }))).code).toBe('NOT_FOUND');
    await uploaded(w, admin, 'Email,Date,In,Out\n');
    expect(await w.sql('select id from timecard_uploads where owner_id = ?', [admin.id])).toHaveLength(1);
    expect(
      await w.sql('select 1 from timecard_upload_chunks c where not exists (select 1 from timecard_uploads u where u.id = c.upload_id)'),
    ).toEqual([]);
  });
});

describe('TC-12: the mapping', () => {
  test('is found, shown, changed, and the file need not be uploaded again', async () => {
    const anna = await w.person('worker');
    const id = await uploaded(
      w,
      manager,
      lines(
        'Export of clock 7',
        'Wer|Wo',
        `${anna.email}|North Hall|03.11.2026|8:00|16:00`,
        `${anna.email}|North Hall|04.11.2026|8:00|16:00`,
      ).replaceAll('|', ';'),
    );
    const found = await w.run(getUpload, manager, { id });
    expect(found.layout).toMatchObject({ encoding: 'utf-8', delimiter: ';' });
    expect(found.missing.length).toBeGreaterThan(0);
    const unclear = await refusalOf(w.run(readUploaded, manager, { id }));
    expect(unclear.fields?.[0]?.field).toBe('columns');
    const looked = await w.run(lookAtUpload, manager, { id, headingLine: 2 });
    expect(looked.beginning?.headings).toEqual(['Wer', 'Wo']);
    const read = await w.run(readUploaded, manager, { id, rows: 'shift', columns: ['person', 'site', 'day', 'check_in', 'check_out'] });
    expect(read).toMatchObject({ missing: [], status: 'read', counts: { create: 2, problems: 0, from: '2026-11-03', to: '2026-11-04' } });
    // Looking again forgets what was read.
    expect(await w.run(lookAtUpload, manager, { id, delimiter: ',' })).toMatchObject({ status: 'received', counts: null });
    expect((await refusalOf(w.run(confirmImport, manager, { id, reason: REASON }))).message).toContain('not read yet');
    await w.run(discardUpload, manager, { id });
    expect((await refusalOf(w.run(getUpload, manager, { id }))).code).toBe('NOT_FOUND');
  });

  test('a file that is too large, empty or no text is refused at once, and nothing of it is kept', async () => {
    const admin = await w.person('admin');
    const large = await refusalOf(uploaded(w, admin, 'x'.repeat(5 * 1024 * 1024)));
    expect(large).toMatchObject({ code: 'TOO_LARGE', details: expect.stringContaining('4 MB') });
    expect((await refusalOf(uploaded(w, admin, ''))).message).toBe('This file is empty.');
    expect((await refusalOf(uploaded(w, admin, Uint8Array.from([0x50, 0x4b, 3, 4, 0])))).details).toContain('workbook');
    expect(await w.sql('select 1 from timecard_uploads where owner_id = ?', [admin.id])).toEqual([]);
  });
});

describe('TC-12, TC-3: overtime', () => {
  /** Day by day as one would type it, or all at once as a file. */
  async function byHand(person: Viewer, days: readonly string[]) {
    for (const line of days) {
      const [date = '', from = '', to = ''] = line.split(',');
      const instant = (time: string) => `${date}T${time}:00+01:00`;
      await w.run(createTimecard, manager, {
        person: person.id,
        site: w.site.id,
        periodStart: date,
        periodEnd: date,
        checkInTime: instant(from),
        checkOutTime: instant(to),
        reason: REASON,
      });
    }
  }
  const hoursOf = async (person: Viewer) =>
    (await cardsOf(person)).map(({ periodStart, periodEnd, checkInTime, status, totalHours, overtimeHours }) => ({
      periodStart,
      periodEnd,
      checkInTime,
      status,
      totalHours,
      overtimeHours,
    }));

  test('is what the single commands make of the same shifts, with cards that stand, reach into other weeks or are approved', async () => {
    const people = [await w.person('worker'), await w.person('worker')] as const;
    const standing = async (person: Viewer) => {
      const approved = await oneDayCard(w, { owner: person, day: 4, checkOutTime: at(4, '18:00') });
      await broughtTo(w, 'approved', approved);
      // Reaches from the second week into the third one, and links them.
      const two = await w.run(createTimecard, person, {
        person: person.id,
        site: w.site.id,
        periodStart: '2026-11-13',
        periodEnd: '2026-11-17',
        entries: [13, 14, 16, 17].map((day) => ({
          workDate: `2026-11-${day}`,
          dailyCheckIn: at(day, '06:00'),
          dailyCheckOut: at(day, '17:00'),
        })),
      });
      const waiting = await oneDayCard(w, { owner: person, day: 18 });
      await w.run(submitTimecard, person, { id: waiting.card.id, version: 1 });
      return two;
    };
    for (const person of people) await standing(person);
    const days = [2, 3, 5, 6, 7, 9, 10, 11, 12, 19, 20, 21].map(
      (day) => `2026-11-${String(day).padStart(2, '0')},07:00,${day % 2 ? '16:00' : '15:00'}`,
    );
    await byHand(people[0], days);
    await imported(w, manager, shifts(people[1], ...days.map((line) => `${line},,`)), { newCards: 'day' });
    const [hand, file] = [await hoursOf(people[0]), await hoursOf(people[1])];
    expect(file).toEqual(hand);
    expect(file.some(({ overtimeHours }) => overtimeHours !== '0.00')).toBe(true);
  });

  test('of weeks between two imported ones is not counted anew', async () => {
    const anna = await w.person('worker');
    const between = await oneDayCard(w, { owner: anna, day: 11, checkOutTime: at(11, '19:00') });
    await w.sql('update timecard_headers set overtime_hours = 1.11 where id = ?', [between.card.id]);
    await imported(w, manager, shifts(anna, '2026-11-03,07:00,15:00,,', '2026-11-18,07:00,15:00,,'), { newCards: 'day' });
    expect((await w.run(getTimecard, manager, { id: between.card.id })).overtimeHours).toBe('1.11');
  });

  test('TC-1: weeks of new cards begin on the day that the setting names', async () => {
    const anna = await w.person('worker');
    const em = w.orm.em.fork();
    const setting = em.create(Setting, { name: 'weekBeginsOn', value: 7 });
    await em.flush();
    await imported(w, manager, shifts(anna, '2026-11-08,07:00,15:00,,'));
    await em.remove(setting).flush();
    expect((await cardsOf(anna))[0]).toMatchObject({ periodStart: '2026-11-08', periodEnd: '2026-11-14' });
  });
});

test('TC-12: a few hundred people and some thousand punches are one change set, in batches', async () => {
  const people = await Promise.all(Array.from({ length: 120 }, () => w.person('worker')));
  const rows = people.flatMap(({ email }) =>
    Array.from({ length: 5 }, (_, n) => Temporal.PlainDate.from('2026-11-02').add({ days: n }).toString()).flatMap((day) => [
      `${email};${day} 08:00;in`,
      `${email};${day} 16:00;out`,
    ]),
  );
  const made = await imported(w, manager, lines('Email;Timestamp;Event', ...rows));
  expect(made).toMatchObject({ lines: 1_200, shiftsCreated: 600, timecardsCreated: 120 });
  const events = (await w.events()).filter(({ changeId }) => changeId === made.changeId);
  expect(events).toHaveLength(120 + 600 + 1);
  expect(new Set(events.map(({ position }) => position)).size).toBe(721);
});

test('TC-12: the three example files of the documentation are imported as they are, twice with nothing to do', async () => {
  await w.newSite('Studio Adlershof', 'Europe/Berlin');
  await w.newSite('Red Hook Stages', 'America/New_York');
  await w.newSite('Estúdios do Beato', 'Europe/Lisbon');
  await w.person('manager', { firstName: 'Tomás', lastName: 'Figueiredo' });
  await w.person('coordinator', { firstName: 'Inês', lastName: 'Carvalho' });
  for (const email of ['worker@example.com', 'escort@example.com']) {
    const { id } = await w.person('worker');
    await w.sql('update profiles set email = ? where id = ?', [email, id]);
  }
  const examples = new URL('../../../../../docs/examples/', import.meta.url);
  const expected = {
    'punches.csv': { encoding: 'utf-8', delimiter: ',', rows: 'punch', create: 7, newCards: 2, headingLine: 1 },
    'stempelungen.csv': { encoding: 'windows-1252', delimiter: ';', rows: 'punch', create: 5, newCards: 2, headingLine: 2 },
    'shifts.csv': { encoding: 'utf-8', delimiter: ';', rows: 'shift', create: 4, newCards: 1, headingLine: 1 },
  };
  for (const [name, { create, newCards, ...layout }] of Object.entries(expected)) {
    const file = await readFile(new URL(name, examples));
    const { id, ...read } = await previewed(w, manager, file, { site: null });
    expect(read).toMatchObject({ layout, counts: { create, newCards, problems: 0, change: 0 } });
    await w.run(confirmImport, manager, { id, reason: REASON });
    expect((await previewed(w, manager, file, { site: null })).counts).toMatchObject({ create: 0, change: 0, unchanged: create });
  }
});
