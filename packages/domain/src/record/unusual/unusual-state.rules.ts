/** How an alert stands. */
export const UNUSUAL_STATES = ['open', 'explained'] as const;
export type UnusualState = (typeof UNUSUAL_STATES)[number];

/** What somebody else says of it who looked at it. */
export const UNUSUAL_VERDICTS = ['right', 'wrong'] as const;
export type UnusualVerdict = (typeof UNUSUAL_VERDICTS)[number];
