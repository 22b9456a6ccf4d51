export interface SignInOptions {
  /** The server's address. */
  readonly url: string;
  readonly email: string;
  readonly password: string;
}

/**
 * Signs in by mail address and password, for programs: resolves with the session's token, for `createClient()`. A page in
 * a browser needs none, and is given none: it has its cookie.
 * @throws Error whose message says why not, and what to do.
 */
export async function signIn({ url, email, password }: SignInOptions): Promise<string> {
  const response = await fetch(`${url.replace(/\/+$/, '')}/api/auth/sign-in/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const body = (await response.json().catch(() => null)) as { error?: string; details?: string | null } | null;
  if (!response.ok)
    throw new Error([body?.error ?? `The server answered with status ${response.status}.`, body?.details].filter(Boolean).join(' '));
  const token = /(?:^|, ?)(?:__Host-)?countersign_session=([^;,]+)/.exec(response.headers.get('set-cookie') ?? '')?.[1];
  if (token === undefined) throw new Error('No session came with the answer: is this a browser, or no Countersign server?');
  return token;
}

/** Ends a session on every node, and with it each feed that follows by it. */
export async function signOut({ url, token }: { readonly url: string; readonly token: string }): Promise<void> {
  await fetch(`${url.replace(/\/+$/, '')}/api/auth/sign-out`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: '{}',
    signal: AbortSignal.timeout(3_000),
  });
}
