import { createSign, generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { Provider } from 'oidc-provider';

/** Who is at the provider at this moment, and what it says of them. */
export interface Person {
  sub: string;
  email: string;
  email_verified: boolean;
  /** Whether they say no there. */
  refuses?: boolean;
}

type Claims = Record<string, unknown>;

export interface RealProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly provider: Provider;
  /** Whoever comes next is this one. */
  is(person: Person): void;
  /** Alters the next id token, and signs it with the provider's own key, or another one. */
  forge(alter: (claims: Claims) => Claims, by?: 'its own key' | 'another key'): void;
  close(): Promise<void>;
}

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;

function signed(claims: Claims, key: KeyObject): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', kid: 'only', typ: 'JWT' })}.${part(claims)}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
}

/** A certified provider of OpenID Connect on loopback, whose only person is whoever the test says. */
export async function realProvider(callback: string, port = 0): Promise<RealProvider> {
  const key = rsa();
  const server = createServer((request, answer) => void serve(request, answer)).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { clientId: 'countersign', clientSecret: '2f9e64cb1d70a835' };
  let person: Person = { sub: 'nobody', email: 'nobody@example.com', email_verified: true };
  let forged: ((token: string) => string) | null = null;
  const provider = new Provider(issuer, {
    clients: [{ client_id: client.clientId, client_secret: client.clientSecret, redirect_uris: [callback] }],
    jwks: { keys: [{ ...(key.export({ format: 'jwk' }) as JsonWebKey & { kty: 'RSA' }), kid: 'only', alg: 'RS256', use: 'sig' }] },
    cookies: { keys: ['8c1fd2b0a9e74365'] },
    claims: { email: ['email', 'email_verified'], profile: ['name'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    pkce: { required: () => true },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ ...person, sub }) }),
    loadExistingGrant: async ({ oidc }) => {
      const grant = new provider.Grant({ clientId: client.clientId, accountId: oidc.session?.accountId ?? '' });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
    // Whoever is there signs in each time: none of its sessions outlives a test.
    ttl: { Session: 60, Interaction: 60, Grant: 60, IdToken: 60, AccessToken: 60 },
  });
  const handle = provider.callback();

  async function serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    if (request.url?.startsWith('/interaction/')) {
      const result = person.refuses ? { error: 'access_denied' } : { login: { accountId: person.sub, remember: false } };
      return provider.interactionFinished(request, answer, result);
    }
    if (request.url === '/token' && forged) tamper(answer, forged);
    await handle(request, answer);
  }

  function tamper(answer: ServerResponse, forge: (token: string) => string): void {
    forged = null;
    const end = answer.end.bind(answer) as (body: string) => ServerResponse;
    answer.end = ((body: string | Buffer) => {
      const told = JSON.parse(body.toString()) as { id_token: string };
      const text = JSON.stringify({ ...told, id_token: forge(told.id_token) });
      answer.setHeader('content-length', Buffer.byteLength(text));
      return end(text);
    }) as typeof answer.end;
  }

  return {
    issuer,
    ...client,
    provider,
    is: (next) => (person = next),
    forge: (alter, by = 'its own key') => {
      forged = (token) => {
        const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Claims;
        return signed(alter(claims), by === 'its own key' ? key : rsa());
      };
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

/** Follows no redirect. By node:http, since fetch says of itself that it fetches, whatever it is told. */
async function visited(address: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  const [answer] = (await once(request(address, { headers }).end(), 'response')) as [IncomingMessage];
  const told = Object.entries(answer.headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const body = await buffer(answer);
  return new Response(body.length ? new Uint8Array(body) : null, { status: answer.statusCode ?? 0, headers: new Headers(told) });
}

/** A browser that follows where it is led, and stops at the first page of the app. */
export class Browser {
  readonly #jars = new Map<string, Map<string, string>>();
  readonly #app: { readonly publicUrl: string; readonly url: string };
  readonly #headers: Readonly<Record<string, string>>;

  /** `publicUrl` is what it believes to visit, `url` where that is served. */
  constructor(app: { readonly publicUrl: string; readonly url: string }, headers: Readonly<Record<string, string>> = {}) {
    this.#app = app;
    this.#headers = headers;
  }

  cookies(address: string): Map<string, string> {
    const { host } = new URL(address);
    const jar = this.#jars.get(host) ?? new Map<string, string>();
    this.#jars.set(host, jar);
    return jar;
  }

  /** One request, with and for the cookies of its host. */
  async ask(address: string, body?: object, method = body ? 'POST' : 'GET'): Promise<Response> {
    const jar = this.cookies(address);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = {
      ...(body ? { 'content-type': 'application/json' } : { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' }),
      ...this.#headers,
      ...(cookie && { cookie }),
    };
    const url = address.replace(this.#app.publicUrl, this.#app.url);
    const called = body || method !== 'GET';
    const answer = await (called ? fetch(url, { method, headers, ...(body && { body: JSON.stringify(body) }) }) : visited(url, headers));
    for (const set of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
      if (value === '' || /max-age=0/i.test(set)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  /** Goes on until there is no redirect, or `until` says that the next address is far enough. Returns that address. */
  async follow(address: string, until: (next: URL) => boolean = () => false): Promise<URL> {
    for (let hops = 0, at = new URL(address); hops < 12; hops++) {
      const next = (await this.ask(at.href)).headers.get('location');
      if (next === null) return at;
      at = new URL(next, at);
      const isPage = at.origin === new URL(this.#app.publicUrl).origin && !at.pathname.startsWith('/api/');
      if (isPage || until(at)) return at;
    }
    throw new Error('led round in circles');
  }
}
