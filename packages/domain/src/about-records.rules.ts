/** Areas that tell what was read of records, and what was said to it: no part of their history. */
export const ABOUT_RECORDS = ['reading', 'answers'] as const;
