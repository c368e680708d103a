import { webApi } from '@slack/bolt';
import type { Config } from '../config/config.ts';
import { BOT_SCOPES } from '../slack/scopes.ts';
import { ORG_WIDE_INSTALL } from '../slack/sentences.ts';
import { type SlackApi, slackErrorCode, slackLogger, WEB_API_OPTIONS } from '../slack/web-api.ts';
import { type Check, failed, NETWORK_ADVICE, passed } from './check.ts';

/** Checks the tokens and the scopes. @returns the scopes of the bot token, none if Slack doesn't accept it */
export async function* checkSlack(
  slack: SlackApi,
  { slack: { apiUrl, connection } }: Config,
): AsyncGenerator<Check, string[]> {
  const scopes = yield* checkBotToken(slack, apiUrl);
  if (!scopes) return [];
  yield connection.mode === 'http'
    ? passed(
        'Slack over HTTP: a signing secret is set. Only a request from Slack can show whether it is correct',
      )
    : await checkAppToken(connection.appToken, apiUrl);
  return scopes;
}

/** Checks the bot token first, then its scopes. @returns the scopes, or undefined if Slack doesn't accept the token */
export async function* checkBotToken(
  slack: SlackApi,
  apiUrl: string,
): AsyncGenerator<Check, string[] | undefined> {
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
        : `Slack: the bot can't reach ${apiUrl}, or can't read its answer. Check SLACK_API_URL if you set it, and ${NETWORK_ADVICE}`,
    );
    return undefined;
  }
  const missing = Object.keys(BOT_SCOPES).filter((scope) => !scopes.includes(scope));
  if (missing.length === 0)
    yield passed(`Slack bot scopes: all ${Object.keys(BOT_SCOPES).length} are granted`);
  for (const scope of missing) {
    yield failed(
      `Slack bot scope ${scope} is missing: ${BOT_SCOPES[scope]}. Add it under "OAuth & Permissions", then reinstall the app`,
    );
  }
  return scopes;
}

/** Whether Slack opens a Socket Mode connection with an app token. */
export async function checkAppToken(appToken: string, slackApiUrl: string): Promise<Check> {
  try {
    const options = { ...WEB_API_OPTIONS, slackApiUrl, logger: slackLogger() };
    await new webApi.WebClient(appToken, options).apps.connections.open();
    return passed('Slack app token: Socket Mode connects');
  } catch (error) {
    const code = slackErrorCode(error);
    return failed(
      code
        ? `Slack app token: Slack says ${code}. Create SLACK_APP_TOKEN under "Basic Information" → "App-Level Tokens" with the scope connections:write, and enable Socket Mode`
        : "Slack app token: the bot can't read Slack's answer to apps.connections.open. Try again in a minute",
    );
  }
}
