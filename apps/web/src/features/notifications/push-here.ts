/** Whether this browser shows notices while no page of ours is open. */
export type PushState = 'unsupported' | 'refused' | 'off' | 'on';

/** Registered only when somebody asks for it. */
export const WORKER = '/push-worker.mjs';

export async function pushState(): Promise<PushState> {
  if (!('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window)) return 'unsupported';
  if (Notification.permission === 'denied') return 'refused';
  return (await subscription()) ? 'on' : 'off';
}

async function subscription(): Promise<PushSubscription | null> {
  if (!('serviceWorker' in navigator)) return null;
  const registration = await navigator.serviceWorker.getRegistration(WORKER);
  return (await registration?.pushManager.getSubscription()) ?? null;
}

/** Ends it for this browser; the server notices when it next sends, if it isn't told. */
export async function endPush(): Promise<void> {
  await (await subscription())?.unsubscribe();
}
