import { rest } from './session.ts';

/** From now on this browser shows what somebody else sees. @throws Problem that says why not. */
export const startSight = (user: string, reason: string): Promise<unknown> =>
  rest('/api/auth/sight', { method: 'POST', body: JSON.stringify({ user, reason }) });

/** And its own again. */
export const stopSight = (): Promise<unknown> => rest('/api/auth/sight/stop', { method: 'POST', body: '{}' });
