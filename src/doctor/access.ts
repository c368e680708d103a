import type { Audience, Config } from '../config/config.ts';
import { auditChannelProblem } from '../slack/audit-channel.ts';
import { type SlackApi, slackErrorCode } from '../slack/web-api.ts';
import { type Check, count, failed, passed } from './check.ts';

function describe({ everyone, users, userGroups }: Audience): string {
  const parts = [
    everyone ? 'every full member of the workspace' : '',
    users.length ? count(users.length, 'named person', 'named people') : '',
    userGroups.length ? count(userGroups.length, 'user group', 'user groups') : '',
  ];
  return parts.filter(Boolean).join(', ') || 'nobody';
}

/** Checks who may use the bot. @param scopes of the bot token */
export async function* checkAccess(
  slack: SlackApi,
  scopes: string[],
  { access, auditChannel }: Config,
): AsyncGenerator<Check> {
  const { allowed, editors, profileEditors, channels } = access;
  const where = channels.length ? ` in ${count(channels.length, 'channel', 'channels')}` : '';
  yield passed(
    `Access: ${describe(allowed)}${where}; editors: ${describe(editors)}; profile editors: ${describe(profileEditors)}`,
  );
  if (auditChannel) {
    const problem = await auditChannelProblem(slack, auditChannel);
    yield problem ? failed(problem) : passed(`AUDIT_CHANNEL ${auditChannel}`);
  }
  // Without the scope, which has its own line, groups can't be checked.
  if (!scopes.includes('usergroups:read')) return;
  for (const usergroup of new Set([
    ...allowed.userGroups,
    ...editors.userGroups,
    ...profileEditors.userGroups,
  ])) {
    try {
      const { users = [] } = await slack.usergroups.users.list({ usergroup });
      yield users.length > 0
        ? passed(`User group ${usergroup}: ${count(users.length, 'member', 'members')}`)
        : failed(`User group ${usergroup} has no members. Add the people who should use the bot`);
    } catch (error) {
      const code = slackErrorCode(error);
      yield failed(
        code
          ? `User group ${usergroup}: Slack says ${code}. Copy its ID from Slack: People → User groups → ⋮ → Copy group ID`
          : `User group ${usergroup}: the bot can't read Slack's answer. Try again in a minute`,
      );
    }
  }
}
