import { Refusal } from '@countersign/domain/errors';

/** Bytes of a request's body. No input of the interface comes near it. */
export const BODY_LIMIT = 256 * 1024;

/**
 * The body of a request as text; reads no more than the limit, whatever its headers say.
 * @throws Refusal TOO_LARGE, or VALIDATION_ERROR where it isn't UTF-8.
 */
export async function bodyText(request: Request): Promise<string> {
  if (Number(request.headers.get('content-length')) > BODY_LIMIT) throw tooLarge();
  if (!request.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Node's type says nothing of what a stream of bytes holds.
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
    size += chunk.byteLength;
    if (size > BODY_LIMIT) throw tooLarge(); // leaving the loop cancels the stream
    chunks.push(chunk);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new Refusal('VALIDATION_ERROR', 'The body is not UTF-8', 'Send JSON in UTF-8.', { cause });
  }
}

const tooLarge = () =>
  new Refusal('TOO_LARGE', 'The body is too large', `At most ${BODY_LIMIT / 1024} KiB are taken: send less at a time.`);
