import type { AccessConfig, Audience } from '../config/config.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { within } from '../lib/timeouts.ts';
import { AccessError, type AccessErrorCode } from './access-error.ts';
import type { Denial, DenialLog } from './denial-log.ts';
import type { Installation } from './installation.ts';
import type { People } from './people.ts';
import { ACCESS_CHECK_TIMEOUT_MS, MEMBERSHIP_TIMEOUT_MS } from './timeouts.ts';

/**
 * Editors can create links that reach existing customers, and use options that widen who can sign in. Profile editors
 * can create and edit profiles. Both are also users.
 */
export type Role = 'user' | 'editor' | 'profile_editor';

/** The least role that is needed. `anyone`: anyone in the workspace; the listener decides later what they may do. */
export type RequiredRole = 'anyone' | Role;

/**
 * The strongest of these roles, such as those of a button and its form. No form has a button for the other kind of
 * editor.
 */
export function strongestRole(...roles: RequiredRole[]): RequiredRole {
  return (['profile_editor', 'editor', 'user'] as const).find((role) => roles.includes(role)) ?? 'anyone';
}

export interface AccessRequest {
  /** The payload, which says where it comes from. */
  body: object;
  user: string | undefined;
  /** The conversation, if Slack sends it. */
  channel?: string | undefined;
  /** Skips the check of the conversation, for example because a shortcut has none. */
  anywhere: boolean;
  role: RequiredRole;
  /** What the person is trying to do, for the audit line. */
  what: string;
}

/** Decides who may use the bot: only people in the configuration, and nobody while Slack can't say who they are. */
export class Access {
  readonly #config: AccessConfig;
  readonly #installation: Installation;
  readonly #people: People;
  readonly #token: { readonly isOrgWide: boolean };
  readonly #denials: DenialLog;
  readonly #log: Log;

  constructor(deps: {
    config: AccessConfig;
    token: { readonly isOrgWide: boolean };
    installation: Installation;
    people: People;
    denials: DenialLog;
    log: Log;
  }) {
    this.#config = deps.config;
    this.#installation = deps.installation;
    this.#people = deps.people;
    this.#token = deps.token;
    this.#denials = deps.denials;
    this.#log = deps.log;
  }

  /** Whether links may arrive only in certain conversations. */
  get limitsChannels(): boolean {
    return this.#config.channels.length > 0;
  }

  /** Returns the person who may do it. @throws AccessError, after an audit line */
  async check(request: AccessRequest): Promise<string> {
    const { user, channel, what } = request;
    const denied = await withinTime(ACCESS_CHECK_TIMEOUT_MS, this.#reasonToDeny(request)).catch(
      (error: unknown) => {
        this.#logUnknown(user, error);
        return 'unknown' as const;
      },
    );
    if (user && !denied) return user;
    return this.#deny(denied ?? 'user', { user, channel, what });
  }

  /** Checks where the link of a form should go. @throws AccessError, after an audit line */
  checkChannel(user: string, channel: string | undefined): void {
    if (!this.#isAllowedChannel(channel)) this.#deny('channel', { user, channel, what: 'view_submission' });
  }

  /**
   * Checks that a person is in the conversation that they chose for the link: with ALLOWED_CHANNELS, a form must not
   * send a link to a conversation where they can't type the command. Takes too long for an acknowledgement.
   *
   * @throws AccessError, after an audit line
   */
  async checkMembership(user: string, channel: string): Promise<void> {
    if (!this.limitsChannels) return;
    const isMember = await withinTime(
      MEMBERSHIP_TIMEOUT_MS,
      this.#people.isInConversation(user, channel),
    ).catch((error: unknown) => {
      this.#log.warn(
        { user, channel, ...errorFields(error) },
        "Slack didn't say whether a user is in a conversation",
      );
      return undefined;
    });
    if (isMember) return;
    const reason = isMember === false ? 'not_member' : 'membership_unknown';
    this.#deny(reason, { user, channel, what: 'view_submission' });
  }

  /** For a person who asks about a record that doesn't exist. @throws AccessError, after an audit line */
  async checkUser(user: string, channel: string | undefined): Promise<void> {
    if (!(await this.isUser(user))) this.#deny('user', { user, channel, what: 'revoke_ticket' });
  }

  /** Lets the requester of a link and every editor revoke it. @throws AccessError, after an audit line */
  async checkRevocation(user: string, requester: string, channel: string | undefined): Promise<void> {
    if (user === requester) return;
    const mayRevoke = async () =>
      (await this.#mayUse(user)) && (await this.#isIn(user, this.#config.editors));
    const allowed = await withinTime(ACCESS_CHECK_TIMEOUT_MS, mayRevoke()).catch((error: unknown) => {
      this.#logUnknown(user, error);
      return undefined;
    });
    if (!allowed)
      this.#deny(allowed === false ? 'revoke' : 'unknown', { user, channel, what: 'revoke_ticket' });
  }

  /** Whether a person may use the bot. False if Slack can't say. */
  async isUser(user: string): Promise<boolean> {
    return withinTime(ACCESS_CHECK_TIMEOUT_MS, this.#mayUse(user)).catch((error: unknown) => {
      this.#logUnknown(user, error);
      return false;
    });
  }

  /** Whether a person may create links to edit, and use the options that widen who can sign in. */
  async isEditor(user: string): Promise<boolean> {
    return this.#hasRole(user, this.#config.editors);
  }

  /** Whether a person may create and edit profiles. */
  async isProfileEditor(user: string): Promise<boolean> {
    return this.#hasRole(user, this.#config.profileEditors);
  }

  #hasRole(user: string, audience: Audience): Promise<boolean> {
    return withinTime(ACCESS_CHECK_TIMEOUT_MS, this.#isIn(user, audience)).catch((error: unknown) => {
      this.#logUnknown(user, error);
      return false;
    });
  }

  #deny(reason: AccessErrorCode, denial: Omit<Denial, 'reason'>): never {
    this.#denials.write({ ...denial, reason });
    throw new AccessError(reason);
  }

  async #reasonToDeny(request: AccessRequest): Promise<AccessErrorCode | undefined> {
    const { body, user, channel, anywhere, role } = request;
    if (this.#token.isOrgWide) return 'org_wide';
    if (!(await this.#installation.accepts(body))) return 'workspace';
    if (!user) return 'user';
    if (role === 'anyone') return undefined;
    if (!(await this.#mayUse(user))) return 'user';
    if (!anywhere && !this.#isAllowedChannel(channel)) return 'channel';
    const { editors, profileEditors } = this.#config;
    if (role === 'editor' && !(await this.#isIn(user, editors))) return 'editor';
    if (role === 'profile_editor' && !(await this.#isIn(user, profileEditors))) return 'profile_editor';
    return undefined;
  }

  #isAllowedChannel(channel: string | undefined): boolean {
    return !this.limitsChannels || (channel !== undefined && this.#config.channels.includes(channel));
  }

  #mayUse(user: string): Promise<boolean> {
    return this.#isIn(user, this.#config.allowed);
  }

  async #isIn(user: string, { everyone, users, userGroups }: Audience): Promise<boolean> {
    return (
      users.includes(user) ||
      (userGroups.length > 0 && (await this.#people.isInGroup(user, userGroups))) ||
      (everyone && (await this.#people.isFullMember(user)))
    );
  }

  #logUnknown(user: string | undefined, error: unknown): void {
    this.#log.error(
      { user, ...errorFields(error) },
      "Slack didn't say who a user is, so they have no access",
    );
  }
}

async function withinTime<T>(ms: number, answer: Promise<T>): Promise<T> {
  const result = await within(
    ms,
    answer.then((value) => ({ value })),
  );
  if (!result) throw new Error(`Slack took longer than ${ms} ms`);
  return result.value;
}
