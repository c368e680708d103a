import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  type KeyPairKeyObjectResult,
  timingSafeEqual,
} from 'node:crypto';
import { decodeJwt, jwtVerify, SignJWT } from 'jose';
import { ApiError, type ApiResponse } from './response.ts';
import { randomId } from './tenant.ts';

/** Settings that tests can change between calls. */
export interface TokenSettings {
  /** The scopes of new tokens. */
  readonly scopes: readonly string[];
  /** The lifetime of new tokens, in seconds. */
  readonly tokenLifetime: number;
  /** Whether the application's client credentials grant is disabled. */
  readonly grantDisabled: boolean;
  /**
   * What is wrong with the installation: `custom_domain` if AUTH0_DOMAIN is a custom domain, `no_client_grant` if the
   * application is not authorized for the Management API.
   */
  readonly installationProblem: 'custom_domain' | 'no_client_grant' | undefined;
  /** How far the tenant's clock is ahead of this machine's, in seconds. Assertions are checked by it. */
  readonly clockOffset: number;
  /**
   * Set if the token quota is used up: when it resets, in milliseconds since 1970. If `unknown`, the response has no
   * headers that say so.
   */
  readonly tokenQuotaReset: number | 'unknown' | undefined;
  /** A public key, as PEM, that the application has instead of the one for `clientPrivateKey`. */
  readonly publicKey: string | undefined;
}

const denied: ApiResponse = {
  status: 401,
  body: { error: 'access_denied', error_description: 'Unauthorized' },
};

type TokenForm = Readonly<Record<string, unknown>>;

interface KeyPairs {
  tenant: KeyPairKeyObjectResult;
  client: KeyPairKeyObjectResult;
}

/** Shared by all tenants of the process, because RSA keys are slow to generate. */
let keyPairs: KeyPairs | undefined;

function generateKeyPair(): KeyPairKeyObjectResult {
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

/** The authorization server of a tenant with one machine-to-machine application. */
export class AuthorizationServer {
  readonly clientId = randomId(32);
  readonly clientSecret = randomId(64);
  readonly #issuer: string;
  readonly #audience: string;
  readonly #keys: KeyPairs;
  readonly #validTokens = new Set<string>();

  constructor(domain: string) {
    this.#issuer = `https://${domain}/`;
    this.#audience = `https://${domain}/api/v2/`;
    keyPairs ??= { tenant: generateKeyPair(), client: generateKeyPair() };
    this.#keys = keyPairs;
  }

  /** PKCS8 PEM. The application has its public key. */
  get clientPrivateKey(): string {
    return this.#keys.client.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  /** Handles `POST /oauth/token`. */
  async issue(form: TokenForm, settings: TokenSettings): Promise<ApiResponse> {
    const { scopes, tokenLifetime, grantDisabled, installationProblem, tokenQuotaReset } = settings;
    if (!(await this.#isClient(form, settings))) return denied;
    const claimProblem = clockProblem(form, settings.clockOffset);
    if (claimProblem) {
      return { status: 401, body: { error: 'invalid_client', error_description: claimProblem } };
    }
    if (tokenQuotaReset !== undefined) return quotaUsedUp(tokenQuotaReset);
    if (form.grant_type !== 'client_credentials' || grantDisabled) {
      const error_description = `Grant type '${String(form.grant_type)}' not allowed for the client.`;
      return { status: 403, body: { error: 'unauthorized_client', error_description } };
    }
    if (form.audience !== this.#audience || installationProblem === 'custom_domain') {
      const error_description = `Service not found: ${String(form.audience)}`;
      return { status: 403, body: { error: 'access_denied', error_description } };
    }
    if (installationProblem === 'no_client_grant') {
      const error_description = `Client is not authorized to access "${this.#audience}". You need to create a "client-grant" associated to this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants`;
      return { status: 403, body: { error: 'access_denied', error_description } };
    }
    const scope = scopes.join(' ');
    const jti = randomId(22);
    const now = Math.floor(Date.now() / 1000);
    const access_token = await new SignJWT({ scope, gty: 'client-credentials', azp: this.clientId })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(this.#issuer)
      .setSubject(`${this.clientId}@clients`)
      .setAudience(this.#audience)
      .setIssuedAt(now)
      .setExpirationTime(now + tokenLifetime)
      .setJti(jti)
      .sign(this.#keys.tenant.privateKey);
    this.#validTokens.add(jti);
    return {
      status: 200,
      headers: { 'cache-control': 'no-store' },
      body: { access_token, scope, expires_in: tokenLifetime, token_type: 'Bearer' },
    };
  }

  /** Returns the scopes of the token in an `Authorization` header. Throws a 401 error if it is not valid. */
  async check(header: string | undefined): Promise<readonly string[]> {
    if (!header) throw new ApiError(401, 'Missing authentication');
    const token = header.replace(/^Bearer /i, '');
    const options = { issuer: this.#issuer, audience: this.#audience, algorithms: ['RS256'] };
    const verified = await jwtVerify(token, this.#keys.tenant.publicKey, options).catch(() => undefined);
    const { jti, scope } = verified?.payload ?? {};
    if (!jti || !this.#validTokens.has(jti)) throw new ApiError(401, 'Invalid token');
    return typeof scope === 'string' ? scope.split(' ') : [];
  }

  dropTokens(): void {
    this.#validTokens.clear();
  }

  async #isClient(
    { client_id, client_secret, client_assertion, client_assertion_type }: TokenForm,
    { publicKey }: TokenSettings,
  ) {
    const key = publicKey === undefined ? this.#keys.client.publicKey : createPublicKey(publicKey);
    if (typeof client_secret === 'string') {
      return client_id === this.clientId && timingSafeEquals(client_secret, this.clientSecret);
    }
    return (
      client_assertion_type === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' &&
      typeof client_assertion === 'string' &&
      (client_id === undefined || client_id === this.clientId) &&
      isValidAssertion(client_assertion, key, this.clientId, this.#issuer)
    );
  }
}

const maxClockSkewSeconds = 10;
const maxAssertionSeconds = 300;

/** Why the tenant's clock rejects the times of an assertion that is otherwise valid. */
function clockProblem({ client_assertion }: TokenForm, offset: number): string | undefined {
  if (typeof client_assertion !== 'string') return undefined;
  const { exp = 0, iat } = decodeJwt(client_assertion);
  const now = Date.now() / 1000 + offset;
  if (exp <= now) return "'exp' claim of the client assertion is in the past";
  if (iat === undefined) return undefined;
  if (iat > now + maxClockSkewSeconds) return "'iat' claim of the client assertion is in the future";
  if (exp - iat <= maxAssertionSeconds) return undefined;
  return "'exp' claim must specify a time that is no more than 5 minutes after 'iat'";
}

function quotaUsedUp(reset: number | 'unknown'): ApiResponse {
  const error_description = 'The token quota of the client is used up';
  return {
    status: 429,
    headers: reset === 'unknown' ? {} : { 'x-ratelimit-reset': String(Math.ceil(reset / 1000)) },
    body: { error: 'too_many_requests', error_description },
  };
}

async function isValidAssertion(
  assertion: string,
  key: KeyObject,
  clientId: string,
  audience: string,
): Promise<boolean> {
  return jwtVerify(assertion, key, {
    issuer: clientId,
    subject: clientId,
    audience,
    algorithms: ['RS256', 'RS384', 'PS256'],
    requiredClaims: ['exp', 'jti'],
  }).then(
    () => true,
    () => false,
  );
}

function timingSafeEquals(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
