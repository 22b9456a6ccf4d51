/** Whether this browser shows notices while no page of ours is open. */
export type PushState = 'unsupported' | 'refused' | 'off' | 'on';

/** Registered only when somebody asks for it. */
export const WORKER = '/push-worker.mjs';

export async function pushState(): Promise<PushState> {
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) return 'unsupported';
  if (Notification.permission === 'denied') return 'refused';
  return (await subscription()) ? 'on' : 'off';
}

const registered = async () => ('serviceWorker' in navigator ? navigator.serviceWorker.getRegistration(WORKER) : undefined);

const subscription = async () => (await (await registered())?.pushManager.getSubscription()) ?? null;

/** Ends it for this browser; the server notices when it next sends, if it isn't told. */
export async function endPush(): Promise<void> {
  const worker = await registered();
  const subscribed = await worker?.pushManager.getSubscription();
  // Where the push service can't be reached it isn't told; without the worker this browser shows nothing either.
  await subscribed?.unsubscribe().catch(() => worker?.unregister());
}
