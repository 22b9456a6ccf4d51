/** What of RFC 8176 says by what it was: something that one knows, has, or is. Only two of different kinds are two factors. */
const KINDS: Readonly<Record<string, 'knows' | 'has' | 'is'>> = {
  ...{ pwd: 'knows', pin: 'knows', kba: 'knows' },
  ...{ otp: 'has', hwk: 'has', swk: 'has', sc: 'has', sms: 'has', tel: 'has', pop: 'has' },
  ...{ fpt: 'is', face: 'is', iris: 'is', retina: 'is', vbm: 'is' },
};

/** What of `acr` says so: REFEDS, OpenID's phishing-resistant profiles. */
const CLASSES = new Set(['https://refeds.org/profile/mfa', 'phr', 'phrh', 'http://schemas.openid.net/pape/policies/2007/06/multi-factor']);

/** Whether a provider says that it asked for a second factor: then it isn't asked for here once more. */
export function askedForSecondFactor(claims: { readonly amr?: unknown; readonly acr?: unknown }): boolean {
  const methods: unknown[] = Array.isArray(claims.amr) ? claims.amr : [];
  const kinds = new Set(methods.flatMap((method) => (typeof method === 'string' && Object.hasOwn(KINDS, method) ? [KINDS[method]] : [])));
  return methods.includes('mfa') || kinds.size > 1 || CLASSES.has(claims.acr as string);
}
