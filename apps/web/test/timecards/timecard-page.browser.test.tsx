import { afterEach, describe, expect, test, vi } from 'vitest';
import { cdp, page, userEvent } from 'vitest/browser';
import { dayEvent, makeCard, makeEvent, usual } from '../fake/cards.ts';
import { current } from '../fake/current.ts';
import { LI, OMAR } from '../fake/people.ts';
import { uuid } from '../fake/random.ts';
import { UPDATE_FORM, World } from '../fake/world.ts';
import { open } from '../open.tsx';

function worldWith(more: Parameters<typeof makeCard>[0] = {}): { world: World; id: string } {
  const world = new World();
  const card = makeCard(more);
  world.cards = [card];
  world.events = [
    makeEvent(12, { card, by: LI, action: 'timecard_submitted', changes: [{ field: 'status', old: 'draft', new: 'submitted' }] }),
    makeEvent(11, { card, by: LI, operation: 'create', action: 'timecard_created' }),
  ];
  return { world, id: card.id };
}

const conflict = (field: string, base: string, present: string) => ({
  field,
  base,
  present,
  changedBy: { id: OMAR.id, name: 'Omar Khan' },
  changedAt: '2026-11-06T17:01:00Z',
});
const CONFLICT = { code: 'CONFLICT', message: 'This timecard was changed since you read it.' };
const OUT = 'Daily Check Out, Tue 3 Nov';
const OUT_FIELD = 'entries.2026-11-03.daily_check_out';

const field = (name: string) => page.getByRole('textbox', { name });
const button = (name: string) => page.getByRole('button', { name });
const updates = () => current().commands.filter(({ path }) => path === 'timecards.update');

async function edit(more: Parameters<typeof makeCard>[0] = {}) {
  const { world, id } = worldWith(more);
  const opened = await open(`/timecards/${id}`, world);
  await button('Edit').click();
  await expect.element(page.getByRole('heading', { name: 'Edit the times' })).toHaveFocus();
  return { ...opened, world, id };
}

describe('a timecard', () => {
  test('TC-1: shows its days, a night shift with the day that it ends on', async () => {
    const { world, id } = worldWith({
      days: [
        usual('2026-11-02'),
        {
          workDate: '2026-11-04',
          times: ['2026-11-04T21:00:00.000Z', '2026-11-05T00:30:00.000Z', '2026-11-05T01:00:00.000Z', '2026-11-05T05:30:00.000Z'],
        },
      ],
    });
    await open(`/timecards/${id}`, world);
    await expect
      .element(page.getByRole('row', { name: /^Wed 4 Nov/ }))
      .toMatchTextContent(/22:00\s*01:30 \+1 – 02:00 \+1\s*06:30 \+1\s*8:00/);
    await expect.element(page.getByRole('heading', { level: 1 })).toMatchTextContent('Li Wei · Week of 2 Nov 2026');
  });

  test('AUD-27: times are shown in the zone that is chosen, and the table names it', async () => {
    const { world, id } = worldWith({
      site: 2,
      days: [{ workDate: '2026-11-02', times: ['2026-11-02T14:00:00.000Z', null, null, '2026-11-02T22:00:00.000Z'] }],
    });
    await open(`/timecards/${id}`, world);
    await expect.element(page.getByRole('table')).toMatchTextContent(/EST.*09:00.*17:00/s);
    await page.getByText('UTC', { exact: true }).click();
    await expect.element(page.getByRole('table')).toMatchTextContent(/UTC.*14:00.*22:00/s);
  });

  test.each([
    ['2026-07-06', 'EDT'],
    ['2026-11-02', 'EST'],
  ])('AUD-27: the zone is named as on the card’s own days, whenever it is read: %s', async (workDate, name) => {
    const { world, id } = worldWith({ site: 2, days: [{ workDate, times: [`${workDate}T15:00:00.000Z`, null, null, null] }] });
    await open(`/timecards/${id}`, world);
    await expect.element(page.getByRole('columnheader').first()).toMatchTextContent(name);
  });

  test('what can’t be done now says why, and stays where it is', async () => {
    const { world, id } = worldWith({
      more: {
        actions: {
          edit: { allowed: true, reason: null },
          submit: { allowed: true, reason: null },
          approve: { allowed: false, reason: 'Nobody approves or rejects their own timecard.' },
          reject: { allowed: false, reason: 'Nobody approves or rejects their own timecard.' },
          delete: { allowed: true, reason: null },
        },
      },
    });
    await open(`/timecards/${id}`, world);
    await expect.element(button('Approve')).toHaveAttribute('aria-disabled', 'true');
    await expect.element(button('Approve')).toHaveAccessibleDescription('Nobody approves or rejects their own timecard.');
    button('Approve')
      .element()
      .dispatchEvent(new MouseEvent('click', { bubbles: true }));
    expect(page.getByRole('dialog').elements()).toHaveLength(0);
  });

  test('TC-7: a field that somebody just changed lights up, with what it was and who changed it', async () => {
    const { world, id } = worldWith();
    await open(`/timecards/${id}`, world);
    await expect.poll(() => world.followers.size).toBeGreaterThan(1);
    const entries = world
      .card(id)
      .entries.map((entry) => (entry.workDate === '2026-11-03' ? { ...entry, dailyCheckOut: '2026-11-03T15:45:00.000Z' } : entry));
    world.replace(id, { entries });
    world.commit(
      dayEvent(13, '2026-11-03', {
        card: world.card(id),
        by: OMAR,
        changes: [{ field: 'daily_check_out', old: '2026-11-03T16:00:00Z', new: '2026-11-03T15:45:00Z' }],
      }),
    );
    await expect.element(page.getByRole('row', { name: /^Tue 3 Nov/ })).toMatchTextContent(/16:45was 17:00by Omar Khan/);
    await expect.element(page.getByRole('article').first()).toMatchTextContent(/Omar Khan.*17:00.*16:45/s);
  });
});

describe('an address without a card', () => {
  test('that can be none is not asked for, and leads to the list', async () => {
    const { world } = worldWith();
    const { address } = await open('/timecards/xyz', world);
    await expect.element(page.getByText('There is no such timecard')).toBeVisible();
    expect(world.asked.filter(({ path }) => path === 'timecards.get')).toHaveLength(0);
    await page.getByRole('link', { name: 'All timecards' }).last().click();
    await expect.poll(address).toBe('/timecards');
  });

  test('of one that was deleted still shows its trail', async () => {
    const { world, id } = worldWith();
    world.cards = [];
    await open(`/timecards/${id}`, world);
    await expect.element(page.getByText('There is no such timecard.')).toBeVisible();
    await expect.element(page.getByRole('article').first()).toMatchTextContent('Timecard submitted');
  });
});

describe('editing', () => {
  test('TC-6: only what was typed is sent, with the version that it rests on', async () => {
    const { id } = await edit();
    await field(OUT).fill('1630');
    await expect.element(page.getByText('32:00')).toBeVisible();
    await field('Reason').fill('Gate log shows 16:28');
    await button('Save').click();
    await expect.element(page.getByText('Saved')).toBeVisible();
    expect(updates()[0]?.input).toEqual({
      id,
      version: 1,
      reason: 'Gate log shows 16:28',
      entries: [{ workDate: '2026-11-03', dailyCheckOut: '2026-11-03T15:30:00Z' }],
    });
  });

  test('TC-10: somebody else’s card needs a reason', async () => {
    await edit();
    await field(OUT).fill('1630');
    await button('Save').click();
    await expect.element(field('Reason')).toHaveFocus();
    await expect.element(field('Reason')).toHaveAccessibleDescription(/Say why/);
    expect(updates()).toHaveLength(0);
  });

  test('TC-11: of a rejected card the owner changes what the rejection names; the rest is locked, and says why', async () => {
    const world = new World();
    const user = world.user as NonNullable<World['user']>;
    const fieldsToMend = ['entries.2026-11-03.daily_check_out'];
    const card = makeCard({
      person: { id: user.id, name: user.name },
      status: 'rejected',
      more: { rejectionReason: 'Gate log says 16:28', fieldsToMend },
    });
    world.cards = [card];
    await open(`/timecards/${card.id}`, world);
    await expect.element(page.getByRole('list', { name: 'Fields to mend' })).toMatchTextContent(/^Tue 3 Nov · Daily Check Out$/);
    await button('Edit').click();
    await expect.element(field('Daily Check In, Tue 3 Nov')).toHaveAttribute('readonly');
    await expect
      .element(field('Daily Check In, Tue 3 Nov'))
      .toHaveAttribute('title', expect.stringContaining('only the fields that it names'));
    await expect.element(field(OUT)).not.toHaveAttribute('readonly');
    await expect.element(button('Remove this day, Tue 3 Nov')).toHaveAttribute('aria-disabled', 'true');
    await field(OUT).fill('16:28');
    await button('Save').click();
    await expect.poll(updates).toHaveLength(1);
  });

  test('the owner’s own draft needs none', async () => {
    const { world, id } = worldWith({ person: { id: '00000001-0000-4000-8000-000000000001', name: 'Anna Berg' } });
    await open(`/timecards/${id}`, world);
    await button('Edit').click();
    await field(OUT).fill('1630');
    await button('Save').click();
    await expect.element(page.getByText('Saved')).toBeVisible();
    // What another test's page said may stand there still: its own request has to have come before the next one begins.
    await expect.poll(() => updates()).toHaveLength(1);
  });

  test('a field that is added to the command appears in the form, without an edit of the page', async () => {
    const { world, id } = worldWith();
    world.form = [...UPDATE_FORM, { name: 'costCentre', title: 'Cost Centre', kind: 'text', required: false, maxLength: 20 }];
    // The form is known for as long as the page is open: this is another page.
    await open(`/timecards/${id}`, world);
    await button('Edit').click();
    await field('Cost Centre').fill('4711');
    await field('Reason').fill('Booked wrongly');
    await button('Save').click();
    await expect.poll(() => updates()[0]?.input).toMatchObject({ costCentre: '4711' });
  });

  test('TC-6: impossible times are told at their field before anything is sent', async () => {
    await edit();
    await field(OUT).fill('07:00');
    await field('Daily Break End, Mon 2 Nov').fill('11:00');
    await expect.element(page.getByText('The end of the break has to be after its start.')).toBeVisible();
    await expect.element(field('Daily Break End, Mon 2 Nov')).toHaveAttribute('aria-invalid', 'true');
  });

  test('TC-6: a time that can’t be read is not saved as none', async () => {
    await edit();
    await field(OUT).fill('half past four');
    await field('Reason').fill('Gate log');
    await expect.element(button('Save')).toHaveAccessibleDescription('Mend first what can’t be read');
    await userEvent.keyboard('{Enter}');
    (button('Save').element() as HTMLButtonElement).click();
    await field(OUT).fill('1630');
    await button('Save').click();
    await expect.element(page.getByText('Saved')).toBeVisible();
    expect(updates()).toHaveLength(1);
    expect(updates()[0]?.input).toMatchObject({ entries: [{ dailyCheckOut: '2026-11-03T15:30:00Z' }] });
  });

  test('what the server refuses stands at the field, and nothing typed is lost', async () => {
    const { world } = await edit();
    world.refusals.set('timecards.update', {
      code: 'VALIDATION_ERROR',
      message: 'These times can’t be.',
      fields: [{ field: OUT_FIELD, message: 'No day has more than 24 hours of work.' }],
    });
    await field(OUT).fill('1630');
    await field('Reason').fill('Gate log');
    await button('Save').click();
    await expect.element(page.getByText('No day has more than 24 hours of work.')).toBeVisible();
    await expect.element(field(OUT)).toHaveValue('16:30');
    await expect.element(field('Reason')).toHaveValue('Gate log');
  });

  test('by keyboard: when the form goes, the focus is back on the button that opened it', async () => {
    await edit();
    await button('Close').click();
    await expect.element(button('Edit')).toHaveFocus();
  });

  test('signed out meanwhile: the way in is another tab, and what is typed stays', async () => {
    const { world } = await edit();
    world.refusals.set('timecards.update', { code: 'UNAUTHORIZED', message: 'You are not signed in' });
    await field(OUT).fill('1630');
    await field('Reason').fill('Gate log');
    await button('Save').click();
    await expect.element(page.getByRole('link', { name: 'Sign in in another tab' })).toHaveAttribute('target', '_blank');
    world.refusals.clear();
    await button('Save').click();
    await expect.element(page.getByText('Saved')).toBeVisible();
    expect(updates().at(-1)?.input).toMatchObject({ entries: [{ dailyCheckOut: '2026-11-03T15:30:00Z' }] });
  });

  test('nobody answers: it says so, and a second try goes through', async () => {
    const { world } = await edit();
    world.refusals.set('timecards.update', { code: 'OFFLINE', message: '' });
    await field(OUT).fill('1630');
    await field('Reason').fill('Gate log');
    await button('Save').click();
    await expect.element(page.getByRole('alert')).toMatchTextContent(/can’t be reached.*Nothing that you typed is lost/s);
    world.refusals.clear();
    await button('Save').click();
    await expect.element(page.getByText('Saved')).toBeVisible();
  });
});

describe('TC-6: somebody else changed the card meanwhile', () => {
  /** Saves beside what somebody else changed, as somebody of a role, and presses Undo. */
  async function mergedAndUndone(role: string) {
    const { world, id } = worldWith();
    world.user = { ...(world.user as NonNullable<World['user']>), role };
    await open(`/timecards/${id}`, world);
    await button('Edit').click();
    const entries = world
      .card(id)
      .entries.map((entry) => (entry.workDate === '2026-11-02' ? { ...entry, dailyCheckIn: '2026-11-02T07:10:00.000Z' } : entry));
    const answer = world.answers;
    let tries = 0;
    answer.set('timecards.update', (input: Parameters<World['replace']>[1] & { version: number }) => {
      tries += 1;
      if (tries === 1) {
        world.replace(id, { entries });
        world.refusals.set('timecards.update', {
          ...CONFLICT,
          conflicts: [conflict('entries.2026-11-02.daily_check_in', '2026-11-02T07:00:00.000Z', '2026-11-02T07:10:00.000Z')],
        });
        setTimeout(() => world.refusals.clear(), 0);
        return world.answer('timecards.update', input);
      }
      return world.replace(id, {});
    });
    await field(OUT).fill('1630');
    await field('Reason').fill('Gate log');
    await button('Save').click();
    await expect.element(page.getByText(/Saved beside what Omar Khan changed meanwhile: Mon 2 Nov · Daily Check In/)).toBeVisible();
    expect(updates().at(-1)?.input).toMatchObject({
      version: 2,
      entries: [{ workDate: '2026-11-03', dailyCheckOut: '2026-11-03T15:30:00Z' }],
    });
    answer.set('timecards.undo', () => world.replace(id, {}));
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await expect.element(page.getByText('Undone', { exact: true })).toBeVisible();
    return { id };
  }

  test('AUD-33: other fields: both stay, it says so, and it can be undone, linked to what is undone', async () => {
    const { id } = await mergedAndUndone('manager');
    expect(current().commands.at(-1)).toEqual({ path: 'timecards.undo', input: { id, madeVersion: 3, reason: 'Undone: Gate log' } });
  });

  test('AC-9: whoever may not undo takes their own edit back by another one', async () => {
    await mergedAndUndone('in_house');
    expect(updates().at(-1)?.input).toMatchObject({
      version: 3,
      reason: 'Undone: Gate log',
      entries: [{ workDate: '2026-11-03', dailyCheckOut: '2026-11-03T16:00:00.000Z' }],
    });
  });

  async function overlapping() {
    const { world, id } = await edit();
    await field(OUT).fill('1630');
    await field('Daily Check In, Fri 6 Nov').fill('0815');
    await field('Reason').fill('Gate log');
    const entries = world
      .card(id)
      .entries.map((entry) => (entry.workDate === '2026-11-03' ? { ...entry, dailyCheckOut: '2026-11-03T15:45:00.000Z' } : entry));
    world.replace(id, { entries });
    world.refusals.set('timecards.update', {
      ...CONFLICT,
      conflicts: [conflict(OUT_FIELD, '2026-11-03T16:00:00.000Z', '2026-11-03T15:45:00.000Z')],
    });
    await button('Save').click();
    await expect.element(page.getByRole('heading', { name: 'Somebody else changed the same field' })).toBeVisible();
    world.refusals.clear();
    return world;
  }

  test('the same field: it shows what it was, theirs and mine, and keeps everything that was typed', async () => {
    await overlapping();
    await expect
      .element(page.getByRole('group', { name: /Tue 3 Nov · Daily Check Out/ }))
      .toMatchTextContent(/was 17:00.*Use theirs.*16:45.*Omar Khan.*Keep mine.*16:30/s);
    await expect.element(field(OUT)).toHaveValue('16:30');
    await expect.element(field('Reason')).toHaveValue('Gate log');
    await expect.element(button('Save with these choices')).toHaveAccessibleDescription('Choose for one more field');
  });

  test('keeping mine sends it again, upon the new version', async () => {
    await overlapping();
    await page.getByRole('radio', { name: /Keep mine/ }).click();
    await button('Save with these choices').click();
    await expect
      .poll(() => updates().at(-1)?.input)
      .toMatchObject({
        version: 2,
        entries: [
          { workDate: '2026-11-03', dailyCheckOut: '2026-11-03T15:30:00Z' },
          { workDate: '2026-11-06', dailyCheckIn: '2026-11-06T07:15:00Z' },
        ],
      });
  });

  test('using theirs leaves that field alone and sends the rest', async () => {
    await overlapping();
    await page.getByRole('radio', { name: /Use theirs/ }).click();
    await button('Save with these choices').click();
    await expect
      .poll(() => updates().at(-1)?.input)
      .toMatchObject({ version: 2, entries: [{ workDate: '2026-11-06', dailyCheckIn: '2026-11-06T07:15:00Z' }] });
    expect(updates().at(-1)?.input['entries']).toHaveLength(1);
  });

  test('a decision on a card that changed is not taken: what changed is shown, and one decides again', async () => {
    const { world, id } = worldWith({ status: 'submitted' });
    await open(`/timecards/${id}`, world);
    await button('Approve').click();
    world.replace(id, {});
    world.refusals.set('timecards.approve', {
      ...CONFLICT,
      conflicts: [conflict(OUT_FIELD, '2026-11-03T16:00:00.000Z', '2026-11-03T15:45:00.000Z')],
    });
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Approve' }).click();
    await expect.element(dialog.getByRole('alert')).toMatchTextContent(/Tue 3 Nov · Daily Check Out.*17:00.*16:45.*Omar Khan/s);
    world.refusals.clear();
    await dialog.getByRole('button', { name: 'Approve as it is now' }).click();
    await expect.poll(() => world.commands.at(-1)).toMatchObject({ path: 'timecards.approve', input: { version: 2 } });
  });
});

describe('deciding', () => {
  test('by keyboard: the focus begins where one goes on, and on no button that destroys', async () => {
    const { world, id } = worldWith({ status: 'submitted' });
    await open(`/timecards/${id}`, world);
    const dialog = page.getByRole('dialog');
    const focused: [string, () => ReturnType<typeof button>][] = [
      ['Approve', () => dialog.getByRole('button', { name: 'Approve' })],
      ['Reject', () => dialog.getByRole('textbox', { name: 'What has to be mended?' })],
      ['Delete', () => dialog.getByRole('button', { name: 'Cancel' })],
    ];
    for (const [step, first] of focused) {
      await button(step).click();
      await expect.element(first()).toHaveFocus();
      await userEvent.keyboard('{Escape}');
      await expect.element(button(step)).toHaveFocus();
    }
  });

  test('TC-4: approving, and the list of steps follows', async () => {
    const { world, id } = worldWith({ status: 'submitted' });
    await open(`/timecards/${id}`, world);
    await button('Approve').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    await expect.element(page.getByText('Approved: Li Wei, Week of 2 Nov 2026')).toBeVisible();
    await expect.element(page.getByRole('list', { name: 'Status' })).toMatchTextContent(/Approved/);
  });

  test('TC-5: rejecting needs a reason, and may mend fields on the way', async () => {
    const { world, id } = worldWith({ status: 'submitted' });
    await open(`/timecards/${id}`, world);
    await button('Reject').click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Reject' }).click();
    await expect.element(dialog.getByRole('textbox', { name: 'What has to be mended?' })).toHaveFocus();
    await dialog.getByRole('textbox', { name: 'What has to be mended?' }).fill('Break missing on Tuesday');
    await dialog.getByRole('button', { name: 'Mend times on the way' }).click();
    await dialog.getByRole('textbox', { name: OUT }).fill('1630');
    await dialog.getByRole('button', { name: 'Reject with 1 change' }).click();
    await expect
      .poll(() => world.commands.at(-1))
      .toMatchObject({
        path: 'timecards.reject',
        input: { version: 1, reason: 'Break missing on Tuesday', entries: [{ workDate: '2026-11-03' }] },
      });
    await expect.element(page.getByText('To be mended:')).toBeVisible();
  });

  test('TC-5: a rejection that mends nothing waits for no answer about what could be mended', async () => {
    const { world, id } = worldWith({ status: 'submitted' });
    world.answers.set('forms.describe', () => new Promise(() => undefined));
    await open(`/timecards/${id}`, world);
    await button('Reject').click();
    const dialog = page.getByRole('dialog');
    await field('What has to be mended?').fill('Break missing on Tuesday');
    await dialog.getByRole('button', { name: 'Reject' }).click();
    await expect
      .poll(() => world.commands.at(-1))
      .toMatchObject({ path: 'timecards.reject', input: { version: 1, reason: 'Break missing on Tuesday' } });
    await expect.element(dialog).not.toBeInTheDocument();
  });

  test('TC-5: what a rejection offers may come late: nothing moves, and where the times can’t be read it says so', async () => {
    const { world, id } = worldWith({ status: 'submitted' });
    const usual = { id: uuid(9, 1), version: 1, label: 'Gate log', offeredFor: ['rejection' as const], active: true };
    let come = () => {};
    const late = new Promise<void>((resolve) => (come = resolve));
    world.answers.set('reasons.list', () => late.then(() => [usual]));
    world.refusals.set('forms.describe', { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side' });
    await open(`/timecards/${id}`, world);
    await button('Reject').click();
    const dialog = page.getByRole('dialog');
    const danger = dialog.getByRole('button', { name: 'Reject' });
    await expect.element(danger).toBeVisible();
    const before = danger.element().getBoundingClientRect().top;
    come();
    await expect.element(dialog.getByRole('button', { name: 'Gate log' })).toBeVisible();
    expect(danger.element().getBoundingClientRect().top).toBe(before);
    await dialog.getByRole('button', { name: 'Mend times on the way' }).click();
    await expect.element(dialog.getByText('Couldn’t', { exact: false })).toBeVisible();
    world.refusals.clear();
    await dialog.getByRole('button', { name: 'Retry' }).click();
    await expect.element(field(OUT)).toBeVisible();
  });

  test('TC-10: a reason is picked, and what it shows typed beside it; a retired one is not offered', async () => {
    const { world, id } = worldWith({ status: 'submitted' });
    const reason = (label: string, active = true) => ({
      id: uuid(9, label.length),
      version: 1,
      label,
      offeredFor: ['rejection' as const],
      active,
    });
    world.reasons = [reason('Gate log'), reason('Old habit', false), { ...reason('Payroll'), offeredFor: ['after_approval'] }];
    await open(`/timecards/${id}`, world);
    await button('Reject').click();
    const dialog = page.getByRole('dialog');
    const usual = dialog.getByRole('group', { name: 'Usual reasons' });
    await expect.element(usual).toMatchTextContent(/^Gate log$/);
    await usual.getByRole('button', { name: 'Gate log' }).click();
    await field('What has to be mended?').fill('badge shows 16:28');
    await expect.element(dialog).toMatchTextContent(/Stands with the change as “Gate log: badge shows 16:28”/);
    await dialog.getByRole('button', { name: 'Reject' }).click();
    await expect.poll(() => current().commands.at(-1)?.input).toMatchObject({ reason: 'Gate log: badge shows 16:28' });
  });

  test('TC-11: a rejection names the fields to mend; none is named where all are open', async () => {
    const { world, id } = worldWith({ status: 'submitted' });
    await open(`/timecards/${id}`, world);
    await button('Reject').click();
    await field('What has to be mended?').fill('The gate log says otherwise');
    await page.getByRole('checkbox', { name: 'Check-out, Tue 3 Nov' }).click();
    await page.getByRole('checkbox', { name: 'Break, Tue 3 Nov' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
    await expect
      .poll(() => current().commands.at(-1)?.input['fieldsToMend'])
      .toEqual(['daily_check_out', 'daily_break_start', 'daily_break_end'].map((name) => `entries.2026-11-03.${name}`));
  });

  test('deleting leads back to the list', async () => {
    const { world, id } = worldWith();
    const { address } = await open(`/timecards/${id}`, world);
    await button('Delete').click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await expect.poll(address).toBe('/timecards');
    await expect.element(page.getByText('There are no timecards yet')).toBeVisible();
  });
});

describe('TC-7: the audit trail of a card', () => {
  test('is grouped, live, and filtered by kind, field and day in the address', async () => {
    const { world, id } = worldWith();
    const { address } = await open(`/timecards/${id}`, world);
    const trail = page.getByRole('region', { name: 'Audit trail' });
    await expect.element(trail.getByRole('article').first()).toBeVisible();
    expect(trail.getByRole('article').elements()).toHaveLength(2);
    await trail.getByRole('button', { name: 'Kind' }).click();
    await page.getByRole('checkbox', { name: 'Timecard submitted' }).click();
    await expect.poll(address).toBe(`/timecards/${id}?action=timecard_submitted`);
    await expect.poll(() => trail.getByRole('article').elements().length).toBe(1);
    world.commit(
      makeEvent(13, { card: world.card(id), changeId: uuid(6, 13), action: 'timecard_approved' }),
      makeEvent(14, { card: world.card(id), by: LI, action: 'timecard_submitted' }),
    );
    await expect.poll(() => trail.getByRole('article').elements().length).toBe(2);
    await userEvent.keyboard('{Escape}');
    await trail.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(() => trail.getByRole('article').elements().length).toBe(4);
  });

  test('AUD-34: says what a change brought about, as it was computed when it was made', async () => {
    const { world, id } = worldWith();
    const card = world.card(id);
    const steps = { total_hours: ['8.50', '8.00'], overtime_hours: ['0.50', '0.00'] } as const;
    world.commit(
      makeEvent(13, {
        card,
        changes: [
          { field: 'check_out_time', old: '2026-11-03T16:00:00Z', new: '2026-11-03T15:30:00Z' },
          ...Object.entries(steps).map(([name, [old, next]]) => ({ field: name, old, new: next })),
        ],
        effect: {
          ...Object.fromEntries(Object.entries(steps).map(([name, [old, next]]) => [name, { old, new: next }])),
          after_approval: true,
        },
      }),
    );
    await open(`/timecards/${id}`, world);
    const entry = page.getByRole('region', { name: 'Audit trail' }).getByRole('article').first();
    await expect
      .element(entry)
      .toMatchTextContent(/after approval.*Check Out Time.*Effect: total hours 8:30 → 8:00, overtime hours 0:30 → 0:00/s);
    await page.getByRole('link', { name: 'Event #13' }).click();
    await expect
      .element(page.getByRole('complementary').getByText('Effect:', { exact: false }))
      .toMatchTextContent('total hours 8:30 → 8:00');
  });

  test('stays smooth with ten thousand entries: only those in sight exist', async () => {
    const { world, id } = worldWith();
    const card = world.card(id);
    world.events = Array.from({ length: 10_000 }, (_, index) =>
      makeEvent(10_000 - index, { card, changes: [{ field: 'check_out_time', old: '2026-11-03T16:00:00Z', new: '2026-11-03T15:30:00Z' }] }),
    );
    await open(`/timecards/${id}`, world);
    const trail = page.getByRole('region', { name: 'Audit trail' });
    await expect.element(trail.getByRole('heading', { name: /Audit trail/ })).toMatchTextContent('10,000');
    const rows = () => trail.getByRole('listitem').elements();
    await expect.poll(() => rows().length).toBeGreaterThan(5);
    const pane = (trail.element() as HTMLElement).parentElement as HTMLElement;
    // Downwards as somebody reads on: older ones come as they are needed, and those that were read go.
    for (let page = 1; page <= 6; page += 1) {
      pane.scrollTop = pane.scrollHeight;
      await expect.poll(() => Number(rows().at(-1)?.getAttribute('aria-posinset'))).toBeGreaterThanOrEqual(page * 50);
      expect(rows().length).toBeLessThanOrEqual(60);
    }
  });

  test('stays readable when the card itself is gone', async () => {
    const { world, id } = worldWith();
    const [card] = world.cards;
    world.cards = [];
    await open(`/timecards/${card?.id ?? id}`, world);
    await expect.element(page.getByText('There is no such timecard.')).toBeVisible();
    await expect.element(page.getByRole('region', { name: 'Audit trail' }).getByRole('article').first()).toBeVisible();
  });
});

describe('TC-7: a timecard on paper', () => {
  const media = (name: 'print' | '') => cdp().send('Emulation.setEmulatedMedia', { media: name });
  afterEach(async () => void (await media('')));

  test('has the card, its days and the whole trail, and says by which filter and clock, when and for whom', async () => {
    const { world, id } = worldWith();
    const card = world.card(id);
    world.events = Array.from({ length: 260 }, (_, index) =>
      makeEvent(300 - index, {
        card,
        reason: `Reason ${300 - index}`,
        changes: [{ field: 'check_out_time', old: '2026-11-03T16:00:00Z', new: null }],
      }),
    );
    const printed = vi.spyOn(window, 'print').mockImplementation(() => undefined);
    await open(`/timecards/${id}?action=admin_edit`, world);
    await button('Print').click();
    await expect.poll(() => printed.mock.calls.length).toBe(1);
    printed.mockRestore();
    await media('print');
    const trail = page.getByRole('region', { name: 'Audit trail' });
    await expect.element(trail).toMatchTextContent(/All 260 events, newest first.*Reason 300.*Reason 41/s);
    expect(trail.getByRole('article').elements()).toHaveLength(260);
    // AUD-27: in full, since nobody can point at a short value on paper.
    await expect.element(trail.getByRole('article').first()).toMatchTextContent('2026-11-03 05:00 PM');
    await expect
      .element(page.getByRole('region', { name: 'Timecard' }))
      .toMatchTextContent(
        /Li Wei · Week of 2 Nov 2026.*Times.*in Europe\/Berlin \(CET\), the site’s.*only kind: Admin edit.*Printed.*\d{4}-\d\d-\d\d \d\d:\d\d [AP]M, by Anna Berg.*Tue 3 Nov/s,
      );
    // Nothing to press, and nothing that is cut off by what scrolls on the screen.
    expect(
      page
        .getByRole('button')
        .elements()
        .filter((element) => element.checkVisibility()),
    ).toEqual([]);
    for (const element of document.querySelectorAll('#page, #page > div, #page section'))
      expect(element.scrollHeight - element.clientHeight).toBeLessThanOrEqual(1);
  });

  test('each page says which of how many it is', () => {
    const rules = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules]);
    expect(
      rules
        .filter((rule) => rule instanceof CSSPageRule)
        .map(({ cssText }) => cssText)
        .join(),
    ).toMatch(/counter\(page\).*counter\(pages\)/s);
  });

  test('printed by the browser’s own menu before all is read, it says so', async () => {
    const { world, id } = worldWith();
    const card = world.card(id);
    world.events = Array.from({ length: 260 }, (_, index) => makeEvent(300 - index, { card }));
    await open(`/timecards/${id}`, world);
    await expect.element(page.getByRole('article').first()).toBeVisible();
    await media('print');
    await expect.element(page.getByRole('region', { name: 'Audit trail' })).toMatchTextContent(/The newest \d+ of 260 events/);
  });
});
