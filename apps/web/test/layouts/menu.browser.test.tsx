import { expect, test } from 'vitest';
import { page } from 'vitest/browser';
import { makeEvent } from '../fake/cards.ts';
import { current } from '../fake/current.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

const links = () =>
  [...document.querySelectorAll('nav[aria-label="Pages"] a')]
    .filter((link) => link.checkVisibility())
    .map((link) => link.textContent?.trim());

const EVERYBODY = ['Live', 'Timecards', 'Notifications', 'My records'];

function signedInAs(role: string): World {
  const world = new World();
  world.user = { ...(world.user as NonNullable<World['user']>), role };
  return world;
}

test('AC-1: an admin finds what only admins may do in the menu of the pages, nobody else does', async () => {
  await open('/live', signedInAs('admin'));
  await expect.poll(links).toEqual([...EVERYBODY, 'Users', 'Rights', 'Unusual access', 'Reasons', 'Outbox', 'Health of the log']);
  await page.getByRole('link', { name: 'Health of the log' }).click();
  await expect.element(page.getByRole('heading', { level: 1 })).toHaveTextContent('Health of the log');
  await open('/live', signedInAs('manager'));
  await expect.poll(links).toEqual([...EVERYBODY, 'Unusual access']);
  await open('/live', signedInAs('worker'));
  await expect.poll(links).toEqual(EVERYBODY);
});

test('in a narrow window they stand in the reader’s own menu', async () => {
  await page.viewport(360, 780);
  await open('/live', signedInAs('admin'));
  await expect.poll(links).toEqual(['Live', 'Timecards', 'Notifications']);
  await page.getByRole('button', { name: 'You', exact: false }).last().click();
  await page.getByRole('link', { name: 'Who may see and do what' }).click();
  await expect.element(page.getByRole('heading', { level: 1 })).toHaveTextContent('Who may see and do what');
});

test('where the window is low nothing of it is out of reach', async () => {
  await page.viewport(1280, 360);
  await open('/live', signedInAs('admin'));
  const menu = page.getByRole('button', { name: `${current().user?.name} Admin` });
  await expect.element(menu).toBeInTheDocument();
  menu.element().scrollIntoView();
  await expect.poll(() => Math.round(menu.element().getBoundingClientRect().bottom)).toBeLessThanOrEqual(360);
});

test('whoever did something to their own account is named once, whoever did it to another’s names them', async () => {
  await open('/live', signedInAs('admin'));
  const [actor, other] = ['Jon Ek', 'Li Wei'].map((name, i) => ({
    id: `00000000-0000-4000-8000-00000000000${i + 1}`,
    kind: 'user' as const,
    name,
  }));
  if (!actor || !other) throw new Error('two people are needed');
  const profile = ({ id }: typeof actor) => ({ type: 'User', id, label: 'User' });
  const event = (position: number, subject: typeof actor) => ({
    ...makeEvent(position),
    actor,
    subject,
    action: 'signed_in',
    target: profile(subject),
    root: profile(subject),
    changes: [],
  });
  await expect.poll(() => current().followers.size).toBeGreaterThan(0);
  current().commit(event(1, actor));
  await expect.element(page.getByText('Jon Ek')).toBeVisible();
  expect(document.querySelector('[data-set]')?.textContent).not.toContain('User');
  current().commit(event(2, other));
  await expect.element(page.getByRole('link', { name: 'Li Wei' })).toBeVisible();
});
