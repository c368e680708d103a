import { webApi } from '@slack/bolt';
import { errorFields, type Log } from '../log.ts';
import type { SlackApi } from './api.ts';

/** What Slack says of a person. */
interface Person {
  name: string;
  /** An IANA time zone; UTC where Slack names none. */
  timeZone: string;
  /** A full member of this workspace: no guest, no bot, nobody from another workspace, not deactivated. */
  fullMember: boolean;
}

/** Who a text is written by, and in which time zone. */
export type Signature = Pick<Person, 'name' | 'timeZone'>;

/** Who people are and which groups they belong to; each answer is kept for a minute. */
export interface People {
  /** @throws if Slack does not say */
  person(user: string): Promise<Person>;
  /** Whether someone is in one of these user groups. @throws if Slack does not say */
  inGroup(user: string, groups: string[]): Promise<boolean>;
  /** For a text in their name: nameless and in UTC, which the text says, if Slack does not tell. */
  signature(user: string): Promise<Signature>;
  /** The ID of the conversation between the person and the bot. @throws if Slack does not open it */
  direct(user: string): Promise<string>;
}

const KEPT_MS = 60_000;

export function createPeople(slack: SlackApi, log: Log): People {
  const workspace = remember(async () => (await slack.auth.test()).team_id);
  const person = remember(async (user: string): Promise<Person> => {
    const [{ user: found }, team] = await Promise.all([slack.users.info({ user }), workspace('')]);
    const foreign =
      !team ||
      found?.is_stranger ||
      (found?.team_id !== team && !found?.enterprise_user?.teams?.includes(team));
    const guest = found?.is_restricted || found?.is_ultra_restricted;
    return {
      name: found?.profile?.display_name || found?.real_name || found?.name || '',
      timeZone: found?.tz && isTimeZone(found.tz) ? found.tz : 'UTC',
      fullMember: Boolean(found && !foreign && !guest && !found.is_bot && !found.deleted),
    };
  });
  const members = remember(async (usergroup: string) => {
    try {
      const { users } = await slack.usergroups.users.list({ usergroup });
      return new Set(users);
    } catch (error) {
      // A group that is gone has no members; it must not keep those of the other groups out.
      if (!(error instanceof webApi.WebAPIPlatformError) || error.data.error !== 'no_such_subteam')
        throw error;
      log.warn({ usergroup }, 'This user group does not exist');
      return new Set<string>();
    }
  });
  const direct = remember(async (users: string) => {
    const { channel } = await slack.conversations.open({ users });
    if (!channel?.id) throw new Error('Slack opened no conversation');
    return channel.id;
  });
  return {
    person,
    direct,
    async inGroup(user, groups) {
      const all = await Promise.all(groups.map((group) => members(group)));
      return all.some((group) => group.has(user));
    },
    async signature(user) {
      try {
        return await person(user);
      } catch (error) {
        log.warn({ user, ...errorFields(error) }, 'Slack did not say who someone is');
        return { name: '', timeZone: 'UTC' };
      }
    },
  };
}

/** Keeps each answer for a minute, and asks once for all who wait. A failure is not kept. */
function remember<T>(ask: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const kept = new Map<string, { answer: Promise<T>; until: number }>();
  return (key) => {
    const now = Date.now();
    const known = kept.get(key);
    if (known && now < known.until) return known.answer;
    for (const [old, { until }] of kept) if (now >= until) kept.delete(old);
    const answer = ask(key);
    kept.set(key, { answer, until: now + KEPT_MS });
    answer.catch(() => kept.delete(key));
    return answer;
  };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
