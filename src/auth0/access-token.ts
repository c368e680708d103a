import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Config } from '../config/config.ts';
import { type CallObserver, observe } from '../lib/observe.ts';
import { withTimeout } from '../lib/timeouts.ts';
import { Auth0Error, codeOf, toTokenError } from './errors.ts';
import { networkErrorCode } from './network.ts';
import {
  ASSERTION_LIFETIME_SECONDS,
  RATE_LIMIT_BACKOFF_MS,
  TOKEN_LEEWAY_MS,
  TOKEN_TIMEOUT_MS,
} from './timeouts.ts';

const tokenResponse = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/**
 * The access token for the Management API, fetched on first use and kept until it expires. Uses the client
 * credentials grant, with the client secret or a private key (private_key_jwt, RS256).
 *
 * The SDK has this too, but it can't drop a token that Auth0 has revoked, and loads the whole API for it.
 */
export class AccessToken {
  readonly #config: Config['auth0'];
  readonly #onCall: CallObserver | undefined;
  #current: { token: string; expiresAt: number } | undefined;
  #pending: Promise<string> | undefined;
  /** After a 429: when to request a token again, in milliseconds since 1970, and the number of 429s in a row. */
  #blockedUntil = 0;
  #refusals = 0;

  constructor(config: Config['auth0'], onCall?: CallObserver) {
    this.#config = config;
    this.#onCall = onCall;
  }

  /** One request for all concurrent callers. @throws Auth0Error */
  async get(): Promise<string> {
    if (this.#current && Date.now() < this.#current.expiresAt) return this.#current.token;
    // Every endpoint needs a token, so a rate limit on tokens applies to all of them.
    if (Date.now() < this.#blockedUntil) {
      throw new Auth0Error('rate_limited', { status: 429, retryAt: this.#blockedUntil });
    }
    this.#pending ??= observe(this.#onCall, 'POST oauth/token', () => this.#fetchInTime(), codeOf).finally(
      () => {
        this.#pending = undefined;
      },
    );
    return this.#pending;
  }

  #fetchInTime(): Promise<string> {
    return withTimeout(TOKEN_TIMEOUT_MS, (signal) => this.#fetch(signal)).catch((error: unknown) => {
      throw this.#toError(error);
    });
  }

  /** The permissions (OAuth scopes) in the token. @throws Auth0Error */
  async permissions(): Promise<string[]> {
    const token = await this.get();
    const { decodeJwt } = await import('jose');
    try {
      return decodeJwt<{ scope?: string }>(token).scope?.split(' ') ?? [];
    } catch {
      throw new Auth0Error('failed');
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
    if (!response.ok) {
      const { status, headers } = response;
      throw toTokenError({ status, headers, body: readJson(this.#withoutSecret(await response.text())) });
    }
    this.#refusals = 0;
    const { access_token, expires_in } = tokenResponse.parse(await response.json(), { jitless: true });
    this.#current = { token: access_token, expiresAt: Date.now() + expires_in * 1000 - TOKEN_LEEWAY_MS };
    return access_token;
  }

  /** Auth0's error text is logged, and it could contain the secret that Auth0 rejected. */
  #withoutSecret(text: string): string {
    const { credential } = this.#config;
    return 'clientSecret' in credential ? text.replaceAll(credential.clientSecret, '[secret]') : text;
  }

  #toError(error: unknown): Auth0Error {
    if (!(error instanceof Auth0Error)) {
      return new Auth0Error('unreachable', { network: networkErrorCode(error) });
    }
    if (error.code !== 'rate_limited') return error;
    this.#refusals += 1;
    const backoff = RATE_LIMIT_BACKOFF_MS * 2 ** Math.min(this.#refusals, 6);
    this.#blockedUntil = Math.max(error.retryAt ?? 0, Date.now() + backoff);
    const { status, reason } = error;
    return new Auth0Error('rate_limited', { status, reason, retryAt: this.#blockedUntil });
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

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
