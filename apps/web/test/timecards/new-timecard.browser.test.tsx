import { beforeEach, describe, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import { expectAccessible } from '../axe.ts';
import { makeCard, usual } from '../fake/cards.ts';
import { current } from '../fake/current.ts';
import { ANNA, LI, SITES } from '../fake/people.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const field = (name: string) => page.getByRole('textbox', { name });
const save = () => page.getByRole('button', { name: 'Save as a draft' });
const site = () => page.getByRole('combobox', { name: 'Site' });
const created = () => current().commands.filter(({ path }) => path === 'timecards.create');

const MONDAY = '2026-11-02';
const [DOCK, , NEWARK] = SITES;

function worldOf(role: string): World {
  const world = new World();
  world.user = { id: ANNA.id, name: ANNA.name, email: 'anna@example.com', role, level: 1, time_zone: 'Europe/Berlin' };
  return world;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-04T09:00:00Z') });
  return () => vi.useRealTimers();
});

describe('a new timecard', () => {
  test('TC-1: from the list; a week with the times that were typed, at the site where one worked last', async () => {
    const world = worldOf('worker');
    world.cards = [makeCard({ person: ANNA, site: 2, start: '2026-10-26' })];
    const { address } = await open('/timecards', world);
    await page.getByRole('link', { name: 'New timecard' }).click();
    await expect.element(site()).toHaveValue(NEWARK?.id);
    await field('Daily Check In, Mon 2 Nov').fill('0800');
    await field('Daily Check Out, Mon 2 Nov').fill('1800');
    await expect.element(page.getByText('Overtime 2:00')).toBeVisible();
    await save().click();
    await expect.poll(() => created().length).toBe(1);
    await expect.poll(address).toBe(`/timecards/${current().cards[0]?.id}`);
    await expect.element(page.getByText(/^Saved as a draft: Anna Berg/)).toBeVisible();
    expect(created()[0]?.input).toEqual({
      person: ANNA.id,
      site: NEWARK?.id,
      periodStart: MONDAY,
      periodEnd: '2026-11-08',
      entries: [{ workDate: MONDAY, dailyCheckIn: '2026-11-02T13:00:00Z', dailyCheckOut: '2026-11-02T23:00:00Z' }],
    });
  });

  test('TC-1: of one day, with its times on itself', async () => {
    await open('/timecards/new', worldOf('worker'));
    await site().selectOptions(DOCK?.id ?? '');
    await page.getByRole('button', { name: 'Today' }).click();
    await field('Check In Time').fill('8');
    await save().click();
    await expect
      .poll(() => created()[0]?.input)
      .toEqual({
        person: ANNA.id,
        site: DOCK?.id,
        periodStart: '2026-11-04',
        periodEnd: '2026-11-04',
        checkInTime: '2026-11-04T07:00:00Z',
      });
  });

  test('AC-9: somebody who may not make cards for others is not offered them, somebody who may is', async () => {
    await open('/timecards/new', worldOf('worker'));
    const person = () => page.getByRole('combobox', { name: 'Person' });
    await expect.element(person()).toBeVisible();
    expect(person().element().querySelectorAll('option')).toHaveLength(1);
    await expect.element(person()).toHaveAccessibleDescription('You can make timecards only for yourself.');
    await open('/timecards/new', worldOf('manager'));
    await person().selectOptions(LI.id);
    await site().selectOptions(DOCK?.id ?? '');
    await save().click();
    await expect.poll(() => created()[0]?.input).toMatchObject({ person: LI.id });
  });

  test('says before that there is a card for these days already', async () => {
    const world = worldOf('worker');
    world.cards = [makeCard({ person: ANNA, start: MONDAY, days: [usual(MONDAY)] })];
    await open('/timecards/new', world);
    await expect.element(page.getByRole('link', { name: '2 Nov 2026, Dock 4' })).toBeVisible();
  });

  test('TC-6: what can’t be stands at its field, before and after it is sent, and nothing typed is lost', async () => {
    const world = worldOf('worker');
    await open('/timecards/new', world);
    await expect.element(save()).toHaveAccessibleDescription('Choose a site first');
    await site().selectOptions(DOCK?.id ?? '');
    await page.getByLabelText('Last day').fill('2026-11-01');
    await expect.element(page.getByLabelText('Last day')).toHaveAccessibleDescription('The last day is before the first day.');
    await page.getByRole('button', { name: 'This week' }).click();
    await field('Daily Check In, Mon 2 Nov').fill('0800');
    world.refusals.set('timecards.create', {
      code: 'VALIDATION_ERROR',
      message: 'This timecard can’t be made.',
      fields: [
        { field: 'site', message: 'There is no such site.' },
        { field: 'entries.2026-11-02.daily_check_in', message: 'Nobody works that early.' },
      ],
    });
    await save().click();
    await expect.element(site()).toHaveAccessibleDescription('There is no such site.');
    await expect.element(field('Daily Check In, Mon 2 Nov')).toHaveAccessibleDescription('Nobody works that early.');
    world.refusals.set('timecards.create', { code: 'OFFLINE', message: '' });
    await save().click();
    await expect.element(page.getByRole('alert')).toMatchTextContent(/can’t be reached.*Nothing that you typed is lost/s);
    await expect.element(field('Daily Check In, Mon 2 Nov')).toHaveValue('08:00');
    world.refusals.clear();
    await save().click();
    await expect.poll(() => created().length).toBe(1);
  });

  test('full, loading, failing, forbidden, and without a site: each readable', async () => {
    await open('/timecards/new', worldOf('manager'));
    await site().selectOptions(DOCK?.id ?? '');
    await expect.element(field('Daily Check In, Mon 2 Nov')).toBeVisible();
    await expectAccessible();
    const slow = worldOf('worker');
    slow.answers.set('forms.describe', () => new Promise(() => undefined));
    await open('/timecards/new', slow);
    await expect.element(page.getByText('Reading the form')).toBeInTheDocument();
    await expectAccessible();
    const failing = worldOf('worker');
    failing.refusals.set('sites.list', { code: 'FORBIDDEN', message: 'You may not see this.' });
    await open('/timecards/new', failing);
    await expect.element(page.getByText('You may not see this.')).toBeVisible();
    await expectAccessible();
    failing.refusals.set('sites.list', { code: 'OFFLINE', message: '' });
    await open('/timecards/new', failing);
    await expect.element(page.getByText('The server can’t be reached')).toBeVisible();
    failing.refusals.clear();
    await page.getByRole('button', { name: 'Retry' }).click();
    await expect.element(site()).toBeVisible();
    const bare = worldOf('worker');
    bare.answers.set('sites.list', () => []);
    await open('/timecards/new', bare);
    await expect.element(page.getByText('There is no site yet')).toBeVisible();
    await expectAccessible();
  });
});
