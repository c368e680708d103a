import { webApi } from '@slack/bolt';
import { ManagementApi } from '../auth0/management-api.ts';
import { Tenant } from '../auth0/tenant.ts';
import { type Config, ConfigError } from '../config/config.ts';
import { type EnvironmentSource, readConfig } from '../config/environment.ts';
import { type ProxySettings, proxyAddress } from '../config/proxy.ts';
import { createLog } from '../lib/log.ts';
import { useProxy } from '../lib/proxy.ts';
import { VERSION } from '../lib/version.ts';
import { slackLogger, WEB_API_OPTIONS } from '../slack/web-api.ts';
import { checkAccess } from './access.ts';
import { checkAuth0 } from './auth0.ts';
import { checkBlocks } from './blocks.ts';
import { type Check, failed, passed } from './check.ts';
import { checkRecords } from './database.ts';
import { checkSlack } from './slack.ts';

/**
 * Checks an installation from its environment alone, and changes nothing: the configuration, Slack, who may use the
 * bot, and Auth0. If the configuration is invalid, it stops there, because nothing else can be checked.
 */
export async function* runChecks(
  variables: Record<string, string | undefined>,
  source: EnvironmentSource = {},
): AsyncGenerator<Check> {
  yield passed(`Version: ${VERSION}`);
  let config: Config;
  try {
    config = readConfig(variables, source);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) yield failed(`Settings: ${problem}`);
    return;
  }
  yield passed('Settings: every variable is valid');
  for (const warning of config.warnings) yield failed(`Settings: ${warning}`);

  if (config.proxy) await useProxy(config.proxy);
  yield passed(`Proxy: ${describeProxy(config.proxy)}`);

  yield* checkRecords(config);

  const { botToken, apiUrl } = config.slack;
  const options = { ...WEB_API_OPTIONS, slackApiUrl: apiUrl, logger: slackLogger() };
  const slack = new webApi.WebClient(botToken, options);
  const scopes = yield* checkSlack(slack, config);
  yield* checkAccess(slack, scopes, config);
  // Without scopes, Slack doesn't accept the token, which has its own line.
  if (scopes.length > 0) yield* checkBlocks(slack, config);

  const log = createLog('error', { write: () => undefined });
  const stopping = new AbortController().signal;
  const api = new ManagementApi({ config: config.auth0, log, stopping });
  const { tenantLabel: label, policy } = config;
  yield* checkAuth0(new Tenant({ label, policy, api, log }), config);
}

function describeProxy(proxy: ProxySettings | undefined): string {
  if (!proxy) return "none (HTTPS_PROXY and HTTP_PROXY aren't set)";
  const { http, https = http, exempt } = proxy;
  const parts = [
    https && `https:// goes through ${proxyAddress(https)}`,
    http && `http:// goes through ${proxyAddress(http)}`,
    exempt && `NO_PROXY exempts ${exempt}`,
  ];
  return parts.filter(Boolean).join('; ');
}
