import { errorFields, type Log } from '../log.ts';
import type { SlackApi } from './api.ts';

/** What Slack says of a person. */
export interface Person {
  /** An IANA time zone. */
  timeZone: string;
}

const UNKNOWN: Person = { timeZone: 'UTC' };

/** Asks Slack about a person; what it does not say is taken as UTC, which the text that uses it names. */
export async function lookUpPerson(slack: SlackApi, user: string, log: Log): Promise<Person> {
  try {
    const { user: found } = await slack.users.info({ user });
    return found?.tz && isTimeZone(found.tz) ? { timeZone: found.tz } : UNKNOWN;
  } catch (error) {
    log.warn({ user, ...errorFields(error) }, 'Slack did not say who someone is');
    return UNKNOWN;
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
