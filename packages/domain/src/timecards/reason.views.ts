import { z } from 'zod';
import { REASON_USES } from './given-reason.rules.ts';

const label = z
  .string()
  .trim()
  .min(3, 'Give the reason a name of three letters or more.')
  .max(80, 'Keep it under 80 letters: details are typed beside it.')
  // Beside the typed text it stands as "label: text".
  .regex(/^[^:\p{Cc}]+$/u, 'Leave out colons: one separates the reason from what is typed beside it.')
  .meta({ title: 'Reason', 'x-kind': 'text' });
const offeredFor = z
  .array(z.enum(REASON_USES))
  .min(1, 'Choose at least one kind of change: offered for none it would never be seen.')
  .max(REASON_USES.length)
  .transform((uses) => REASON_USES.filter((use) => uses.includes(use)))
  .meta({ title: 'Offered for', 'x-kind': 'enum' });

export const reasonView = z.object({
  id: z.uuid(),
  version: z.number().int(),
  label: z.string(),
  offeredFor: z.array(z.enum(REASON_USES)),
  /** A retired one is offered no more; whatever it was given for keeps it. */
  active: z.boolean(),
});
export type ReasonView = z.infer<typeof reasonView>;

const versioned = { id: z.uuid(), version: z.number().int().min(1) };

export const createReasonInput = z.strictObject({ label, offeredFor });
export const updateReasonInput = z.strictObject({ ...versioned, label: label.optional(), offeredFor: offeredFor.optional() });
export const retireReasonInput = z.strictObject(versioned);
/** Every reason once, in the order in which they are to be offered. */
export const arrangeReasonsInput = z.strictObject({ ids: z.array(z.uuid()).min(1).max(500) });
