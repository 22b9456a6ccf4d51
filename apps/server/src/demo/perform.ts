import { randomUUID } from 'node:crypto';
import type { EntityManager } from '@mikro-orm/postgresql';
import { type Caller, execute } from '@countersign/api/execute';
import { changeSet, job, user, withContext } from '@countersign/audit/context';
import { readAllNotifications } from '@countersign/domain/messages/notification.commands';
import { marksOf } from '@countersign/domain/messages/notification.queries';
import { Credential } from '@countersign/domain/people/credential';
import { Responsibility } from '@countersign/domain/people/responsibility';
import { Site } from '@countersign/domain/people/site';
import { User } from '@countersign/domain/people/user';
import { loadViewer } from '@countersign/domain/people/viewer';
import { createReason } from '@countersign/domain/timecards/reason.commands';
import {
  approveTimecard,
  createTimecard,
  deleteTimecard,
  rejectTimecard,
  submitTimecard,
  updateTimecard,
} from '@countersign/domain/timecards/timecard.commands';
import type { Viewer } from '@countersign/domain/people/rights/permissions';
import type { RecordedLog } from '@countersign/domain/record/reading/readings';
import type { Person } from './organisation.ts';
import type { Card, CardStep, CardWork, Step } from './step.ts';

/** What the steps of a demo are performed with. */
export interface Stage {
  readonly people: readonly Person[];
  readonly log: RecordedLog;
  /** One hash for everybody: hashing sixty times would take longer than all the rest of the organisation. */
  readonly passwordHash: string;
  /** Who acted before, as they are until somebody's profile changes. */
  readonly viewers: Map<string, Viewer | null>;
}

const COMMANDS: Readonly<Record<CardWork['command'], Parameters<typeof execute>[0]>> = {
  create: createTimecard,
  update: updateTimecard,
  submit: submitTimecard,
  approve: approveTimecard,
  reject: rejectTimecard,
  delete: deleteTimecard,
};

/**
 * Performs one step inside the transaction of `em`: commands by the runner that the interface uses, whose own
 * transaction is a savepoint of this one; what there is no command for yet, as one change set in the same context.
 */
export async function perform(em: EntityManager, step: Step, stage: Stage): Promise<void> {
  if (step.kind === 'card') return performOnCard(em, step, stage);
  if (step.kind === 'reason') return performReason(em, step, stage);
  if (step.kind === 'reading') return performReading(em, step, stage);
  const { channel } = step;
  const actor = step.actor === null ? job('set-up') : user(step.actor);
  const reason = step.kind === 'profile' ? step.reason : null;
  const { ipAddress, userAgent } = callerFacts(stage, step.actor);
  const context = { actor, channel, reason, requestId: randomUUID(), ipAddress, userAgent };
  await withContext(context, () => changeSet(`demo.${step.kind}`, () => record(em, step, stage)));
  stage.viewers.clear();
}

async function performOnCard(em: EntityManager, { card, work, channel, actor }: CardStep, stage: Stage): Promise<void> {
  const viewer = await viewerOf(em, actor, stage);
  const caller: Caller = { viewer, channel, requestId: randomUUID(), ...callerFacts(stage, actor) };
  const addressed = work.command === 'create' ? { ...card, ...work.input } : { ...(await standingOf(em, card)), ...work.input };
  await execute(COMMANDS[work.command], addressed, { caller, runtime: { fork: () => em, log: stage.log } });
}

async function performReason(
  em: EntityManager,
  { reason, channel, actor }: Extract<Step, { kind: 'reason' }>,
  stage: Stage,
): Promise<void> {
  const caller: Caller = { viewer: await viewerOf(em, actor, stage), channel, requestId: randomUUID(), ...callerFacts(stage, actor) };
  await execute(createReason, { ...reason, offeredFor: [...reason.offeredFor] }, { caller, runtime: { fork: () => em, log: stage.log } });
}

async function performReading(
  em: EntityManager,
  { leaves, channel, actor }: Extract<Step, { kind: 'reading' }>,
  stage: Stage,
): Promise<void> {
  const viewer = await viewerOf(em, actor, stage);
  if (!viewer) return; // disabled meanwhile
  const { last = 0 } = (await marksOf(em, [viewer.id])).get(viewer.id) ?? {};
  if (last <= leaves) return;
  const caller: Caller = { viewer, channel, requestId: randomUUID(), ...callerFacts(stage, actor) };
  await execute(readAllNotifications, { upTo: last - leaves }, { caller, runtime: { fork: () => em, log: stage.log } });
}

async function viewerOf(em: EntityManager, id: string | null, { viewers }: Stage): Promise<Viewer | null> {
  if (id === null) return null;
  const known = viewers.get(id) ?? (await loadViewer(em, id));
  viewers.set(id, known);
  return known;
}

function callerFacts({ people }: Stage, actor: string | null): Pick<Caller, 'ipAddress' | 'userAgent'> {
  const person = people.find(({ id }) => id === actor);
  return { ipAddress: person?.ipAddress ?? null, userAgent: person?.userAgent ?? null };
}

/** A card as it stands now. Others change its version too: the overtime of a week is counted over all cards of a person. */
async function standingOf(em: EntityManager, card: Card): Promise<{ readonly id: string; readonly version: number }> {
  const [found] = await em.execute<{ id: string; version: number }[]>(
    'select id, version from timecard_headers where person_id = ? and site_id = ? and period_start = ? and period_end = ?',
    [card.person, card.site, card.periodStart, card.periodEnd],
  );
  if (!found) throw new CardGone();
  return found;
}

/** A visitor has deleted the card meanwhile. */
export class CardGone extends Error {
  override readonly name = 'CardGone';
}

async function record(
  em: EntityManager,
  step: Exclude<Step, CardStep | { kind: 'reason' | 'reading' }>,
  { passwordHash }: Stage,
): Promise<void> {
  switch (step.kind) {
    case 'sites':
      for (const { id, name, timeZone } of step.sites) em.create(Site, { id, name, timeZone });
      break;
    case 'people':
      for (const person of step.people) makePerson(em, person, { passwordHash, at: new Date(step.at) });
      break;
    case 'charges':
      for (const { id, holder, kind, person, site } of step.charges) em.create(Responsibility, { id, holder, kind, person, site });
      break;
    case 'profile':
      await changeProfile(em, step);
      break;
    default:
      step satisfies never;
  }
  await em.flush();
}

function makePerson(em: EntityManager, person: Person, { passwordHash, at }: { readonly passwordHash: string; readonly at: Date }): void {
  const { id, firstName, lastName, email, phoneNumber, role, level } = person;
  const made = em.create(User, { id, firstName, lastName, email, phoneNumber, role, level, timeZone: person.site.timeZone });
  em.create(Credential, { user: made, passwordHash, passwordSetAt: at });
}

async function changeProfile(
  em: EntityManager,
  { person, changes: { disabled, ...same }, at }: Extract<Step, { kind: 'profile' }>,
): Promise<void> {
  const found = await em.findOneOrFail(User, { id: person });
  em.assign(found, { ...same, ...(disabled && { disabledAt: new Date(at) }) });
}
