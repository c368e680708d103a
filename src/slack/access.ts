import type { Audit } from '../audit.ts';
import { errorFields, type Log } from '../log.ts';
import { within } from '../patience.ts';
import type { AccessSettings } from '../settings.ts';
import type { People } from './people.ts';

/** Someone at the door. */
export interface Attempt {
  user: string | undefined;
  /** The conversation it is about; undefined where Slack names none, as for a shortcut. */
  channel?: string | undefined;
  /** Whether it is about changing an existing connection, which hands over a live login. */
  edit: boolean;
  /** What is tried, for the audit line. */
  what: string;
}

export interface Access {
  /** Why someone may not do what they try, as a sentence for them; undefined if they may. Asked before everything. */
  refusal(attempt: Attempt): Promise<string | undefined>;
  /** Whether someone may make links to edit, and use the options that widen who can get in. */
  isEditor(user: string): Promise<boolean>;
}

/** Slack waits 3 seconds for an acknowledgement, and the form must still open within them. */
const PATIENCE_MS = 1_200;

async function withinTime<T>(answer: Promise<T>): Promise<T> {
  const told = await within(
    PATIENCE_MS,
    answer.then((value) => ({ value })),
  );
  if (!told) throw new Error(`Slack took longer than ${PATIENCE_MS} ms`);
  return told.value;
}

/** Who may use the bot. Whoever is not named may not, nor may anyone while Slack cannot say who they are. */
export function createAccess(
  { users, userGroups, everyone, channels, editors, editorGroups, contact }: AccessSettings,
  command: string,
  people: People,
  audit: Audit,
  log: Log,
): Access {
  const ask = `Ask ${contact ?? 'whoever runs this bot'}.`;

  const mayUse = async (user: string) =>
    users.includes(user) ||
    (userGroups.length > 0 && (await people.inGroup(user, userGroups))) ||
    (everyone && (await people.person(user)).fullMember);

  const mayEdit = async (user: string) =>
    (editors.length === 0 && editorGroups.length === 0) ||
    editors.includes(user) ||
    (editorGroups.length > 0 && (await people.inGroup(user, editorGroups)));

  async function reasonAgainst({
    user,
    channel,
    edit,
  }: Attempt): Promise<{ reason: string; sentence: string } | undefined> {
    if (!user || !(await mayUse(user))) {
      return { reason: 'user', sentence: `You don't have access to ${command}. ${ask}` };
    }
    if (channel && channels.length > 0 && !channels.includes(channel)) {
      return {
        reason: 'channel',
        sentence: `You don't have access to ${command} in this conversation: it works in certain channels only. ${ask}`,
      };
    }
    if (edit && !(await mayEdit(user))) {
      return {
        reason: 'editor',
        sentence: `You don't have access to links that change an existing connection. ${ask}`,
      };
    }
    return undefined;
  }

  const unsaid = (user: string | undefined, error: unknown) =>
    log.error({ user, ...errorFields(error) }, 'Slack did not say who someone is, so they are refused');

  return {
    async refusal(attempt) {
      const { user, channel, what } = attempt;
      const refused = await withinTime(reasonAgainst(attempt)).catch((error: unknown) => {
        unsaid(user, error);
        return {
          reason: 'unknown',
          sentence: `Slack cannot tell the bot who you are just now, so you don't have access to ${command}. Try again in a minute.`,
        };
      });
      if (refused) audit({ event: 'access_denied', user, channel, what, reason: refused.reason });
      return refused?.sentence;
    },
    isEditor: (user) =>
      withinTime(mayEdit(user)).catch((error: unknown) => {
        unsaid(user, error);
        return false;
      }),
  };
}
