import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { user, withContext } from '@countersign/audit/context';
import { withClock } from '../../src/clock.ts';
import { alertAdmins } from '../../src/messages/alerts.ts';
import { listNotifications } from '../../src/messages/notification.queries.ts';
import { getMessage, listMessages, retryMessage } from '../../src/messages/outbox.ts';
import { getPreferences, setPreferences } from '../../src/messages/preferences.commands.ts';
import { subscribePush, unsubscribePush } from '../../src/messages/push.commands.ts';
import type { Viewer } from '../../src/people/rights/permissions.ts';
import { signOutEverywhere } from '../../src/people/session/sign-in.ts';
import { rejectTimecard, updateTimecard } from '../../src/timecards/timecard.commands.ts';
import { at, broughtTo, oneDayCard, refusalOf } from '../timecards/cards.ts';
import { signedIn } from '../people/begun.ts';
import { world, type World } from '../world.ts';

let w: World;
let admin: Viewer;
beforeAll(async () => {
  w = await world();
  admin = await w.person('admin');
});
afterAll(async () => {
  expect(w.alarms).toEqual([]);
  await w.close();
});

const messagesTo = async ({ id }: Viewer) => (await w.run(listMessages, admin, { person: id })).data;
const reason = 'the gate log says otherwise';

/** Has a card of a new worker rejected, at an instant. */
async function rejectedAt(instant: string, more: object = {}, owner?: Viewer): Promise<Viewer> {
  const made = await oneDayCard(w, owner ? { owner } : {});
  const card = await broughtTo(w, 'submitted', made);
  const manager = await w.person('manager', { firstName: 'Ada', lastName: 'Byron' });
  await withClock(new Date(instant), () => w.run(rejectTimecard, manager, { id: card.id, version: card.version, reason, ...more }));
  return made.owner;
}

const subscription = (name: string) => ({
  endpoint: `https://push.example.com/${name}`,
  p256dh: 'B'.repeat(87),
  auth: 'a'.repeat(22),
  browser: `Firefox of ${name}`,
});

describe('R-7: the outbox', () => {
  test('TC-13: who is told something is sent a mail, kept in the outbox, with reason and fields but without hours', async () => {
    const owner = await rejectedAt('2026-11-05T12:00:00Z', { fieldsToMend: ['check_out_time'], checkOutTime: at(3, '15:47') });
    const [message] = await messagesTo(owner);
    expect(message).toMatchObject({
      channel: 'mail',
      status: 'waiting',
      to: owner.email,
      subject: 'Your timecard was rejected: 3 Nov 2026',
      notBefore: '2026-11-05T12:00:00.000Z',
    });
    const { body, path } = await w.run(getMessage, admin, { id: message?.id ?? '' });
    expect(body).toBe(
      'Hello worker,\n\nYour timecard was rejected: 3 Nov 2026.\n\n' +
        `By: Ada Byron\nReason: ${reason}\nTo mend: Check Out Time\nChanged with it: Hours of this timecard`,
    );
    expect(body).not.toContain('15:47');
    expect(path).toMatch(/^\/timecards\/[0-9a-f-]{36}$/);
  });

  test('R-7: messages wait for the end of quiet hours, in the zone of the person; the app tells at once', async () => {
    const owner = await rejectedAt('2026-11-05T22:30:00+01:00');
    expect((await messagesTo(owner)).map(({ notBefore }) => notBefore)).toEqual(['2026-11-06T06:00:00.000Z']);
    expect((await w.run(listNotifications, owner, {})).data[0]?.createdAt).toBe('2026-11-05T21:30:00.000Z');
  });

  test('R-7: quiet hours are as somebody chose them, and who wants none has none', async () => {
    const owner = await w.person('worker');
    await w.run(setPreferences, owner, { quietFrom: '12:00', quietUntil: '14:15' });
    await rejectedAt('2026-11-05T12:30:00+01:00', {}, owner);
    await w.run(setPreferences, owner, { quiet: false });
    await rejectedAt('2026-11-05T12:45:00+01:00', {}, owner);
    expect((await messagesTo(owner)).map(({ notBefore }) => notBefore).toSorted()).toEqual([
      '2026-11-05T11:45:00.000Z',
      '2026-11-05T13:15:00.000Z',
    ]);
  });

  test('R-7: what is urgent does not wait, and is a text message too where that was chosen', async () => {
    const other = await w.person('admin');
    await w.sql("update profiles set phone_number = '+49 30 1234567' where id in (?, ?)", [other.id, admin.id]);
    await w.run(setPreferences, other, { sms: true });
    await withClock(new Date('2026-11-06T02:00:00Z'), () => alertAdmins(w.orm.em, { topic: 'night', title: 'The log stands still' }));
    const sent = await messagesTo(other);
    const told = sent.map(({ channel, to, urgent, notBefore }) => `${channel} to ${to}, ${urgent} at ${notBefore}`);
    expect(new Set(told)).toEqual(
      new Set([`mail to ${other.email}, true at 2026-11-06T02:00:00.000Z`, 'sms to +49 30 1234567, true at 2026-11-06T02:00:00.000Z']),
    );
    expect((await messagesTo(admin)).map(({ channel }) => channel)).toEqual(['mail']);
  });

  test('R-7: only administrators read it, and only what was given up or kept is tried again', async () => {
    const owner = await rejectedAt('2026-11-05T12:00:00Z');
    const [message] = await messagesTo(owner);
    const id = message?.id ?? '';
    expect(listMessages.permission.manager).toBeUndefined();
    expect(Object.keys(listMessages.permission)).toEqual(['admin']);
    expect((await refusalOf(w.run(retryMessage, admin, { id }))).details).toBe('It waits to be sent.');
    await w.sql(
      "update messages set status = 'failed', settled_at = now(), handed_at = now(), attempts = 8, last_error = 'no' where id = ?",
      [id],
    );
    expect(await w.run(retryMessage, admin, { id })).toMatchObject({ status: 'waiting', attempts: 0, lastError: null, settledAt: null });
    await w.sql("update messages set status = 'sent', settled_at = now() where id = ?", [id]);
    expect((await refusalOf(w.run(retryMessage, admin, { id }))).details).toBe('It was sent.');
    expect((await refusalOf(w.run(getMessage, admin, { id: crypto.randomUUID() }))).code).toBe('NOT_FOUND');
  });
});

describe('TC-13: preferences', () => {
  test('TC-13: each kind can be turned off, and then nothing is told or sent', async () => {
    const owner = await w.person('worker');
    const wanted = await w.run(setPreferences, owner, { turnedOff: ['timecard_rejected', 'timecard_approved'] });
    expect(wanted.kinds.filter(({ on }) => !on).map(({ name }) => name)).toEqual(['timecard_rejected', 'timecard_approved']);
    await rejectedAt('2026-11-05T12:00:00Z', {}, owner);
    expect((await w.run(listNotifications, owner, {})).data).toEqual([]);
    expect(await messagesTo(owner)).toEqual([]);
  });

  test("TC-13: changes of one's own hours can't be turned off, nor a rejection or an edit after approval that made them", async () => {
    const owner = await w.person('worker');
    const refusal = await refusalOf(w.run(setPreferences, owner, { turnedOff: ['hours_changed'] }));
    expect(refusal.fields?.map(({ field }) => field)).toEqual(['turned_off']);
    expect((await refusalOf(w.run(setPreferences, owner, { turnedOff: ['weather'] }))).details).toContain('weather');
    await w.run(setPreferences, owner, { turnedOff: ['timecard_rejected', 'edited_after_approval', 'timecard_approved'] });
    await rejectedAt('2026-11-05T12:00:00Z', { checkOutTime: at(3, '16:00') }, owner);
    const approved = await broughtTo(w, 'approved', await oneDayCard(w, { day: 4, owner }));
    const noted = await w.run(updateTimecard, admin, { id: approved.id, version: approved.version, reason, adminNotes: 'asked' });
    await w.run(updateTimecard, admin, { id: approved.id, version: noted.version, reason, checkOutTime: at(4, '17:00') });
    expect((await w.run(listNotifications, owner, {})).data.map(({ kind }) => kind)).toEqual([
      'edited_after_approval',
      'timecard_rejected',
    ]);
  });

  test('TC-13: what somebody chose is recorded as theirs', async () => {
    const owner = await w.person('worker');
    await w.run(setPreferences, owner, { quietFrom: '21:30' });
    await w.run(setPreferences, owner, { quietFrom: '21:00' });
    const changes = (await w.events()).filter(
      ({ action, subject }) => action === 'notification_preferences_changed' && subject === owner.id,
    );
    expect(changes.at(-1)).toMatchObject({
      actor: { kind: 'user', id: owner.id },
      changes: [{ field: 'quiet_from', old: '21:30', new: '21:00' }],
    });
    expect((await refusalOf(w.run(setPreferences, owner, { quietUntil: '21:00' }))).fields?.[0]?.field).toBe('quiet_until');
    expect(await w.run(getPreferences, owner, {})).toMatchObject({ quietFrom: '21:00', quietUntil: '07:00', timeZone: 'Europe/Berlin' });
  });

  test('alerts stand on the page of administrators alone', async () => {
    const names = async (who: Viewer) => (await w.run(getPreferences, who, {})).kinds.map(({ name }) => name);
    expect(await names(admin)).toContain('system_alert');
    expect(await names(await w.person('worker'))).not.toContain('system_alert');
  });
});

const comer = async () => signedIn(w.orm.em, await w.person('worker'));

describe('TC-13: Web Push', () => {
  test('TC-13: each browser that was allowed is sent a message of its own, until it is taken off', async () => {
    const owner = await comer();
    const { id } = await w.run(subscribePush, owner, subscription('one'));
    expect(await w.run(subscribePush, owner, subscription('one'))).toEqual({ id });
    await w.run(subscribePush, owner, subscription('two'));
    await rejectedAt('2026-11-05T12:00:00Z', {}, owner);
    const pushed = (await messagesTo(owner)).filter(({ channel }) => channel === 'push');
    expect(new Set(pushed.map(({ to }) => to))).toEqual(new Set(['Firefox of one', 'Firefox of two']));
    await w.run(unsubscribePush, owner, { id });
    expect((await w.run(getPreferences, owner, {})).browsers.map(({ browser }) => browser)).toEqual(['Firefox of two']);
    // Who sent what stays, without the address.
    expect((await messagesTo(owner)).filter(({ channel, to }) => channel === 'push' && to === null)).toHaveLength(1);
  });

  test('AC-5: who signs out everywhere is told in no browser any more, and others go on', async () => {
    const [owner, other] = [await comer(), await comer()];
    for (const name of ['lost', 'here']) await w.run(subscribePush, owner, subscription(name));
    await w.run(subscribePush, other, subscription('theirs'));
    await withContext({ actor: user(owner.id) }, () => signOutEverywhere(w.orm.em, owner.id));
    expect((await w.run(getPreferences, owner, {})).browsers).toEqual([]);
    expect((await w.run(getPreferences, other, {})).browsers).toHaveLength(1);
  });

  test('TC-13: a browser tells whoever asked last, and nobody takes off another person’s', async () => {
    const [first, second] = [await comer(), await comer()];
    const { id } = await w.run(subscribePush, first, subscription('shared'));
    expect((await refusalOf(w.run(unsubscribePush, second, { id }))).code).toBe('NOT_FOUND');
    await w.run(subscribePush, second, subscription('shared'));
    expect((await w.run(getPreferences, first, {})).browsers).toEqual([]);
    expect((await w.run(getPreferences, second, {})).browsers).toHaveLength(1);
  });

  test('TC-13: that a browser was allowed is recorded, without its address and keys', async () => {
    const owner = await comer();
    await w.run(subscribePush, owner, subscription('recorded'));
    const event = (await w.events()).find(({ action, subject }) => action === 'push_allowed' && subject === owner.id);
    expect(event).toMatchObject({ actor: { id: owner.id }, changes: [] });
    expect(JSON.stringify(await w.events())).not.toContain('push.example.com');
  });

  test('of an eleventh browser the first one goes', async () => {
    const owner = await comer();
    for (let n = 0; n < 11; n += 1) await withClock(new Date(2026, 10, 1, n), () => w.run(subscribePush, owner, subscription(`many${n}`)));
    const { browsers } = await w.run(getPreferences, owner, {});
    expect(browsers.map(({ browser }) => browser)).toEqual(Array.from({ length: 10 }, (_, n) => `Firefox of many${n + 1}`));
  });
});
