import { redact } from '../lib/log.ts';

export type Auth0ErrorCode =
  /** The application lacks the permission that the call needs. */
  | 'missing_permission'
  | 'credentials_rejected'
  | 'rejected'
  | 'conflict'
  | 'not_found'
  | 'rate_limited'
  /** The call waited too long in the bot's own queue. */
  | 'busy'
  /** No connection: Auth0 has not seen the request. */
  | 'unreachable'
  /** No answer, or an incomplete one: Auth0 may have carried out the request. */
  | 'no_answer'
  /** Auth0 had an error of its own, or sent something that isn't an answer. */
  | 'failed'
  /** The bot is stopping. */
  | 'stopping';

interface Details {
  permission?: string | undefined;
  reason?: string | undefined;
  status?: number | undefined;
  mayHaveHappened?: boolean;
  retryAt?: number | undefined;
}

/** A call to Auth0 that failed. */
export class Auth0Error extends Error {
  override name = 'Auth0Error';
  readonly code: Auth0ErrorCode;
  /** Auth0's own message, redacted and at most 300 characters. */
  readonly reason: string | undefined;
  /** The HTTP status of the answer. */
  readonly status: number | undefined;
  /** The permission that the call needs. Undefined for the token request, which needs none. */
  readonly permission: string | undefined;
  /** False only if it is certain that Auth0 did nothing. */
  readonly mayHaveHappened: boolean;
  /** When the rate limit lets the next request in, in milliseconds since 1970, if Auth0 says so. */
  readonly retryAt: number | undefined;

  constructor(code: Auth0ErrorCode, details: Details = {}) {
    const status = details.status ? ` (${details.status})` : '';
    const reason = details.reason ? `: ${details.reason}` : '';
    super(`Auth0: ${code}${status}${reason}`);
    this.code = code;
    this.permission = details.permission;
    this.reason = details.reason;
    this.status = details.status;
    this.mayHaveHappened = details.mayHaveHappened ?? false;
    this.retryAt = details.retryAt;
  }
}

const CODE_BY_STATUS: Record<number, Auth0ErrorCode> = {
  400: 'rejected',
  401: 'credentials_rejected',
  403: 'rejected',
  404: 'not_found',
  409: 'conflict',
  429: 'rate_limited',
};

/** Network errors that happen before a request is sent. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/** What the SDK throws for an answer that is no success. Its entry points don't export the class. */
interface SdkError {
  statusCode: number;
  body?: unknown;
  rawResponse?: { headers: Headers };
}

function isSdkError(error: unknown): error is Error & SdkError {
  return error instanceof Error && 'statusCode' in error && Number(error.statusCode) >= 400;
}

/** Turns what the SDK throws into an `Auth0Error`. @param permission the one that the call needs */
export function toAuth0Error(error: unknown, permission: string): Auth0Error {
  if (error instanceof Auth0Error) return error;
  if (!isSdkError(error)) {
    return neverConnected(error)
      ? new Auth0Error('unreachable', { permission })
      : new Auth0Error('no_answer', { permission, mayHaveHappened: true });
  }
  const { statusCode: status, body, rawResponse } = error;
  const message = messageOf(body);
  if (status === 403 && /scope/i.test(message ?? ''))
    return new Auth0Error('missing_permission', { permission, status });
  // Auth0 may repeat the path in its message, and the path of a revocation holds the ticket ID.
  const reason = permission === 'delete:sso_access_tickets' ? undefined : message;
  const code = CODE_BY_STATUS[status];
  return code
    ? new Auth0Error(code, { permission, status, reason, retryAt: rateLimitReset(rawResponse?.headers) })
    : new Auth0Error('failed', { permission, status, mayHaveHappened: true });
}

/** Turns a failed token request into an `Auth0Error`. The call that needs the token was never made. */
export function toTokenError(error: unknown): Auth0Error {
  if (error instanceof Auth0Error) return error;
  const { status } = toAuth0Error(error, '');
  // Auth0 answers wrong credentials with 401, and an application without access to the API with 403.
  const rejected = status !== undefined && status < 500 && status !== 408;
  return new Auth0Error(rejected ? 'credentials_rejected' : 'unreachable', { status });
}

/** When the rate limit resets, in milliseconds since 1970. Undefined if Auth0 doesn't say. */
export function rateLimitReset(headers: Headers | undefined): number | undefined {
  const reset = Number(headers?.get('x-ratelimit-reset') || Number.NaN);
  return Number.isFinite(reset) ? reset * 1000 : undefined;
}

function neverConnected(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && NEVER_CONNECTED.has(String(at.code))) return true;
  }
  return false;
}

function messageOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('message' in body)) return undefined;
  return typeof body.message === 'string' ? redact(body.message).slice(0, 300) : undefined;
}
