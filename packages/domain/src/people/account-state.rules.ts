/** How an account stands: whether its owner can sign in, and why not. */
export const ACCOUNT_STATES = ['active', 'invited', 'invitation_over', 'no_password', 'disabled'] as const;
export type AccountState = (typeof ACCOUNT_STATES)[number];

interface Account {
  readonly disabledAt: Date | null;
  /** A password, or an account at a provider that is linked. */
  readonly hasSignIn: boolean;
  readonly invitation: { readonly expiresAt: Date; readonly withdrawnAt: Date | null } | null;
}

/** Somebody who was disabled is that before anything else; who has a way to sign in was invited once, if at all. */
export function accountState({ disabledAt, hasSignIn, invitation }: Account, at: Date): AccountState {
  if (disabledAt) return 'disabled';
  if (hasSignIn) return 'active';
  if (!invitation) return 'no_password';
  return invitation.withdrawnAt || invitation.expiresAt <= at ? 'invitation_over' : 'invited';
}
