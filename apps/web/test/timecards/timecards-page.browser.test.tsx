import { describe, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { makeCard, makeEvent } from '../fake/cards.ts';
import { current } from '../fake/current.ts';
import { LI, OMAR, SITES } from '../fake/people.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

function worldWith(...cards: Parameters<typeof makeCard>[0][]): World {
  const world = new World();
  world.cards = cards.map((card) => makeCard(card));
  return world;
}

const rows = () => page.getByRole('table').getByRole('row').elements().length - 1;
const asked = () => current().asked.findLast(({ path }) => path === 'timecards.list')?.input;

describe('the list of timecards', () => {
  test('shows whose, when, where, in which status, how many hours, and what was edited', async () => {
    await open(
      '/timecards',
      worldWith(
        { status: 'approved', more: { editedAfterApproval: true, totalHours: '32.50', overtimeHours: '0.50' } },
        { person: OMAR, more: { manuallyEdited: true } },
      ),
    );
    await expect
      .element(page.getByRole('row', { name: /Li Wei/ }))
      .toMatchTextContent(/Week of 2 Nov 2026.*Dock 4.*Approved.*edited after approval.*32:30.*0:30/s);
    await expect.element(page.getByRole('row', { name: /Omar Khan/ })).toMatchTextContent(/Draft.*edited/s);
  });

  test('is filtered by status, person, site and days, in the address', async () => {
    const { address } = await open('/timecards', worldWith({ status: 'approved' }, { status: 'draft' }, { person: OMAR, site: 1 }));
    await expect.poll(rows).toBe(3);
    await page.getByRole('button', { name: 'Status' }).click();
    await page.getByRole('checkbox', { name: 'Draft' }).click();
    await expect.poll(rows).toBe(2);
    await page.getByRole('button', { name: 'Site' }).click();
    await page.getByRole('checkbox', { name: 'Harbour Hall' }).click();
    await expect.poll(rows).toBe(1);
    await expect.poll(address).toBe(`/timecards?status=draft&site=${SITES[1]?.id}`);
    await page.getByRole('button', { name: 'Clear' }).click();
    await expect.poll(rows).toBe(3);
    await page.getByRole('button', { name: 'Days' }).click();
    await page.getByLabelText('From').fill('2026-11-01');
    await page.getByLabelText('To').fill('2026-11-08');
    await expect.poll(address).toBe('/timecards?from=2026-11-01&to=2026-11-08');
    await expect.poll(asked).toMatchObject({ from: '2026-11-01', to: '2026-11-08' });
  });

  test('turns pages, in the address', async () => {
    const { address } = await open('/timecards', worldWith(...Array.from({ length: 120 }, () => ({}))));
    await expect.element(page.getByText('1–50 of 120')).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Newer' })).toHaveAccessibleDescription('This is the first page');
    await page.getByRole('button', { name: 'Older' }).click();
    await expect.element(page.getByText('51–100 of 120')).toBeVisible();
    await expect.poll(address).toBe('/timecards?page=2');
  });

  test('follows what is recorded, and lights up the row that changed', async () => {
    const world = worldWith({});
    await open('/timecards', world);
    await expect.poll(rows).toBe(1);
    await expect.poll(() => world.followers.size).toBe(1);
    const [card] = world.cards;
    if (!card) throw new Error('no card');
    world.replace(card.id, { status: 'submitted' });
    world.commit(makeEvent(5, { card, by: LI, action: 'timecard_submitted' }));
    await expect.element(page.getByRole('row', { name: /Li Wei/ })).toMatchTextContent(/Submitted/);
    await expect
      .poll(() =>
        page
          .getByRole('row', { name: /Li Wei/ })
          .element()
          .classList.contains('lit'),
      )
      .toBe(true);
  });
});
