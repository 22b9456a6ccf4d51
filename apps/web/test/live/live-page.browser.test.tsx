import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { page, userEvent } from 'vitest/browser';
import { foldingPreference } from '../../src/ui/preferences.ts';
import { makeCard, makeEvent } from '../fake/cards.ts';
import { current } from '../fake/current.ts';
import { cutLines } from '../fake/handlers.ts';
import { LI, OMAR } from '../fake/people.ts';
import { uuid } from '../fake/random.ts';
import { afternoon, past } from '../fake/scenes.ts';
import { World } from '../fake/world.ts';
import { open } from '../open.tsx';
import { steady } from '../steady.ts';

const card = makeCard();
const out = (before: string, after: string) => [{ field: 'check_out_time', old: before, new: after }];
const event = (position: number, more: Parameters<typeof makeEvent>[1] = {}) =>
  makeEvent(position, { card, workDate: '2026-11-03', changes: out('2026-11-03T16:00:00Z', '2026-11-03T15:30:00Z'), ...more });

function worldWith(count: number): World {
  const world = new World();
  world.events = past(1000, count, [card]);
  return world;
}

const list = () => page.getByRole('list', { name: 'Changes, newest first' });
const row = (position: number) => page.getByRole('link', { name: `Open event #${position}` });
const status = () => document.querySelector('[data-state]')?.textContent;
const scroller = () => list().element().parentElement as HTMLElement;

/** What the first row said when it was first there, before anything could be drawn. */
function firstWords(): Promise<string> {
  return new Promise((resolve) => {
    const observer = new MutationObserver(() => {
      const article = document.querySelector('article');
      if (!article) return;
      observer.disconnect();
      resolve(article.textContent);
    });
    observer.observe(document.body, { childList: true, subtree: true });
    onTestFinished(() => observer.disconnect());
  });
}

describe('the feed', () => {
  test('a row is told by its words and zone from the first moment on, though all answers come at once', async () => {
    const world = new World();
    world.events = [event(7)];
    const first = firstWords();
    await open('/live', world);
    expect(await first).toContain('Check Out Time17:00→became16:30');
  });

  test('shows who did what to which record, what was there before, and why', async () => {
    const world = new World();
    world.events = [event(7, { reason: 'Gate log shows 16:28' })];
    await open('/live', world);
    const article = page.getByRole('article');
    await expect.element(article).toMatchTextContent('Anna BergAdmin editLi Wei · Week of 2 Nov 2026');
    await expect.element(article).toMatchTextContent('Check Out Time17:00→became16:30');
    await expect.element(article).toMatchTextContent('“Gate log shows 16:28”');
    await expect
      .element(article.getByRole('link', { name: 'Li Wei · Week of 2 Nov 2026' }))
      .toHaveAttribute('href', `/timecards/${card.id}`);
  });

  test('the record of a person goes by their name, and not by what stands for it in the log', async () => {
    const world = new World();
    const profile = { type: 'User', id: LI.id, label: `User ${LI.id.slice(0, 8)}` };
    const subject = { id: LI.id, name: LI.name };
    const changes = [{ field: 'phone', hidden: true as const }];
    world.events = [event(7, { by: OMAR, area: 'people', action: 'user_updated', target: profile, root: profile, subject, changes })];
    await open('/live', world);
    await expect.element(page.getByRole('article')).toMatchTextContent(/Omar Khan.*Li Wei/s);
    await expect.element(page.getByRole('article')).not.toMatchTextContent(profile.label);
  });

  test('AC-4: a value that one may not see is shown as changed', async () => {
    const world = new World();
    world.events = [event(7, { changes: [{ field: 'admin_notes', hidden: true }] })];
    await open('/live', world);
    await expect.element(page.getByRole('article')).toMatchTextContent('Admin Notes changed, hidden');
  });

  test('AUD-20: what is recorded appears by itself, on top', async () => {
    await open('/live', worldWith(3));
    await expect.poll(status).toBe('Live');
    current().commit(event(1001, { by: OMAR }));
    await expect.element(row(1001)).toBeVisible();
    expect(list().element().querySelector('[data-set]')?.textContent).toContain('Omar Khan');
  });

  test('what comes alone lights up once; of a burst nothing does', async () => {
    foldingPreference.set('off');
    await open('/live', worldWith(3));
    await expect.poll(status).toBe('Live');
    // What came in just now is still news when a busy machine draws it.
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    current().commit(event(1001));
    await expect.element(row(1001)).toBeVisible();
    expect(document.querySelectorAll('.arriving')).toHaveLength(1);
    current().commit(...Array.from({ length: 8 }, (_, index) => event(1002 + index)));
    await expect.element(row(1009)).toBeVisible();
    expect(document.querySelectorAll('.arriving')).toHaveLength(1);
  });

  test('AUD-3: one change set is one card, which unfolds into its events', async () => {
    const world = worldWith(2);
    const changeId = uuid(6, 77);
    world.commit(...[1001, 1002, 1003].map((position) => event(position, { changeId })));
    await open('/live', world);
    await page.getByRole('button', { name: '3 events' }).click();
    await expect.element(page.getByRole('link', { name: 'Event #1001' })).toBeVisible();
    expect(list().element().querySelectorAll('[data-set]')).toHaveLength(3);
  });

  test('thousands of events are at most sixty rows, and older ones come when somebody scrolls', async () => {
    await open('/live', worldWith(900));
    await expect.element(row(1000)).toBeVisible();
    await vi.waitFor(
      () => {
        scroller().scrollTop = scroller().scrollHeight;
        expect(row(101).elements()).toHaveLength(1);
      },
      // One answer after the other.
      { timeout: 60_000 },
    );
    expect(list().element().querySelectorAll('li').length).toBeLessThanOrEqual(60);
    const cursors = current().asked.flatMap(({ path, input }) =>
      path === 'audit.page' && input['before'] !== undefined ? [input['before']] : [],
    );
    expect(new Set(cursors).size).toBe(cursors.length);
  });
});

test('AUD-27: under "Site" each time is that of its site, and says in which zone, and on which day where it is another', async () => {
  const world = new World();
  const berlin = makeCard({ site: 0 });
  const york = makeCard({ site: 2 });
  world.events = [
    makeEvent(2, { card: york, occurredAt: '2026-11-06T02:15:00Z' }),
    makeEvent(1, { card: berlin, occurredAt: '2026-11-06T02:10:00Z' }),
  ];
  await open('/live', world);
  const articles = page.getByRole('article');
  await expect.element(articles.first()).toMatchTextContent(/21:15:00.*5 Nov · EST/);
  await expect.element(articles.last()).toMatchTextContent(/03:10:00.*CET/);
  await page.getByText('UTC', { exact: true }).click();
  await expect.element(articles.first()).toMatchTextContent(/02:15:00/);
  await expect.element(articles.first()).not.toMatchTextContent('EST');
});

describe('rows that stay as they are told', () => {
  test('wait for the letters that they are set in, as long as those are not late', async () => {
    let asked = NaN;
    const load = vi.spyOn(document.fonts, 'load').mockImplementation(() => {
      asked ||= performance.now();
      return new Promise(() => {});
    });
    onTestFinished(() => load.mockRestore());
    const shown = firstWords().then(() => performance.now());
    await open('/live', worldWith(3));
    // A second; timers are exact to a millisecond.
    expect((await shown) - asked).toBeGreaterThan(990);
    await expect.element(row(1000)).toBeVisible();
  });
});

describe('pausing', () => {
  test('by the button: events wait, the pill counts them, going on shows them and where one stopped', async () => {
    await open('/live', worldWith(5));
    await expect.poll(status).toBe('Live');
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect.poll(status).toBe('Paused by you');
    current().commit(event(1001), event(1002));
    const pill = page.getByRole('button', { name: '2 new' });
    await expect.element(pill).toBeVisible();
    expect(row(1002).elements()).toHaveLength(0);
    await pill.click();
    await expect.element(row(1002)).toBeVisible();
    await expect.element(page.getByText('you stopped reading here')).toBeVisible();
    await expect.poll(status).toBe('Live');
  });

  test('by Space, and not while somebody types', async () => {
    await open('/live', worldWith(5));
    await expect.poll(status).toBe('Live');
    await userEvent.keyboard(' ');
    await expect.poll(status).toBe('Paused by you');
    await userEvent.keyboard(' ');
    await expect.poll(status).toBe('Live');
    await userEvent.keyboard('/');
    await userEvent.keyboard('gate log');
    await expect.element(page.getByRole('searchbox')).toHaveValue('gate log');
    await expect.poll(status).toBe('Live');
  });

  test('by scrolling away: nothing moves under the reader’s eyes, and the top lets it go on', async () => {
    await open('/live', worldWith(80));
    await expect.element(row(1000)).toBeVisible();
    scroller().scrollTop = 700;
    await expect.poll(status).toBe('Paused while you scroll');
    const topOf = () => Math.round(document.querySelector('[data-open="988"]')?.getBoundingClientRect().top ?? NaN);
    const before = await steady(topOf);
    current().commit(...Array.from({ length: 20 }, (_, index) => event(1001 + index)));
    await expect.element(page.getByRole('button', { name: '20 new' })).toBeVisible();
    expect(await steady(topOf)).toBe(before);
    scroller().scrollTop = 0;
    await expect.poll(status).toBe('Live');
    await expect.element(row(1020)).toBeVisible();
  });

  test('unfolding a card holds the list still: what is read does not move', async () => {
    const world = worldWith(3);
    const changeId = uuid(6, 78);
    world.commit(event(1001, { changeId }), event(1002, { changeId }));
    await open('/live', world);
    await page.getByRole('button', { name: '2 events' }).click();
    await expect.poll(status).toBe('Paused while you read');
    const top = () => row(1002).element().getBoundingClientRect().top;
    const before = await steady(top);
    current().commit(event(1003));
    await expect.element(page.getByRole('button', { name: '1 new' })).toBeVisible();
    expect(await steady(top)).toBe(before);
  });
});

describe('the line', () => {
  // What was told is counted in rows.
  beforeEach(() => foldingPreference.set('off'));

  test('AUD-21: after a cut it goes on after the last position, without a gap or a double', async () => {
    await open('/live', worldWith(5));
    await expect.poll(status).toBe('Live');
    cutLines();
    current().followers.clear();
    current().commit(event(1001), event(1002));
    await expect.element(row(1002)).toBeVisible();
    current().commit(event(1003));
    await expect.element(row(1003)).toBeVisible();
    expect(list().element().querySelectorAll('[data-set]')).toHaveLength(8);
  });

  test('a stretch that was told before adds nothing, one with a gap reads anew', async () => {
    await open('/live', worldWith(5));
    await expect.poll(status).toBe('Live');
    const tell = (from: number, to: number, events: ReturnType<typeof event>[]) =>
      current().followers.forEach((follower) => follower({ from, to, events }));
    tell(996, 1000, [event(999), event(1000)]);
    tell(1000, 1001, [event(1001)]);
    await expect.element(row(1001)).toBeVisible();
    expect(list().element().querySelectorAll('[data-set]')).toHaveLength(6);
    current().events = [event(1005), event(1004), event(1003), event(1002), event(1001), ...current().events];
    tell(1004, 1005, [event(1005)]);
    await expect.element(row(1003)).toBeVisible();
    await expect.element(row(1005)).toBeVisible();
  });

  test('AUD-21: away too long to replay, it says so and reads anew', async () => {
    const world = worldWith(5);
    await open('/live', world);
    await expect.poll(status).toBe('Live');
    let answer = () => {};
    const waits = new Promise<void>((resolve) => (answer = resolve));
    const first = world.answer.bind(world);
    world.answer = (path, input) => (path === 'audit.page' ? waits.then(() => first(path, input)) : first(path, input));
    world.events = past(9000, 5, [card]);
    world.oldest = 8990;
    cutLines();
    world.followers.clear();
    await expect.poll(status).toMatch(/Away too long/);
    answer();
    await expect.element(row(9000)).toBeVisible();
  });

  test('while nobody answers, it says since when, and that it tries again', async () => {
    await open('/live', worldWith(2));
    await expect.poll(status).toBe('Live');
    current().gone = true;
    cutLines();
    await expect.poll(status).toMatch(/^Offline since \d\d:\d\d · retry/);
    current().gone = false;
    await expect.poll(status).toBe('Live');
  });
});

test('a session that ended closes the feed, and leads to the sign-in', async () => {
  const world = worldWith(3);
  const { address } = await open('/live', world);
  await expect.poll(status).toBe('Live');
  world.user = null;
  world.refusals.set('audit.live', { code: 'UNAUTHORIZED', message: 'Sign in first' });
  cutLines();
  await expect.poll(address).toBe('/sign-in?to=/live');
});

test('a look back begins below a position, is not live, and leads back', async () => {
  const { address } = await open('/live?before=990', worldWith(40));
  await expect.poll(status).toBe('Before event 990: not live');
  await expect.element(row(989)).toBeVisible();
  expect(row(990).elements()).toHaveLength(0);
  await page.getByRole('button', { name: 'Back to live' }).click();
  await expect.poll(address).toBe('/live');
  await expect.poll(status).toBe('Live');
});

describe('filters', () => {
  test('AUD-22: they stand in the address, and the server applies them', async () => {
    const { address } = await open('/live', afternoon());
    await page.getByRole('button', { name: 'Action' }).click();
    await page.getByRole('checkbox', { name: 'Timecard approved' }).click();
    await expect.poll(address).toBe('/live?action=timecard_approved');
    await expect.poll(() => current().asked.at(-1)?.input).toMatchObject({ action: ['timecard_approved'] });
    await expect.poll(() => document.querySelectorAll('[data-set]').length).toBe(1);
    await page.getByRole('checkbox', { name: 'Timecard submitted' }).click();
    await expect.poll(address).toBe('/live?action=timecard_approved&action=timecard_submitted');
    await userEvent.keyboard('{Escape}');
    await page.getByRole('button', { name: 'Remove the filter Action' }).click();
    await expect.poll(address).toBe('/live');
  });

  test('an address with a filter opens filtered, and live', async () => {
    const world = afternoon();
    await open(`/live?action=admin_edit&actor=${OMAR.id}`, world);
    await expect.element(page.getByRole('button', { name: 'Who: Omar Khan' })).toBeVisible();
    await expect.element(page.getByText('Nothing recorded matches this filter')).toBeVisible();
    await expect.poll(status).toBe('Live');
    world.commit(event(90_001, { by: LI }), event(90_002, { by: OMAR }));
    await expect.element(row(90_002)).toBeVisible();
    expect(row(90_001).elements()).toHaveLength(0);
  });

  test('who did something in the list can be chosen, in the list of people or not', async () => {
    const world = worldWith(2);
    world.commit(event(1001, { by: { id: uuid(1, 99), name: 'Zoë from another team' } }));
    const { address } = await open('/live', world);
    await expect.element(row(1001)).toBeVisible();
    await page.getByRole('button', { name: 'Who', exact: true }).click();
    await page.getByRole('checkbox', { name: 'Zoë from another team' }).click();
    await expect.poll(address).toBe(`/live?actor=${uuid(1, 99)}`);
    await expect.poll(() => document.querySelectorAll('[data-set]').length).toBe(1);
  });

  test('one that the server can’t understand can be taken off', async () => {
    const world = worldWith(2);
    world.refusals.set('audit.page', { code: 'VALIDATION_ERROR', message: 'The input is not valid', details: 'root must be a record' });
    const { address } = await open('/live?root=nonsense', world);
    await expect.element(page.getByRole('alert')).toMatchTextContent('The input is not valid. root must be a record.');
    world.refusals.clear();
    await page.getByRole('button', { name: 'Clear the filter' }).click();
    await expect.poll(address).toBe('/live');
    await expect.element(row(1000)).toBeVisible();
  });

  test('text is searched after a pause in typing', async () => {
    const { address } = await open('/live', afternoon());
    await page.getByRole('searchbox').fill('gate');
    await expect.poll(address).toBe('/live?text=gate');
    await expect.poll(() => document.querySelectorAll('[data-set]').length).toBe(1);
  });
});

describe('one event', () => {
  test('opens beside the list with everything that is recorded, and Back closes it', async () => {
    const { address, history } = await open('/live', afternoon());
    await row(18_207).click();
    await expect.poll(address).toBe('/live/e/18207');
    const drawer = page.getByRole('complementary', { name: 'Event 18207' });
    await expect.element(drawer).toMatchTextContent('10.0.4.12');
    await expect.element(drawer.getByRole('table')).toMatchTextContent('Total Hours41.03 hours40.53 hours');
    await expect.element(drawer.getByRole('heading', { level: 2 })).toHaveFocus();
    await userEvent.keyboard('{Escape}');
    await expect.poll(address).toBe('/live');
    await expect.element(row(18_207)).toHaveFocus();
    expect(history.length).toBe(2);
  });

  test('its address opens on its own', async () => {
    await open('/live/e/18194', afternoon());
    await expect.element(page.getByRole('complementary')).toMatchTextContent('Omar Khan');
  });

  test('AUD-22: its address finds the list at the event, and the list holds still', async () => {
    const { address } = await open('/live/e/930', worldWith(100));
    await expect.element(row(930)).toBeInViewport();
    await expect.poll(status).toMatch(/^Paused/);
    await expect.poll(address).toBe('/live/e/930');
  });

  test('AUD-22: one that is older than the first screen is shown among its neighbours', async () => {
    const { address } = await open('/live/e/650', worldWith(500));
    await expect.poll(address).toBe('/live/e/650?before=671');
    await expect.element(row(650)).toBeInViewport();
    await expect.element(row(651)).toBeInViewport();
    await expect.poll(status).toBe('Before event 671: not live');
  });

  test('what was made had nothing before, and has no column for it', async () => {
    const world = worldWith(1);
    world.commit(
      makeEvent(1001, { card, operation: 'create', action: 'timecard_created', changes: [{ field: 'status', old: null, new: 'draft' }] }),
    );
    await open('/live/e/1001', world);
    const table = page.getByRole('complementary').getByRole('table');
    await expect.element(table.getByRole('columnheader', { name: 'After' })).toBeVisible();
    expect(table.getByRole('columnheader', { name: 'Before' }).elements()).toHaveLength(0);
    await expect.element(table).not.toMatchTextContent('(not set)');
  });

  test('one that isn’t there, or that one may not see, is explained', async () => {
    await open('/live/e/7', afternoon());
    await expect.element(page.getByRole('complementary')).toMatchTextContent('There is no such event, or you may not see it');
    await open('/live/e/nonsense', afternoon());
    await expect.element(page.getByRole('complementary')).toMatchTextContent('There is no such event');
  });

  test('in a narrow window it is a page of its own, and going back finds the list where it was', async () => {
    await page.viewport(360, 780);
    await open('/live', worldWith(80));
    await expect.element(row(1000)).toBeVisible();
    const element = scroller();
    element.scrollTop = 900;
    await expect.poll(() => document.querySelector('[data-open="992"]')).not.toBeNull();
    (document.querySelector('[data-open="992"]') as HTMLElement).click();
    await expect.element(page.getByRole('complementary')).toBeVisible();
    const was = await steady(() => element.scrollTop);
    await page.getByRole('button', { name: 'Back to the list' }).click();
    await expect.poll(() => page.getByRole('complementary').elements().length).toBe(0);
    expect(await steady(() => element.scrollTop)).toBe(was);
  });
});

describe('by keyboard', () => {
  test('J and K walk, O opens, and with the drawer open they walk through events', async () => {
    const { address } = await open('/live', worldWith(10));
    await expect.element(row(1000)).toBeVisible();
    await userEvent.keyboard('jj');
    await expect.element(row(999)).toHaveFocus();
    await userEvent.keyboard('k');
    await expect.element(row(1000)).toHaveFocus();
    await userEvent.keyboard('o');
    await expect.poll(address).toBe('/live/e/1000');
    await userEvent.keyboard('j');
    await expect.poll(address).toBe('/live/e/999');
  });

  test('WCAG 2.1.4: single keys can be turned off, on the sheet that lists them', async () => {
    await open('/live', worldWith(3));
    await expect.poll(status).toBe('Live');
    await userEvent.keyboard('?');
    const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
    await sheet.getByRole('checkbox').click();
    await userEvent.keyboard('{Escape}');
    await expect.poll(() => sheet.elements().length).toBe(0);
    (document.activeElement as HTMLElement | null)?.blur();
    await userEvent.keyboard(' ');
    expect(status()).toBe('Live');
  });
});

test('coming back to the list from a record finds it where one left it, and up to date', async () => {
  const { history } = await open('/live', worldWith(200));
  await expect.element(row(1000)).toBeVisible();
  scroller().scrollTop = 2000;
  await expect.poll(status).toBe('Paused while you scroll');
  await expect.poll(() => document.querySelectorAll('[data-set]').length).toBeGreaterThan(5);
  const was = await steady(() => scroller().scrollTop);
  history.push(`/timecards`);
  await expect.element(page.getByRole('heading', { name: 'Timecards' })).toBeVisible();
  current().commit(event(1001));
  history.back();
  await expect.element(page.getByRole('button', { name: '1 new' })).toBeVisible();
  expect(Math.abs((await steady(() => scroller().scrollTop)) - was)).toBeLessThan(3);
});
