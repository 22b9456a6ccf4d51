/** What of RFC 8176 says by what it was: something that one knows, has, or is. Only two of different kinds are two factors. */
const KINDS: ReadonlyMap<unknown, string> = new Map([
  ...['pwd', 'pin', 'kba'].map((method) => [method, 'knows'] as const),
  ...['otp', 'hwk', 'swk', 'sc', 'sms', 'tel', 'pop'].map((method) => [method, 'has'] as const),
  ...['fpt', 'face', 'iris', 'retina', 'vbm'].map((method) => [method, 'is'] as const),
]);

/** What of `acr` says so: REFEDS, OpenID's phishing-resistant profiles. */
const CLASSES = new Set(['https://refeds.org/profile/mfa', 'phr', 'phrh', 'http://schemas.openid.net/pape/policies/2007/06/multi-factor']);

/** Whether a provider says that it asked for a second factor: then it isn't asked for here once more. */
export function askedForSecondFactor(claims: { readonly amr?: unknown; readonly acr?: unknown }): boolean {
  const methods: unknown[] = Array.isArray(claims.amr) ? claims.amr : [];
  const kinds = new Set(methods.flatMap((method) => KINDS.get(method) ?? []));
  return methods.includes('mfa') || kinds.size > 1 || CLASSES.has(claims.acr as string);
}
