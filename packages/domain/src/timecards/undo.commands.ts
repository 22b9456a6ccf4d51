import { withContext } from '@countersign/audit/context';
import type { Event } from '@countersign/audit/entry';
import { ABOUT_RECORDS } from '../about-records.rules.ts';
import { command, type Call, type LogCall } from '../definition.ts';
import { Refusal, type ConflictingField } from '../errors.ts';
import { names } from '../people/directory.ts';
import { MATRIX } from '../people/rights/permissions.ts';
import { settingsOf } from '../people/rights/settings.ts';
import { visibilityOf } from '../people/viewer.ts';
import { changeCard } from './card-work.ts';
import { changedBy } from './conflicts.ts';
import { onCard } from './open-card.ts';
import { isOneDay } from './period.rules.ts';
import { sheetsOf } from './sheets.ts';
import type { Timecard } from './timecard.ts';
import { TimecardVersion } from './timecard-version.ts';
import { timecardView, undoTimecardInput } from './timecard.views.ts';
import { CARD_FIELDS, dayFields } from './times.rules.ts';
import { CHANGED_UNKNOWN, changedSince, editBack, undoPlan, UNKNOWN_CHANGES, type PresentCard, type UndoPlan } from './undo.rules.ts';

export const undoTimecard = command({
  name: 'timecards.undo',
  summary: 'Undo a change set of a timecard, where nothing has changed since',
  input: undoTimecardInput,
  output: timecardView,
  rest: { method: 'POST', path: '/api/timecards/{id}/undo' },
  permission: MATRIX.timecardUndo,
  reads: 'decides',
  run: async ({ id, change: named, madeVersion, reason }, call) => {
    const settings = await settingsOf(call.em);
    const change = named ?? (await changeOf(call, id, madeVersion));
    const history = await historyOf(call, id);
    const plan = planFor(history, change);
    await refuseWhereUnknown(call, change);
    // No version: whatever else was done to the card meanwhile doesn't matter, as long as these fields are what they were left.
    return withContext({ undoes: change }, () =>
      onCard(call, { id, reason }, 'edit', (open) => {
        refuseWhereChanged(open.card, plan);
        return changeCard({ ...open, viewer: call.viewer, reason, settings }, editBack(plan));
      }),
    ).catch(async (thrown: unknown) => {
      throw thrown instanceof ChangedSince ? await conflict(call, thrown, history, change) : thrown;
    });
  },
});

/** Leaves the transaction first: by whom it was is looked up without holding locks. */
class ChangedSince extends Error {
  readonly fields: ReturnType<typeof changedSince>;
  readonly at: string;

  constructor(fields: ReturnType<typeof changedSince>, at: string) {
    super('changed since');
    this.fields = fields;
    this.at = at;
  }
}

/** Everything that happened to the card, oldest first, as far as the caller may see it. What stands there now its columns say. */
async function historyOf({ log, viewer, em }: LogCall, id: string): Promise<readonly Event[]> {
  await log.settle();
  const { events, partial, tooLong } = await log.history({
    roots: [`Timecard:${id}`],
    visibility: visibilityOf(viewer, await settingsOf(em)),
    withoutArea: ABOUT_RECORDS,
  });
  if (partial) throw new Refusal('FORBIDDEN', 'You see only a part of what happened to this timecard, so you can’t undo any of it.');
  if (tooLong)
    throw noUndo('This timecard has too long a history to be put together at once. Look at what stands there now, and edit what is wrong.');
  return events.filter(({ root }) => root?.type === 'Timecard' && root.id === id);
}

/** The change set that made a version of the card. @throws Refusal NOT_FOUND where none did. */
async function changeOf({ em }: Call, card: string, version: number | undefined): Promise<string> {
  const made = version === undefined ? null : await em.fork().findOne(TimecardVersion, { timecard: card, version });
  if (!made) throw unknownChange();
  return made.changeId;
}

const unknownChange = () =>
  new Refusal('NOT_FOUND', 'There is no such change of this timecard, or you may not see it.', 'Its trail lists what can be undone.');

function planFor(history: readonly Event[], change: string): UndoPlan {
  const events = history.filter(({ changeId }) => changeId === change);
  if (!events.length) throw unknownChange();
  const plan = undoPlan(events);
  if ('refused' in plan) throw noUndo(plan.refused);
  return plan;
}

const noUndo = (why: string) =>
  new Refusal('VALIDATION_ERROR', 'This can’t be undone.', why, { fields: [{ field: 'change', message: why }] });

/** Of what couldn't be recorded it may not even be known that it was about this card, or who may see it: it counts all the same. */
async function refuseWhereUnknown({ log }: LogCall, change: string): Promise<void> {
  const all = { everything: true, keys: [], sensitive: false };
  const { total } = await log.count({ change: [change], action: UNKNOWN_CHANGES }, all);
  if (total) throw noUndo(CHANGED_UNKNOWN);
}

/** @throws ChangedSince where a field is not what the change set left there. */
function refuseWhereChanged(card: Timecard, plan: UndoPlan): void {
  const fields = changedSince(plan, presentOf(card));
  if (fields.length) throw new ChangedSince(fields, card.updatedAt.toISOString());
}

function presentOf(card: Timecard): PresentCard {
  const oneDay = isOneDay(card);
  const sheets = sheetsOf(card);
  const times = sheets.flatMap((sheet) => {
    const fields = oneDay ? CARD_FIELDS : dayFields(sheet.workDate);
    return (['checkIn', 'checkOut', 'breakStart', 'breakEnd'] as const).map((time) => [fields[time], sheet[time]] as const);
  });
  return {
    days: new Set(oneDay ? [] : sheets.map(({ workDate }) => workDate)),
    fields: new Map([...times, ['admin_notes', card.adminNotes ?? null] as const]),
  };
}

/** AUD-33: field by field what the change set left and what stands there now, and who changed it since. */
async function conflict(call: Call, { fields, at }: ChangedSince, history: readonly Event[], change: string): Promise<Refusal> {
  const last = history.findLast(({ changeId }) => changeId === change)?.position ?? 0;
  const since = history.filter(({ position }) => position > last);
  const known = await names(
    call.em,
    since.flatMap(({ actor }) => (actor.kind === 'user' && actor.id ? [actor.id] : [])),
  );
  const conflicts = fields.map(({ field, left, present }): ConflictingField => {
    const by = since.findLast((event) => touches(event, field));
    return { field, base: left, present, changedBy: by ? changedBy(by.actor, known) : null, changedAt: by?.occurredAt ?? at };
  });
  return new Refusal(
    'CONFLICT',
    'This was changed again since, so it can’t be undone.',
    'Look at what stands there now. What is still wrong can be edited.',
    { conflicts },
  );
}

const touches = ({ target, workDate, changes }: Event, field: string): boolean =>
  changes.some((change) => field === (target?.type === 'TimecardEntry' ? `entries.${workDate}.${change.field}` : change.field));
