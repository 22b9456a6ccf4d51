import type { AppRouter } from './router.ts';

type ErrorData = AppRouter['_def']['_config']['$types']['errorShape']['data'];
/** What the server refused, and what to do about it; null where nothing was. */
export type Refused = NonNullable<ErrorData['refusal']>;

/** The server answered, and not with what was asked for. */
export class ServerAnswer extends Error {
  override readonly name = 'ServerAnswer';
  /** The HTTP status, or the one that an error within a stream stands for. */
  readonly status: number;
  /** Whether it was Countersign that answered, and not something on the way to it. */
  readonly known: boolean;
  readonly refused: Refused | null;

  constructor(status: number, body: unknown) {
    const error = errorIn(body);
    super(error?.message ?? `the server answered with status ${status}`);
    this.status = error?.data.httpStatus ?? status;
    this.known = error !== null;
    this.refused = error?.data.refusal ?? null;
  }
}

function errorIn(body: unknown): { message: string; data: ErrorData } | null {
  if (typeof body !== 'object' || body === null) return null;
  const { error = body } = body as { error?: unknown };
  if (typeof error !== 'object' || error === null || !('message' in error) || !('data' in error)) return null;
  return error as { message: string; data: ErrorData };
}

export interface Asked {
  readonly origin: string;
  /** Of the procedure, such as `audit.page`. */
  readonly path: string;
  readonly input: object;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Asks a procedure by HTTP. @throws ServerAnswer for whatever isn't a success; what `fetch` throws where nobody answers. */
export async function ask({ origin, path, input, headers, signal }: Asked): Promise<Response> {
  const response = await fetch(`${origin}/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`, { headers, signal });
  if (response.ok) return response;
  throw new ServerAnswer(response.status, await response.json().catch(() => null));
}
