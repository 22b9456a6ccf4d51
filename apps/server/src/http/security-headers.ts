import type { MiddlewareHandler } from 'hono';

/** Everything comes from here, nothing runs that wasn't built, and nobody frames it. */
const CONTENT_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': CONTENT_POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
} as const;

/** A year, once the browser has come by TLS. */
const HSTS = 'max-age=31536000; includeSubDomains';

/** Headers of every answer; what the interface says is kept by no cache. */
export const securityHeaders: MiddlewareHandler = async (http, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) http.header(name, value);
  http.header('X-Request-Id', http.get('facts').requestId);
  if (http.get('facts').secure) http.header('Strict-Transport-Security', HSTS);
  if (/^\/(api|trpc)\//.test(http.req.path) && !http.res.headers.has('Cache-Control')) http.header('Cache-Control', 'no-store');
};
