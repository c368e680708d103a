import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { timeLimited } from '../patience.ts';
import type { Settings } from '../settings.ts';
import { Auth0Problem, rateLimitReset, tokenProblem } from './problem.ts';

/** The bot's access token for the Management API, fetched when it is first needed and kept until it expires. */
export interface Token {
  /** One request for all who wait for it. @throws Auth0Problem */
  get(): Promise<string>;
  /** Forgets a token that Auth0 no longer takes, unless a newer one has come meanwhile. */
  drop(refused: string): void;
}

const TIMEOUT_MS = 10_000;
/** A token is not used in the last moments of its life, in which it may expire on the way. */
const LEEWAY_MS = 10_000;
/** How long a signed assertion can be used, in seconds. */
const ASSERTION_SECONDS = 180;

const tokenShape = z.object({ access_token: z.string().min(1), expires_in: z.number().positive() });

/**
 * The client credentials grant: with the client's secret, or with its private key (private_key_jwt, RS256). The
 * SDK has this too, but cannot drop a token that Auth0 has taken back, and loads the whole of the API for it.
 */
export function createToken({ domain, clientId, credential }: Settings['auth0']): Token {
  let kept: { token: string; until: number } | undefined;
  let pending: Promise<string> | undefined;

  async function proof(): Promise<Record<string, string>> {
    if ('clientSecret' in credential) return { client_secret: credential.clientSecret };
    const { importPKCS8, SignJWT } = await import('jose');
    const key = await importPKCS8(credential.privateKey, 'RS256');
    const assertion = await new SignJWT()
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(`https://${domain}/`)
      .setIssuedAt()
      .setExpirationTime(`${ASSERTION_SECONDS}s`)
      .setJti(randomUUID())
      .sign(key);
    return {
      client_assertion: assertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    };
  }

  async function ask(signal: AbortSignal): Promise<string> {
    const body = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      audience: `https://${domain}/api/v2/`,
      ...(await proof()),
    });
    const answer = await fetch(`https://${domain}/oauth/token`, {
      method: 'POST',
      body,
      redirect: 'error',
      signal,
    });
    if (answer.status === 429) {
      throw new Auth0Problem('rate_limited', { status: 429, retryAt: rateLimitReset(answer.headers) });
    }
    if (!answer.ok) throw Object.assign(new Error('No token'), { statusCode: answer.status });
    const { access_token, expires_in } = tokenShape.parse(await answer.json(), { jitless: true });
    kept = { token: access_token, until: Date.now() + expires_in * 1000 - LEEWAY_MS };
    return access_token;
  }

  return {
    async get() {
      if (kept && Date.now() < kept.until) return kept.token;
      pending ??= timeLimited(TIMEOUT_MS, ask)
        .catch((error: unknown) => {
          throw error instanceof Auth0Problem ? error : tokenProblem(error);
        })
        .finally(() => {
          pending = undefined;
        });
      return pending;
    },
    drop(refused) {
      if (kept?.token === refused) kept = undefined;
    },
  };
}
