/** What a browser keeps for us. Each is set, taken back and believed under the one name that fits how the browser came. */
const COOKIES = {
  session: 'countersign_session',
  device: 'countersign_device',
  signIn: 'countersign_sign_in',
  attempt: 'countersign_attempt',
} as const;
export type CookieName = keyof typeof COOKIES;

/**
 * Over TLS a browser accepts a cookie of this name only from this very host, with `Secure` and for every path: no other host of
 * the domain and nobody on an unencrypted line can plant one. Without TLS, as on http://localhost, browsers refuse such a name.
 */
const nameOf = (cookie: CookieName, secure: boolean): string => `${secure ? '__Host-' : ''}${COOKIES[cookie]}`;

export interface NewCookie {
  readonly value: string;
  /** Seconds; 0 takes it back. */
  readonly maxAge: number;
  /** Whether the browser speaks TLS. */
  readonly secure: boolean;
}

/** The header that has a browser keep it. Nothing that runs in a page can read it, and other sites' requests that change something don't bring it. */
export const setCookie = (cookie: CookieName, { value, maxAge, secure }: NewCookie): string =>
  [`${nameOf(cookie, secure)}=${value}`, 'Path=/', 'HttpOnly', 'SameSite=Lax', `Max-Age=${maxAge}`, ...(secure ? ['Secure'] : [])].join(
    '; ',
  );

/** The value of a cookie, where it is a token of ours under the name that it has on such a line; the other name is nobody's word. */
export function cookieValue(header: string | undefined, cookie: CookieName, secure: boolean): string | null {
  const name = nameOf(cookie, secure);
  for (const pair of (header ?? '').split(';')) {
    const [key, value] = pair.trim().split('=');
    if (key === name && value !== undefined && /^[\w-]{1,200}$/.test(value)) return value;
  }
  return null;
}
