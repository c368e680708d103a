import { errorFields, type Log } from '../lib/log.ts';
import { memoize } from '../lib/memoize.ts';
import type { Installation } from './installation.ts';
import { PEOPLE_TTL_MS } from './timeouts.ts';
import { type SlackApi, slackErrorCode } from './web-api.ts';

/** Slack recommends fewer than 1,000 members per page. */
const MEMBERS_PER_PAGE = 999;
const MAX_MEMBER_PAGES = 5;

/** A person's name, and their IANA time zone. */
export interface Requester {
  name: string;
  timeZone: string;
}

/** What Slack says about a person. */
interface Person extends Requester {
  /** A full member of this workspace: no guest, bot or deactivated account, and nobody from another workspace. */
  isFullMember: boolean;
  isDeactivated: boolean;
}

/** Slack's error codes for someone outside the workspace. */
const UNKNOWN_PERSON = new Set(['user_not_found', 'user_not_visible', 'team_access_not_granted']);

/** Who people are and which groups they belong to. Answers are kept for a minute. */
export class People {
  readonly #slack: SlackApi;
  readonly #installation: Installation;
  readonly #log: Log;
  readonly #person = memoize(PEOPLE_TTL_MS, (user) => this.#fetchPerson(user));
  readonly #members = memoize(PEOPLE_TTL_MS, (group) => this.#fetchMembers(group));
  readonly #directMessage = memoize(PEOPLE_TTL_MS, (user) => this.#openDirectMessage(user));

  constructor({ slack, installation, log }: { slack: SlackApi; installation: Installation; log: Log }) {
    this.#slack = slack;
    this.#installation = installation;
    this.#log = log;
  }

  /** @throws if Slack doesn't say */
  async isFullMember(user: string): Promise<boolean> {
    return (await this.#person(user)).isFullMember;
  }

  /** Whether the account is deactivated. @throws if Slack doesn't say */
  async isDeactivated(user: string): Promise<boolean> {
    return (await this.#person(user)).isDeactivated;
  }

  /** Whether a person is in one of these user groups. @throws if Slack doesn't say */
  async isInGroup(user: string, groups: string[]): Promise<boolean> {
    const members = await Promise.all(groups.map((group) => this.#members(group)));
    return members.some((group) => group.has(user));
  }

  /**
   * Whether a person is in a conversation now.
   *
   * @throws if Slack doesn't say, or if they are not among the first members of a very large one
   */
  async isInConversation(user: string, channel: string): Promise<boolean> {
    let cursor: string | undefined;
    for (let page = 0; page < MAX_MEMBER_PAGES; page += 1) {
      const { members, response_metadata } = await this.#slack.conversations.members({
        channel,
        limit: MEMBERS_PER_PAGE,
        ...(cursor && { cursor }),
      });
      if (!Array.isArray(members)) throw new Error("Slack didn't return members");
      if (members.includes(user)) return true;
      cursor = response_metadata?.next_cursor;
      if (!cursor) return false;
    }
    throw new Error('The conversation has too many members to find one of them');
  }

  /** A person's name and time zone, for a text. If Slack doesn't say, there is no name, and the time zone is UTC. */
  async requester(user: string): Promise<Requester> {
    try {
      return await this.#person(user);
    } catch (error) {
      this.#log.warn({ user, ...errorFields(error) }, "Slack didn't say who a user is");
      return { name: '', timeZone: 'UTC' };
    }
  }

  /** The ID of the direct message between a person and the bot. @throws if Slack doesn't open it */
  directMessage(user: string): Promise<string> {
    return this.#directMessage(user);
  }

  async #fetchPerson(user: string): Promise<Person> {
    const [found, team] = await Promise.all([this.#fetchUser(user), this.#installation.team()]);
    const isExternal =
      found?.is_stranger || (found?.team_id !== team && !found?.enterprise_user?.teams?.includes(team));
    const isGuest = found?.is_restricted || found?.is_ultra_restricted;
    return {
      name: found?.profile?.display_name || found?.real_name || found?.name || '',
      timeZone: found?.tz && isTimeZone(found.tz) ? found.tz : 'UTC',
      isDeactivated: Boolean(!found || found.deleted),
      isFullMember: Boolean(found && !isExternal && !isGuest && !found.is_bot && !found.deleted),
    };
  }

  /** Undefined if the bot may not see the person. That is final: trying again changes nothing. */
  async #fetchUser(user: string) {
    try {
      return (await this.#slack.users.info({ user })).user;
    } catch (error) {
      const code = slackErrorCode(error);
      if (code === undefined || !UNKNOWN_PERSON.has(code)) throw error;
      this.#log.info({ user, code }, 'Slack does not know this user');
      return undefined;
    }
  }

  async #fetchMembers(usergroup: string): Promise<Set<string>> {
    try {
      const { users } = await this.#slack.usergroups.users.list({ usergroup });
      return new Set(users);
    } catch (error) {
      // A deleted group must not keep out the members of the others.
      if (slackErrorCode(error) !== 'no_such_subteam') throw error;
      this.#log.warn({ usergroup }, 'This user group does not exist');
      return new Set();
    }
  }

  async #openDirectMessage(users: string): Promise<string> {
    const { channel } = await this.#slack.conversations.open({ users });
    if (!channel?.id) throw new Error('Slack opened no conversation');
    return channel.id;
  }
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
