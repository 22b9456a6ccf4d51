import { ABOUT_RECORDS } from '../../about-records.rules.ts';

/** AUD-35: what somebody can say to what others did to their records. */
export const VERDICTS = ['confirmed', 'contested'] as const;
export type Verdict = (typeof VERDICTS)[number];

/** The area of what was said. */
export const ANSWERS_AREA = 'answers';

/** Areas that tell of no change of anybody's records: nothing can be said to what stands there. */
export const NO_CHANGES = [...ABOUT_RECORDS, 'messages', 'audit', 'system'] as const;

/** Of a reason. */
export const SHORTEST_REASON = 3;
export const LONGEST_REASON = 500;

/** Reasons to pick from: on a phone nobody likes to type. */
export const USUAL_OBJECTIONS = ['I worked other hours', 'My break was different', 'I wasn’t asked', 'That isn’t mine'] as const;
