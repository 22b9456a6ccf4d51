import { createHash } from 'node:crypto';
import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
} from 'openid-client';
import { askedForSecondFactor } from '@countersign/domain/people/provider/second-factor-there.rules';
import type { Vouched } from '@countersign/domain/people/provider/sign-in-vouched';
import type { ProviderSettings } from '../settings.ts';
import { failureOf, ProviderFailure } from './provider-failure.ts';

/** Seconds that the provider may take for each answer. */
const PATIENCE = 5;
/** Milliseconds after which what the provider says of itself is read anew. */
const FRESH = 24 * 3_600_000;
/** Milliseconds for which a provider that didn't answer isn't asked again: those who wait for it don't queue up. */
const REST = 3_000;

/** Characters of what a provider calls an account, by OpenID Connect Core 2. */
const LONGEST_SUBJECT = 255;

/** What goes to the provider and what stays in the browser. Verifier and nonce are made of both: nobody who sees one of them has either. */
export interface Attempt {
  readonly state: string;
  readonly browser: string;
}

/** A provider of OpenID Connect, asked when somebody signs in and not before: that it is down stops nothing else. */
export class Provider {
  readonly #settings: ProviderSettings;
  #known: { readonly configuration: Promise<Configuration>; readonly since: number } | null = null;
  #failed: { readonly problem: ProviderFailure; readonly at: number } | null = null;

  constructor(settings: ProviderSettings) {
    this.#settings = settings;
  }

  get name(): string {
    return this.#settings.name;
  }

  get issuer(): string {
    return this.#settings.issuer;
  }

  /** Where to send the browser. @throws ProviderFailure where the provider doesn't answer. */
  async addressFor(attempt: Attempt): Promise<URL> {
    const configuration = await this.#configuration();
    return buildAuthorizationUrl(configuration, {
      redirect_uri: this.#settings.callback,
      scope: this.#settings.scopes,
      state: attempt.state,
      nonce: nonceOf(attempt),
      code_challenge: await calculatePKCECodeChallenge(verifierOf(attempt)),
      code_challenge_method: 'S256',
    });
  }

  /**
   * Whom the provider vouches for, by what it sent the browser back with. Issuer, audience, times, nonce, state, the hash of the code's
   * verifier and the token's signature are checked by the library.
   * @throws ProviderFailure with what went wrong, for whoever wants to sign in.
   */
  async vouchedFor(search: string, attempt: Attempt): Promise<Vouched> {
    const configuration = await this.#configuration();
    try {
      const answer = await authorizationCodeGrant(configuration, new URL(search, this.#settings.callback), {
        expectedState: attempt.state,
        expectedNonce: nonceOf(attempt),
        pkceCodeVerifier: verifierOf(attempt),
        idTokenExpected: true,
      });
      const claims = answer.claims();
      if (!claims) throw new ProviderFailure('refused', 'no id token came');
      if (claims.sub.length > LONGEST_SUBJECT)
        throw new ProviderFailure('refused', `the subject has more than ${LONGEST_SUBJECT} characters, against the standard`);
      // Many providers keep the address out of the token, and tell it when they are asked for it.
      const told = claims.email === undefined ? await this.#userInfo(configuration, answer.access_token, claims.sub) : claims;
      return {
        issuer: claims.iss,
        subject: claims.sub,
        email: typeof told.email === 'string' ? told.email : null,
        emailVerified: told.email_verified === true,
        secondFactor: askedForSecondFactor({ amr: claims['amr'], acr: claims['acr'] }),
      };
    } catch (problem) {
      throw failureOf(problem);
    }
  }

  async #userInfo(configuration: Configuration, token: string, subject: string): Promise<{ email?: unknown; email_verified?: unknown }> {
    if (configuration.serverMetadata().userinfo_endpoint === undefined) return {};
    return fetchUserInfo(configuration, token, subject);
  }

  #configuration(): Promise<Configuration> {
    const now = Date.now();
    if (this.#known && now - this.#known.since < FRESH) return this.#known.configuration;
    if (this.#failed && now - this.#failed.at < REST) return Promise.reject(this.#failed.problem);
    const known = { configuration: this.#discover(), since: now };
    this.#known = known;
    // Asked again by whoever comes next.
    known.configuration.catch((problem: unknown) => {
      if (this.#known === known) this.#known = null;
      this.#failed = { problem: problem as ProviderFailure, at: Date.now() };
    });
    return known.configuration;
  }

  async #discover(): Promise<Configuration> {
    const { issuer, clientId, clientSecret } = this.#settings;
    // Settings allow http for this machine alone.
    const execute = [enableNonRepudiationChecks, ...(issuer.startsWith('http:') ? [allowInsecureRequests] : [])];
    try {
      return await discovery(new URL(issuer), clientId, {}, clientSecret === null ? None() : shownBy(clientSecret), {
        execute,
        timeout: PATIENCE,
      });
    } catch (problem) {
      throw new ProviderFailure('unreachable', 'the provider could not be asked what it is', problem);
    }
  }
}

/** The standard's own way is the header; where the provider takes the secret in the body as well, no signs have to be escaped. */
const shownBy =
  (secret: string): ClientAuth =>
  (server, client, body, headers) =>
    (server.token_endpoint_auth_methods_supported?.includes('client_secret_post') ? ClientSecretPost(secret) : ClientSecretBasic(secret))(
      server,
      client,
      body,
      headers,
    );

const nonceOf = (attempt: Attempt): string => madeOf('nonce', attempt);
const verifierOf = (attempt: Attempt): string => madeOf('verifier', attempt);

const madeOf = (what: string, { state, browser }: Attempt): string =>
  createHash('sha256').update(`${what}\n${browser}\n${state}`).digest('base64url');
