import webPush from 'web-push';
import { PATIENCE, type Port, throwRefusal, Undeliverable } from './port.ts';

export interface PushOptions {
  /** Whom a push service can write to about what we send: `mailto:…` or an address of the web. */
  readonly contact: string;
  readonly publicKey: string;
  readonly privateKey: string;
  /** Hosts of push services, `*.` for all below one: nothing is sent anywhere else, whatever a browser claims. */
  readonly services: readonly string[];
}

/** Seconds for which a push service keeps what a sleeping browser hasn't fetched. */
const KEPT_FOR = 24 * 3_600;

/** Sends to browsers by Web Push, encrypted for the one browser (RFC 8291) and signed by this server (RFC 8292). */
export const pushPort =
  ({ contact, publicKey, privateKey, services }: PushOptions): Port =>
  async ({ browser, subject, path, urgent }) => {
    if (!browser) throw new Undeliverable('The browser was taken off.');
    const { endpoint, p256dh, auth } = browser;
    if (!isService(endpoint, services)) throw new Undeliverable(`${hostOf(endpoint)} is none of the push services that are allowed.`);
    const request = webPush.generateRequestDetails({ endpoint, keys: { p256dh, auth } }, JSON.stringify({ title: subject, path }), {
      vapidDetails: { subject: contact, publicKey, privateKey },
      TTL: KEPT_FOR,
      urgency: urgent ? 'high' : 'normal',
    });
    const answer = await fetch(endpoint, {
      method: 'POST',
      headers: request.headers,
      body: new Uint8Array(request.body ?? []),
      // A push service has no reason to send us elsewhere; somebody else would.
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE),
    });
    await answer.body?.cancel();
    if (answer.status === 404 || answer.status === 410) throw new Undeliverable('The browser takes no more.', { gone: true });
    if (!answer.ok) throwRefusal(answer.status, 'The push service');
  };

const hostOf = (endpoint: string): string => new URL(endpoint).host;

function isService(endpoint: string, services: readonly string[]): boolean {
  const host = hostOf(endpoint);
  return services.some((service) => (service.startsWith('*.') ? host.endsWith(service.slice(1)) : host === service));
}
