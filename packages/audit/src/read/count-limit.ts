/** How far a count goes that no rollup answers. */
export const COUNT_LIMIT = 10_000;
