import { variableProblem } from '../config/environment.ts';
import { type Check, failed, passed } from '../doctor/check.ts';
import { type SlackApi, slackErrorCode } from '../slack/web-api.ts';
import { askText, askUntilAccepted, choose } from './dialog.ts';

/** Asks who may use the bot, and who may edit. */
export async function askAccess(slack: SlackApi): Promise<Record<string, string>> {
  const allowed = await choose('Who may use the bot?', {
    some: { label: 'Some people and user groups' },
    everyone: { label: 'Everyone', hint: 'every full member of the workspace, never guests' },
  });
  const ALLOWED = allowed === 'some' ? await askPeople(slack, 'ALLOWED') : allowed;
  const editors = await choose(
    'Who of them is an editor, allowed to create links that change an existing connection or reach an existing customer?',
    {
      nobody: { label: 'Nobody' },
      some: { label: 'Some people and user groups' },
      everyone: { label: 'Everyone who may use the bot' },
    },
  );
  const EDITORS = editors === 'some' ? await askPeople(slack, 'EDITORS') : editors;
  return { ALLOWED, EDITORS };
}

function askPeople(slack: SlackApi, name: 'ALLOWED' | 'EDITORS'): Promise<string> {
  return askUntilAccepted(
    () =>
      askText(
        'Their IDs, separated by commas (profile → ⋮ → Copy member ID; user group → ⋮ → Copy group ID)',
        (value) => (value ? variableProblem(name, value) : 'Type or paste at least one ID'),
        'U012ABCDEF,S012ABCDEF',
      ),
    'Slack',
    (ids) => checkPeople(slack, ids.split(/[\s,]+/).filter(Boolean)),
  );
}

async function* checkPeople(slack: SlackApi, ids: string[]): AsyncGenerator<Check> {
  const unknown: string[] = [];
  for (const id of ids) {
    try {
      if (id.startsWith('S')) await slack.usergroups.users.list({ usergroup: id });
      else await slack.users.info({ user: id });
    } catch (error) {
      const code = slackErrorCode(error);
      // A missing scope has been reported with the bot token.
      if (code !== 'missing_scope') unknown.push(`${id} (${code ?? 'no answer'})`);
    }
  }
  yield unknown.length > 0
    ? failed(`Slack does not know ${unknown.join(', ')}`)
    : passed(`Slack knows ${ids.join(', ')}`);
}
