/** How an alert stands. */
export const UNUSUAL_STATES = ['open', 'explained'] as const;
export type UnusualState = (typeof UNUSUAL_STATES)[number];
