import { PATIENCE, type Port, throwRefusal } from './port.ts';

export interface SmsOptions {
  readonly url: string;
  readonly token: string | null;
  /** Whom text messages are from, where the provider wants to know. */
  readonly from: string | null;
  readonly publicUrl: string;
}

/** Sends text messages by an HTTP provider: `POST {to, from, text}`, with the message's id as the key of repetitions. */
export const smsPort =
  ({ url, token, from, publicUrl }: SmsOptions): Port =>
  async ({ id, address, body, path }) => {
    const text = path === null ? body : `${body} ${publicUrl}${path}`;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': id, ...(token !== null && { authorization: `Bearer ${token}` }) },
      body: JSON.stringify({ to: address, text, ...(from !== null && { from }) }),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    });
    await answer.body?.cancel();
    if (!answer.ok) throwRefusal(answer.status, 'The SMS provider');
  };
