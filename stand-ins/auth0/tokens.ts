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

export interface Authorization {
  clientId: string;
  clientSecret: string;
  /** PKCS8 PEM. The application has its public key. */
  clientPrivateKey: string;
  /** Handles `POST /oauth/token`. */
  issue(form: Readonly<Record<string, unknown>>, settings: TokenSettings): Promise<ApiResponse>;
  /** Returns the scopes of the token in an `Authorization` header. Throws a 401 error if it is not valid. */
  check(header: string | undefined): Promise<readonly string[]>;
  /** Invalidates all tokens issued so far. */
  dropTokens(): void;
}

const denied: ApiResponse = {
  status: 401,
  body: { error: 'access_denied', error_description: 'Unauthorized' },
};

/** Shared by all tenants of the process, because RSA keys are slow to generate. */
let keys: { tenant: KeyPairKeyObjectResult; client: KeyPairKeyObjectResult } | undefined;

function generateKey(): KeyPairKeyObjectResult {
  return generateKeyPairSync('rsa', { modulusLength: 2048 });
}

/** The authorization server of a tenant with one machine-to-machine application. */
export function createAuthorization(domain: string): Authorization {
  const issuer = `https://${domain}/`;
  const audience = `https://${domain}/api/v2/`;
  keys ??= { tenant: generateKey(), client: generateKey() };
  const { tenant: signing, client: registered } = keys;
  const clientId = randomId(32);
  const clientSecret = randomId(64);
  const validTokens = new Set<string>();

  async function isClient(form: Readonly<Record<string, unknown>>): Promise<boolean> {
    if (typeof form.client_secret === 'string') {
      return form.client_id === clientId && timingSafeEquals(form.client_secret, clientSecret);
    }
    if (form.client_assertion_type !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') return false;
    return (
      typeof form.client_assertion === 'string' &&
      (form.client_id === undefined || form.client_id === clientId) &&
      isValidAssertion(form.client_assertion, registered.publicKey, clientId, issuer)
    );
  }

  return {
    clientId,
    clientSecret,
    clientPrivateKey: registered.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),

    async issue(form, { scopes, tokenLifetime, grantDisabled }) {
      if (!(await isClient(form))) return denied;
      if (form.grant_type !== 'client_credentials' || grantDisabled) {
        const error_description = `Grant type '${String(form.grant_type)}' not allowed for the client.`;
        return { status: 403, body: { error: 'unauthorized_client', error_description } };
      }
      if (form.audience !== audience) {
        const error_description = `Service not found: ${String(form.audience)}`;
        return { status: 403, body: { error: 'access_denied', error_description } };
      }
      const scope = scopes.join(' ');
      const jti = randomId(22);
      const now = Math.floor(Date.now() / 1000);
      const access_token = await new SignJWT({ scope, gty: 'client-credentials', azp: clientId })
        .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
        .setIssuer(issuer)
        .setSubject(`${clientId}@clients`)
        .setAudience(audience)
        .setIssuedAt(now)
        .setExpirationTime(now + tokenLifetime)
        .setJti(jti)
        .sign(signing.privateKey);
      validTokens.add(jti);
      return {
        status: 200,
        headers: { 'cache-control': 'no-store' },
        body: { access_token, scope, expires_in: tokenLifetime, token_type: 'Bearer' },
      };
    },

    async check(header) {
      if (!header) throw new ApiError(401, 'Missing authentication');
      const token = header.replace(/^Bearer /i, '');
      const options = { issuer, audience, algorithms: ['RS256'] };
      const verified = await jwtVerify(token, signing.publicKey, options).catch(() => undefined);
      const { jti, scope } = verified?.payload ?? {};
      if (!jti || !validTokens.has(jti)) throw new ApiError(401, 'Invalid token');
      return typeof scope === 'string' ? scope.split(' ') : [];
    },

    dropTokens() {
      validTokens.clear();
    },
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
