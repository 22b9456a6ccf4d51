/** The context of what nobody is known to have done, by the web. */
export const NOBODYS = {
  actor: null,
  impersonator: null,
  channel: 'web',
  command: null,
  changeId: null,
  reason: null,
  requestId: null,
  ipAddress: null,
  userAgent: null,
} as const;
