import type { MiddlewareHandler } from 'hono';

/** Everything comes from here, nothing runs that wasn't built, no text becomes a script or markup, and nobody frames it. */
const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  // The one address that is made a script of: `push.ts`.
  'trusted-types push-worker',
].join('; ');

/** What the interface answers is data, files among them: opened in a browser it runs, loads and sends nothing. */
const DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox";

const isData = (path: string) => /^\/(api|trpc)\//.test(path);

const HEADERS = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), serial=(), usb=()',
} as const;

/** A year, once the browser has come by TLS. */
const HSTS = 'max-age=31536000; includeSubDomains';

/** Headers of every answer; what the interface says is kept by no cache. */
export const securityHeaders: MiddlewareHandler = async (http, next) => {
  await next();
  for (const [name, value] of Object.entries(HEADERS)) http.header(name, value);
  http.header('Content-Security-Policy', isData(http.req.path) ? DATA_POLICY : PAGE_POLICY);
  http.header('X-Request-Id', http.get('facts').requestId);
  if (http.get('facts').secure) http.header('Strict-Transport-Security', HSTS);
  if (isData(http.req.path) && !http.res.headers.has('Cache-Control')) http.header('Cache-Control', 'no-store');
};
