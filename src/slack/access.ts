import type { AccessConfig, Audience } from '../config/config.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { within } from '../lib/timeouts.ts';
import type { AuditLog } from '../tickets/audit.ts';
import type { People } from './people.ts';
import { ACCESS_CHECK_TIMEOUT_MS } from './timeouts.ts';

/** Editors can do what reaches existing customers or widens who can sign in. Every editor is a user. */
export type Role = 'user' | 'editor';

export const strongest = (...roles: Role[]): Role => (roles.includes('editor') ? 'editor' : 'user');

export type AccessErrorCode =
  | 'user'
  /** The bot doesn't work in this conversation. */
  | 'channel'
  | 'editor'
  /** Slack doesn't say who the person is. */
  | 'unknown';

/** Somebody may not do what they try. */
export class AccessError extends Error {
  override name = 'AccessError';
  readonly code: AccessErrorCode;
  constructor(code: AccessErrorCode) {
    super(`Access denied: ${code}`);
    this.code = code;
  }
}

export interface AccessRequest {
  user: string | undefined;
  /** The conversation. Undefined if Slack names none, as for a shortcut: then no conversation is checked. */
  channel?: string | undefined;
  role: Role;
  /** What the person tries to do, for the audit line. */
  what: string;
}

/** Who may use the bot: only those whom the configuration names. Nobody, while Slack can't say who they are. */
export class Access {
  readonly #config: AccessConfig;
  readonly #people: People;
  readonly #audit: AuditLog;
  readonly #log: Log;

  constructor(deps: { config: AccessConfig; people: People; audit: AuditLog; log: Log }) {
    this.#config = deps.config;
    this.#people = deps.people;
    this.#audit = deps.audit;
    this.#log = deps.log;
  }

  /** Returns the person who may do it. @throws AccessError, after an audit line */
  async check({ user, channel, role, what }: AccessRequest): Promise<string> {
    const denied = await this.#withinTime(this.#reasonToDeny(user, channel, role)).catch((error: unknown) => {
      this.#logUnknown(user, error);
      return 'unknown' as const;
    });
    if (user && !denied) return user;
    const reason = denied ?? 'user';
    this.#audit.write('access_denied', { user, channel, what, reason });
    throw new AccessError(reason);
  }

  /** Whether a person may create links to edit, and use the options that widen who can sign in. */
  async isEditor(user: string): Promise<boolean> {
    return this.#withinTime(this.#mayEdit(user)).catch((error: unknown) => {
      this.#logUnknown(user, error);
      return false;
    });
  }

  async #reasonToDeny(
    user: string | undefined,
    channel: string | undefined,
    role: Role,
  ): Promise<AccessErrorCode | undefined> {
    const { channels } = this.#config;
    if (!user || !(await this.#mayUse(user))) return 'user';
    if (channel && channels.length > 0 && !channels.includes(channel)) return 'channel';
    if (role === 'editor' && !(await this.#mayEdit(user))) return 'editor';
    return undefined;
  }

  #mayUse(user: string): Promise<boolean> {
    return this.#isIn(user, this.#config.allowed);
  }

  #mayEdit(user: string): Promise<boolean> {
    return this.#isIn(user, this.#config.editors);
  }

  async #isIn(user: string, { everyone, users, userGroups }: Audience): Promise<boolean> {
    return (
      users.includes(user) ||
      (userGroups.length > 0 && (await this.#people.isInGroup(user, userGroups))) ||
      (everyone && (await this.#people.isFullMember(user)))
    );
  }

  async #withinTime<T>(answer: Promise<T>): Promise<T> {
    const timely = await within(
      ACCESS_CHECK_TIMEOUT_MS,
      answer.then((value) => ({ value })),
    );
    if (!timely) throw new Error(`Slack took longer than ${ACCESS_CHECK_TIMEOUT_MS} ms`);
    return timely.value;
  }

  #logUnknown(user: string | undefined, error: unknown): void {
    this.#log.error(
      { user, ...errorFields(error) },
      "Slack didn't say who a user is, so they have no access",
    );
  }
}
