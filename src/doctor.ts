import { webApi } from '@slack/bolt';
import { createList } from './auth0/list.ts';
import { Auth0Problem, explain } from './auth0/problem.ts';
import { connectTenant, SCOPES, type Tenant } from './auth0/tenant.ts';
import { createLog } from './log.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';
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
  'chat:write': 'no receipts, and no way for a link once a response_url is spent',
  'im:write': 'no receipts, and no last way for a link',
  'users:read': 'nobody is let in by ALLOW_EVERYONE, and dates are in UTC',
  'usergroups:read': 'nobody is let in by ALLOWED_USERGROUPS or EDITOR_USERGROUPS',
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
    yield bad(error.message);
    return;
  }
  yield good('Settings: every variable is well-formed');

  const slack = new webApi.WebClient(settings.slack.botToken, {
    ...API_OPTIONS,
    slackApiUrl: settings.slack.apiUrl,
    logger: SILENT,
  });
  const reachable = yield* examineSlack(slack, settings);
  yield* examineAccess(reachable ? slack : undefined, settings);

  const silent = createLog('error', { write: () => undefined });
  const tenant = connectTenant(settings.auth0, silent, new AbortController().signal);
  yield* examineAuth0(tenant, settings);
}

async function* examineSlack(slack: SlackApi, { slack: settings }: Settings): AsyncGenerator<Check, boolean> {
  let scopes: string[];
  try {
    const { team, user, response_metadata } = await slack.auth.test();
    scopes = response_metadata?.scopes ?? [];
    yield good(`Slack bot token: ${user} in the workspace ${team}`);
  } catch (error) {
    yield bad(
      `Slack bot token: ${slackReason(error)}. Copy SLACK_BOT_TOKEN anew from "OAuth & Permissions", and install the app to the workspace if it is not`,
    );
    return false;
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
    return true;
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
    yield bad(
      `Slack app token: ${slackReason(error)}. Make SLACK_APP_TOKEN under "Basic Information" → "App-Level Tokens" with the scope connections:write, and enable Socket Mode`,
    );
  }
  return true;
}

async function* examineAccess(slack: SlackApi | undefined, { access }: Settings): AsyncGenerator<Check> {
  const named = [
    access.everyone && 'every full member of the workspace',
    access.users.length && `${access.users.length} named people`,
    access.userGroups.length && `${access.userGroups.length} user groups`,
  ].filter(Boolean);
  const where = access.channels.length ? ` in ${access.channels.length} channels` : '';
  const narrowed = access.editors.length + access.editorGroups.length > 0;
  yield good(
    `Access: ${named.join(', ')}${where}; links to edit: ${narrowed ? 'editors only' : 'the same people'}`,
  );
  if (!slack) return;
  for (const usergroup of new Set([...access.userGroups, ...access.editorGroups])) {
    try {
      const { users = [] } = await slack.usergroups.users.list({ usergroup });
      yield users.length > 0
        ? good(`User group ${usergroup}: ${users.length} members`)
        : bad(`User group ${usergroup} has no members. Add the people who are to use the bot`);
    } catch (error) {
      yield bad(
        `User group ${usergroup}: ${slackReason(error)}. Take its ID from Slack: People → User groups → ⋮ → Copy group ID`,
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
    if (missing.includes('read:self_service_profiles')) return;
  } catch (error) {
    yield bad(
      error instanceof Auth0Problem && error.kind === 'credentials'
        ? `Auth0 credentials: ${auth0.domain} refuses them. Check AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET (or AUTH0_CLIENT_PRIVATE_KEY), and that the application may use the Auth0 Management API`
        : `Auth0: ${auth0.domain} cannot be reached. Check AUTH0_DOMAIN and the network`,
    );
    return;
  }
  try {
    const profiles = createList(tenant.profiles, ({ name }) => [name]);
    await profiles.load();
    const { defaultProfileId } = policy;
    if (profiles.all().length === 0) {
      yield bad(
        'Self-service profiles: there is none. Make one in the Auth0 Dashboard, under Authentication → Self-Service Enterprise Configuration',
      );
    } else if (defaultProfileId && !profiles.byId(defaultProfileId)) {
      yield bad(
        `Self-service profiles: DEFAULT_PROFILE_ID names none of the ${profiles.all().length} there are`,
      );
    } else
      yield good(
        `Self-service profiles: ${profiles
          .all()
          .map(({ name }) => name)
          .join(', ')}`,
      );
  } catch (error) {
    if (!(error instanceof Auth0Problem)) throw error;
    yield bad(`Self-service profiles: ${explain(error, 'read')}`);
  }
}

/** Slack's own word for what is wrong, such as invalid_auth. */
function slackReason(error: unknown): string {
  return error instanceof webApi.WebAPIPlatformError
    ? `Slack says ${error.data.error}`
    : 'Slack cannot be reached';
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
