import * as z from 'zod';
import { redact } from '../lib/log.ts';
import { cut } from '../lib/text.ts';
import { networkErrorCode, neverConnected } from './network.ts';

const MAX_REASON_LENGTH = 300;

const errorBody = z.object({
  message: z.string().optional().catch(undefined),
  error_description: z.string().optional().catch(undefined),
  errorCode: z.string().optional().catch(undefined),
});

export type Auth0ErrorCode =
  /** The application lacks the permission that the call needs. */
  | 'missing_permission'
  | 'credentials_rejected'
  | 'rejected'
  | 'conflict'
  /** A connection with this name exists. */
  | 'name_taken'
  /** The tenant has several custom domains, so the request must specify one. */
  | 'custom_domain_required'
  /** The tenant's subscription doesn't include what was asked for. */
  | 'upgrade_required'
  | 'not_found'
  | 'rate_limited'
  /** The call waited too long in the bot's own queue. */
  | 'busy'
  /** No connection: Auth0 has not seen the request. */
  | 'unreachable'
  /** No response, or an incomplete one: Auth0 may have executed the request. */
  | 'no_answer'
  /** Auth0 had an internal error, or sent an unusable response. */
  | 'failed'
  /** The bot is stopping. */
  | 'stopping';

interface Details {
  permission?: string | undefined;
  reason?: string | undefined;
  status?: number | undefined;
  mayHaveHappened?: boolean;
  retryAt?: number | undefined;
  network?: string | undefined;
}

/** A call to Auth0 that failed. */
export class Auth0Error extends Error {
  override name = 'Auth0Error';
  readonly code: Auth0ErrorCode;
  /** Auth0's own message, redacted and at most 300 characters. */
  readonly reason: string | undefined;
  /** The HTTP status of the response. */
  readonly status: number | undefined;
  /** The permission that the call needs. Undefined for the token request, which needs none. */
  readonly permission: string | undefined;
  /** False only if it is certain that Auth0 did nothing. */
  readonly mayHaveHappened: boolean;
  /** The code of a network error, such as `ECONNREFUSED`. */
  readonly network: string | undefined;
  /** When the rate limit allows the next request, in milliseconds since 1970, if Auth0 says so. */
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
    this.network = details.network;
  }
}

/** The code of an error from a call to Auth0. */
export const codeOf = (error: unknown) => (error instanceof Auth0Error ? error.code : 'unexpected');

/** `auth0Cause` in `slack/sentences.ts` has the sentence for each code. A 403 may also be a missing permission. */
const CODE_BY_STATUS: Record<number, Auth0ErrorCode> = {
  400: 'rejected',
  401: 'credentials_rejected',
  403: 'rejected',
  404: 'not_found',
  409: 'conflict',
  429: 'rate_limited',
};

/** Auth0's own error codes that say more than the status. */
const CODE_BY_ERROR_CODE: Record<string, Auth0ErrorCode> = {
  insufficient_scope: 'missing_permission',
  insufficient_entitlement: 'upgrade_required',
  custom_domain_conflict: 'custom_domain_required',
};

/** What the SDK throws for an unsuccessful response. Its entry points don't export the class. */
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
    const network = networkErrorCode(error);
    return neverConnected(error)
      ? new Auth0Error('unreachable', { permission, network })
      : new Auth0Error('no_answer', { permission, network, mayHaveHappened: true });
  }
  const { statusCode: status, body, rawResponse } = error;
  const { message, errorCode } = readErrorBody(body);
  // Auth0 may repeat the path in its message, and the path of a revocation contains the ticket ID.
  const reason = permission === 'delete:sso_access_tickets' ? undefined : message;
  const code = codeFor(status, errorCode, message);
  return code
    ? new Auth0Error(code, { permission, status, reason, retryAt: rateLimitReset(rawResponse?.headers) })
    : new Auth0Error('failed', { permission, status, mayHaveHappened: true });
}

function codeFor(status: number, errorCode = '', message = ''): Auth0ErrorCode | undefined {
  const known =
    status < 500 && Object.hasOwn(CODE_BY_ERROR_CODE, errorCode) ? CODE_BY_ERROR_CODE[errorCode] : undefined;
  if (known) return known;
  if (status === 403 && /insufficient scope/i.test(message)) return 'missing_permission';
  if ((status === 400 || status === 409) && saysNameTaken(message)) return 'name_taken';
  return CODE_BY_STATUS[status];
}

/**
 * Only a message about the name means that it is taken: a 409 can have other reasons, and a 400 can be about a format.
 */
function saysNameTaken(message: string): boolean {
  return (
    !message.startsWith('Payload validation error') &&
    /\bname\b/i.test(message) &&
    /\b(already exists?|taken|in use)\b/i.test(message)
  );
}

/** A token request that Auth0 answered with an error. */
export interface TokenRefusal {
  status: number;
  headers: Headers;
  /** The JSON body, if there was one. */
  body: unknown;
}

/** Turns a refused token request into an `Auth0Error`. The call that needs the token was never made. */
export function toTokenError({ status, headers, body }: TokenRefusal): Auth0Error {
  const reason = readErrorBody(body).message;
  if (status === 429)
    return new Auth0Error('rate_limited', { status, reason, retryAt: rateLimitReset(headers) });
  // Auth0 returns 401 for wrong credentials, and 403 for an application without access to the API.
  const rejected = status < 500 && status !== 408;
  return new Auth0Error(rejected ? 'credentials_rejected' : 'unreachable', { status, reason });
}

/**
 * When the next request is allowed, in milliseconds since 1970: the later of `x-ratelimit-reset` (seconds since 1970)
 * and `Retry-After` (seconds, or a date). Undefined if Auth0 doesn't say.
 */
export function rateLimitReset(headers: Headers | undefined): number | undefined {
  const reset = Number(headers?.get('x-ratelimit-reset') || Number.NaN) * 1000;
  const retryAfter = headers?.get('retry-after') ?? '';
  const after = /^\d+$/.test(retryAfter) ? Date.now() + Number(retryAfter) * 1000 : Date.parse(retryAfter);
  const times = [reset, after].filter(Number.isFinite);
  return times.length > 0 ? Math.max(...times) : undefined;
}

/** The error text and code of the Management API, or of the token endpoint. */
function readErrorBody(body: unknown): { message?: string; errorCode?: string } {
  const parsed = errorBody.safeParse(body, { jitless: true });
  const { message, error_description, errorCode } = parsed.data ?? {};
  const text = message ?? error_description;
  return {
    ...(text && { message: cut(redact(text), MAX_REASON_LENGTH) }),
    ...(errorCode && { errorCode }),
  };
}
