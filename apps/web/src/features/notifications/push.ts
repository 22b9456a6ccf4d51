import { client } from '../../api/link.ts';
import { pushState, type PushState, WORKER } from './push-here.ts';

/** What TypeScript doesn't know yet of https://www.w3.org/TR/trusted-types/. */
interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: () => string }): { createScriptURL(address: string): string };
}
const { trustedTypes } = globalThis as { readonly trustedTypes?: TrustedTypes };

/** The server's policy lets browsers make no script of a mere text: this is the one address that is one. Browsers that don't know of it take the text. */
const SCRIPT = trustedTypes?.createPolicy('push-worker', { createScriptURL: () => WORKER }).createScriptURL(WORKER) ?? WORKER;

/** Asks the browser, and tells the server where to send. Call it on a click: browsers refuse it otherwise. */
export async function allowPush(publicKey: string): Promise<PushState> {
  if ((await Notification.requestPermission()) !== 'granted') return pushState();
  await navigator.serviceWorker.register(SCRIPT);
  const { pushManager } = await navigator.serviceWorker.ready;
  const made = await subscribeWith(pushManager, publicKey);
  const { endpoint = '', keys = {} } = made.toJSON();
  try {
    await client.push.subscribe.mutate({
      endpoint,
      p256dh: keys['p256dh'] ?? '',
      auth: keys['auth'] ?? '',
      browser: browserName(navigator.userAgent),
    });
  } catch (thrown) {
    await made.unsubscribe();
    throw thrown;
  }
  return 'on';
}

/** A subscription of an older key of the server's is no use to it: it goes. */
async function subscribeWith(manager: PushManager, publicKey: string): Promise<PushSubscription> {
  const wanted = { userVisibleOnly: true, applicationServerKey: publicKey };
  try {
    return await manager.subscribe(wanted);
  } catch (thrown) {
    if (!(thrown instanceof DOMException && thrown.name === 'InvalidStateError')) throw thrown;
    await (await manager.getSubscription())?.unsubscribe();
    return manager.subscribe(wanted);
  }
}

const BROWSERS = [
  ['Edg/', 'Edge'],
  ['OPR/', 'Opera'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;
const SYSTEMS = [
  ['Android', 'Android'],
  ['iPhone', 'iPhone'],
  ['iPad', 'iPad'],
  ['Windows', 'Windows'],
  ['Mac OS', 'macOS'],
  ['Linux', 'Linux'],
] as const;

/** What somebody knows a browser by: `Firefox on Linux`. */
export function browserName(userAgent: string): string {
  const browser = BROWSERS.find(([mark]) => userAgent.includes(mark))?.[1] ?? 'A browser';
  const system = SYSTEMS.find(([mark]) => userAgent.includes(mark))?.[1];
  return system ? `${browser} on ${system}` : browser;
}
