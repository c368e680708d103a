import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { withTimeout } from '../lib/timeouts.ts';
import { Auth0Error, rateLimitReset, toTokenError } from './errors.ts';
import { ASSERTION_LIFETIME_SECONDS, TOKEN_LEEWAY_MS, TOKEN_TIMEOUT_MS } from './timeouts.ts';

const tokenResponse = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/**
 * The access token for the Management API, fetched on first use and kept until it expires. Uses the client
 * credentials grant, with the client secret or a private key (private_key_jwt, RS256).
 *
 * The SDK has this too, but it can't drop a token that Auth0 has revoked, and loads the whole API for it.
 */
export class AccessToken {
  readonly #config: Config['auth0'];
  #current: { token: string; expiresAt: number } | undefined;
  #pending: Promise<string> | undefined;

  constructor(config: Config['auth0']) {
    this.#config = config;
  }

  /** One request for all concurrent callers. @throws Auth0Error */
  async get(): Promise<string> {
    if (this.#current && Date.now() < this.#current.expiresAt) return this.#current.token;
    this.#pending ??= withTimeout(TOKEN_TIMEOUT_MS, (signal) => this.#fetch(signal))
      .catch((error: unknown) => {
        throw toTokenError(error);
      })
      .finally(() => {
        this.#pending = undefined;
      });
    return this.#pending;
  }

  /** The permissions (OAuth scopes) in the token. @throws Auth0Error */
  async permissions(): Promise<string[]> {
    try {
      const { decodeJwt } = await import('jose');
      const { scope } = decodeJwt<{ scope?: string }>(await this.get());
      return scope?.split(' ') ?? [];
    } catch (error) {
      throw toTokenError(error);
    }
  }

  /** Drops a token that Auth0 rejects, unless a newer one has arrived. */
  drop(rejected: string): void {
    if (this.#current?.token === rejected) this.#current = undefined;
  }

  async #fetch(signal: AbortSignal): Promise<string> {
    const { domain, clientId } = this.#config;
    const response = await fetch(`https://${domain}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        client_id: clientId,
        audience: `https://${domain}/api/v2/`,
        ...(await this.#credentials()),
      }),
      redirect: 'error',
      signal,
    });
    if (response.status === 429) {
      throw new Auth0Error('rate_limited', { status: 429, retryAt: rateLimitReset(response.headers) });
    }
    if (!response.ok) throw Object.assign(new Error('No token'), { statusCode: response.status });
    const { access_token, expires_in } = tokenResponse.parse(await response.json(), { jitless: true });
    this.#current = { token: access_token, expiresAt: Date.now() + expires_in * 1000 - TOKEN_LEEWAY_MS };
    return access_token;
  }

  async #credentials(): Promise<Record<string, string>> {
    const { domain, clientId, credential } = this.#config;
    if ('clientSecret' in credential) return { client_secret: credential.clientSecret };
    const { importPKCS8, SignJWT } = await import('jose');
    const key = await importPKCS8(credential.privateKey, 'RS256');
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(`https://${domain}/`)
      .setIssuedAt()
      .setExpirationTime(`${ASSERTION_LIFETIME_SECONDS}s`)
      .setJti(randomUUID())
      .sign(key);
    return {
      client_assertion: assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    };
  }
}
