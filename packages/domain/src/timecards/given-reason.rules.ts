import type { ReasonUse, ReasonView } from './reason.views.ts';

/** The most letters that a reason has, as it stands with the change. */
export const LONGEST_REASON = 500;

/** The reasons that are offered for these kinds of change, in their order. */
export const offeredFor = (reasons: readonly ReasonView[], uses: readonly ReasonUse[]): ReasonView[] =>
  reasons.filter(({ active, offeredFor: offered }) => active && uses.some((use) => offered.includes(use)));

/** TC-10: what stands with the change: what was picked, what was typed, or both as `Gate log: badge shows 16:28`. */
export function writtenReason(picked: string, typed: string): string {
  const text = typed.trim();
  if (!picked) return text;
  return text ? `${picked}: ${text}` : picked;
}
