import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** What the transport knows of a request before anybody has looked at what it wants. */
export interface RequestFacts {
  /** Ours, whatever the client sent: it stands in the log. */
  readonly requestId: string;
  readonly ipAddress: string | null;
  /** `X-Forwarded-For` as it came, believed or not, where it says anything else than the address: only printable ASCII, the rest as `%1B`. */
  readonly forwardedFor: string | null;
  readonly userAgent: string | null;
  /** Whether the browser speaks TLS, with us or with a proxy that we trust. */
  readonly secure: boolean;
  /** The host that the browser addressed. */
  readonly host: string | null;
}

/** Characters of a user agent that are kept: longer ones are made up. */
const USER_AGENT = 300;
/** The same of what a request says of its way; each proxy adds up to forty, behind what came. */
const FORWARDED_FOR = 500;

/** `proxies` is how many of our own stand before this server; what they added is believed, and nothing beyond. */
export function requestFacts(request: IncomingMessage, proxies: number): RequestFacts {
  const forwarded = (name: string) => (proxies ? lastOf(request.headers[name], 1) : null);
  const encrypted = Boolean((request.socket as Partial<TLSSocket>).encrypted);
  const ipAddress = clientAddress(request, proxies);
  return {
    requestId: randomUUID(),
    ipAddress,
    forwardedFor: saidOfItsWay(request, ipAddress),
    userAgent: request.headers['user-agent']?.slice(0, USER_AGENT) ?? null,
    secure: encrypted || forwarded('x-forwarded-proto') === 'https',
    host: forwarded('x-forwarded-host') ?? request.headers.host ?? null,
  };
}

/** The end of it, which is nearest to us, where it is long. */
function saidOfItsWay({ headers }: IncomingMessage, address: string | null): string | null {
  const said = [headers['x-forwarded-for'] ?? []].flat().join(', ');
  const escaped = said.replace(/[^ -~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
  return escaped === '' || escaped === address ? null : escaped.slice(-FORWARDED_FOR);
}

function clientAddress(request: IncomingMessage, proxies: number): string | null {
  const told = proxies ? lastOf(request.headers['x-forwarded-for'], proxies) : null;
  const address = told && isIP(told) ? told : request.socket.remoteAddress;
  return address?.replace(/^::ffff:(?=\d+\.)/, '') ?? null;
}

/** The entry that the first of our proxies added: each appends the address of whom it heard. */
function lastOf(header: string | string[] | undefined, count: number): string | null {
  const entries = [header ?? []]
    .flat()
    .join(',')
    .split(',')
    .map((entry) => entry.trim())
    .filter(Boolean);
  return entries.at(-Math.min(count, entries.length)) ?? null;
}

/**
 * Whether a browser goes there with its whole window, as far as its own word goes: no image, frame or script of a page that may be
 * anybody's. Who says nothing is an old browser, or a program.
 */
export function isNavigation(headers: IncomingMessage['headers']): boolean {
  const { 'sec-fetch-mode': mode = 'navigate', 'sec-fetch-dest': destination = 'document' } = headers;
  return mode === 'navigate' && destination === 'document';
}

/**
 * Whether a browser goes there with its window and says by no `Sec-Fetch-Site` from where: an old one, or any on an unencrypted line. It brings
 * its cookie from wherever it was led (`SameSite=Lax`). A page of ours is named by `Referer`, as our policy has it; who types the address comes from nowhere
 * that can be told from a page that hides itself.
 */
export function isUnnamedWindow({ accept = '', referer, ...headers }: IncomingMessage['headers'], host: string | null): boolean {
  if (headers['sec-fetch-site'] !== undefined || !accept.includes('text/html')) return false;
  return referer === undefined || host === null || !URL.canParse(referer) || new URL(referer).host !== host.toLowerCase();
}

/**
 * Whether a page of another site sent this, as far as the browser's own word goes. Browsers name the page's site with
 * whatever changes something and with every websocket: who says nothing is a program.
 */
export function isForeign(headers: IncomingMessage['headers'], host: string | null): boolean {
  const { origin } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin';
  if (origin === undefined) return false;
  return host === null || !URL.canParse(origin) || new URL(origin).host !== host.toLowerCase();
}
