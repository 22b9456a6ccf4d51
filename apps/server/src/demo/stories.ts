import type { Sheet } from '@countersign/domain/timecards/hours.rules';
import { addDays, instantAt, later, mondayOf } from './calendar.ts';
import { History, type Scene, zoneOf } from './history.ts';
import { mistakeIn } from './mistakes.ts';
import { AFTER_APPROVAL, FORGOTTEN, FORGOTTEN_BY_OTHERS, FROM_PAPER, MENDED, NOTES } from './reasons.ts';
import type { CardStep } from './step.ts';

/** What can become of a card, from the first time that is written to wherever it is left. */
export const STORIES = {
  ordinary: (scene) => written(scene).submit().approve().steps,
  undecided: (scene) => written(scene).submit().steps,
  'left open': (scene) => written(scene).steps,
  late: (scene) => written(scene).submitLate().approve().steps,
  forgotten: (scene) => forgotten(scene).submit().approve().steps,
  'mended by in-house staff': (scene) => mendedByInHouse(scene).submit().approve().steps,
  rejected: (scene) => rejected(scene).submit().approve().steps,
  'rejected with edits': (scene) => rejectedWithEdits(scene).submit().approve().steps,
  'left rejected': (scene) => {
    const { shifts, complaint, fields } = mistakeIn(scene);
    return written(scene, shifts).submit().reject(complaint, { fieldsToMend: fields }).steps;
  },
  'edited after approval': (scene) => editedAfterApproval(scene).steps,
  'approved anew': (scene) => editedAfterApproval(scene).approve().steps,
  noted: (scene) => noted(scene).approve().steps,
  'from paper': (scene) => fromPaper(scene).approve().steps,
  'made for the wrong site': (scene) => [...madeAndDeleted(scene), ...written(scene).submit().approve().steps],
} as const satisfies Record<string, (scene: Scene) => readonly CardStep[]>;
export type StoryName = keyof typeof STORIES;

/** The owner writes their hours as they are used to; `shifts` where that isn't what really happened. */
export function written(scene: Scene, shifts: readonly Sheet[] = scene.shifts): History {
  const history = new History(scene);
  const { owner, chance } = scene;
  // After what is written, too: who gets the time of their check-out wrong writes it no earlier than that.
  const after = (n: number) =>
    later([scene.shifts[n]?.checkOut ?? '', shifts[n]?.checkOut ?? ''].toSorted()[1] as string, chance.int(6, 40));
  const last = shifts.length - 1;
  switch (owner.habit?.writes) {
    case 'every day':
      for (const [n, shift] of shifts.entries()) history.write(owner, after(n), [shift]);
      return history;
    case 'in two goes': {
      const half = Math.floor(last / 2);
      history.write(owner, after(half), shifts.slice(0, half + 1));
      return last > half ? history.write(owner, after(last), shifts.slice(half + 1)) : history;
    }
    case 'clocking':
      return clocked(history, shifts[0] as Sheet);
    default:
      return history.write(owner, after(last), shifts);
  }
}

/** In when the shift begins, out when it ends; who forgets that leaves the card open. */
function clocked(history: History, shift: Sheet): History {
  const { owner, chance } = history.scene;
  const { workDate, checkIn, checkOut, breakStart, breakEnd } = shift;
  history.write(owner, later(history.scene.shifts[0]?.checkIn ?? '', chance.int(1, 4)), [{ workDate, checkIn }]);
  return checkOut === null
    ? history
    : history.write(owner, later(checkOut, chance.int(1, 5)), [{ workDate, checkOut, breakStart, breakEnd }]);
}

/** The shifts with one that has no end, and the one as it really was. */
function withoutEnd({ shifts, chance }: Scene): { readonly shifts: readonly Sheet[]; readonly truth: Sheet } {
  const at = chance.int(0, shifts.length - 1);
  const truth = shifts[at] as Sheet;
  return { truth, shifts: shifts.with(at, { ...truth, checkOut: null, breakStart: null, breakEnd: null }) };
}

const endOf = ({ workDate, checkOut, breakStart, breakEnd }: Sheet) => ({ workDate, checkOut, breakStart, breakEnd });

function forgotten(scene: Scene): History {
  const { owner, chance } = scene;
  const { shifts, truth } = withoutEnd(scene);
  const history = written(scene, shifts);
  const at = history.ownersTime();
  const reason = chance.pick(FORGOTTEN)(truth, zoneOf(owner));
  // Somebody who clocks in may be looking again while the shift is still going on.
  const soonest = later(truth.checkOut ?? '', 30);
  return history.write(owner, at > soonest ? at : later(soonest, chance.int(200, 600)), [endOf(truth)], { reason });
}

function mendedByInHouse(scene: Scene): History {
  const { owner, chance, organisation } = scene;
  const { shifts, truth } = withoutEnd(scene);
  const history = written(scene, shifts);
  const reason = chance.pick(FORGOTTEN_BY_OTHERS)(truth, zoneOf(owner));
  const { inHouse } = organisation.accounts;
  return history.write(inHouse, history.officeTime(inHouse, 1), [endOf(truth)], { reason });
}

function rejected(scene: Scene): History {
  const { owner, chance } = scene;
  const { shifts, truth, mend, complaint, fields } = mistakeIn(scene);
  const history = written(scene, shifts).submit().reject(complaint, { fieldsToMend: fields });
  const reason = chance.happens(0.6) ? { reason: chance.pick(MENDED)(truth, zoneOf(owner)) } : {};
  return history.write(owner, history.ownersTime(), [mend], reason);
}

function rejectedWithEdits(scene: Scene): History {
  const { shifts, mend, correction } = mistakeIn(scene);
  return written(scene, shifts)
    .submit()
    .reject(correction, { mends: [mend] });
}

function editedAfterApproval(scene: Scene): History {
  const { owner, shifts, chance, organisation } = scene;
  const history = written(scene).submit().approve();
  const before = chance.pick(shifts);
  const truth = { ...before, checkOut: later(before.checkOut ?? '', chance.pick([-20, -15, 10, 25, 35])) };
  const reason = chance.pick(AFTER_APPROVAL)(truth, zoneOf(owner));
  const { admin } = organisation.accounts;
  return history.write(admin, history.officeTime(admin, chance.int(1, 2)), [{ workDate: truth.workDate, checkOut: truth.checkOut }], {
    reason,
  });
}

function noted(scene: Scene): History {
  const { chance, organisation } = scene;
  const { admin } = organisation.accounts;
  const { note, reason } = chance.pick(NOTES);
  const history = written(scene).submit().approve();
  return history.add(admin, history.officeTime(admin, 1), { command: 'update', input: { adminNotes: note, reason } });
}

function fromPaper(scene: Scene): History {
  const { card, shifts, chance, organisation } = scene;
  const { inHouse } = organisation.accounts;
  const monday = addDays(mondayOf(card.periodStart), 7);
  const at = instantAt(monday, chance.int(9 * 60, 11 * 60), zoneOf(inHouse));
  const history = new History(scene).write(inHouse, at, shifts, { reason: chance.pick(FROM_PAPER) });
  return history.add(inHouse, later(history.end, chance.int(1, 4)), { command: 'submit', input: {} });
}

/** A draft for the wrong place, deleted when its owner sees it. */
function madeAndDeleted(scene: Scene): readonly CardStep[] {
  const { card, owner, shifts, chance, organisation } = scene;
  const elsewhere = Object.values(organisation.sites).find((site) => site.id !== card.site);
  const history = new History({ ...scene, card: { ...card, site: elsewhere?.id ?? card.site } });
  const noon = later(shifts[0]?.breakStart ?? shifts[0]?.checkOut ?? '', 5);
  history.add(owner, noon, { command: 'create', input: {} });
  return history.add(owner, later(history.end, chance.int(2, 9)), { command: 'delete', input: { reason: 'Picked the wrong site' } }).steps;
}
