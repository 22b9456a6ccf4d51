/** The kinds of change for which a reason can be offered, TC-10. */
export const REASON_USES = ['admin_edit', 'rejection_edit', 'rejection', 'after_approval'] as const;
export type ReasonUse = (typeof REASON_USES)[number];

/** The most letters that a reason has, as it stands with the change. */
export const LONGEST_REASON = 500;

interface Listed {
  readonly active: boolean;
  readonly offeredFor: readonly ReasonUse[];
}

/** The reasons of a list that are offered for these kinds of change, in their order. */
export const offeredFor = <Reason extends Listed>(reasons: readonly Reason[], uses: readonly ReasonUse[]): Reason[] =>
  reasons.filter(({ active, offeredFor: offered }) => active && uses.some((use) => offered.includes(use)));

/** TC-10: what stands with the change: what was picked, what was typed, or both as `Gate log: badge shows 16:28`. */
export function writtenReason(picked: string, typed: string): string {
  const text = typed.trim();
  if (!picked) return text;
  return text ? `${picked}: ${text}` : picked;
}
