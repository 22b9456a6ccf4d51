import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Notification } from '../../src/messages/notification.ts';
import type { Viewer } from '../../src/people/rights/permissions.ts';
import { auditMoments } from '../../src/record/as-of.queries.ts';
import { auditPage } from '../../src/record/audit.queries.ts';
import { giveAnswer, listAnswers } from '../../src/record/answers/answers.commands.ts';
import { countWaiting } from '../../src/record/answers/waiting.queries.ts';
import { updateTimecard } from '../../src/timecards/timecard.commands.ts';
import { getTimecard } from '../../src/timecards/timecard.queries.ts';
import { at, oneDayCard, refusalOf, type Card } from '../timecards/cards.ts';
import { world, type World } from '../world.ts';

let w: World;
let owner: Viewer;
let admin: Viewer;
let supervisor: Viewer;
let card: Card;
let root: string;
/** The change set of the admin's edit, and of the owner's own. */
let change: string;
let own: string;
beforeAll(async () => {
  w = await world();
  owner = await w.person('worker', { firstName: 'Li', lastName: 'Wei' });
  admin = await w.person('admin', { firstName: 'Ada', lastName: 'Min' });
  supervisor = await w.person('supervisor', { responsibleFor: [{ site: w.site.id }] });
  ({ card } = await oneDayCard(w, { owner }));
  root = `Timecard:${card.id}`;
  await w.run(updateTimecard, admin, { id: card.id, version: 1, checkOutTime: at(3, '16:00'), reason: 'gate log' });
  const events = await w.events(root);
  own = events[0]?.changeId ?? '';
  change = events.at(-1)?.changeId ?? '';
});
afterAll(async () => {
  expect(w.alarms).toEqual([]);
  await w.close();
});

const answers = async (viewer: Viewer) => (await w.run(listAnswers, viewer, {})).answers;
const told = async ({ id }: Viewer) => w.orm.em.fork().find(Notification, { person: id, kind: 'change_contested' });

describe('AUD-35: what others did to one’s records', () => {
  test('AUD-35: is found by whose records they are, without what one did oneself', async () => {
    const { events } = await w.run(auditPage, owner, { subject: owner.id, withoutActor: owner.id, area: 'timecards' });
    expect(events.map(({ changeId }) => changeId)).toEqual([change]);
    expect((await w.run(auditPage, supervisor, { subject: supervisor.id })).events.map(({ root: record }) => record?.id)).not.toContain(
      card.id,
    );
  });

  test('AUD-35: is contested with a reason; whoever did it and whoever is responsible are told, nobody else', async () => {
    const answer = await w.run(giveAnswer, owner, { change, record: root, verdict: 'contested', reason: 'I worked until half past four' });
    expect(answer).toMatchObject({ change, record: root, verdict: 'contested', reason: 'I worked until half past four' });
    expect(await answers(owner)).toEqual([answer]);
    expect(await told(admin)).toMatchObject([{ rootId: card.id, path: `/timecards/${card.id}?change=${change}`, actorId: owner.id }]);
    expect(await told(supervisor)).toHaveLength(1);
    expect(await told(owner)).toEqual([]);
  });

  test('AUD-35: an answer is an event of the record’s trail, and no moment of it', async () => {
    const [event] = (await w.run(auditPage, supervisor, { root, action: 'change_contested' })).events;
    expect(event).toMatchObject({
      area: 'answers',
      operation: 'none',
      actor: { id: owner.id },
      target: { type: 'Timecard', id: card.id },
      subject: { id: owner.id },
      reason: 'I worked until half past four',
      metadata: { change_id: change, previous: null },
    });
    const { moments } = await w.run(auditMoments, owner, { root });
    expect(moments.map(({ changeId }) => changeId)).toEqual([own, change]);
  });

  test('AUD-35: the same said twice is said once; a later answer is another event, and takes nothing back', async () => {
    await w.run(giveAnswer, owner, { change, record: root, verdict: 'contested', reason: 'I worked until half past four' });
    await w.run(giveAnswer, owner, { change, record: root, verdict: 'confirmed' });
    expect(await answers(owner)).toMatchObject([{ verdict: 'confirmed', reason: null }]);
    const said = (await w.events(root)).filter(({ area }) => area === 'answers');
    expect(said.map(({ action, metadata }) => [action, metadata['previous']])).toEqual([
      ['change_contested', null],
      ['change_confirmed', 'contested'],
    ]);
    expect(await told(admin)).toHaveLength(1);
  });

  test('AUD-35: nobody answers for others, nor what they did themselves, nor what was never done', async () => {
    const give = (viewer: Viewer, asked: { change: string; record: string }) =>
      refusalOf(w.run(giveAnswer, viewer, { ...asked, verdict: 'confirmed' }));
    expect(await give(admin, { change, record: root })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await give(supervisor, { change, record: root })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await give(owner, { change: own, record: root })).toMatchObject({ code: 'NOT_FOUND' });
    expect(await give(owner, { change: crypto.randomUUID(), record: root })).toMatchObject({ code: 'NOT_FOUND' });
    const answer = (await w.events(root)).findLast(({ area }) => area === 'answers');
    expect(await give(owner, { change: answer?.changeId ?? '', record: root })).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('AUD-35: a contest needs to say what is wrong', () => {
    const asked = { change, record: root, verdict: 'contested' } as const;
    expect(giveAnswer.input.safeParse(asked).error?.issues).toMatchObject([{ path: ['reason'] }]);
    expect(giveAnswer.input.safeParse({ ...asked, reason: ' x ' }).success).toBe(false);
    expect(giveAnswer.input.safeParse({ ...asked, verdict: 'confirmed' }).success).toBe(true);
  });

  test('AUD-35: what is unanswered is found by the server, however much was answered since, and counted by change sets', async () => {
    const li = await w.person('worker', { firstName: 'Li', lastName: 'Po' });
    const { card: first } = await oneDayCard(w, { owner: li });
    const { card: other } = await oneDayCard(w, { owner: li });
    for (const [n, { id }] of [first, other, other, other].entries()) {
      const { version } = await w.run(getTimecard, admin, { id });
      await w.run(updateTimecard, admin, { id, version, adminNotes: `seen ${n}`, reason: 'gate log' });
    }
    const mine = { subject: li.id, withoutActor: li.id, area: 'timecards' };
    const { events } = await w.run(auditPage, li, mine);
    expect(events).toHaveLength(4);
    for (const { changeId } of events.slice(0, 3))
      await w.run(giveAnswer, li, { change: changeId, record: `Timecard:${other.id}`, verdict: 'confirmed' });
    expect(await w.run(auditPage, li, { ...mine, unanswered: true, limit: 1 })).toMatchObject({
      events: [{ root: { id: first.id } }],
      next: null,
      total: { count: 1, more: false },
    });
    // The other one is that their account was made.
    expect(await w.run(countWaiting, li, {})).toEqual({ count: 2, more: false });
    // To others it is what they themselves have said nothing to.
    expect((await w.run(auditPage, admin, { ...mine, unanswered: true })).total.count).toBe(4);
    expect((await w.run(auditPage, supervisor, { ...mine, unanswered: true })).total.count).toBe(4);
  });
});
