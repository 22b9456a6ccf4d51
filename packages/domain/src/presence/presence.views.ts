import { z } from 'zod';

export const presenceInput = z.strictObject({
  root: z
    .string()
    .regex(/^Timecard:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, 'must be a timecard, as Timecard:ID')
    .meta({ description: 'The record that is open, as `Timecard:ID`.' }),
  editing: z.boolean().default(false).meta({ description: 'Whether it is being edited.' }),
});

/** Who else has a record open: each person once, however many tabs they have. */
export const presenceView = z.object({
  people: z.array(z.object({ id: z.uuid(), name: z.string(), editing: z.boolean() })),
});
