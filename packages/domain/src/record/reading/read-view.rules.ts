/** AUD-29: what somebody can read the log as, and what to call it. A definition that shows any of it names one of these. */
export const READ_VIEWS = {
  feed: 'Live',
  trail: 'Audit trail',
  person: 'Records of one person',
  event: 'One event',
  as_of: 'As of a moment',
  health: 'System health',
} as const;
export type ReadView = keyof typeof READ_VIEWS;

/** The area of what is read: pages about the business leave it out unless somebody asks for it. */
export const READING_AREA = 'reading';

/** What a window can be of: the log, a record that was opened without it, or whatever else was shown through somebody's eyes. */
export type Viewed = ReadView | 'record' | 'as_another';

export const RECORD_VIEWED = 'record_viewed';

export const READ_AS_ANOTHER = 'read_as_another';

export const LOG_ACCESSED = 'audit_log_accessed';
