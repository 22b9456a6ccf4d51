import { describe, expect, onTestFinished, test } from 'vitest';
import { page } from 'vitest/browser';
import { makeCard, makeEvent } from '../fake/cards.ts';
import { current } from '../fake/current.ts';
import { cutLines, standingLines } from '../fake/handlers.ts';
import { person } from '../fake/people.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';

// What a page does when the server ends its socket because of who reads.

const RIGHTS_CHANGED = 4001;
const SESSION_ENDED = 4003;
/** Ends what stands, once it does. */
async function end(code: number): Promise<void> {
  await expect.poll(() => current().followers.size).toBeGreaterThan(0);
  cutLines(code);
}

const [li, jon] = [person('Li Wei'), person('Jon Ek')];
const own = makeCard({ person: li });
const foreign = makeCard({ person: jon });
const changed = (position: number, card: typeof own) =>
  makeEvent(position, { card, changes: [{ field: 'check_out_time', old: '2026-11-03T16:00:00Z', new: '2026-11-03T15:30:00Z' }] });

function seesBoth(): World {
  const world = new World();
  world.cards = [own, foreign];
  world.events = [changed(12, foreign), changed(11, own)];
  return world;
}

/** Of two people one is left, and the page is told. */
async function loseJon(): Promise<void> {
  becomeWithoutJon();
  await end(RIGHTS_CHANGED);
}

function becomeWithoutJon(): void {
  current().cards = [own];
  current().events = [changed(11, own)];
}

const shown = () => document.body.innerText;
const status = () => document.querySelector('[data-state]')?.textContent;
const SENTENCE = 'What you may see has changed.';

/** Everything that was said meanwhile of a line that is lost. */
function wordsOfLoss(): string[] {
  const words: string[] = [];
  const watching = new MutationObserver(() => {
    const said = /Offline since[^\n]*|retry[^\n]*/.exec(shown());
    if (said) words.push(said[0]);
  });
  watching.observe(document.body, { subtree: true, childList: true, characterData: true });
  onTestFinished(() => watching.disconnect());
  return words;
}

describe('AUD-22: what may be seen has changed', () => {
  test('the feed is exchanged for what may be seen, said once, and nothing says that the line was lost', async () => {
    await open('/live', seesBoth());
    await expect.poll(status).toBe('Live');
    await expect.poll(shown).toContain('Jon Ek');
    const loss = wordsOfLoss();
    await loseJon();
    await expect.poll(shown).toContain(SENTENCE);
    await expect.poll(() => document.querySelectorAll('[data-open]').length).toBe(1);
    await expect.poll(status).toBe('Live');
    expect(document.querySelector('[data-open="12"]')).toBeNull();
    expect(shown().split(SENTENCE)).toHaveLength(2);
    // And it goes on live, over a new line.
    current().commit(changed(13, own));
    await expect.poll(() => document.querySelector('[data-open="13"]')).not.toBeNull();
    expect(loss).toEqual([]);
  });

  test('where nothing can be read any more, what was read goes all the same', async () => {
    await open('/live', seesBoth());
    await expect.poll(status).toBe('Live');
    current().refusals.set('audit.page', { code: 'INTERNAL_SERVER_ERROR', message: 'The server failed' });
    await end(RIGHTS_CHANGED);
    await expect.element(page.getByText('Couldn’t show the feed')).toBeVisible();
    expect(document.querySelectorAll('[data-open]')).toHaveLength(0);
  });

  test('where the answer takes too long, what was read goes before it', async () => {
    await open('/timecards', seesBoth());
    await expect.poll(shown).toContain('Jon Ek');
    await expect.poll(() => current().followers.size).toBeGreaterThan(0);
    current().delay = 600_000;
    await loseJon();
    await expect.poll(shown).not.toContain('Jon Ek');
  });

  test('a list shows what is left', async () => {
    await open('/timecards', seesBoth());
    await expect.poll(shown).toContain('Jon Ek');
    await loseJon();
    await expect.poll(shown).not.toContain('Jon Ek');
    await expect.poll(shown).toContain('Li Wei');
  });

  test('a card that may no longer be seen goes with its trail, and says so', async () => {
    await open(`/timecards/${foreign.id}`, seesBoth());
    await expect.element(page.getByRole('heading', { name: /Jon Ek/ })).toBeVisible();
    await expect.poll(() => document.querySelectorAll('[data-set]').length).toBe(1);
    await loseJon();
    await expect.element(page.getByText('There is no such timecard.')).toBeVisible();
    await expect.poll(shown).not.toContain('Jon Ek');
    expect(document.querySelectorAll('[data-set]')).toHaveLength(0);
  });

  test('what is being typed into a card that may still be seen stays', async () => {
    await open(`/timecards/${own.id}`, seesBoth());
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    const field = page.getByLabelText('Daily Check Out, Tue 3 Nov', { exact: true });
    await field.fill('17:45');
    await end(RIGHTS_CHANGED);
    await expect.poll(shown).toContain(SENTENCE);
    await expect.poll(standingLines).toBeGreaterThan(0);
    await expect.element(field).toHaveValue('17:45');
  });

  test('while the line was lost, nobody could say so: the page finds out when it stands again', async () => {
    await open('/timecards', seesBoth());
    await expect.poll(shown).toContain('Jon Ek');
    await expect.poll(() => current().followers.size).toBeGreaterThan(0);
    current().gone = true;
    cutLines();
    await expect.poll(shown).toContain('Offline since');
    expect(shown()).toContain('Jon Ek');
    becomeWithoutJon();
    current().stamp = 'another';
    current().gone = false;
    window.dispatchEvent(new Event('online'));
    await expect.poll(shown).toContain(SENTENCE);
    await expect.poll(shown).not.toContain('Jon Ek');
  });

  test('a role that was taken away takes along what it offered', async () => {
    await open('/timecards', seesBoth());
    await expect.element(page.getByRole('link', { name: 'Import' })).toBeVisible();
    current().user = { ...(current().user as NonNullable<World['user']>), role: 'worker' };
    await end(RIGHTS_CHANGED);
    await expect.element(page.getByRole('link', { name: 'Import' })).not.toBeInTheDocument();
  });
});

describe('AC-5: a session that ended', () => {
  test('in another tab: this one leads to the sign-in, and whoever signs in next finds nothing of it, going back either', async () => {
    const { address, history } = await open('/live', seesBoth());
    await expect.poll(shown).toContain('Jon Ek');
    current().user = null;
    await end(SESSION_ENDED);
    await expect.poll(address).toBe('/sign-in?to=/live');
    expect(shown()).not.toContain('Jon Ek');
    becomeWithoutJon();
    current().delay = 300;
    await page.getByLabelText('Mail address').fill('li@example.com');
    await page.getByLabelText('Password').fill('demo');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect.poll(() => history.location.pathname).toBe('/live');
    const seen: string[] = [];
    await expect.poll(() => (seen.push(shown()), shown()), { interval: 20 }).toContain('Li Wei');
    expect(seen.filter((text) => text.includes('Jon Ek'))).toEqual([]);
  });

  test('and somebody else signed in since, in another tab: the page is theirs, without what it showed before', async () => {
    await open('/timecards', seesBoth());
    await expect.poll(shown).toContain('Jon Ek');
    becomeWithoutJon();
    current().user = { ...(current().user as NonNullable<World['user']>), id: li.id, name: 'Li Wei', role: 'worker' };
    await end(SESSION_ENDED);
    await expect.element(page.getByRole('button', { name: 'Li Wei Worker' })).toBeVisible();
    await expect.poll(shown).not.toContain('Jon Ek');
  });
});
