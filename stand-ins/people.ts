import type { Channel, NewUser, Person, Slack } from './slack/server.ts';

type KnownUser = NewUser & { id: string };

/** A customer success manager in Berlin, her colleague, and a guest of their workspace. */
export const MARIA: KnownUser = { id: 'U0MARIA', name: 'Maria', tz: 'Europe/Berlin' };
const TOM: KnownUser = { id: 'U0TOM', name: 'Tom', tz: 'America/New_York' };
export const GWEN: KnownUser = { id: 'U0GWEN', name: 'Gwen', tz: 'Europe/London', guest: true };

export interface People {
  maria: Person;
  tom: Person;
  /** A public channel that the bot is a member of. */
  sales: Channel;
  /** A private channel without the bot. */
  secret: Channel;
  /** The direct messages between Maria and Tom. */
  direct: Channel;
}

/** Adds Maria, Tom and their conversations to a workspace. */
export function addPeople(slack: Slack): People {
  const members = [MARIA, TOM].map((user) => slack.addUser(user).id);
  return {
    maria: slack.as(MARIA.id),
    tom: slack.as(TOM.id),
    sales: slack.addChannel({ id: 'C0SALES', name: 'sales', kind: 'public', members, botIsMember: true }),
    secret: slack.addChannel({ id: 'C0DEALS', name: 'deals-emea', kind: 'private', members }),
    direct: slack.addChannel({ id: 'D0DIRECT', kind: 'im', members }),
  };
}
