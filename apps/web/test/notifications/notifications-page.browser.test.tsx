import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { makeCard, makeEvent } from '../fake/cards.ts';
import { current } from '../fake/current.ts';
import { makeNotice, NOTICES } from '../fake/notices.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';
import { steady } from '../steady.ts';

function told(...notices: readonly ReturnType<typeof makeNotice>[]): World {
  const world = new World();
  world.notices = [...notices];
  return world;
}

const bell = () => page.getByRole('link', { name: /^Notifications/ });
const items = () => page.getByRole('list', { name: 'Notifications, newest first' }).getByRole('listitem').elements().length;

describe('TC-13: the bell', () => {
  test('TC-13: says how much is unread on every page, and follows what one is told', async () => {
    const world = told(makeNotice(1));
    await open('/timecards', world);
    await expect.element(bell()).toHaveAccessibleName('Notifications 1 unread');
    world.tell(makeNotice(2, { title: 'Your timecard was approved: 3 Nov 2026' }));
    await expect.element(bell()).toHaveAccessibleName('Notifications 2 unread');
    const line = page.getByRole('status').filter({ hasText: 'Your timecard was approved: 3 Nov 2026' });
    await expect.element(line).toBeVisible();
    await line.getByRole('button', { name: 'Show' }).click();
    await expect.element(page.getByRole('heading', { level: 1, name: /Timecard/ })).toBeInTheDocument();
  });

  test('a notice takes neither the focus nor the place of something that can be undone, and moves nothing', async () => {
    const world = told();
    await open('/timecards', world);
    await expect.poll(() => world.listeners.size).toBe(1);
    const heading = page.getByRole('heading', { level: 1 });
    await expect.element(heading).toBeVisible();
    const focused = document.activeElement;
    const top = () => heading.element().getBoundingClientRect().top;
    const before = await steady(top);
    world.tell(makeNotice(1, { title: 'First' }));
    await expect.element(page.getByText('First')).toBeVisible();
    world.tell(makeNotice(2, { title: 'Second' }));
    await expect.element(bell()).toHaveAccessibleName('Notifications 2 unread');
    await expect.element(page.getByText('Second')).not.toBeInTheDocument();
    expect(document.activeElement).toBe(focused);
    expect(await steady(top)).toBe(before);
  });
});

describe('TC-8: the notifications', () => {
  test('TC-8: a rejection shows its reason and the fields to mend, and leads to the timecard with its change', async () => {
    const world = told(...NOTICES);
    const card = makeCard({ status: 'rejected' });
    world.cards = [card];
    const event = makeEvent(7, { card, action: 'timecard_rejected' });
    world.events = [event, makeEvent(6, { card, action: 'timecard_submitted' })];
    world.notices = [makeNotice(9, { root: { type: 'Timecard', id: card.id }, path: `/timecards/${card.id}`, changeId: event.changeId })];
    const { address } = await open('/notifications', world);
    await expect.element(page.getByText('Break below the legal minimum, please confirm')).toBeVisible();
    await expect.element(page.getByText('3 Nov 2026 Daily Break End')).toBeVisible();
    await page.getByRole('link', { name: /Your timecard was rejected/ }).click();
    await expect.poll(address).toBe(`/timecards/${card.id}?change=${event.changeId}`);
    await expect.poll(() => document.querySelector(`[data-set="${event.changeId}"]`)?.classList.contains('bg-accent-soft')).toBe(true);
    await expect.element(bell()).toHaveAccessibleName('Notifications');
    expect(current().asked.find(({ path }) => path === 'notifications.read')?.input).toEqual({ ids: [world.notices[0]?.id] });
  });

  test('are marked as read one by one, or all that were seen', async () => {
    const world = told(...NOTICES);
    await open('/notifications', world);
    await page.getByRole('button', { name: 'Mark as read: The log can’t be written' }).click();
    await expect.element(bell()).toHaveAccessibleName('Notifications 2 unread');
    await page.getByRole('button', { name: 'Mark all as read' }).click();
    await expect.element(bell()).toHaveAccessibleName('Notifications');
    expect(current().asked.findLast(({ path }) => path === 'notifications.readAll')?.input).toEqual({ upTo: 6 });
    await expect.element(page.getByRole('button', { name: 'Mark all as read' })).toHaveAccessibleDescription('Nothing is unread');
  });

  test('show unread ones only, in the address, and older ones on demand', async () => {
    const { address } = await open('/notifications', told(...Array.from({ length: 70 }, (_, n) => makeNotice(70 - n))));
    await expect.poll(items).toBe(30);
    await page.getByRole('button', { name: 'Show older ones' }).click();
    await page.getByRole('button', { name: 'Show older ones' }).click();
    await expect.poll(items).toBe(70);
    await expect.element(page.getByText('That is all.')).toBeVisible();
    await page.getByRole('checkbox', { name: 'Only unread' }).click();
    await expect.poll(address).toBe('/notifications?show=unread');
  });

  test('can be read and opened by keys alone', async () => {
    const { address } = await open('/notifications', told(makeNotice(1, { root: null, path: '/timecards' })));
    await expect.poll(items).toBe(1);
    page.getByRole('checkbox', { name: 'Only unread' }).element().focus();
    await userEvent.tab();
    await userEvent.tab();
    await userEvent.keyboard('{Enter}');
    await expect.poll(address).toBe('/timecards');
  });

  test('that was refused stays unread, and says so', async () => {
    const world = told(makeNotice(1));
    world.refusals.set('notifications.read', { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side' });
    await open('/notifications', world);
    await page.getByRole('button', { name: /Mark as read: Your/ }).click();
    await expect.element(page.getByText(/Not marked as read/)).toBeVisible();
    await expect.element(bell()).toHaveAccessibleName('Notifications 1 unread');
  });
});
