import type { Config } from '../config/config.ts';
import { type SlackApi, slackErrorCode } from '../slack/web-api.ts';
import { type Check, count, failed, passed } from './check.ts';

/** Checks who may use the bot. @param scopes of the bot token */
export async function* checkAccess(
  slack: SlackApi,
  scopes: string[],
  { access }: Config,
): AsyncGenerator<Check> {
  const named = [
    access.everyone ? 'every full member of the workspace' : '',
    access.users.length ? count(access.users.length, 'named person', 'named people') : '',
    access.userGroups.length ? count(access.userGroups.length, 'user group', 'user groups') : '',
  ].filter(Boolean);
  const where = access.channels.length ? ` in ${count(access.channels.length, 'channel', 'channels')}` : '';
  const narrowed = access.editors.length + access.editorGroups.length > 0;
  yield passed(
    `Access: ${named.join(', ')}${where}; links to edit: ${narrowed ? 'editors only' : 'the same people'}`,
  );
  // Without the scope, which has a line of its own, nothing can be said about a group.
  if (!scopes.includes('usergroups:read')) return;
  for (const usergroup of new Set([...access.userGroups, ...access.editorGroups])) {
    try {
      const { users = [] } = await slack.usergroups.users.list({ usergroup });
      yield users.length > 0
        ? passed(`User group ${usergroup}: ${count(users.length, 'member', 'members')}`)
        : failed(`User group ${usergroup} has no members. Add the people who are to use the bot`);
    } catch (error) {
      const code = slackErrorCode(error);
      yield failed(
        code
          ? `User group ${usergroup}: Slack says ${code}. Take its ID from Slack: People → User groups → ⋮ → Copy group ID`
          : `User group ${usergroup}: Slack gives no answer that makes sense. Try again in a minute`,
      );
    }
  }
}
