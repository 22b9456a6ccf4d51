import { dayOf } from '@countersign/domain/day.rules';
import type { Sheet } from '@countersign/domain/timecards/hours.rules';
import { addDays, instantAt, later, mondayOf, nextMonday, nextWorkingDay } from './calendar.ts';
import type { Chance } from './chance.ts';
import type { Organisation, Person } from './organisation.ts';
import { type Card, type CardStep, type CardWork, timesInput, type Written } from './step.ts';

/** One card of the demo before its story is told: whose, when, and what really happened on these days. */
export interface Scene {
  readonly card: Card;
  readonly owner: Person;
  readonly decider: Person;
  readonly organisation: Organisation;
  /** 0 is the present week. */
  readonly weeksAgo: number;
  /** What was really worked, at least one shift, in order. */
  readonly shifts: readonly Sheet[];
  readonly chance: Chance;
}

export const zoneOf = (person: Person): string => person.site.timeZone;

/** The story of one card as it grows: each step lies after the one before it. */
export class History {
  readonly scene: Scene;
  readonly steps: CardStep[] = [];

  constructor(scene: Scene) {
    this.scene = scene;
  }

  /** When the last step was taken. @throws RangeError before the first. */
  get end(): string {
    const last = this.steps.at(-1);
    if (!last) throw new RangeError('nothing has happened to this card yet');
    return last.at;
  }

  /** Adds a step at a time, or soon after the one before where that was later. */
  add(actor: Person, at: string, work: CardWork): this {
    const { card, chance } = this.scene;
    const last = this.steps.at(-1)?.at;
    const moment = last !== undefined && at <= last ? later(last, chance.int(2, 25)) : at;
    // Nobody presses a button on the minute.
    const exact = later(moment, chance.int(0, 59_999) / 60_000);
    this.steps.push({ kind: 'card', at: exact, actor: actor.id, channel: 'web', card, work });
    return this;
  }

  /** The owner, or somebody for them, writes times on the card. */
  write(by: Person, at: string, sheets: readonly Written[], more: { readonly reason?: string; readonly adminNotes?: string } = {}): this {
    const input = { ...timesInput(this.scene.card, sheets), ...more };
    return this.add(by, at, this.steps.length ? { command: 'update', input } : { command: 'create', input });
  }

  /** Submits when the owner is used to, or soon where that has passed. */
  submit(by: Person = this.scene.owner): this {
    const { card, owner, chance } = this.scene;
    const sunday = addDays(mondayOf(card.periodStart), 6);
    const evening = instantAt(sunday, chance.int(17 * 60, 21 * 60 + 30), zoneOf(owner));
    const waits = owner.habit?.submits === 'on Sunday' && evening > this.end;
    return this.add(by, waits ? evening : later(this.end, chance.int(2, 12)), { command: 'submit', input: {} });
  }

  /** Submits days after the others did. */
  submitLate(): this {
    const { card, owner, chance } = this.scene;
    const day = addDays(mondayOf(card.periodStart), chance.int(7, 8));
    return this.add(owner, instantAt(day, chance.int(12 * 60, 18 * 60), zoneOf(owner)), { command: 'submit', input: {} });
  }

  approve(): this {
    return this.add(this.scene.decider, this.#decisionTime(), { command: 'approve', input: {} });
  }

  /** Names the fields that the owner is to mend, mends some on the way, or both. */
  reject(reason: string, { fieldsToMend, mends }: { fieldsToMend?: readonly string[]; mends?: readonly Written[] }): this {
    const input = {
      reason,
      ...(fieldsToMend && { fieldsToMend: [...fieldsToMend] }),
      ...(mends && timesInput(this.scene.card, mends)),
    };
    return this.add(this.scene.decider, this.#decisionTime(), { command: 'reject', input });
  }

  /** Deciders look through what was submitted on Monday mornings; what comes late or is of one day, often the next day. */
  #decisionTime(): string {
    const { card, decider, chance } = this.scene;
    const zone = zoneOf(decider);
    const overdue = dayOf(this.end, zone) > addDays(mondayOf(card.periodStart), 6);
    const soon = overdue || (card.periodStart === card.periodEnd && chance.happens(0.4));
    const day = soon ? nextWorkingDay(this.end, zone) : nextMonday(this.end, zone);
    const from = decider.habit?.from ?? 8 * 60 + 20;
    return instantAt(day, from + chance.int(10, 200), zone);
  }

  /** A time in somebody's office hours, so many working days after the last step. */
  officeTime(person: Person, workingDays: number): string {
    let at = this.end;
    for (let n = 0; n < workingDays; n++) {
      at = instantAt(nextWorkingDay(at, zoneOf(person)), this.scene.chance.int(9 * 60 + 30, 16 * 60), zoneOf(person));
    }
    return at;
  }

  /** When the owner looks at the card again: on the evening of the same day, or early on the next. */
  ownersTime(): string {
    const { owner, chance } = this.scene;
    const zone = zoneOf(owner);
    const day = dayOf(this.end, zone);
    const evening = instantAt(day, chance.int(18 * 60, 21 * 60), zone);
    return evening > this.end ? evening : instantAt(addDays(day, 1), chance.int(7 * 60 + 30, 10 * 60), zone);
  }
}
