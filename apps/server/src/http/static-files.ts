import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { Readable } from 'node:stream';
import type { MiddlewareHandler } from 'hono';

interface StaticFile {
  readonly path: string;
  readonly type: string;
  readonly etag: string;
  readonly size: number;
  /** The same, compressed beforehand. */
  readonly brotli: { readonly path: string; readonly size: number } | null;
  /** Its name holds a hash of its content: it never changes. */
  readonly immutable: boolean;
}

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.txt': 'text/plain; charset=utf-8',
  '.map': 'application/json',
};

const INDEX = '/index.html';
const YEAR = 'public, max-age=31536000, immutable';

/**
 * Serves a built web app: the files that were there at the start and no other path, and its page for every address
 * that a page may have.
 */
export function staticFiles(folder: string): MiddlewareHandler {
  const files = existsSync(folder) ? filesIn(folder) : new Map<string, StaticFile>();
  return async (http, next) => {
    if (http.req.method !== 'GET' && http.req.method !== 'HEAD') return next();
    const file = files.get(http.req.path) ?? (isPage(http.req.path, http.req.header('accept')) ? files.get(INDEX) : undefined);
    if (!file) return next();
    const headers = headersOf(file);
    if (http.req.header('if-none-match') === file.etag) return http.body(null, 304, headers);
    const plain = { path: file.path, size: file.size };
    const wantsBrotli = /(^|,)\s*br\s*(,|;(?!\s*q=0(\.0*)?\s*(,|$))|$)/.test(http.req.header('accept-encoding') ?? '');
    const chosen = wantsBrotli ? (file.brotli ?? plain) : plain;
    const encoding = chosen === plain ? {} : { 'Content-Encoding': 'br' };
    const body = http.req.method === 'HEAD' ? null : (Readable.toWeb(createReadStream(chosen.path)) as ReadableStream);
    return new Response(body, { headers: { ...headers, ...encoding, 'Content-Length': String(chosen.size) } });
  };
}

/** Addresses of pages are plain words and ids, none of the interface's; who asks for them takes HTML, or anything. */
const isPage = (path: string, accept = '*/*') =>
  /^\/(?!(?:api|trpc|assets)(?:\/|$))(?:[\w-]+(?:\/[\w-]+)*\/?)?$/.test(path) && /text\/html|\*\/\*/.test(accept);

function headersOf({ type, etag, immutable, brotli }: StaticFile): Record<string, string> {
  return { 'Content-Type': type, ETag: etag, 'Cache-Control': immutable ? YEAR : 'no-cache', ...(brotli && { Vary: 'Accept-Encoding' }) };
}

function filesIn(folder: string): Map<string, StaticFile> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());
  const paths = new Set(names.map((name) => join(folder, name)));
  return new Map(
    [...paths].filter((path) => !path.endsWith('.br')).map((path) => [addressOf(folder, path), describe(folder, path, paths)]),
  );
}

const addressOf = (folder: string, path: string) => `/${relative(folder, path).split(sep).join('/')}`;

function describe(folder: string, path: string, paths: ReadonlySet<string>): StaticFile {
  const compressed = `${path}.br`;
  const etag = `"${createHash('sha256').update(readFileSync(path)).digest('base64url').slice(0, 22)}"`;
  return {
    path,
    etag,
    type: TYPES[extname(path)] ?? 'application/octet-stream',
    size: statSync(path).size,
    brotli: paths.has(compressed) ? { path: compressed, size: statSync(compressed).size } : null,
    immutable: addressOf(folder, path).startsWith('/assets/'),
  };
}
