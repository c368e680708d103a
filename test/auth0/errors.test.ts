import { describe, expect, it } from 'vitest';
import { rateLimitReset, toAuth0Error, toTokenError } from '../../src/auth0/errors.ts';

/** What the SDK throws for such a response. */
function answer(status: number, body: object, headers: Record<string, string> = {}): Error {
  return Object.assign(new Error('The SDK'), {
    statusCode: status,
    body,
    rawResponse: { headers: new Headers(headers) },
  });
}

/** What `fetch` throws. The reason is in `cause`. */
function network(cause: unknown): Error {
  return new TypeError('fetch failed', { cause });
}

const coded = (code: string, more: object = {}) => Object.assign(new Error(code), { code, ...more });

describe('an error response from Auth0', () => {
  it.each([
    [
      409,
      'The tenant has multiple verified custom domains.',
      'custom_domain_conflict',
      'custom_domain_required',
    ],
    [409, 'A connection with this name already exists.', undefined, 'name_taken'],
    [409, 'A connection with name "acme" already exists', 'connection_conflict', 'name_taken'],
    [400, 'Connection name is already in use.', 'invalid_body', 'name_taken'],
    [409, 'Template verify_email already exists.', undefined, 'conflict'],
    [409, 'The resource is being updated.', undefined, 'conflict'],
    [403, 'Please upgrade your subscription to use it', 'insufficient_entitlement', 'upgrade_required'],
    [403, 'Insufficient scope, expected any of: read:clients', 'insufficient_scope', 'missing_permission'],
    [403, 'Insufficient scope, expected any of: read:clients', undefined, 'missing_permission'],
    [403, 'Your telescope is broken', undefined, 'rejected'],
    [400, "Payload validation error: 'No enum match (name already exists)'", 'invalid_body', 'rejected'],
    [404, 'Profile with ID: ssp_1 not found', undefined, 'not_found'],
    [401, 'Invalid token', 'invalid_token', 'credentials_rejected'],
    [500, 'Insufficient scope', 'insufficient_scope', 'failed'],
    [400, 'x', 'toString', 'rejected'],
  ])('with status %i, message “%s”, and code %s becomes %s', (status, message, errorCode, code) => {
    const error = toAuth0Error(answer(status, { statusCode: status, message, errorCode }), 'read:clients');
    expect(error.code).toBe(code);
    expect(error.reason).toBe(status === 500 ? undefined : message);
  });

  it.each([[{}], [null], ['text'], [{ message: 7, errorCode: null }]])(
    'has no reason if its body is %j',
    (body) => {
      const error = Object.assign(new Error('The SDK'), { statusCode: 409, body });
      expect(toAuth0Error(error, 'read:clients')).toMatchObject({ code: 'conflict', reason: undefined });
    },
  );

  it('has no reason if its message contains the path of a revocation, which has the ticket in it', () => {
    const error = answer(404, { message: 'No ticket at /sso-ticket/abc/revoke' });
    expect(toAuth0Error(error, 'delete:sso_access_tickets').reason).toBeUndefined();
  });
});

describe('a network error', () => {
  const ipv6 = coded('ENETUNREACH');
  it.each([
    ['ECONNREFUSED', coded('ECONNREFUSED')],
    ['ENOTFOUND', coded('ENOTFOUND')],
    ['ENETUNREACH', ipv6],
    ['EHOSTUNREACH', coded('EHOSTUNREACH')],
    ['ETIMEDOUT', coded('ETIMEDOUT', { syscall: 'connect' })],
    ['UND_ERR_CONNECT_TIMEOUT', coded('UND_ERR_CONNECT_TIMEOUT')],
    ['CERT_HAS_EXPIRED', coded('CERT_HAS_EXPIRED')],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', coded('DEPTH_ZERO_SELF_SIGNED_CERT')],
    ['SELF_SIGNED_CERT_IN_CHAIN', coded('SELF_SIGNED_CERT_IN_CHAIN')],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', coded('UNABLE_TO_VERIFY_LEAF_SIGNATURE')],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', coded('UNABLE_TO_GET_ISSUER_CERT_LOCALLY')],
    ['ERR_TLS_CERT_ALTNAME_INVALID', coded('ERR_TLS_CERT_ALTNAME_INVALID')],
    ['ERR_SSL_WRONG_VERSION_NUMBER', coded('ERR_SSL_WRONG_VERSION_NUMBER')],
    ['EPROTO', coded('EPROTO')],
    ['ENETUNREACH', new AggregateError([ipv6, coded('ECONNREFUSED')])],
  ])('with code %s means that the request was not sent, so nothing was created', (code, cause) => {
    const error = toAuth0Error(network(cause), 'create:sso_access_tickets');
    expect(error).toMatchObject({ code: 'unreachable', mayHaveHappened: false, network: code });
  });

  it.each([
    ['ECONNRESET', coded('ECONNRESET')],
    ['ETIMEDOUT', coded('ETIMEDOUT', { syscall: 'read' })],
    ['UND_ERR_SOCKET', coded('UND_ERR_SOCKET')],
    ['UND_ERR_HEADERS_TIMEOUT', coded('UND_ERR_HEADERS_TIMEOUT')],
    ['ECONNREFUSED', new AggregateError([coded('ECONNREFUSED'), coded('ECONNRESET')])],
    [undefined, new AggregateError([])],
    [undefined, 'no error at all'],
  ])('with code %s means that the request may have been sent', (code, cause) => {
    const error = toAuth0Error(network(cause), 'create:sso_access_tickets');
    expect(error).toMatchObject({ code: 'no_answer', mayHaveHappened: true, network: code });
  });
});

describe('rateLimitReset', () => {
  const inSeconds = (seconds: number) => Math.floor(Date.now() / 1000) + seconds;

  it('returns the later of x-ratelimit-reset and Retry-After, which can be in seconds or a date', () => {
    expect(rateLimitReset(new Headers())).toBeUndefined();
    expect(rateLimitReset(new Headers({ 'x-ratelimit-reset': String(inSeconds(4)) }))).toBe(
      inSeconds(4) * 1000,
    );
    const both = new Headers({ 'x-ratelimit-reset': String(inSeconds(1)), 'retry-after': '30' });
    expect(rateLimitReset(both)).toBeGreaterThan(inSeconds(28) * 1000);
    const date = new Date(inSeconds(20) * 1000).toUTCString();
    expect(rateLimitReset(new Headers({ 'retry-after': date }))).toBe(inSeconds(20) * 1000);
    expect(
      rateLimitReset(new Headers({ 'retry-after': 'soon', 'x-ratelimit-reset': 'never' })),
    ).toBeUndefined();
  });
});

describe('a refused token request', () => {
  it.each([
    [401, 'credentials_rejected'],
    [403, 'credentials_rejected'],
    [400, 'credentials_rejected'],
    [429, 'rate_limited'],
    [500, 'unreachable'],
    [408, 'unreachable'],
  ])('with status %i becomes %s and keeps Auth0’s reason without the token in it', (status, code) => {
    const body = { error: 'access_denied', error_description: 'Unauthorized for eyJabc.def' };
    const error = toTokenError({ status, headers: new Headers(), body });
    expect(error).toMatchObject({ code, status, reason: 'Unauthorized for [token]' });
  });
});
