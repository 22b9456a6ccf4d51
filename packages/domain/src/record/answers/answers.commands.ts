import type { EntityManager } from '@mikro-orm/postgresql';
import { z } from 'zod';
import { withContext } from '@countersign/audit/context';
import type { Event } from '@countersign/audit/entry';
import { record } from '@countersign/audit/record';
import { subjectKey } from '@countersign/audit/visibility';
import { command, query, type LogCall } from '../../definition.ts';
import { Refusal } from '../../errors.ts';
import { MATRIX } from '../../people/rights/permissions.ts';
import { NO_CHANGES } from './answer.rules.ts';
import { changeConfirmed, changeContested } from './answer-actions.ts';
import { tellContested } from './answer-notices.ts';
import { answersView, answerView, giveAnswerInput, type AnswerView } from './answers.views.ts';
import { ChangeAnswer } from './change-answer.ts';

/** Answers that are listed: older ones are years old. */
const LATEST = 2_000;
/** Events of one change set of one record that are looked at. */
const EVENTS = 100;

export const listAnswers = query({
  name: 'answers.list',
  summary: 'What you said to what others did to your records, the latest answers first',
  input: z.strictObject({}),
  output: answersView,
  rest: { method: 'GET', path: '/api/answers' },
  permission: MATRIX.logAnswer,
  run: async (_, { em, viewer }) => {
    const answers = await em
      .fork()
      .find(ChangeAnswer, { person: viewer.id }, { orderBy: { answeredAt: 'desc', id: 'desc' }, limit: LATEST });
    return { answers: answers.map(present) };
  },
});

export const giveAnswer = command({
  name: 'answers.give',
  summary: 'Confirm or contest what somebody else did to a record of yours',
  input: giveAnswerInput,
  output: answerView,
  rest: { method: 'POST', path: '/api/answers' },
  permission: MATRIX.logAnswer,
  inPerson: true,
  reads: 'decides',
  run: async ({ change, record: about, verdict, reason = null }, call) => {
    const events = await changesBy(call, { change, about });
    const newest = events[0];
    if (!newest?.root)
      throw new Refusal(
        'NOT_FOUND',
        'There is no such change of a record of yours.',
        'What others changed, and not you yourself, can be confirmed or contested.',
      );
    const { type, id } = newest.root;
    return withContext({ reason }, () =>
      call.em.transactional(async (tx) => {
        const before = await latestOf(tx, { person: call.viewer.id, changeId: change, record: about });
        // Said already: two taps are one.
        if (before?.verdict === verdict && (before.reason ?? null) === reason) return present(before);
        const previous = before?.verdict ?? null;
        const answer = before ?? tx.create(ChangeAnswer, { person: call.viewer.id, changeId: change, record: about, verdict, reason });
        tx.assign(answer, { verdict, reason });
        await tx.flush();
        await record(tx, verdict === 'confirmed' ? changeConfirmed : changeContested, {
          target: { type, id },
          metadata: { change_id: change, position: newest.position, previous },
        });
        if (verdict === 'contested') await tellContested(tx, { person: call.viewer.id, events, reason: reason ?? '' });
        return present(answer);
      }),
    );
  },
});

/** What others did to a record of the caller's in one change set, the newest first. */
async function changesBy(
  { log, viewer }: LogCall,
  { change, about }: { readonly change: string; readonly about: string },
): Promise<readonly Event[]> {
  await log.settle();
  const visibility = { everything: false, keys: [subjectKey(viewer.id)], sensitive: false };
  const filter = { change: [change], root: [about], subject: [viewer.id], withoutActor: [viewer.id], withoutArea: NO_CHANGES };
  return (await log.page({ filter, visibility, limit: EVENTS })).events;
}

interface Whose {
  readonly person: string;
  readonly changeId: string;
  readonly record: string;
}

async function latestOf(tx: EntityManager, whose: Whose): Promise<ChangeAnswer | null> {
  // Two devices at once: the second one follows the first.
  await tx.execute('select pg_advisory_xact_lock(hashtextextended(?, 0))', [`answer:${Object.values(whose).join(' ')}`]);
  return tx.findOne(ChangeAnswer, whose);
}

const present = ({ changeId, record: about, verdict, reason, answeredAt }: ChangeAnswer): AnswerView => ({
  change: changeId,
  record: about,
  verdict,
  reason: reason ?? null,
  at: answeredAt.toISOString(),
});
