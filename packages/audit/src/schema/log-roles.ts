/** The login role that business transactions run as, and the one that the sequencer logs in as. */
export interface LogRoles {
  readonly app: string;
  readonly sequencer: string;
}
