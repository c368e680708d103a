import { Auth0Error } from '../auth0/errors.ts';
import type { ManagementApi } from '../auth0/management-api.ts';
import {
  OPTIONAL_PERMISSION,
  PERMISSIONS,
  type Permission,
  PROFILE_EDITOR_PERMISSIONS,
} from '../auth0/permissions.ts';
import type { SetupEvent } from '../auth0/setup-events.ts';
import type { Tenant } from '../auth0/tenant.ts';
import {
  type Config,
  isNobody,
  type Policy,
  PROTECTED_VARIABLES,
  type ProtectedKind,
} from '../config/config.ts';
import { auth0Cause } from '../slack/sentences.ts';
import { type Check, failed, NETWORK_ADVICE, passed } from './check.ts';

/** Checks the credentials, the permissions, and the resources in the configuration. */
export async function* checkAuth0(tenant: Tenant, { auth0, access, policy }: Config): AsyncGenerator<Check> {
  const canEditProfiles = !isNobody(access.profileEditors);
  const missing = yield* checkCredentials(tenant.api, auth0.domain, { canEditProfiles });
  if (!missing) return;
  if (!missing.includes('read:self_service_profiles')) {
    yield* checkProfiles(tenant.api, policy, canEditProfiles);
  }
  if (!missing.includes(OPTIONAL_PERMISSION)) yield* checkLog(tenant.api);
  yield* checkProtected(tenant);
}

/** Checks the credentials first, then the permissions. @returns those that are missing, or undefined without a token */
export async function* checkCredentials(
  api: ManagementApi,
  domain: string,
  { canEditProfiles }: { canEditProfiles: boolean },
): AsyncGenerator<Check, Permission[] | undefined> {
  let missing: Permission[];
  try {
    missing = await api.missingPermissions();
  } catch (error) {
    if (!(error instanceof Auth0Error)) throw error;
    yield failed(tokenProblem(error, domain));
    return undefined;
  }
  yield passed(`Auth0 credentials: ${domain} issues a token to the application`);
  for (const [permission, without] of Object.entries(PERMISSIONS)) {
    yield checkPermission(permission, without, { missing, canEditProfiles });
  }
  return missing;
}

function checkPermission(
  permission: string,
  without: string,
  { missing, canEditProfiles }: { missing: Permission[]; canEditProfiles: boolean },
): Check {
  const lacking = missing.find((name) => name === permission);
  if (!lacking) return passed(`Auth0 permission ${permission}`);
  if (!canEditProfiles && PROFILE_EDITOR_PERMISSIONS.has(lacking)) {
    return passed(`Auth0 permission ${permission} is not needed, because PROFILE_EDITORS is not set`);
  }
  if (lacking === OPTIONAL_PERMISSION) {
    return passed(`Auth0 permission ${permission} is optional, and not granted: ${without}`);
  }
  return failed(
    `Auth0 permission ${permission} is missing: ${without}. Grant it to the application under APIs → Auth0 Management API → Machine to Machine Applications`,
  );
}

/** How far back the log is searched, in milliseconds. Every plan keeps a day. */
const LOG_MS = 24 * 3_600_000;

/** Whether the tenant's log can be searched for what customers do. */
async function* checkLog(api: ManagementApi): AsyncGenerator<Check> {
  try {
    const { events, size, dropped } = await api.setupEvents(Date.now() - LOG_MS, 0);
    if (size > 0 && events.length === 0) {
      yield failed(
        `Auth0 log: the search finds ${size} entries, and the bot can't read any. Links are followed by the state of their connections only`,
      );
      return;
    }
    const unreadable = dropped > 0 ? `, ${dropped} more can't be read` : '';
    yield passed(
      `Auth0 log: the search works, and finds ${events.length} ${events.length === 1 ? 'event' : 'events'} of setup assistants in the last day${unreadable}${delayIn(events)}`,
    );
  } catch (error) {
    if (!(error instanceof Auth0Error)) throw error;
    yield failed(
      `Auth0 log: ${auth0Cause(error, 'read')} Until the search works, links are followed by the state of their connections only`,
    );
  }
}

/** The time of the latest event, so that a test link shows how late the log is. */
function delayIn(events: SetupEvent[]): string {
  const latest = Math.max(...events.map(({ at }) => at));
  return events.length > 0 ? `, the latest from ${new Date(latest).toISOString()}` : '';
}

/** Why there is no token, and what to do. */
function tokenProblem({ code, reason = '', network }: Auth0Error, domain: string): string {
  const says = reason ? ` Auth0 says: “${reason.replace(/\.$/, '')}”.` : '';
  switch (code) {
    case 'rate_limited':
      return `Auth0: ${domain} doesn't issue a token right now, because a rate limit or token quota is used up.${says} For a rate limit, wait a minute. You can find the quota in the application's settings`;
    case 'credentials_rejected':
      return `Auth0 credentials: ${domain} doesn't accept them.${says} ${rejectionAdvice(reason)}`;
    case 'unreachable':
    case 'no_answer':
      return `Auth0: the bot can't reach ${domain}${network ? ` (${network})` : ''}. Check AUTH0_DOMAIN and ${NETWORK_ADVICE}`;
    default:
      return `Auth0: ${domain} didn't issue a token (${code}).${says} Check AUTH0_DOMAIN, then try again in a minute`;
  }
}

/** What Auth0's text means for the person who installs the bot. */
function rejectionAdvice(reason: string): string {
  if (/service not found|unknown (audience|resource server)/i.test(reason)) {
    return "AUTH0_DOMAIN is probably a custom domain. Set it to the tenant's own domain, such as acme.eu.auth0.com. You can find it in the application's settings";
  }
  if (/grant type/i.test(reason)) {
    return "Turn on the grant type Client Credentials in the application's Advanced Settings, or create a machine-to-machine application, which has it";
  }
  if (/not authorized to access|client.?grant/i.test(reason)) {
    return 'Authorize the application for the Auth0 Management API: Applications → APIs → Auth0 Management API → Machine to Machine Applications';
  }
  if (/\b(exp|iat|nbf|expired|clock|issued)\b/i.test(reason)) {
    return "This machine's clock is probably wrong. Turn on time synchronization (NTP)";
  }
  return "Copy AUTH0_CLIENT_ID and AUTH0_CLIENT_SECRET again from the application's settings, or register the public key of AUTH0_CLIENT_PRIVATE_KEY there";
}

/** Whether there is a profile, and whether the one in the configuration exists. */
async function* checkProfiles(
  api: ManagementApi,
  policy: Policy,
  canEditProfiles: boolean,
): AsyncGenerator<Check> {
  try {
    const { entries } = await api.listProfiles();
    const known = entries.map(({ id, name }) => `${name} (${id})`).join(', ');
    if (entries.length === 0) {
      yield failed(
        canEditProfiles
          ? 'Self-service profiles: none exist. Someone in PROFILE_EDITORS can create the first one: they type the command in Slack'
          : 'Self-service profiles: none exist. Set PROFILE_EDITORS to create one from Slack, or create one in the Auth0 Dashboard, under Authentication → Self-Service Enterprise Configuration',
      );
    } else if (policy.defaultProfileId && !entries.some(({ id }) => id === policy.defaultProfileId)) {
      yield failed(
        `Self-service profiles: DEFAULT_PROFILE_ID doesn't match any. Set it to the ID of one, or remove it: ${known}`,
      );
    } else yield passed(`Self-service profiles: ${known}`);
  } catch (error) {
    if (!(error instanceof Auth0Error)) throw error;
    yield failed(`Self-service profiles: ${auth0Cause(error, 'read')} Try again in a minute`);
  }
}

const PROTECTED_NAMES: Record<ProtectedKind, string> = {
  connections: 'connection',
  organizations: 'organization',
  clients: 'application',
};

/** Whether the resources in the PROTECTED_ variables exist. */
async function* checkProtected(tenant: Tenant): AsyncGenerator<Check> {
  for (const kind of Object.keys(PROTECTED_VARIABLES) as ProtectedKind[]) {
    const name = `Protected ${PROTECTED_NAMES[kind]}`;
    try {
      await tenant.protected.resolve(kind);
    } catch (error) {
      if (!(error instanceof Auth0Error)) throw error;
      yield failed(`${name}: ${auth0Cause(error, 'read')} Try again in a minute`);
      continue;
    }
    for (const { text, ids } of tenant.protected.entries(kind)) {
      yield ids.size > 0
        ? passed(`${name} ${text}`)
        : failed(
            `${name} ${text} doesn't exist, so the bot refuses links of this kind. Correct ${PROTECTED_VARIABLES[kind]}`,
          );
    }
  }
}
