import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import type { AsOfView, MomentView, TimecardView } from '../../src/api/views.ts';
import { expectAccessible } from '../axe.ts';
import { dayEvent, makeCard, makeEvent } from '../fake/cards.ts';
import { current } from '../fake/current.ts';
import { ANNA, LI, OMAR } from '../fake/people.ts';
import { uuid } from '../fake/random.ts';
import { Refused } from '../fake/refused.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

type Field = AsOfView['records'][number]['fields'][number];
const field = (name: string, label: string, value: Field['value'], more: Partial<Field> = {}): Field => ({
  name,
  label,
  kind: 'text',
  values: null,
  state: 'known',
  value,
  ...more,
});
const time = (name: string, label: string, value: string | null) => field(name, label, value, { kind: 'time' });

const by = ({ id, name }: { id: string; name: string }) => ({ kind: 'user' as const, id, name });
const moment = (index: number, more: Partial<MomentView> = {}): MomentView => ({
  position: 10 * (index + 1),
  changeId: uuid(6, 10 * (index + 1)),
  at: `2026-11-0${3 + index}T16:03:12.000Z`,
  by: by(LI),
  actions: ['user_edit'],
  reason: null,
  fields: 2,
  afterApproval: false,
  undoes: null,
  undoneBy: null,
  ...more,
});
const MOMENTS = [
  moment(0, { actions: ['timecard_created'] }),
  moment(1),
  moment(2, { by: by(OMAR), actions: ['admin_edit'], reason: 'gate log', afterApproval: true }),
];
const OUT = ['2026-11-03T15:00:00.000Z', '2026-11-03T16:00:00.000Z', '2026-11-03T16:41:00.000Z'];

/** The card at each of its moments: the end of Tuesday's shift moves, Wednesday comes with the second one. */
function viewAt(card: TimecardView, index: number, more: Partial<AsOfView> = {}): AsOfView {
  const { position, changeId, at, actions, by } = MOMENTS[index] as MomentView;
  const latest = { position, changeId, at, action: actions[0] ?? '', by };
  const day = (workDate: string, n: number, out: string | null): AsOfView['records'][number] => ({
    record: { type: 'TimecardEntry', id: uuid(4, n), label: workDate },
    entity: 'Timecard day',
    workDate,
    deleted: false,
    complete: true,
    latest,
    fields: [
      field('work_date', 'Work Date', workDate, { kind: 'date' }),
      time('daily_check_in', 'Daily Check In', `${workDate}T07:00:00.000Z`),
      time('daily_check_out', 'Daily Check Out', out),
    ],
  });
  return {
    state: 'present',
    moment: { now: index === MOMENTS.length - 1, at: null, position, latest, head: 99 },
    records: [
      {
        record: { type: 'Timecard', id: card.id, label: card.label },
        entity: 'Timecard',
        workDate: null,
        deleted: false,
        complete: true,
        latest,
        fields: [
          field('status', 'Status', 'draft', { kind: 'enum', values: { draft: 'Draft' } }),
          field('site_id', 'Site', card.site.id, { kind: 'reference' }),
          field('admin_notes', 'Admin Notes', null, { state: 'hidden' }),
        ],
      },
      day('2026-11-03', 1, OUT[index] ?? null),
      ...(index > 0 ? [day('2026-11-04', 2, '2026-11-04T16:00:00.000Z')] : []),
    ],
    names: {},
    agreement: index === MOMENTS.length - 1 ? { agrees: true, differences: [] } : null,
    ...more,
  };
}

function worldWithPast(more: Partial<TimecardView> = {}): { world: World; card: TimecardView } {
  const world = new World();
  const card = makeCard({ more });
  world.cards = [card];
  world.events = [
    dayEvent(30, '2026-11-03', {
      card,
      by: OMAR,
      reason: 'gate log',
      changes: [{ field: 'daily_check_out', old: OUT[1] ?? null, new: OUT[2] ?? null }],
    }),
    makeEvent(10, { card, by: LI, operation: 'create', action: 'timecard_created' }),
  ];
  world.answers.set('audit.moments', () => ({ moments: MOMENTS, head: 99 }));
  world.answers.set('audit.asOf', ({ position }: { position?: number }) =>
    viewAt(card, position === undefined ? MOMENTS.length - 1 : MOMENTS.findLastIndex((one) => one.position <= position)),
  );
  return { world, card };
}

const slider = () => page.getByRole('slider', { name: 'Moment' });
const heading = (name: string) => page.getByRole('heading', { name });
const button = (name: string) => page.getByRole('button', { name });

describe('AUD-28: a timecard as it stood', () => {
  test('AUD-28: opens at now, which is checked against the timecard itself', async () => {
    const { world, card } = worldWithPast();
    const { address } = await open(`/timecards/${card.id}`, world);
    await button('As it stood earlier').click();
    await expect.element(heading('As it stands now')).toHaveFocus();
    await expect.element(page.getByText('The trail tells the same as the timecard itself, field by field.')).toBeVisible();
    await expect.poll(address).toContain('asOf=now');
  });

  test('R-8: the past says plainly that it is, what moment, after what, by whom and why; and leads back', async () => {
    const { world, card } = worldWithPast();
    const { address } = await open(`/timecards/${card.id}?asOf=10`, world);
    await expect.element(heading('You see the past')).toBeVisible();
    const past = page.getByRole('region', { name: 'As it stood', exact: true });
    await expect.element(past).toMatchTextContent(/3 Nov 2026, 17:03:12 CET.*Timecard created.*by Li Wei.*nothing can be changed here/s);
    await expect.element(page.getByRole('row', { name: /^Tue 3 Nov/ })).toMatchTextContent(/08:00\s*16:00/);
    expect(page.getByRole('row', { name: /^Wed 4 Nov/ }).elements()).toHaveLength(0);
    // Nothing of it can be changed: what changes the card is out of sight until one comes back.
    expect(button('Edit').elements()).toHaveLength(0);
    await button('Back to the timecard').click();
    await expect.element(button('As it stood earlier')).toHaveFocus();
    await expect.poll(address).not.toContain('asOf');
  });

  test('AUD-28: the slider goes by keys, by its buttons and by touch, and says each moment in words', async () => {
    const { world, card } = worldWithPast();
    const { address } = await open(`/timecards/${card.id}?asOf=now`, world);
    await expect.element(slider()).toHaveAttribute('aria-valuetext', expect.stringContaining('Change 3 of 3, 5 Nov 2026'));
    (slider().element() as HTMLElement).focus();
    await userEvent.keyboard('{ArrowLeft}');
    await expect.element(slider()).toHaveAttribute('aria-valuetext', expect.stringContaining('Change 2 of 3'));
    await expect.element(page.getByRole('row', { name: /^Tue 3 Nov/ })).toMatchTextContent(/17:00/);
    await expect.poll(address).toContain('asOf=20');
    await userEvent.keyboard('{Home}');
    await expect.element(page.getByRole('row', { name: /^Tue 3 Nov/ })).toMatchTextContent(/16:00/);
    await expect.element(button('Earlier')).toHaveAccessibleDescription('This is the first change');
    await button('Later').click();
    await expect.element(slider()).toHaveValue('1');
    await userEvent.keyboard('{End}');
    await slider().fill('2');
    await expect.element(heading('As it stands now')).toBeVisible();
  });

  test('AUD-28: two moments are compared field by field, in the order of time, and the address holds both', async () => {
    const { world, card } = worldWithPast();
    const { address } = await open(`/timecards/${card.id}?asOf=10`, world);
    await page.getByRole('combobox', { name: 'Compare with' }).selectOptions('now');
    const differences = page.getByRole('table', { name: '3 fields differ.' });
    await expect.element(differences).toMatchTextContent(/Field.*3 Nov 2026, 17:03:12 CET.*Now.*Tue 3 Nov.*Daily Check Out.*16:00.*17:41/s);
    await expect.element(differences).toMatchTextContent(/Wed 4 Nov.*Daily Check In.*not on the card.*08:00/s);
    await expect.poll(address).toContain('vs=now');
    await page.getByRole('combobox', { name: 'Compare with' }).selectOptions('10');
    await expect.element(page.getByText('This is the same moment.')).toBeVisible();
  });

  test('AC-4: a field that one may not see is hidden, and takes part in no comparison', async () => {
    const { world, card } = worldWithPast();
    await open(`/timecards/${card.id}?asOf=10`, world);
    await expect.element(page.getByText('hidden', { exact: true })).toBeVisible();
  });

  test('AUD-31: where the trail and the timecard differ, each field is named with both values', async () => {
    const { world, card } = worldWithPast();
    const difference = { record: { type: 'Timecard', id: card.id, label: card.label }, field: 'total_hours', label: 'Total Hours' };
    world.answers.set('audit.asOf', () =>
      viewAt(card, 2, { agreement: { agrees: false, differences: [{ ...difference, recorded: '8.00', present: '7.00' }] } }),
    );
    await open(`/timecards/${card.id}?asOf=now`, world);
    await expect.element(page.getByRole('alert')).toMatchTextContent(/Total Hours: recorded 8\.00, there stands 7\.00/);
  });

  test('a deleted timecard can be looked at as it stood', async () => {
    const { world, card } = worldWithPast();
    world.cards = [];
    world.answers.set('audit.asOf', () => viewAt(card, 2, { state: 'deleted' }));
    await open(`/timecards/${card.id}?asOf=now`, world);
    await expect.element(page.getByText('It was deleted by then.', { exact: false })).toBeVisible();
    await expect.element(page.getByRole('row', { name: /^Tue 3 Nov/ })).toBeVisible();
  });

  test('before its first change there was none', async () => {
    const { world, card } = worldWithPast();
    world.answers.set('audit.asOf', () => viewAt(card, 0, { state: 'none', records: [] }));
    await open(`/timecards/${card.id}?asOf=5`, world);
    await expect.element(heading('Nobody had made this timecard by then')).toBeVisible();
  });

  test('what can’t be read says so, and can be read again', async () => {
    const { world, card } = worldWithPast();
    world.refusals.set('audit.moments', { code: 'FORBIDDEN', message: 'You see only a part of what happened to this record.' });
    await open(`/timecards/${card.id}?asOf=10`, world);
    await expect.element(heading('You see only a part of what happened to this record.')).toBeVisible();
    await expect.element(button('Back to the timecard')).toBeVisible();
    world.refusals.delete('audit.moments');
    world.refusals.set('audit.asOf', { code: 'TOO_LARGE', message: 'This record has too long a history.' });
    await open(`/timecards/${card.id}?asOf=10`, world);
    await expect.element(heading('Couldn’t show this moment')).toBeVisible();
    world.refusals.delete('audit.asOf');
    await button('Retry').click();
    await expect.element(page.getByRole('row', { name: /^Tue 3 Nov/ })).toBeVisible();
  });

  test('what is being typed outlasts a look back', async () => {
    const { world, card } = worldWithPast();
    await open(`/timecards/${card.id}`, world);
    await page.getByRole('link', { name: 'As of here, event 10' }).click();
    await expect.element(heading('You see the past')).toBeVisible();
    await button('Back to the timecard').click();
    await expect.element(button('Edit')).toBeVisible();
  });

  test('finds nothing to object to, in both themes, wide and narrow', async () => {
    const { world, card } = worldWithPast();
    await open(`/timecards/${card.id}?asOf=10&vs=now`, world);
    await expect.element(page.getByRole('table', { name: '3 fields differ.' })).toBeVisible();
    await expectAccessible();
    await open(`/timecards/${card.id}?asOf=20`, world);
    await expect.element(page.getByRole('row', { name: /^Tue 3 Nov/ })).toBeVisible();
    await expectAccessible();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    await page.viewport(1280, 800);
  });
});

describe('AUD-33: a change set is undone from the trail', () => {
  const undo = () => page.getByRole('button', { name: /^Undo change/ });
  const dialog = () => page.getByRole('dialog', { name: 'Undo this change?' });

  test('AUD-33: shows what comes back, needs a reason, and sends which change it is about', async () => {
    const { world, card } = worldWithPast();
    world.answers.set('timecards.undo', ({ id }: { id: string }) => world.replace(id, {}));
    await open(`/timecards/${card.id}`, world);
    await undo().first().click();
    await expect.element(dialog()).toMatchTextContent(/Tue 3 Nov · Daily Check Out\s*17:41\s*→\s*17:00/);
    await dialog().getByRole('button', { name: 'Undo' }).click();
    await expect.element(dialog()).toMatchTextContent(/Say why, in a few words/);
    expect(current().commands).toEqual([]);
    await dialog().getByRole('textbox', { name: 'Why is it undone?' }).fill('the wrong card');
    await dialog().getByRole('button', { name: 'Undo' }).click();
    await expect.element(page.getByText('Undone: Li Wei', { exact: false })).toBeVisible();
    expect(current().commands).toEqual([{ path: 'timecards.undo', input: { id: card.id, change: uuid(6, 30), reason: 'the wrong card' } }]);
  });

  test('AUD-33: what was changed again since is shown field by field, and nothing typed is lost', async () => {
    const { world, card } = worldWithPast();
    world.answers.set('timecards.undo', () => {
      throw new Refused({
        code: 'CONFLICT',
        message: 'This was changed again since, so it can’t be undone.',
        conflicts: [
          {
            field: 'entries.2026-11-03.daily_check_out',
            base: OUT[2] ?? null,
            present: '2026-11-03T17:00:00.000Z',
            changedBy: { id: ANNA.id, name: 'Anna Berg' },
            changedAt: '2026-11-06T17:01:00Z',
          },
        ],
      });
    });
    await open(`/timecards/${card.id}`, world);
    await undo().first().click();
    await dialog().getByRole('textbox', { name: 'Why is it undone?' }).fill('the wrong card');
    await dialog().getByRole('button', { name: 'Undo' }).click();
    await expect
      .element(dialog().getByRole('alert'))
      .toMatchTextContent(/changed again since.*Daily Check Out\s*17:41\s*→\s*18:00.*Anna Berg/s);
    await expect.element(dialog().getByRole('textbox', { name: 'Why is it undone?' })).toHaveValue('the wrong card');
    await expectAccessible();
    await page.viewport(1280, 800);
  });

  test('AUD-33: what can’t be undone says why, and stays where it is', async () => {
    const { world, card } = worldWithPast();
    await open(`/timecards/${card.id}`, world);
    await expect.element(undo().last()).toHaveAccessibleDescription('The making of a timecard isn’t undone: delete the draft.');
    undo()
      .last()
      .element()
      .dispatchEvent(new MouseEvent('click', { bubbles: true }));
    expect(page.getByRole('dialog').elements()).toHaveLength(0);
  });

  test('AC-9: managers and admins undo; to others it says so', async () => {
    const { world, card } = worldWithPast();
    world.user = { ...(world.user as NonNullable<World['user']>), role: 'supervisor' };
    await open(`/timecards/${card.id}`, world);
    await expect.element(undo().first()).toHaveAccessibleDescription('Changes are undone by managers and admins.');
  });

  test('AUD-33: an undo in the trail leads to what it undid', async () => {
    const { world, card } = worldWithPast();
    world.events = [
      makeEvent(40, { card, metadata: { undoes: uuid(6, 30) }, changes: [{ field: 'total_hours', old: '1.00', new: '2.00' }] }),
      ...world.events,
    ];
    const { address } = await open(`/timecards/${card.id}`, world);
    await page.getByRole('link', { name: 'Undoes an earlier change' }).click();
    await expect.poll(address).toContain(`change=${uuid(6, 30)}`);
  });
});
