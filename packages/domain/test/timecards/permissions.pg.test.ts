import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Refusal } from '../../src/errors.ts';
import { ROLES, type Relation, type Role, type Viewer } from '../../src/people/rights/permissions.ts';
import { timecardAuditLogs } from '../../src/timecard-audit-logs.ts';
import {
  approveTimecard,
  createTimecard,
  deleteTimecard,
  rejectTimecard,
  submitTimecard,
  updateTimecard,
} from '../../src/timecards/timecard.commands.ts';
import { getTimecard, listTimecards } from '../../src/timecards/timecard.queries.ts';
import type { TimecardStatus } from '../../src/timecards/timecard.views.ts';
import { world, type World } from '../world.ts';
import { at, refusalOf } from './cards.ts';

let w: World;
let stranger: Viewer;
const viewers = new Map<string, Viewer>();

/** One person of each role; supervisors and coordinators in a second form, responsible for the stranger. */
beforeAll(async () => {
  w = await world();
  stranger = await w.person('worker');
  for (const role of ROLES) viewers.set(`${role} foreign`, await w.person(role));
  for (const role of ROLES) viewers.set(`${role} own`, viewers.get(`${role} foreign`) as Viewer);
  for (const role of ['supervisor', 'coordinator'] as const)
    viewers.set(`${role} responsible`, await w.person(role, { responsibleFor: [{ person: stranger.id }] }));
});
afterAll(() => w?.close());

/** A card as it would stand, without the commands that lead there: what they do is shown elsewhere. */
async function cardIn(status: TimecardStatus, owner: string): Promise<{ id: string; version: number }> {
  const [row] = await w.sql<{ id: string }>(
    `insert into timecard_headers (id, person_id, site_id, time_zone, period_start, period_end, check_in_time, check_out_time, total_hours, overtime_hours, status, rejection_reason)
      values (gen_random_uuid(), ?, ?, 'Europe/Berlin', '2026-11-03', '2026-11-03', '2026-11-03T07:00Z', '2026-11-03T15:00Z', 8, 0, ?, ?) returning id`,
    [owner, w.site.id, status, status === 'rejected' ? 'mend it' : null],
  );
  return { id: row?.id ?? '', version: 1 };
}

const reason = 'because it was wrong';
const times = { checkInTime: at(3, '08:30') };

const COMMANDS = {
  create: async (viewer: Viewer, owner: string) =>
    w.run(createTimecard, viewer, { person: owner, site: w.site.id, periodStart: '2026-12-01', periodEnd: '2026-12-01' }),
  'edit draft': async (viewer: Viewer, owner: string) =>
    w.run(updateTimecard, viewer, { ...(await cardIn('draft', owner)), ...times, reason }),
  'edit rejected': async (viewer: Viewer, owner: string) =>
    w.run(updateTimecard, viewer, { ...(await cardIn('rejected', owner)), ...times, reason }),
  submit: async (viewer: Viewer, owner: string) => w.run(submitTimecard, viewer, await cardIn('draft', owner)),
  approve: async (viewer: Viewer, owner: string) => w.run(approveTimecard, viewer, await cardIn('submitted', owner)),
  reject: async (viewer: Viewer, owner: string) => w.run(rejectTimecard, viewer, { ...(await cardIn('submitted', owner)), reason }),
  'reject with edits': async (viewer: Viewer, owner: string) =>
    w.run(rejectTimecard, viewer, { ...(await cardIn('submitted', owner)), ...times, reason }),
  'edit approved': async (viewer: Viewer, owner: string) =>
    w.run(updateTimecard, viewer, { ...(await cardIn('approved', owner)), ...times, reason }),
  delete: async (viewer: Viewer, owner: string) => w.run(deleteTimecard, viewer, await cardIn('draft', owner)),
};
type Verb = keyof typeof COMMANDS;

/** AC-9's table, written out: who may do it, by relation. */
const STAFF: ReadonlySet<Role> = new Set(['in_house', 'manager', 'admin']);
function allowed(verb: Verb, role: Role, relation: Relation): boolean {
  switch (verb) {
    case 'create':
    case 'edit draft':
    case 'edit rejected':
    case 'submit':
      return relation === 'own' || STAFF.has(role);
    case 'approve':
    case 'reject':
    case 'reject with edits':
      return relation !== 'own' && (STAFF.has(role) || (role === 'supervisor' && relation === 'responsible'));
    case 'edit approved':
      return role === 'admin';
    case 'delete':
      return relation === 'own' || role === 'admin';
    default:
      return verb satisfies never;
  }
}

const reads = (role: Role, relation: Relation) => relation !== 'foreign' || STAFF.has(role);

const cases = ROLES.flatMap((role) =>
  (['own', 'responsible', 'foreign'] as const).flatMap((relation) =>
    relation === 'responsible' && role !== 'supervisor' && role !== 'coordinator' ? [] : [[role, relation] as const],
  ),
);

describe('AC-9: the timecard rows of the matrix, through the commands themselves', () => {
  test.each(cases.flatMap(([role, relation]) => (Object.keys(COMMANDS) as Verb[]).map((verb) => [role, relation, verb] as const)))(
    'AC-9: %s, %s: %s',
    async (role, relation, verb) => {
      const viewer = viewers.get(`${role} ${relation}`) as Viewer;
      const owner = relation === 'own' ? viewer.id : stranger.id;
      const answer = await COMMANDS[verb](viewer, owner).then(
        () => 'done',
        (thrown: unknown) => thrown,
      );
      if (allowed(verb, role, relation)) {
        expect(answer).toBe('done');
        return;
      }
      expect(answer).toBeInstanceOf(Refusal);
      // AC-3: who may do it to others' cards is told of one that they may not see what is told of none.
      expect(answer).toMatchObject({ code: reads(role, relation) || verb === 'create' ? 'FORBIDDEN' : 'NOT_FOUND' });
      expect((answer as Refusal).message).toMatch(/^[A-Z].{15,}\.$/);
    },
  );

  test.each(cases)('AC-2: %s, %s: reading a card, its record and the list', async (role, relation) => {
    const viewer = viewers.get(`${role} ${relation}`) as Viewer;
    const { id } = await cardIn('draft', relation === 'own' ? viewer.id : stranger.id);
    const listed = (await w.run(listTimecards, viewer, { limit: 500 })).data.some((card) => card.id === id);
    expect(listed).toBe(reads(role, relation));
    if (reads(role, relation)) {
      expect((await w.run(getTimecard, viewer, { id })).id).toBe(id);
      // The card was made past the application; its record says so.
      const record = (await w.run(timecardAuditLogs, viewer, { id })).data;
      expect(new Set(record.map(({ actionType, changedBy }) => [actionType, changedBy].join(' by ')))).toEqual(
        new Set(['timecard_created by ']),
      );
      return;
    }
    const missing = crypto.randomUUID();
    const reading = [
      (card: string) => w.run(getTimecard, viewer, { id: card }),
      (card: string) => w.run(timecardAuditLogs, viewer, { id: card }),
    ];
    for (const read of reading) {
      const { code, message, details } = await refusalOf(read(id));
      expect(code).toBe('NOT_FOUND');
      expect(await refusalOf(read(missing))).toMatchObject({ code, message, details });
    }
  });

  test('AC-9: a card that does not exist is not found, whoever asks', async () => {
    const missing = { id: crypto.randomUUID(), version: 1 };
    expect((await refusalOf(w.run(submitTimecard, stranger, missing))).code).toBe('NOT_FOUND');
    expect((await refusalOf(w.run(getTimecard, stranger, { id: missing.id }))).code).toBe('NOT_FOUND');
    expect((await refusalOf(w.run(timecardAuditLogs, stranger, { id: missing.id }))).code).toBe('NOT_FOUND');
  });

  test('AC-9: a supervisor is responsible for everybody at a site of theirs', async () => {
    const supervisor = await w.person('supervisor', { responsibleFor: [{ site: w.site.id }] });
    const card = await w.run(approveTimecard, supervisor, await cardIn('submitted', stranger.id));
    expect(card.status).toBe('approved');
    const elsewhere = await w.newSite('South Hall', 'Europe/Berlin');
    const other = await w.person('supervisor', { responsibleFor: [{ site: elsewhere.id }] });
    expect((await refusalOf(w.run(approveTimecard, other, await cardIn('submitted', stranger.id)))).code).toBe('NOT_FOUND');
  });

  test("AC-9: what a card's page offers is what the commands allow", async () => {
    const steps = { edit: 'edit draft', submit: 'submit', delete: 'delete' } as const;
    for (const [role, relation] of cases) {
      if (!reads(role, relation)) continue;
      const viewer = viewers.get(`${role} ${relation}`) as Viewer;
      const owner = relation === 'own' ? viewer.id : stranger.id;
      const draft = await w.run(getTimecard, viewer, { id: (await cardIn('draft', owner)).id });
      for (const [step, verb] of Object.entries(steps))
        expect(draft.actions[step as keyof typeof steps].allowed).toBe(allowed(verb, role, relation));
      const submitted = await w.run(getTimecard, viewer, { id: (await cardIn('submitted', owner)).id });
      expect(submitted.actions.approve.allowed).toBe(allowed('approve', role, relation));
      expect(submitted.actions.reject.allowed).toBe(allowed('reject', role, relation));
    }
  });
});
