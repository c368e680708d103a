import { webApi } from '@slack/bolt';
import type { Config } from '../config/config.ts';
import { ORG_WIDE_INSTALL } from '../slack/sentences.ts';
import { type SlackApi, slackErrorCode, slackLogger, WEB_API_OPTIONS } from '../slack/web-api.ts';
import { type Check, failed, NETWORK_ADVICE, passed } from './check.ts';

/** The bot scopes in manifest.yml, and what doesn't work without each. */
const BOT_SCOPES: Record<string, string> = {
  commands: "the slash command and the shortcut don't exist",
  'chat:write': 'no receipts, and no link if a form is submitted more than 30 minutes after it was opened',
  'im:write': "no receipts, and no link where the bot can't answer in the conversation",
  'users:read': 'ALLOWED=everyone and EDITORS=everyone let nobody in, and dates are in UTC',
  'usergroups:read': 'the user groups in ALLOWED and EDITORS let nobody in',
  'channels:read':
    'the list of profiles is posted in a public channel only after a click, and with ALLOWED_CHANNELS the shortcut sends no link to one',
  'groups:read':
    'the list of profiles is posted in a private channel only after a click, and with ALLOWED_CHANNELS the shortcut sends no link to one',
};

/** Checks the tokens and the scopes. @returns the scopes of the bot token, none if Slack doesn't accept it */
export async function* checkSlack(
  slack: SlackApi,
  { slack: config }: Config,
): AsyncGenerator<Check, string[]> {
  let scopes: string[];
  try {
    const { team, user, is_enterprise_install: isOrgWide, response_metadata } = await slack.auth.test();
    scopes = response_metadata?.scopes ?? [];
    yield isOrgWide
      ? failed(`Slack bot token: ${ORG_WIDE_INSTALL}`)
      : passed(`Slack bot token: ${user} in the workspace ${team}`);
  } catch (error) {
    const code = slackErrorCode(error);
    yield failed(
      code
        ? `Slack bot token: Slack says ${code}. Copy SLACK_BOT_TOKEN again from "OAuth & Permissions". If the app isn't installed to the workspace, install it`
        : `Slack: the bot can't reach ${config.apiUrl}, or can't read its answer. Check SLACK_API_URL if you set it, and ${NETWORK_ADVICE}`,
    );
    return [];
  }
  const missing = Object.keys(BOT_SCOPES).filter((scope) => !scopes.includes(scope));
  if (missing.length === 0)
    yield passed(`Slack bot scopes: all ${Object.keys(BOT_SCOPES).length} are granted`);
  for (const scope of missing) {
    yield failed(
      `Slack bot scope ${scope} is missing: ${BOT_SCOPES[scope]}. Add it under "OAuth & Permissions", then reinstall the app`,
    );
  }
  if (config.connection.mode === 'http') {
    yield passed(
      'Slack over HTTP: a signing secret is set. Only a request from Slack can show whether it is correct',
    );
    return scopes;
  }
  try {
    const app = new webApi.WebClient(config.connection.appToken, {
      ...WEB_API_OPTIONS,
      slackApiUrl: config.apiUrl,
      logger: slackLogger(),
    });
    await app.apps.connections.open();
    yield passed('Slack app token: Socket Mode connects');
  } catch (error) {
    const code = slackErrorCode(error);
    yield failed(
      code
        ? `Slack app token: Slack says ${code}. Create SLACK_APP_TOKEN under "Basic Information" → "App-Level Tokens" with the scope connections:write, and enable Socket Mode`
        : "Slack app token: the bot can't read Slack's answer to apps.connections.open. Try again in a minute",
    );
  }
  return scopes;
}
