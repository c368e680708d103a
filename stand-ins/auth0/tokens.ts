import {
  generateKeyPairSync,
  type KeyObject,
  type KeyPairKeyObjectResult,
  timingSafeEqual,
} from 'node:crypto';
import { jwtVerify, SignJWT } from 'jose';
import { ApiError, type ApiResponse } from './response.ts';
import { randomId } from './tenant.ts';

/** Settings that tests can change between calls. */
interface TokenSettings {
  readonly scopes: readonly string[];
  readonly tokenLifetime: number;
  readonly grantDisabled: boolean;
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
  async issue(
    form: TokenForm,
    { scopes, tokenLifetime, grantDisabled }: TokenSettings,
  ): Promise<ApiResponse> {
    if (!(await this.#isClient(form))) return denied;
    if (form.grant_type !== 'client_credentials' || grantDisabled) {
      const error_description = `Grant type '${String(form.grant_type)}' not allowed for the client.`;
      return { status: 403, body: { error: 'unauthorized_client', error_description } };
    }
    if (form.audience !== this.#audience) {
      const error_description = `Service not found: ${String(form.audience)}`;
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

  async #isClient({ client_id, client_secret, client_assertion, client_assertion_type }: TokenForm) {
    if (typeof client_secret === 'string') {
      return client_id === this.clientId && timingSafeEquals(client_secret, this.clientSecret);
    }
    return (
      client_assertion_type === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer' &&
      typeof client_assertion === 'string' &&
      (client_id === undefined || client_id === this.clientId) &&
      isValidAssertion(client_assertion, this.#keys.client.publicKey, this.clientId, this.#issuer)
    );
  }
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
