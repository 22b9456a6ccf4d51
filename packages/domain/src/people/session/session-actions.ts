import { z } from 'zod';
import { manualAction } from '@countersign/audit/manual-action';

/** By what somebody shows who they are. */
const METHODS = ['password', 'oidc'] as const;
export type Method = (typeof METHODS)[number];

/** Why somebody was refused; those after the first four are of a provider's answers. */
const CAUSES = [
  'unknown_address',
  'wrong_password',
  'disabled',
  'wrong_second_factor',
  'unverified_address',
  'linked_otherwise',
  'not_invited',
  'invalid_answer',
] as const;

/** What somebody showed beside it; `provider`: whoever they signed in with says that it asked for one. */
const SECOND_FACTORS = ['authenticator', 'recovery_code', 'provider'] as const;
export type ShownFactor = (typeof SECOND_FACTORS)[number];

const area = 'people';

/** AC-5: somebody signed in. */
export const signedIn = manualAction({
  name: 'signed_in',
  area,
  label: 'Signed in',
  metadata: z.strictObject({ method: z.enum(METHODS), second_factor: z.enum(SECOND_FACTORS).optional() }),
  needsPerson: true,
});

/**
 * AC-5: somebody tried to sign in and was refused. The mail address that was typed is never recorded: people type
 * passwords there. Deferred, since nothing is done that could be taken back.
 */
export const signInFailed = manualAction({
  name: 'sign_in_failed',
  area,
  label: 'Sign-in failed',
  description: 'Somebody tried to sign in and was refused; by whom, nobody knows.',
  metadata: z.strictObject({ method: z.enum(METHODS), cause: z.enum(CAUSES) }),
  failure: 'defer',
});

/** AC-5: somebody signed out. */
export const signedOut = manualAction({
  name: 'signed_out',
  area,
  label: 'Signed out',
  metadata: z.strictObject({}),
  needsPerson: true,
});

/** AC-5: every session of somebody was ended, by themselves or by whoever may. */
export const signedOutEverywhere = manualAction({
  name: 'signed_out_everywhere',
  area,
  label: 'Signed out everywhere',
  metadata: z.strictObject({ sessions: z.int().nonnegative() }),
});
