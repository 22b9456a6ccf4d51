import { describe, expect, test } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { current } from '../fake/current.ts';
import { MESSAGES } from '../fake/notices.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const withMessages = () => Object.assign(new World(), { messages: [...MESSAGES] });
const rows = () => page.getByRole('list', { name: 'Messages, newest first' }).getByRole('listitem').elements().length;

describe('R-7: the outbox', () => {
  test('R-7: shows every message, and each as it is sent', async () => {
    const { address } = await open('/outbox', withMessages());
    await expect.poll(rows).toBe(4);
    await page.getByRole('link', { name: 'Your timecard was rejected: Week of 2 Nov 2026' }).last().click();
    await expect.element(page.getByText(/Reason: Break below the legal minimum/)).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Try again' })).toBeEnabled();
    await expect.poll(address).toBe(`/outbox?message=${MESSAGES[3]?.id}`);
    await userEvent.keyboard('{Escape}');
    await expect.poll(address).toBe('/outbox');
  });

  test('R-7: what failed is tried again; what was sent can’t be, and says so', async () => {
    await open(`/outbox?message=${MESSAGES[1]?.id}`, withMessages());
    await page.getByRole('button', { name: 'Try again' }).click();
    await expect.element(page.getByText('It is tried again')).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Try again' })).toHaveAccessibleDescription('It waits to be sent');
    await open(`/outbox?message=${MESSAGES[2]?.id}`, withMessages());
    await expect.element(page.getByRole('button', { name: 'Try again' })).toHaveAccessibleDescription('It was sent');
  });

  test('is filtered by status and channel, in the address', async () => {
    const { address } = await open('/outbox', withMessages());
    await page.getByRole('button', { name: 'Status' }).click();
    await page.getByRole('checkbox', { name: 'Failed' }).click();
    await expect.poll(rows).toBe(1);
    await expect.poll(address).toBe('/outbox?status=failed');
    expect(current().asked.findLast(({ path }) => path === 'messages.list')?.input).toMatchObject({ status: ['failed'] });
  });

  test('is offered to administrators alone', async () => {
    await open('/timecards', withMessages());
    await page.getByRole('button', { name: /Anna Berg/ }).click();
    await expect.element(page.getByRole('link', { name: 'Outbox' })).toBeVisible();
    const world = withMessages();
    world.user = { ...(world.user as NonNullable<typeof world.user>), role: 'manager' };
    await open('/timecards', world);
    await page.getByRole('button', { name: /Anna Berg/ }).click();
    await expect.element(page.getByRole('link', { name: 'Notification preferences' })).toBeVisible();
    await expect.element(page.getByRole('link', { name: 'Outbox' })).not.toBeInTheDocument();
    await open('/outbox', world);
    await expect.element(page.getByText('Admins look after this')).toBeVisible();
    expect(world.asked.filter(({ path }) => path === 'messages.list')).toEqual([]);
  });
});
