import { DEVICE_LIFETIME } from '@countersign/domain/people/known-device';
import { cookieValue } from './sessions.ts';

const DEVICE_COOKIE = 'countersign_device';

/** What this browser keeps from an earlier sign-in; null where it keeps nothing. It signs nobody in. */
export const deviceOf = (cookies: string | undefined): string | null => cookieValue(cookies ?? '', DEVICE_COOKIE);

/** The header that has a browser keep it. */
export const deviceCookie = (token: string, secure: boolean): string =>
  [
    `${DEVICE_COOKIE}=${token}`,
    'Path=/',
    'HttpOnly',
    'SameSite=Lax',
    `Max-Age=${DEVICE_LIFETIME / 1_000}`,
    ...(secure ? ['Secure'] : []),
  ].join('; ');
