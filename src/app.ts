import type { Dispatcher } from 'undici';
import { ManagementApi } from './auth0/management-api.ts';
import { PERMISSIONS } from './auth0/permissions.ts';
import { Tenant } from './auth0/tenant.ts';
import type { Config } from './config/config.ts';
import { errorFields, type Log } from './lib/log.ts';
import { Seal } from './lib/seal.ts';
import { TaskTracker } from './lib/task-tracker.ts';
import { within } from './lib/timeouts.ts';
import { Metrics } from './metrics.ts';
import { HttpServer, type Page, type Pages } from './server.ts';
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
import { ObservedWebClient, slackLogger, WEB_API_OPTIONS } from './slack/web-api.ts';
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

  const metrics = config.metrics && new Metrics();
  const onCall = metrics?.onSlackCall;
  const logger = slackLogger((level, text) => log[level]({ from: 'bolt' }, text));
  const clientOptions = { ...WEB_API_OPTIONS, slackApiUrl: apiUrl, logger };
  const slack = new ObservedWebClient(botToken, clientOptions, onCall);
  const token = new TokenCheck({ slack, log });
  const connection = new SlackConnection({ config: config.slack, token, proxy, logger, log, onCall });

  const api = new ManagementApi({
    config: config.auth0,
    log,
    stopping,
    onCall: metrics?.onAuth0Call,
    onQueueWait: metrics?.onQueueWait,
  });
  const tenant = new Tenant({ label: tenantLabel, policy, api, log });
  const installation = new Installation({ slack, token });
  const people = new People({ slack, installation, log });
  const messenger = new Messenger({ slack, people, tenantLabel: tenant.label, log, onCall });
  const channel = auditChannel && new AuditChannel({ channel: auditChannel, messenger, tenant, log });
  const audit = new AuditLog({
    log,
    onEvent: (event, details) => {
      metrics?.onEvent(event, details);
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

  const pages = createPages(config, { connection, tenant, metrics, stopping });
  const server = new HttpServer({ pages, slackEvents: connection.http });
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

/** The pages of the HTTP server, by path. */
function createPages(
  config: Config,
  {
    connection,
    tenant,
    metrics,
    stopping,
  }: {
    connection: SlackConnection;
    tenant: Tenant;
    metrics: Metrics | undefined;
    stopping: AbortSignal;
  },
): Pages {
  const isHealthy = () => connection.healthy && !stopping.aborted;
  const pages: Pages = new Map();
  pages.set('/livez', () => statusPage(!stopping.aborted, 'stopping'));
  pages.set('/healthz', () => statusPage(isHealthy(), 'not connected to Slack'));
  if (!metrics) return pages;
  const readings = () => ({
    isHealthy: isHealthy(),
    queueLength: tenant.api.queueLength,
    listAges: Object.fromEntries(Object.entries(tenant.lists).map(([name, { age }]) => [name, age])),
    socketConnections: connection.openSockets,
  });
  return pages.set('/metrics', (request) => metrics.page(request, config.metrics?.token, readings()));
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
