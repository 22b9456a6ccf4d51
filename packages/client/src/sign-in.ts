export interface SignInOptions {
  /** The server's address. */
  readonly url: string;
  readonly email: string;
  readonly password: string;
  /** Asked for a code where the account has a second factor: of its authenticator app, or a recovery code. */
  readonly code?: () => Promise<string>;
}

/**
 * Signs in by mail address and password, for programs: resolves with the session's token, for `createClient()`. A page in
 * a browser needs none, and is given none: it has its cookie.
 * @throws Error whose message says why not, and what to do.
 */
export async function signIn({ url, email, password, code }: SignInOptions): Promise<string> {
  const first = await step(url, 'email', { email, password });
  const pending = cookieIn(first, 'countersign_sign_in');
  if (pending === null) return tokenIn(first);
  if (!code) throw new Error('This account has a second factor: sign in with `code`, or make a token at /settings/tokens.');
  return tokenIn(await step(url, 'code', { code: await code() }, pending));
}

/** One step of signing in. @throws Error with what the server said. */
async function step(url: string, name: 'email' | 'code', input: object, cookie?: string): Promise<Response> {
  const response = await fetch(`${url.replace(/\/+$/, '')}/api/auth/sign-in/${name}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(cookie !== undefined && { cookie }) },
    body: JSON.stringify(input),
  });
  if (response.ok) return response;
  const body = (await response.json().catch(() => null)) as { error?: string; details?: string | null } | null;
  throw new Error([body?.error ?? `The server answered with status ${response.status}.`, body?.details].filter(Boolean).join(' '));
}

/** A cookie of ours that came with an answer, as it is sent back; null where none came. */
function cookieIn(response: Response, name: string): string | null {
  return new RegExp(`(?:^|, ?)((?:__Host-)?${name}=[^;,]+)`).exec(response.headers.get('set-cookie') ?? '')?.[1] ?? null;
}

function tokenIn(response: Response): string {
  const token = cookieIn(response, 'countersign_session')?.split('=')[1];
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
