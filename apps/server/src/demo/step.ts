import type { z } from 'zod';
import type { Channel } from '@countersign/audit/entry';
import { isOneDay } from '@countersign/domain/timecards/period.rules';
import type { USUAL_REASONS } from '@countersign/domain/timecards/usual-reasons.rules';
import type { Sheet } from '@countersign/domain/timecards/hours.rules';
import type {
  approveTimecardInput,
  createTimecardInput,
  deleteTimecardInput,
  rejectTimecardInput,
  updateTimecardInput,
} from '@countersign/domain/timecards/timecard.views';
import type { Charge, DemoSite, Person } from './organisation.ts';

/** A timecard of the demo, by what it is made with: its own id is known only once it exists. */
export interface Card {
  /** Ids. */
  readonly person: string;
  readonly site: string;
  /** YYYY-MM-DD. */
  readonly periodStart: string;
  readonly periodEnd: string;
}

type CreateInput = z.input<typeof createTimecardInput>;
/** What the runner adds: the card, as it then stands. */
type Addressed = 'id' | 'version' | keyof Card;

interface CardInputs {
  readonly create: Omit<CreateInput, Addressed>;
  readonly update: Omit<z.input<typeof updateTimecardInput>, Addressed>;
  /** Nothing but which card. */
  readonly submit: Record<string, never>;
  readonly approve: Omit<z.input<typeof approveTimecardInput>, Addressed>;
  readonly reject: Omit<z.input<typeof rejectTimecardInput>, Addressed>;
  readonly delete: Omit<z.input<typeof deleteTimecardInput>, Addressed>;
}

/** A command on a card, with what is typed into it. */
export type CardWork = {
  readonly [Command in keyof CardInputs]: { readonly command: Command; readonly input: CardInputs[Command] };
}[keyof CardInputs];

interface Dated {
  /** An instant in UTC. */
  readonly at: string;
  /** Who does it; null for the set-up, before anybody exists. */
  readonly actor: string | null;
  readonly channel: Channel;
}

/** One thing that happens in the demo: one change set, one transaction. Of a reading, the last `leaves` notices stay unread. */
export type Step =
  | (Dated & { readonly kind: 'card'; readonly card: Card; readonly work: CardWork })
  | (Dated & { readonly kind: 'sites'; readonly sites: readonly DemoSite[] })
  | (Dated & { readonly kind: 'reason'; readonly reason: (typeof USUAL_REASONS)[number] })
  | (Dated & { readonly kind: 'people'; readonly people: readonly Person[] })
  | (Dated & { readonly kind: 'charges'; readonly charges: readonly Charge[] })
  | (Dated & { readonly kind: 'reading'; readonly leaves: number })
  | (Dated & { readonly kind: 'profile'; readonly person: string; readonly changes: ProfileChanges; readonly reason: string });

/** What changes about somebody. */
export interface ProfileChanges {
  readonly lastName?: string;
  readonly phoneNumber?: string;
  readonly level?: number;
  readonly disabled?: true;
}

export type CardStep = Extract<Step, { readonly kind: 'card' }>;

/** Times of a day as they are written on a card; one that is absent or null isn't written. */
export type Written = Pick<Sheet, 'workDate'> & Partial<Sheet>;

/** Times as the input of a card's commands has them: on the card itself or on its days. */
export function timesInput(
  card: Card,
  sheets: readonly Written[],
): Pick<CreateInput, 'checkInTime' | 'checkOutTime' | 'breakStartTime' | 'breakEndTime' | 'entries'> {
  if (!isOneDay(card)) return { entries: sheets.map(entryOf) };
  const [sheet] = sheets;
  return {
    checkInTime: sheet?.checkIn ?? undefined,
    checkOutTime: sheet?.checkOut ?? undefined,
    breakStartTime: sheet?.breakStart ?? undefined,
    breakEndTime: sheet?.breakEnd ?? undefined,
  };
}

export const entryOf = (sheet: Written) => ({
  workDate: sheet.workDate,
  dailyCheckIn: sheet.checkIn ?? undefined,
  dailyCheckOut: sheet.checkOut ?? undefined,
  dailyBreakStart: sheet.breakStart ?? undefined,
  dailyBreakEnd: sheet.breakEnd ?? undefined,
});
