import { redact } from '../log.ts';

export type ProblemKind =
  | 'scope'
  | 'credentials'
  | 'refused'
  | 'conflict'
  | 'not_found'
  | 'rate_limited'
  | 'busy'
  | 'unreachable'
  | 'no_answer'
  | 'failed'
  | 'stopping';

/** A call to Auth0 that did not work, in the terms in which a person can be told of it. */
export class Auth0Problem extends Error {
  override name = 'Auth0Problem';
  readonly kind: ProblemKind;
  /** Auth0's own words, where they help: for what it refused. */
  readonly reason: string | undefined;
  readonly status: number | undefined;
  /** The permission that the call needs; undefined for the token, which needs none. */
  readonly scope: string | undefined;
  /** False only where it is certain that Auth0 did nothing. */
  readonly mayHaveHappened: boolean;
  /** When the rate limit lets the next request in, in milliseconds since 1970, where Auth0 says it. */
  readonly retryAt: number | undefined;

  constructor(
    kind: ProblemKind,
    more: {
      scope?: string | undefined;
      reason?: string | undefined;
      status?: number | undefined;
      mayHaveHappened?: boolean;
      retryAt?: number | undefined;
    } = {},
  ) {
    super(`Auth0: ${kind}${more.status ? ` (${more.status})` : ''}${more.reason ? `: ${more.reason}` : ''}`);
    this.kind = kind;
    this.scope = more.scope;
    this.reason = more.reason;
    this.status = more.status;
    this.mayHaveHappened = more.mayHaveHappened ?? false;
    this.retryAt = more.retryAt;
  }
}

const BY_STATUS: Record<number, ProblemKind> = {
  400: 'refused',
  401: 'credentials',
  403: 'refused',
  404: 'not_found',
  409: 'conflict',
  429: 'rate_limited',
};

/** Errors of a connection that never came to be, so that Auth0 has seen nothing of the request. */
const NEVER_CONNECTED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT']);

/** What the SDK throws for an answer that is no success; its entry points do not export the class. */
interface Refusal {
  statusCode: number;
  body?: unknown;
  rawResponse?: { headers: Headers };
}

function isRefusal(error: unknown): error is Error & Refusal {
  return error instanceof Error && 'statusCode' in error && Number(error.statusCode) >= 400;
}

/** What the SDK threw, as a problem. `scope` is the permission that the call needs. */
export function toProblem(error: unknown, scope: string): Auth0Problem {
  if (error instanceof Auth0Problem) return error;
  if (!isRefusal(error)) {
    return neverConnected(error)
      ? new Auth0Problem('unreachable', { scope })
      : new Auth0Problem('no_answer', { scope, mayHaveHappened: true });
  }
  const { statusCode: status, body, rawResponse } = error;
  // A refusal may repeat the path it refuses, and that of a revocation holds the ticket.
  const reason = scope === 'delete:sso_access_tickets' ? undefined : reasonOf(body);
  if (status === 403 && /scope/i.test(reasonOf(body) ?? ''))
    return new Auth0Problem('scope', { scope, status });
  const kind = BY_STATUS[status];
  return kind
    ? new Auth0Problem(kind, { scope, status, reason, retryAt: rateLimitReset(rawResponse?.headers) })
    : new Auth0Problem('failed', { scope, status, mayHaveHappened: true });
}

/** Why there is no token, as a problem: whatever it was, the call that needs one was never made. */
export function tokenProblem(error: unknown): Auth0Problem {
  const { status } = toProblem(error, '');
  // Auth0 answers wrong credentials with 401, and an application without access to the API with 403.
  const refused = status !== undefined && status < 500 && status !== 408;
  return new Auth0Problem(refused ? 'credentials' : 'unreachable', { status });
}

/** When an endpoint's allowance is there again, in milliseconds since 1970; undefined where Auth0 does not say. */
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

/** Auth0's reason in an error body, short enough to be shown. */
function reasonOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null || !('message' in body)) return undefined;
  return typeof body.message === 'string' ? redact(body.message).slice(0, 300) : undefined;
}

/** What was asked of Auth0: it decides what a failure means for the person. */
export type Task = 'create' | 'revoke' | 'read';

/** A problem in plain sentences: what happened, what it means, what to do. No Auth0 knowledge is needed. */
export function explain(problem: Auth0Problem, task: Task): string {
  return `${cause(problem)} ${consequence(problem, task)} ${advice(problem, task)}`
    .replace(/ {2,}/g, ' ')
    .trim();
}

function cause({ kind, scope, reason, status }: Auth0Problem): string {
  switch (kind) {
    case 'scope':
      return `Auth0 does not allow it: the bot's Auth0 application lacks the permission ${scope}.`;
    case 'credentials':
      return "Auth0 does not accept the bot's credentials.";
    case 'refused':
    case 'conflict':
      return reason ? `Auth0 refused it: “${reason}”.` : 'Auth0 refused it.';
    case 'not_found':
      return `Auth0 does not know something that was chosen here${reason ? `: “${reason}”` : ''}.`;
    case 'rate_limited':
      return 'Auth0 limits how often it may be called, and it has been called too often just now.';
    case 'busy':
      return 'The bot has more to ask of Auth0 just now than it can.';
    case 'unreachable':
      return 'The bot cannot reach Auth0.';
    case 'no_answer':
      return 'Auth0 did not answer, or not completely.';
    case 'failed':
      return status ? `Auth0 had an error of its own (${status}).` : 'Auth0 gave no answer that makes sense.';
    case 'stopping':
      return 'The bot is being restarted.';
  }
}

function consequence({ mayHaveHappened }: Auth0Problem, task: Task): string {
  if (task === 'create') {
    return mayHaveHappened
      ? 'You have no link. Auth0 may have made one all the same; nobody has seen it, and it expires by itself.'
      : 'No link was made.';
  }
  if (task === 'revoke')
    return mayHaveHappened ? 'The link may still work: treat it so.' : 'The link still works.';
  return '';
}

/** Auth0 does not document how it answers a name that is taken. */
const TAKEN =
  'If a connection of that name exists already, choose another name, or change the existing one with “edit” and its name.';

function advice({ kind }: Auth0Problem, task: Task): string {
  switch (kind) {
    case 'scope':
      return 'Ask whoever runs this bot to grant it, then try again.';
    case 'credentials':
      return 'Ask whoever runs this bot to check its Auth0 settings, then try again.';
    case 'refused':
      return task === 'create' ? `Change the form and try again. ${TAKEN}` : 'Ask whoever runs this bot.';
    case 'conflict':
      return TAKEN;
    case 'not_found':
      return task === 'create' ? 'Choose again: the lists are being refreshed.' : 'Try again in a minute.';
    case 'rate_limited':
    case 'busy':
    case 'unreachable':
      return 'Try again in a minute.';
    case 'no_answer':
    case 'failed':
      return task === 'create' ? 'Try again in a minute; the same name is fine.' : 'Try again in a minute.';
    case 'stopping':
      return 'Try again in a few seconds.';
  }
}
