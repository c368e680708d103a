import { webApi } from '@slack/bolt';
import type { Dispatcher } from 'undici';
import { ManagementApi } from './auth0/management-api.ts';
import { PERMISSIONS } from './auth0/permissions.ts';
import { Tenant } from './auth0/tenant.ts';
import type { Config } from './config/config.ts';
import { errorFields, type Log } from './lib/log.ts';
import { Seal } from './lib/seal.ts';
import { TaskTracker } from './lib/task-tracker.ts';
import { within } from './lib/timeouts.ts';
import { HttpServer, type Page } from './server.ts';
import { Access } from './slack/access.ts';
import { SlackApp } from './slack/app.ts';
import { AuditChannel } from './slack/audit-channel.ts';
import { SlackConnection } from './slack/connection.ts';
import { Messenger } from './slack/delivery.ts';
import { DenialLog } from './slack/denial-log.ts';
import { Installation } from './slack/installation.ts';
import { ListenerRunner } from './slack/listener-runner.ts';
import { registerListeners } from './slack/listeners/index.ts';
import { People } from './slack/people.ts';
import { Router } from './slack/router.ts';
import { ACCESS_CHECK_TIMEOUT_MS } from './slack/timeouts.ts';
import { TokenCheck } from './slack/token-check.ts';
import { slackLogger, WEB_API_OPTIONS } from './slack/web-api.ts';
import { AuditLog } from './tickets/audit.ts';

/** A create call may take 15 seconds, and its link must still be delivered. */
const STOP_TIMEOUT_MS = 25_000;
/** People who are already waiting for the bot come first. */
const CHECK_DELAY_MS = 500;

/** The bot. Nothing runs before `start`. */
export interface BotApp {
  /**
   * Opens the port and connects to Slack. Slack and Auth0 need not be reachable yet.
   *
   * @returns the port of `/healthz` (and of `/slack/events` over HTTP)
   * @throws StartError if the port is taken, or Slack refuses a token
   */
  start(): Promise<{ port: number }>;
  /** Starts nothing new, and waits up to 25 seconds for the work in progress. */
  stop(): Promise<void>;
}

/**
 * Builds all parts of the bot and connects them.
 *
 * @param proxy for the WebSocket to Slack, which ignores the global dispatcher
 */
export function createApp(
  config: Config,
  log: Log,
  { proxy }: { proxy?: Dispatcher | undefined } = {},
): BotApp {
  const tasks = new TaskTracker();
  const { stopping } = tasks;
  const { tenantLabel, policy, auditChannel } = config;
  const { botToken, apiUrl, command } = config.slack;

  const logger = slackLogger((level, text) => log[level]({ from: 'bolt' }, text));
  const clientOptions = { ...WEB_API_OPTIONS, slackApiUrl: apiUrl, logger };
  const slack = new webApi.WebClient(botToken, clientOptions);
  const token = new TokenCheck({ slack, log });
  const connection = new SlackConnection({ config: config.slack, token, proxy, logger, log });

  const api = new ManagementApi({ config: config.auth0, log, stopping });
  const tenant = new Tenant({ label: tenantLabel, policy, api, log });
  const installation = new Installation({ slack, token });
  const people = new People({ slack, installation, log });
  const messenger = new Messenger({ slack, people, tenantLabel: tenant.label, log });
  const channel = auditChannel && new AuditChannel({ channel: auditChannel, messenger, tenant, log });
  const audit = new AuditLog({
    log,
    onEvent: (event, details) => {
      if (channel) void tasks.track(channel.announce(event, details));
    },
  });
  const denials = new DenialLog({ audit });
  const access = new Access({ config: config.access, token, installation, people, denials, log });
  const seal = new Seal(config.sealKey);

  const app = new SlackApp({ botToken, receiver: connection.receiver, tasks, log, logger, clientOptions });
  const sentenceContext = { command, contact: config.access.contact };
  const runner = new ListenerRunner({ access, messenger, audit, log, stopping, sentenceContext });
  const router = new Router({ app, runner, messenger, sentenceContext });
  registerListeners(router, {
    tenant,
    access,
    audit,
    messenger,
    people,
    seal,
    slack,
    log,
    sentenceContext,
  });

  const server = new HttpServer({
    pages: new Map([
      ['/livez', () => statusPage(!stopping.aborted, 'stopping')],
      ['/healthz', () => statusPage(connection.healthy && !stopping.aborted, 'not connected to Slack')],
    ]),
    slackEvents: connection.http,
  });
  let checks: NodeJS.Timeout | undefined;
  return {
    async start() {
      const port = await server.listen(config.port);
      try {
        // Slack need not say yet where the bot is installed: each payload asks again.
        const located = within(ACCESS_CHECK_TIMEOUT_MS, installation.load()).catch(() => undefined);
        await Promise.all([connection.start(), located]);
      } catch (error) {
        server.close();
        throw error;
      }
      checks = setTimeout(() => checkInstallation(config, tenant, log), CHECK_DELAY_MS).unref();
      log.info({ port, mode: config.slack.connection.mode, tenant: tenantLabel }, 'The bot is ready');
      return { port };
    },
    async stop() {
      connection.stopHealthCheck();
      clearTimeout(checks);
      server.close();
      if (!(await tasks.stop(STOP_TIMEOUT_MS))) {
        log.warn({ count: tasks.count }, 'Stopped before all work was finished');
      }
      denials.flush();
      await connection.stop();
      server.closeAllConnections();
    },
  };
}

function statusPage(ok: boolean, problem: string): Page {
  return { status: ok ? 200 : 503, body: `${ok ? 'ok' : problem}\n` };
}

/** Logs what is missing or wrong. The bot starts anyway, also while Auth0 can't be reached. */
async function checkInstallation({ warnings }: Config, tenant: Tenant, log: Log): Promise<void> {
  for (const warning of warnings) log.warn(warning);
  await Promise.all([logMissingPermissions(tenant.api, log), tenant.protected.resolveAll()]);
}

async function logMissingPermissions(api: ManagementApi, log: Log): Promise<void> {
  try {
    for (const permission of await api.missingPermissions()) {
      const without = PERMISSIONS[permission];
      log.warn({ permission }, `The Auth0 application lacks the permission ${permission}: ${without}`);
    }
  } catch (error) {
    log.warn(errorFields(error), 'The permissions of the Auth0 application could not be checked');
  }
}
