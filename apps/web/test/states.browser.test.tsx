import { describe, expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { expectAccessible } from './axe.ts';
import { makeCard, makeEvent } from './fake/cards.ts';
import { current } from './fake/current.ts';
import { cutLines } from './fake/handlers.ts';
import { afternoon, DEMO } from './fake/scenes.ts';
import { UNWELL } from './fake/health.ts';
import { MESSAGES, NOTICES } from './fake/notices.ts';
import { uuid } from './fake/random.ts';
import { World } from './fake/world.ts';
import type { ReasonView } from '../src/api/views.ts';
import { open } from './open.tsx';

// Every page in each of its states: first run, loading, empty under a filter, partial, error, forbidden, and full.

const FAILED = { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side', requestId: '7f3a91c2' };
const FORBIDDEN = {
  code: 'FORBIDDEN',
  message: 'You may not see this.',
  details: 'It is neither yours nor of somebody you are responsible for.',
};
const OFFLINE = { code: 'OFFLINE', message: '' };

function failing(paths: readonly string[], refusal: typeof FAILED | typeof FORBIDDEN | typeof OFFLINE, world = afternoon(20)): World {
  for (const path of paths) world.refusals.set(path, refusal);
  return world;
}

function slow(): World {
  const world = afternoon(20);
  const never = () => new Promise(() => undefined);
  for (const path of ['audit.page', 'timecards.list', 'timecards.get']) world.answers.set(path, never);
  return world;
}

const text = (words: string | RegExp) => expect.element(page.getByText(words, { exact: false }).first()).toBeInTheDocument();
const retry = () => page.getByRole('button', { name: 'Retry' }).first();

describe('/live', () => {
  test('full', async () => {
    await open('/live', afternoon(20));
    await text('Gate log shows 16:28');
    await expectAccessible();
  });

  test('partial: the chart of when could not be read, the rest works', async () => {
    await open('/live', failing(['audit.overview'], FAILED));
    await text('How many there are when could not be read');
    await text('Gate log shows 16:28');
    await expectAccessible();
  });

  test('a stretch of the past: said in words, with the way back', async () => {
    await open('/live?from=2026-11-01T00:00:00Z&to=2026-11-06T23:59:59.999999Z', afternoon(20));
    await text('A stretch of the past: not live');
    await expectAccessible();
    await page.getByRole('button', { name: 'Back to live' }).click();
    await expect.poll(() => document.querySelector('[data-state]')?.textContent).toBe('Live');
  });

  test('paused, with events that wait, and then without a line', async () => {
    await open('/live', afternoon(20));
    await expect.poll(() => document.querySelector('[data-state]')?.textContent).toBe('Live');
    await page.getByRole('button', { name: 'Pause' }).click();
    current().commit(makeEvent(90_001));
    await expect.element(page.getByRole('button', { name: '1 new' })).toBeVisible();
    current().gone = true;
    cutLines();
    await text(/^Offline since/);
    await expectAccessible();
  });

  test('first run: says what will appear', async () => {
    await open('/live', new World());
    await text('Nothing is recorded yet');
    await expectAccessible();
  });

  test('loading: rows of the height of the real ones, after a moment', async () => {
    await open('/live', slow());
    await text('Reading what is recorded');
    await expectAccessible();
  });

  test('empty under a filter: the way out, part by part', async () => {
    await open('/live?action=admin_edit&text=nowhere', afternoon());
    await text('Nothing recorded matches this filter');
    await expectAccessible();
    await page.getByRole('button', { name: 'Without text' }).click();
    await text('Gate log shows 16:28');
  });

  test('partial: without the words of the log it spells them out', async () => {
    await open('/live', failing(['audit.vocabulary', 'people.list'], FAILED));
    await expect.element(page.getByText('Admin edit').first()).toBeVisible();
    await page.getByRole('button', { name: 'Action' }).click();
    await expect.element(page.getByText('The words of the log could not be read.', { exact: false })).toBeVisible();
    await expectAccessible();
  });

  test('error: what, the request to name, and Retry', async () => {
    const world = failing(['audit.page'], FAILED);
    await open('/live', world);
    await text('Couldn’t show the feed');
    await text('7f3a91c2');
    await expectAccessible();
    world.refusals.clear();
    await retry().click();
    await text('Gate log shows 16:28');
  });

  test('error later on: what is shown stays', async () => {
    const world = afternoon();
    await open('/live', world);
    await text('Gate log shows 16:28');
    await expect.poll(() => world.followers.size).toBe(1);
    world.refusals.set('audit.page', FAILED);
    // A gap has to be read anew, and can't be.
    world.followers.forEach((follower) => follower({ from: 90_000, to: 90_001, events: [makeEvent(90_001)] }));
    await text('Couldn’t refresh the feed.');
    await text('Gate log shows 16:28');
    await expectAccessible();
  });

  test('forbidden, and offline', async () => {
    await open('/live', failing(['audit.page'], FORBIDDEN));
    await text('You may not see this.');
    await expectAccessible();
    await open('/live', failing(['audit.page'], OFFLINE));
    await text('The server can’t be reached');
    await expectAccessible();
  });

  test('an event in its drawer, unfolded rows, a panel, the sheet of keys', async () => {
    await open('/live/e/18207', afternoon());
    await text('Overtime Hours');
    await page.getByRole('button', { name: '11 fields · 11 events' }).click();
    await page.getByText('As it is recorded').click();
    await expectAccessible();
    await open('/live', afternoon());
    await page.getByRole('button', { name: 'Who' }).click();
    await text('Łukasz Wójcik');
    await expectAccessible();
  });

  test('an event that one may not see', async () => {
    await open('/live/e/3', afternoon());
    await text('There is no such event, or you may not see it');
    await expectAccessible();
  });
});

describe('/timecards', () => {
  test('full', async () => {
    await open('/timecards', afternoon());
    await text('edited after approval');
    await expectAccessible();
  });

  test('first run, loading', async () => {
    await open('/timecards', new World());
    await text('There are no timecards yet');
    await expectAccessible();
    await open('/timecards', slow());
    await text('Reading the timecards');
    await expectAccessible();
  });

  test('empty under a filter, and beyond the last page', async () => {
    await open('/timecards?from=2030-01-01', afternoon());
    await text('No timecard matches this filter');
    await expectAccessible();
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await text('Li Wei');
    await open('/timecards?page=9', afternoon());
    await page.getByRole('button', { name: 'To the first page' }).click();
    await text('Li Wei');
  });

  test('partial, error, forbidden', async () => {
    await open('/timecards', failing(['people.list', 'sites.list'], FAILED));
    await text('Li Wei');
    await page.getByRole('button', { name: 'Person' }).click();
    await text(/This list could not be read/);
    await expectAccessible();
    const world = failing(['timecards.list'], FAILED);
    await open('/timecards', world);
    await text('Couldn’t show the timecards');
    await expectAccessible();
    world.refusals.clear();
    await retry().click();
    await text('Li Wei');
    await open('/timecards', failing(['timecards.list'], FORBIDDEN));
    await text('You may not see this.');
    await expectAccessible();
  });
});

describe('/timecards/:id', () => {
  const openCard = (world: World) => open(`/timecards/${world.cards[0]?.id}`, world);

  test('full', async () => {
    await openCard(afternoon());
    await text('Edited since, to be approved anew');
    await expectAccessible();
  });

  test('first run of its trail, loading', async () => {
    const world = afternoon();
    world.events = [];
    await openCard(world);
    await text('Nothing is recorded that you may see');
    await expectAccessible();
    await openCard(slow());
    await text('Reading the timecard');
    await expectAccessible();
  });

  test('empty under a filter of the trail', async () => {
    const world = afternoon();
    await open(`/timecards/${world.cards[0]?.id}?action=timecard_deleted`, world);
    await text('Nothing in this trail matches the filter');
    await expectAccessible();
    await page.getByRole('button', { name: 'Show everything' }).click();
    await text('Gate log shows 16:28');
  });

  test('partial: the trail can’t be read, the card can, and the other way round', async () => {
    await openCard(failing(['audit.page'], FAILED));
    await text('Couldn’t show the audit trail');
    await text('40:32');
    await expectAccessible();
    await openCard(failing(['timecards.get'], FAILED));
    await text('Couldn’t show this timecard');
    await text('Gate log shows 16:28');
    await expectAccessible();
  });

  test('forbidden', async () => {
    await openCard(failing(['timecards.get', 'audit.page'], FORBIDDEN));
    await text('You may not see this.');
    await expectAccessible();
  });

  test('being edited, with something that can’t be and something that overlaps', async () => {
    const world = afternoon();
    world.refusals.set('timecards.update', {
      code: 'CONFLICT',
      message: 'changed',
      conflicts: [
        {
          field: 'entries.2026-11-03.daily_check_out',
          base: '2026-11-03T15:30:00Z',
          present: '2026-11-03T15:45:00Z',
          changedBy: { id: null, name: 'Omar Khan' },
          changedAt: '2026-11-06T17:01:00Z',
        },
      ],
    });
    await openCard(world);
    await page.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabelText('Daily Check Out, Tue 3 Nov').fill('1645');
    await page.getByLabelText('Daily Check In, Wed 4 Nov').fill('soon');
    await expectAccessible();
    await page.getByLabelText('Daily Check In, Wed 4 Nov').fill('0800');
    await page.getByLabelText('Daily Check Out, Tue 3 Nov').fill('1650');
    await page.getByLabelText('Remove this day, Mon 2 Nov').click();
    await page.getByRole('textbox', { name: 'Reason' }).fill('Gate log');
    await page.getByRole('button', { name: 'Save' }).click();
    await text('Somebody else changed the same field');
    await expectAccessible();
  });

  test('its dialogs', async () => {
    for (const name of ['Approve anew', 'Submit', 'Reject', 'Delete']) {
      await openCard(afternoon());
      await page.getByRole('button', { name }).click();
      await expect.element(page.getByRole('dialog')).toBeVisible();
      if (name === 'Reject') await page.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
      await expectAccessible();
    }
  });
});

describe('a rejected timecard whose rejection names fields', () => {
  test('to its owner: as it stands, and being mended', async () => {
    const world = new World();
    const { id, name } = world.user as NonNullable<World['user']>;
    const more = { rejectionReason: 'Gate log says 16:28', fieldsToMend: ['entries.2026-11-03.daily_check_out'] };
    const card = makeCard({ person: { id, name }, status: 'rejected', more });
    world.cards = [card];
    await open(`/timecards/${card.id}`, world);
    await text('The other times are locked for the owner');
    await expectAccessible();
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await expect.element(page.getByRole('heading', { name: 'Edit the times' })).toBeVisible();
    await expectAccessible();
  });
});

describe('/settings/reasons', () => {
  const reason = (n: number, label: string, active = true): ReasonView => ({
    id: uuid(9, n),
    version: 1,
    label,
    offeredFor: ['admin_edit', 'rejection'],
    active,
  });
  const withReasons = (world = new World()) =>
    Object.assign(world, { reasons: [reason(1, 'Gate log'), reason(2, 'Call sheet'), reason(3, 'Old habit', false)] });

  test('full, and one that is changed', async () => {
    await open('/settings/reasons', withReasons());
    await text('Call sheet');
    await expectAccessible();
    await page.getByRole('button', { name: 'Change “Gate log”' }).click();
    await text('What it was given for so far keeps the words that it had.');
    await expectAccessible();
  });

  test('first run: the usual ones are a click away; loading', async () => {
    const world = new World();
    await open('/settings/reasons', world);
    await text('There is nothing to pick from yet');
    await expectAccessible();
    await page.getByRole('button', { name: 'Add the usual reasons' }).click();
    await text('Forgotten punch');
    world.answers.set('reasons.list', () => new Promise(() => undefined));
    await open('/settings/reasons', world);
    await text('Reading the reasons');
    await expectAccessible();
  });

  test('empty of what is offered: all are retired', async () => {
    await open('/settings/reasons', Object.assign(new World(), { reasons: [reason(1, 'Old habit', false)] }));
    await text('All of them are retired');
    await expectAccessible();
  });

  test('error, what was read before while it can’t be read anew, and forbidden', async () => {
    const world = failing(['reasons.list'], FAILED, withReasons());
    await open('/settings/reasons', world);
    await text('Couldn’t show the reasons');
    await expectAccessible();
    world.refusals.clear();
    await retry().click();
    await text('Call sheet');
    world.refusals.set('reasons.list', FAILED);
    await page.getByRole('button', { name: 'Retire “Gate log”' }).click();
    await text('Couldn’t refresh the reasons.');
    await expectAccessible();
    const worker = withReasons();
    worker.user = { ...(worker.user as NonNullable<World['user']>), role: 'worker' };
    await open('/settings/reasons', worker);
    await text('Admins maintain this list');
    await expectAccessible();
  });
});

describe('/notifications', () => {
  const withNotices = (world = afternoon()) => Object.assign(world, { notices: [...NOTICES] });

  test('full', async () => {
    await open('/notifications', withNotices());
    await text('The log can’t be written');
    await expectAccessible();
  });

  test('first run, loading, and nothing unread', async () => {
    await open('/notifications', new World());
    await text('You have not been told anything yet');
    await expectAccessible();
    const world = withNotices();
    world.answers.set('notifications.list', () => new Promise(() => undefined));
    await open('/notifications', world);
    await text('Reading the notifications');
    await expectAccessible();
    await open('/notifications?show=unread', Object.assign(new World(), { notices: NOTICES.filter(({ readAt }) => readAt !== null) }));
    await text('Everything is read');
    await expectAccessible();
    await page.getByRole('button', { name: 'Show all' }).click();
    await text('A kind that this page does not know');
  });

  test('error, forbidden, and what was read before while it can’t be read anew', async () => {
    const world = failing(['notifications.list'], FAILED, withNotices());
    await open('/notifications', world);
    await text('Couldn’t show the notifications');
    await expectAccessible();
    world.refusals.clear();
    await retry().click();
    await text('The log can’t be written');
    world.refusals.set('notifications.list', FAILED);
    world.tell();
    await text('Couldn’t refresh the notifications.');
    await text('The log can’t be written');
    await expectAccessible();
    await open('/notifications', failing(['notifications.list'], FORBIDDEN));
    await text('You may not see this.');
    await expectAccessible();
  });
});

describe('/outbox', () => {
  const withMessages = (world = afternoon()) => Object.assign(world, { messages: [...MESSAGES] });

  test('full, and a message', async () => {
    await open('/outbox', withMessages());
    await text('The SMS provider answered with 400');
    await expectAccessible();
    await page.getByRole('link', { name: /Your hours were changed/ }).click();
    await text('for the end of quiet hours');
    await expectAccessible();
  });

  test('first run, loading, and empty under a filter', async () => {
    await open('/outbox', new World());
    await text('No message yet');
    await expectAccessible();
    const world = withMessages();
    world.answers.set('messages.list', () => new Promise(() => undefined));
    await open('/outbox', world);
    await text('Reading the outbox');
    await expectAccessible();
    await open('/outbox?status=sent&channel=mail', withMessages());
    await text('No message matches this filter');
    await expectAccessible();
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await text('The SMS provider answered with 400');
  });

  test('error, forbidden, and a message that is gone', async () => {
    await open('/outbox', failing(['messages.list'], FAILED, withMessages()));
    await text('Couldn’t show the outbox');
    await expectAccessible();
    await open('/outbox', failing(['messages.list'], FORBIDDEN));
    await text('You may not see this.');
    await expectAccessible();
    await open('/outbox?message=00000000-0000-4000-9000-000000000000', withMessages());
    await text('There is no such message.');
    await expectAccessible();
  });
});

describe('/admin/health', () => {
  test('well, unwell, loading, error, forbidden', async () => {
    await open('/admin/health', new World());
    await text('Every protection holds');
    await expectAccessible();
    await open('/admin/health', Object.assign(new World(), { health: UNWELL }));
    await text('2 of 9 protections do not hold');
    await expectAccessible();
    const world = new World();
    world.answers.set('health.get', () => new Promise(() => undefined));
    await open('/admin/health', world);
    await text('Looking at the protections of the log');
    await expectAccessible();
    await open('/admin/health', failing(['health.get'], FAILED));
    await text('Couldn’t show the health of the log');
    await expectAccessible();
    await open('/admin/health', failing(['health.get'], FORBIDDEN));
    await text('You may not see this.');
    await expectAccessible();
  });
});

describe('/notifications/preferences', () => {
  test('full, loading, error, forbidden', async () => {
    await open('/notifications/preferences', new World());
    await text('Changes of your hours');
    await expectAccessible();
    const world = new World();
    world.answers.set('notifications.preferences', () => new Promise(() => undefined));
    await open('/notifications/preferences', world);
    await text('Reading your preferences');
    await expectAccessible();
    await open('/notifications/preferences', failing(['notifications.preferences'], FAILED));
    await text('Couldn’t show your preferences');
    await expectAccessible();
    await open('/notifications/preferences', failing(['notifications.preferences'], FORBIDDEN));
    await text('You may not see this.');
    await expectAccessible();
  });
});

describe('around the pages', () => {
  test('the sign-in, with a demonstration that is being prepared, and with a refusal', async () => {
    const world = new World();
    world.user = null;
    world.demo = { ...DEMO, progress: { done: 1200, of: 40_000, message: 'Writing timecards' } };
    await open('/sign-in', world);
    await text('This is a demonstration');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expectAccessible();
    await page.getByLabelText('Mail address').fill('a@b.example');
    await page.getByLabelText('Password').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await text(/don’t belong together/);
    await expectAccessible();
  });

  test('the menu of the person, an address that leads nowhere, and nobody who answers', async () => {
    const world = afternoon();
    world.demo = { ...DEMO, progress: { done: 1200, of: 40_000, message: 'Writing timecards' } };
    await open('/live', world);
    await page.getByRole('button', { name: /Anna Berg/ }).click();
    await text('Appearance');
    await expectAccessible();
    await open('/nowhere', afternoon());
    await text('There is no such page');
    await expectAccessible();
  });
});
