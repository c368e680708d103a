import type { ManagementApi } from './auth0/management-api.ts';
import { OPTIONAL_PERMISSION, PERMISSIONS, PROFILE_EDITOR_PERMISSIONS } from './auth0/permissions.ts';
import type { Tenant } from './auth0/tenant.ts';
import { type AccessConfig, type Config, isNobody } from './config/config.ts';
import { errorFields, type Log } from './lib/log.ts';
import { auditChannelProblem } from './slack/audit-channel.ts';
import type { SlackConnection } from './slack/connection.ts';
import type { SlackApi } from './slack/web-api.ts';

/** How often to check whether Slack can be reached, after a start without it. */
const READY_CHECK_INTERVAL_MS = 500;

/** Logs that the bot is ready. @returns the timer that does so later, if Slack can't be reached yet */
export function logWhenReady(
  connection: SlackConnection,
  log: Log,
  fields: object,
): NodeJS.Timeout | undefined {
  const isReady = () => {
    const ready = connection.healthy;
    if (ready) log.info(fields, 'The bot is ready');
    return ready;
  };
  if (isReady()) return undefined;
  log.warn(fields, 'Not connected to Slack yet; trying again');
  const timer = setInterval(() => {
    if (isReady()) clearInterval(timer);
  }, READY_CHECK_INTERVAL_MS).unref();
  return timer;
}

/** Logs what is missing or wrong. The bot starts anyway, even if Auth0 can't be reached. */
export async function checkInstallation(
  { warnings, access, auditChannel }: Config,
  { tenant, slack, log }: { tenant: Tenant; slack: SlackApi; log: Log },
): Promise<void> {
  for (const warning of warnings) log.warn(warning);
  const channelProblem = auditChannel && (await auditChannelProblem(slack, auditChannel));
  if (channelProblem) log.error(channelProblem);
  await Promise.all([logMissingPermissions(tenant.api, log, access), tenant.protected.resolveAll()]);
}

async function logMissingPermissions(
  api: ManagementApi,
  log: Log,
  { profileEditors }: AccessConfig,
): Promise<void> {
  try {
    for (const permission of await api.missingPermissions()) {
      if (isNobody(profileEditors) && PROFILE_EDITOR_PERMISSIONS.has(permission)) continue;
      if (permission === OPTIONAL_PERMISSION) continue;
      const without = PERMISSIONS[permission];
      log.warn({ permission }, `The Auth0 application lacks the permission ${permission}: ${without}`);
    }
  } catch (error) {
    log.warn(errorFields(error), 'The permissions of the Auth0 application could not be checked');
  }
}
