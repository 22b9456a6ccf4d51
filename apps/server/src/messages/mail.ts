import { createTransport } from 'nodemailer';
import { PATIENCE, type Parcel, type Port, Undeliverable } from './port.ts';

export interface MailOptions {
  /** `smtp://user:password@host:587`, or `smtps://`. */
  readonly smtpUrl: string;
  /** Whom mails are from: `Countersign <countersign@example.com>`. */
  readonly from: string;
  /** Where links lead. */
  readonly publicUrl: string;
}

/** Sends mails by SMTP, as plain text: what people typed stays text. */
export function mailPort({ smtpUrl, from, publicUrl }: MailOptions): { readonly send: Port; readonly close: () => void } {
  const transport = createTransport({
    url: smtpUrl,
    pool: true,
    maxConnections: 2,
    connectionTimeout: PATIENCE,
    greetingTimeout: PATIENCE,
    socketTimeout: PATIENCE,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  const host = new URL(publicUrl).hostname;
  const send: Port = async (parcel) => {
    try {
      await transport.sendMail({
        from,
        // An object is one address, whatever stands in it; a text would be read as a list of them.
        to: { name: '', address: parcel.address ?? '' },
        subject: parcel.subject,
        text: textOf(parcel, publicUrl),
        messageId: `<${parcel.id}@${host}>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    } catch (problem) {
      throw lasts(problem) ? new Undeliverable((problem as Error).message) : problem;
    }
  };
  return { send, close: () => transport.close() };
}

/** A refusal of the 500s is the mail server's last word on it; one of the 400s, or none at all, is not. */
function lasts(problem: unknown): boolean {
  const { responseCode, code } = problem as { responseCode?: number; code?: string };
  return code !== 'EAUTH' && responseCode !== undefined && responseCode >= 500;
}

function textOf({ body, path }: Parcel, publicUrl: string): string {
  const link = path === null ? [] : [`${publicUrl}${path}`];
  const why = `You are told this by Countersign. What you are told, and when: ${publicUrl}/notifications/preferences`;
  return [body, ...link, `-- \n${why}`].join('\n\n');
}
