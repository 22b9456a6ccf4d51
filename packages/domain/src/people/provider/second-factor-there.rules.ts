/** What of RFC 8176 says that more than one thing was asked for, or one that can't be guessed or phished away. */
const FACTORS = new Set(['mfa', 'otp', 'hwk', 'swk', 'sc', 'fpt', 'face', 'iris', 'retina', 'vbm', 'sms', 'tel', 'pop']);

/** What of `acr` says so: REFEDS, OpenID's phishing-resistant profiles. */
const CLASSES = new Set(['https://refeds.org/profile/mfa', 'phr', 'phrh', 'http://schemas.openid.net/pape/policies/2007/06/multi-factor']);

/** Whether a provider says that it asked for a second factor: then it isn't asked for here once more. */
export function askedForSecondFactor(claims: { readonly amr?: unknown; readonly acr?: unknown }): boolean {
  const methods = Array.isArray(claims.amr) ? claims.amr : [];
  return methods.some((method) => FACTORS.has(method as string)) || CLASSES.has(claims.acr as string);
}
