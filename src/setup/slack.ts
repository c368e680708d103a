import { webApi } from '@slack/bolt';
import { checkAppToken, checkBotToken } from '../doctor/slack.ts';
import { type SlackApi, slackLogger, WEB_API_OPTIONS } from '../slack/web-api.ts';
import { ask, askUntilAccepted, choose } from './dialog.ts';

/** Asks how Slack reaches the bot, and for the tokens of the app. */
export async function askSlack(
  slackApiUrl: string,
): Promise<{ slack: SlackApi; answers: Record<string, string> }> {
  const mode = await choose('How does Slack reach the bot?', {
    socket: { label: 'Socket Mode', hint: 'recommended: the bot needs no public address' },
    http: { label: 'HTTP', hint: 'Slack calls the bot at a public address' },
  });
  const client = (token: string) =>
    new webApi.WebClient(token, { ...WEB_API_OPTIONS, slackApiUrl, logger: slackLogger() });
  const botToken = await askUntilAccepted(
    () => ask('SLACK_BOT_TOKEN', 'Bot token (OAuth & Permissions → Bot User OAuth Token)', { secret: true }),
    'Slack',
    (token) => checkBotToken(client(token), slackApiUrl),
  );
  const answers = { SLACK_BOT_TOKEN: botToken, ...(await askConnection(mode, slackApiUrl)) };
  return { slack: client(botToken), answers };
}

async function askConnection(mode: 'socket' | 'http', slackApiUrl: string): Promise<Record<string, string>> {
  if (mode === 'http') {
    const message = 'Signing secret (Basic Information → App Credentials)';
    return { SLACK_SIGNING_SECRET: await ask('SLACK_SIGNING_SECRET', message, { secret: true }) };
  }
  const appToken = await askUntilAccepted(
    () =>
      ask(
        'SLACK_APP_TOKEN',
        'App-level token (Basic Information → App-Level Tokens, scope connections:write)',
        { secret: true },
      ),
    'Slack',
    async function* (token) {
      yield await checkAppToken(token, slackApiUrl);
    },
  );
  return { SLACK_APP_TOKEN: appToken };
}
