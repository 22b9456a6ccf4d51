import { describe, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { expectAccessible } from '../axe.ts';
import { makeCard, makeEvent } from '../fake/cards.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

/** A worker whose card others changed; `count` change sets, the newest first. */
function changed(count = 2): World {
  const world = new World();
  const card = makeCard();
  world.cards = [card];
  world.user = { id: card.person.id, name: card.person.name, email: 'w@example.com', role: 'worker', level: 1, time_zone: 'Europe/Berlin' };
  world.commit(
    ...Array.from({ length: count }, (_, n) =>
      makeEvent(n + 1, {
        card,
        changes: [{ field: 'check_out_time', old: '2026-11-03T16:30:00Z', new: '2026-11-03T16:00:00Z' }],
        reason: `gate log ${n + 1}`,
      }),
    ),
  );
  return world;
}

const text = (words: string) => page.getByText(words, { exact: false }).first();
const given = (world: World) => world.asked.filter(({ path }) => path === 'answers.give').map(({ input }) => input);

describe('AUD-35: my records', () => {
  test('AUD-35: shows what others did, newest first, and asks for no more than that', async () => {
    const world = changed();
    const card = world.cards[0];
    world.commit(makeEvent(3, { card, by: card?.person, reason: 'my own' }), makeEvent(4, { card, area: 'reading', reason: 'a look' }));
    await open('/me', world);
    await expect.element(text('gate log 2')).toBeVisible();
    await expect.element(page.getByText('2 wait for your answer')).toBeVisible();
    expect(page.getByText('my own', { exact: false }).query()).toBeNull();
    expect(page.getByText('a look', { exact: false }).query()).toBeNull();
    await expectAccessible();
    world.commit(makeEvent(5, { card, reason: 'just now' }));
    await expect.element(text('just now')).toBeVisible();
  });

  test('AUD-35: who exported one’s records, with how many of them; nobody, and a failure, in words', async () => {
    const world = changed();
    const by = { id: '00000001-0000-4000-8000-000000000002', name: 'Omar Khan' };
    world.exports = [{ change: '00000009-0000-4000-8000-000000000001', by, through: null, at: '2026-11-06T11:12:40.000Z', timecards: 3 }];
    await page.viewport(360, 740);
    await open('/me', world);
    await page.getByRole('link', { name: 'Exports' }).click();
    await expect.element(text('exported 3 timecards of yours')).toBeVisible();
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    await expectAccessible();
    await page.viewport(1280, 800);
    world.exports = [];
    await open('/me?show=exports', world);
    await expect.element(text('Nobody has exported your records')).toBeVisible();
    world.refusals.set('exports.ofMine', { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong', requestId: '7f3a91c2' });
    await open('/me?show=exports', world);
    await expect.element(text('7f3a91c2')).toBeVisible();
    await expectAccessible();
  });

  test('AUD-35: contesting takes three taps on a phone, and stands there then', async () => {
    const world = changed(1);
    await page.viewport(360, 740);
    await open('/me', world);
    await page.getByRole('button', { name: 'Contest event 1' }).click();
    await page.getByRole('button', { name: 'My break was different' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Contest', exact: true }).click();
    await expect.element(text('You contested this')).toBeVisible();
    expect(given(world)).toMatchObject([{ verdict: 'contested', reason: 'My break was different' }]);
    expect(document.documentElement.scrollWidth).toBeLessThanOrEqual(360);
    await expectAccessible();
    await page.viewport(1280, 800);
  });

  test('AUD-35: a contest needs to say what is wrong; what the server refuses stays open with what was typed', async () => {
    const world = changed(1);
    await open('/me', world);
    await page.getByRole('button', { name: 'Contest event 1' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Contest', exact: true }).click();
    await expect.element(dialog.getByText('Say what is wrong, in a few words', { exact: false })).toBeVisible();
    world.refusals.set('answers.give', { code: 'NOT_FOUND', message: 'There is no such change of a record of yours.' });
    await dialog.getByLabelText('In your words').fill('I left at half past four');
    await dialog.getByRole('button', { name: 'Contest', exact: true }).click();
    await expect.element(dialog.getByText('There is no such change of a record of yours.')).toBeVisible();
    await expect.element(dialog.getByLabelText('In your words')).toHaveValue('I left at half past four');
    await expectAccessible();
  });

  test('AUD-35: what is confirmed leaves what is unanswered; something else can be said later', async () => {
    const world = changed();
    await open('/me?unanswered=yes', world);
    await page.getByRole('button', { name: 'That’s right: event 2' }).click();
    await expect.element(page.getByText('1 waits for your answer')).toBeVisible();
    await expect.poll(() => page.getByText('gate log 2', { exact: false }).query()).toBeNull();
    await page.getByRole('button', { name: 'That’s right: event 1' }).click();
    await expect.element(page.getByText('Nothing waits for your answer')).toBeVisible();
    await page.getByRole('button', { name: 'Show all' }).click();
    await expect.element(page.getByText('You confirmed this').first()).toBeVisible();
    await page.getByRole('button', { name: 'Say something else' }).first().click();
    await expect.element(page.getByRole('button', { name: 'Contest event 2' })).toBeVisible();
  });

  test('AUD-35: what is unanswered far behind hundreds of answers stands at once on the page, and is counted', async () => {
    const world = changed(250);
    world.given = world.events.flatMap(({ changeId, root, position }) =>
      root && position > 2
        ? [
            {
              change: changeId,
              record: `${root.type}:${root.id}`,
              verdict: 'confirmed' as const,
              reason: null,
              at: '2026-11-06T13:00:00.000Z',
            },
          ]
        : [],
    );
    await open('/me', world);
    await expect.element(page.getByText('2 wait for your answer')).toBeVisible();
    await page.getByLabelText('Only unanswered').click();
    await expect.element(page.getByRole('button', { name: 'Contest event 2', exact: true })).toBeVisible();
    await expect.element(page.getByRole('button', { name: 'Contest event 1', exact: true })).toBeVisible();
    expect(page.getByRole('button', { name: 'Look further back' }).query()).toBeNull();
  });

  test('AUD-35: who looked, when, how often', async () => {
    const world = changed(1);
    const metadata = { view: 'trail', times: 3, rows: 12, first: '', last: '', filters: [], more_filters: 0 };
    world.commit(makeEvent(2, { card: world.cards[0], area: 'reading', action: 'audit_log_accessed', operation: 'none', metadata }));
    await open('/me', world);
    await page.getByRole('link', { name: 'Who looked' }).click();
    await expect.element(page.getByText('Audit trail, 3 times, 12 rows')).toBeVisible();
    expect(page.getByRole('button', { name: /Contest/ }).query()).toBeNull();
    await expectAccessible();
  });

  test('empty, failing and offline say so, and what to do', async () => {
    const empty = changed(0);
    await open('/me', empty);
    await expect.element(page.getByText('Nobody else has changed anything of yours yet')).toBeVisible();
    await page.getByRole('link', { name: 'Who looked' }).click();
    await expect.element(page.getByText('Nobody else has looked at your records yet')).toBeVisible();
    const failing = changed();
    failing.refusals.set('audit.page', {
      code: 'INTERNAL_SERVER_ERROR',
      message: 'Something went wrong on our side',
      requestId: '7f3a91c2',
    });
    await open('/me', failing);
    await expect.element(page.getByRole('button', { name: 'Retry' })).toBeVisible();
    await expect.element(page.getByText('Couldn’t show what others did to your records')).toBeVisible();
  });
});
