import type { Auth0 } from './auth0/server.ts';
import type { Slack } from './slack/server.ts';

/** How Slack reaches the bot. */
export const MODES = ['http', 'socket'] as const;
export type Mode = (typeof MODES)[number];

/** The environment variables that connect a bot to the stand-ins. */
export function botSettings(slack: Slack, auth0: Auth0, mode: Mode): Record<string, string> {
  return {
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_API_URL: slack.apiUrl,
    ...(mode === 'socket'
      ? { SLACK_APP_TOKEN: slack.appToken }
      : { SLACK_SIGNING_SECRET: slack.signingSecret }),
    AUTH0_DOMAIN: auth0.domain,
    AUTH0_CLIENT_ID: auth0.clientId,
    AUTH0_CLIENT_SECRET: auth0.clientSecret,
    ALLOWED: 'everyone',
    EDITORS: 'everyone',
    // One person creates more links here than anyone should.
    MAX_LINKS_PER_HOUR: '100000',
    PORT: '0',
  };
}
