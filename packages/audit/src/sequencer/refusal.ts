/** Whether it is what was to be recorded that was refused, and would be again: not a lost connection, not a lost race. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  // SQLSTATE classes: 22 data exception, 23 constraint violation, 54 program limit exceeded.
  return error instanceof Error && /^(22|23|54)/.test((error as { code?: string }).code ?? '');
}
