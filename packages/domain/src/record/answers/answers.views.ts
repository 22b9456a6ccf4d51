import { z } from 'zod';
import { LONGEST_REASON, SHORTEST_REASON, VERDICTS } from './answer.rules.ts';

export const answerView = z.object({
  /** The change set that it is about, and the record: `Timecard:…`. */
  change: z.uuid(),
  record: z.string(),
  verdict: z.enum(VERDICTS),
  reason: z.string().nullable(),
  at: z.string(),
});
export type AnswerView = z.input<typeof answerView>;

export const giveAnswerInput = z
  .strictObject({
    change: z.uuid(),
    record: z
      .string()
      .max(200)
      .regex(/^\w+:.+$/, 'A record is needed, such as Timecard:0d2f….'),
    verdict: z.enum(VERDICTS),
    reason: z
      .string()
      .trim()
      .min(SHORTEST_REASON, 'Say why, in three letters or more.')
      .max(LONGEST_REASON)
      .optional()
      .meta({ title: 'Reason', 'x-kind': 'text' }),
  })
  .refine(({ verdict, reason }) => verdict !== 'contested' || reason !== undefined, {
    path: ['reason'],
    message: 'Say what is wrong: the people responsible read it.',
  });

export const answersView = z.object({ answers: z.array(answerView) });
