import { webApi } from '@slack/bolt';
import { Auth0Problem, explain } from './auth0/problem.ts';
import { connectTenant, SCOPES, type Tenant } from './auth0/tenant.ts';
import { createLog } from './log.ts';
import { type Policy, readSettings, type Settings, SettingsError } from './settings.ts';
import { API_OPTIONS, type SlackApi } from './slack/api.ts';

/** One line of the doctor's: what was looked at, and if it is wrong, what to do. */
export interface Check {
  ok: boolean;
  line: string;
}

const good = (line: string): Check => ({ ok: true, line });
const bad = (line: string): Check => ({ ok: false, line });

/** The bot scopes of manifest.yml, and what does not work without each. */
const BOT_SCOPES: Record<string, string> = {
  commands: 'the slash command and the shortcut do not exist',
  'chat:write': 'no receipts, and no link for a form that stood open for more than 30 minutes',
  'im:write': 'no receipts, and no link where the bot cannot answer in the conversation',
  'users:read': 'ALLOW_EVERYONE lets nobody in, and dates are in UTC',
  'usergroups:read': 'ALLOWED_USERGROUPS and EDITOR_USERGROUPS let nobody in',
  'channels:read': 'the list of profiles is never posted in a public channel by itself',
  'groups:read': 'the list of profiles is never posted in a private channel by itself',
};

/**
 * Checks an installation from its environment alone, changing nothing: settings, Slack, Auth0, and who may use
 * the bot. Wrong settings end it at once, since nothing else can be tried without them.
 */
export async function* examine(variables: Record<string, string | undefined>): AsyncGenerator<Check> {
  let settings: Settings;
  try {
    settings = readSettings(variables);
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    for (const problem of error.problems) yield bad(`Settings: ${problem}`);
    return;
  }
  yield good('Settings: every variable is well-formed');

  const slack = new webApi.WebClient(settings.slack.botToken, {
    ...API_OPTIONS,
    slackApiUrl: settings.slack.apiUrl,
    logger: SILENT,
  });
  const scopes = yield* examineSlack(slack, settings);
  yield* examineAccess(slack, scopes, settings);

  const silent = createLog('error', { write: () => undefined });
  const tenant = connectTenant(settings.auth0, silent, new AbortController().signal);
  yield* examineAuth0(tenant, settings);
}

/** @returns the scopes of the bot token; none if Slack does not know it */
async function* examineSlack(
  slack: SlackApi,
  { slack: settings }: Settings,
): AsyncGenerator<Check, string[]> {
  let scopes: string[];
  try {
    const { team, user, response_metadata } = await slack.auth.test();
    scopes = response_metadata?.scopes ?? [];
    yield good(`Slack bot token: ${user} in the workspace ${team}`);
  } catch (error) {
    const reason = refusal(error);
    yield bad(
      reason
        ? `Slack bot token: Slack says ${reason}. Copy SLACK_BOT_TOKEN anew from "OAuth & Permissions", and install the app to the workspace if it is not`
        : `Slack: ${settings.apiUrl} cannot be reached, or gives no answer that makes sense. Check the network, and SLACK_API_URL if it is set`,
    );
    return [];
  }
  const missing = Object.keys(BOT_SCOPES).filter((scope) => !scopes.includes(scope));
  if (missing.length === 0) yield good(`Slack bot scopes: all ${Object.keys(BOT_SCOPES).length} are granted`);
  for (const scope of missing) {
    yield bad(
      `Slack bot scope ${scope} is missing: ${BOT_SCOPES[scope]}. Add it under "OAuth & Permissions", then reinstall the app`,
    );
  }
  if (settings.connection.mode === 'http') {
    yield good(
      'Slack over HTTP: a signing secret is set; only a request from Slack can show that it is the right one',
    );
    return scopes;
  }
  try {
    const app = new webApi.WebClient(settings.connection.appToken, {
      ...API_OPTIONS,
      slackApiUrl: settings.apiUrl,
      logger: SILENT,
    });
    await app.apps.connections.open();
    yield good('Slack app token: Socket Mode connects');
  } catch (error) {
    const reason = refusal(error);
    yield bad(
      reason
        ? `Slack app token: Slack says ${reason}. Make SLACK_APP_TOKEN under "Basic Information" → "App-Level Tokens" with the scope connections:write, and enable Socket Mode`
        : 'Slack app token: Slack gives no answer that makes sense to apps.connections.open. Try again in a minute',
    );
  }
  return scopes;
}

const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;

async function* examineAccess(
  slack: SlackApi,
  scopes: string[],
  { access }: Settings,
): AsyncGenerator<Check> {
  const named = [
    access.everyone ? 'every full member of the workspace' : '',
    access.users.length ? count(access.users.length, 'named person', 'named people') : '',
    access.userGroups.length ? count(access.userGroups.length, 'user group', 'user groups') : '',
  ].filter(Boolean);
  const where = access.channels.length ? ` in ${count(access.channels.length, 'channel', 'channels')}` : '';
  const narrowed = access.editors.length + access.editorGroups.length > 0;
  yield good(
    `Access: ${named.join(', ')}${where}; links to edit: ${narrowed ? 'editors only' : 'the same people'}`,
  );
  // Without the scope, whose line says so already, nothing can be said of a group.
  if (!scopes.includes('usergroups:read')) return;
  for (const usergroup of new Set([...access.userGroups, ...access.editorGroups])) {
    try {
      const { users = [] } = await slack.usergroups.users.list({ usergroup });
      yield users.length > 0
        ? good(`User group ${usergroup}: ${count(users.length, 'member', 'members')}`)
        : bad(`User group ${usergroup} has no members. Add the people who are to use the bot`);
    } catch (error) {
      const reason = refusal(error);
      yield bad(
        reason
          ? `User group ${usergroup}: Slack says ${reason}. Take its ID from Slack: People → User groups → ⋮ → Copy group ID`
          : `User group ${usergroup}: Slack gives no answer that makes sense. Try again in a minute`,
      );
    }
  }
}

async function* examineAuth0(tenant: Tenant, { auth0, policy }: Settings): AsyncGenerator<Check> {
  try {
    const missing = await tenant.missingScopes();
    yield good(`Auth0 credentials: ${auth0.domain} gives the application a token`);
    for (const [scope, without] of Object.entries(SCOPES)) {
      yield missing.some((name) => name === scope)
        ? bad(
            `Auth0 permission ${scope} is missing: ${without}. Grant it to the application under APIs → Auth0 Management API → Machine to Machine Applications`,
          )
        : good(`Auth0 permission ${scope}`);
    }
    yield* examineChoices(tenant, missing, policy);
  } catch (error) {
    yield bad(
      error instanceof Auth0Problem && error.kind === 'credentials'
        ? `Auth0 credentials: ${auth0.domain} refuses them. Check AUTH0_DOMAIN, AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET (or AUTH0_CLIENT_PRIVATE_KEY), and that the application may use the Auth0 Management API`
        : `Auth0: ${auth0.domain} cannot be reached. Check AUTH0_DOMAIN and the network`,
    );
  }
}

/** Whether what the settings name is there: a profile to use, and each protected connection. */
async function* examineChoices(tenant: Tenant, missing: string[], policy: Policy): AsyncGenerator<Check> {
  if (!missing.includes('read:self_service_profiles')) {
    try {
      const { entries } = await tenant.profiles();
      const known = entries.map(({ id, name }) => `${name} (${id})`).join(', ');
      if (entries.length === 0) {
        yield bad(
          'Self-service profiles: there is none. Make one in the Auth0 Dashboard, under Authentication → Self-Service Enterprise Configuration',
        );
      } else if (policy.defaultProfileId && !entries.some(({ id }) => id === policy.defaultProfileId)) {
        yield bad(
          `Self-service profiles: DEFAULT_PROFILE_ID names none of them. Set it to the ID of one, or unset it: ${known}`,
        );
      } else yield good(`Self-service profiles: ${known}`);
    } catch (error) {
      if (!(error instanceof Auth0Problem)) throw error;
      yield bad(`Self-service profiles: ${explain(error, 'read')}`);
    }
  }
  if (missing.includes('read:connections')) return;
  for (const entry of policy.protectedConnections) {
    try {
      const found = (await tenant.connectionByName(entry)) ?? (await tenant.connectionById(entry));
      yield found
        ? good(`Protected connection ${entry}`)
        : bad(
            `Protected connection ${entry} does not exist, so nothing is protected by it. Correct PROTECTED_CONNECTIONS`,
          );
    } catch (error) {
      if (!(error instanceof Auth0Problem)) throw error;
      yield bad(`Protected connection ${entry}: ${explain(error, 'read')}`);
    }
  }
}

/** Slack's own word for what is wrong, such as invalid_auth; undefined if it gave none. */
function refusal(error: unknown): string | undefined {
  return error instanceof webApi.WebAPIPlatformError ? error.data.error : undefined;
}

const nothing = () => undefined;
const SILENT = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  setLevel: nothing,
  setName: nothing,
  getLevel: () => webApi.LogLevel.ERROR,
};
