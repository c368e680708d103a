import { randomUUID } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { ManagementApi } from './auth0/management-api.ts';
import { Tenant } from './auth0/tenant.ts';
import type { Config } from './config/config.ts';
import { sealKeys } from './config/seal-keys.ts';
import { Database } from './database/database.ts';
import { Leases } from './database/leases.ts';
import { ListSnapshots } from './database/list-snapshots.ts';
import { WriteQueue } from './database/write-queue.ts';
import { createFollowers } from './following.ts';
import { Jobs } from './jobs.ts';
import type { Log } from './lib/log.ts';
import { once } from './lib/memoize.ts';
import { Seal } from './lib/seal.ts';
import { TaskTracker } from './lib/task-tracker.ts';
import { within } from './lib/timeouts.ts';
import { VERSION } from './lib/version.ts';
import { listSnapshots } from './list-snapshots.ts';
import { Metrics } from './metrics.ts';
import { createPages } from './pages.ts';
import { HttpServer } from './server.ts';
import { Access } from './slack/access.ts';
import { SlackApp } from './slack/app.ts';
import { AuditChannel } from './slack/audit-channel.ts';
import { SlackConnection } from './slack/connection.ts';
import { Messenger } from './slack/delivery.ts';
import { DenialLog } from './slack/denial-log.ts';
import { Home } from './slack/home.ts';
import { Installation } from './slack/installation.ts';
import { ListenerRunner } from './slack/listener-runner.ts';
import { registerListeners } from './slack/listeners/index.ts';
import { People } from './slack/people.ts';
import { Receipts } from './slack/receipt.ts';
import { TICKET_PURPOSE } from './slack/revoke-button.ts';
import { Router } from './slack/router.ts';
import { TicketLister } from './slack/ticket-lister.ts';
import { ACCESS_CHECK_TIMEOUT_MS } from './slack/timeouts.ts';
import { TokenCheck } from './slack/token-check.ts';
import { ObservedWebClient, slackLogger, WEB_API_OPTIONS } from './slack/web-api.ts';
import { checkInstallation, logWhenReady } from './start-checks.ts';
import { TicketArchive } from './tickets/archive.ts';
import { AuditLog } from './tickets/audit.ts';
import { TicketStore } from './tickets/store.ts';

/** A create call may take 15 seconds, and its link must still be delivered. */
const STOP_TIMEOUT_MS = 25_000;
/** Delays the jobs and checks, because people who are already waiting come first. */
const BACKGROUND_DELAY_MS = 500;

/** The bot. Nothing runs before `start`. */
export interface BotApp {
  /**
   * Opens the port and connects to Slack. Slack and Auth0 don't have to be reachable yet.
   *
   * @returns the port of `/healthz` (and of `/slack/events` over HTTP)
   * @throws StartError if the port is taken, or Slack refuses a token
   */
  start(): Promise<{ port: number }>;
  /** Starts nothing new, and waits up to 25 seconds for the work in progress. */
  stop(): Promise<void>;
}

interface AppOptions {
  /** For the WebSocket to Slack, which ignores the global dispatcher. */
  proxy?: Dispatcher | undefined;
  /** When the process started, in milliseconds since 1970. */
  startedAt?: number;
  /** The interval between calls to Auth0 that follow links, in milliseconds. */
  followIntervalMs?: number | undefined;
  /** The interval between searches of the tenant's log, in milliseconds. */
  logIntervalMs?: number | undefined;
  /** Between two checks of the home tabs, in milliseconds. */
  homeIntervalMs?: number | undefined;
}

/** Builds all parts of the bot and connects them. */
export function createApp(
  config: Config,
  log: Log,
  {
    proxy,
    startedAt = performance.timeOrigin,
    followIntervalMs,
    logIntervalMs,
    homeIntervalMs,
  }: AppOptions = {},
): BotApp {
  const tasks = new TaskTracker();
  const { stopping } = tasks;
  const { tenantLabel, policy, auditChannel } = config;
  const { botToken, apiUrl, command } = config.slack;
  const sentenceContext = { command, contact: config.access.contact };

  const metrics = config.metrics && new Metrics();
  const onCall = metrics?.onSlackCall;
  const logger = slackLogger((level, text) => log[level]({ from: 'bolt' }, text));
  const clientOptions = { ...WEB_API_OPTIONS, slackApiUrl: apiUrl, logger };
  const slack = new ObservedWebClient(botToken, clientOptions, onCall);
  const token = new TokenCheck({ slack, log });
  const connection = new SlackConnection({
    config: config.slack,
    token,
    proxy,
    startedAt,
    logger,
    log,
    onCall,
  });

  const api = new ManagementApi({
    config: config.auth0,
    log,
    stopping,
    onCall: metrics?.onAuth0Call,
    onQueueWait: metrics?.onQueueWait,
  });
  const installation = new Installation({ slack, token });
  const scope = once(async () => ({ auth0Domain: config.auth0.domain, team: await installation.team() }));
  const database = new Database({ config: config.database, log, onCall: metrics?.onDatabaseCall });
  const instance = randomUUID();
  const leases = new Leases({ database, scope });
  const snapshots = listSnapshots(new ListSnapshots({ database, scope }), leases, instance);
  const tenant = new Tenant({ label: tenantLabel, policy, api, snapshots, log });
  const people = new People({ slack, installation, log });
  const messenger = new Messenger({ slack, people, tenantLabel: tenant.label, log, onCall });
  const store = new TicketStore({ database, scope, instance });
  const archive = new TicketArchive({ database, scope });
  const queue = new WriteQueue({ log });
  const receipts = new Receipts({ messenger, store, queue, log, sentenceContext });
  const channel =
    auditChannel && new AuditChannel({ channel: auditChannel, messenger, tenant, stopping, log });
  const audit = new AuditLog({
    log,
    store,
    queue,
    onEvent: (event, details, ticket) => {
      metrics?.onEvent(event, details);
      if (ticket) home.changed();
      if (channel) void tasks.track(channel.announce(event, details, ticket));
    },
  });
  const denials = new DenialLog({ audit });
  const access = new Access({ config: config.access, token, installation, people, denials, log });
  const { follower, logFollower } = createFollowers(config, {
    tenant,
    database,
    scope,
    store,
    audit,
    leases,
    instance,
    messenger,
    people,
    access,
    receipts,
    tasks,
    intervalMs: followIntervalMs,
    logIntervalMs,
    log,
  });
  const former = { secret: botToken, purpose: TICKET_PURPOSE };
  const seal = new Seal({ keys: sealKeys(config), former });

  const ticketLister = new TicketLister({ store, follower, access, messenger, log, sentenceContext });
  const home = new Home({
    access,
    messenger,
    ticketLister,
    tasks,
    log,
    sentenceContext,
    checkIntervalMs: homeIntervalMs,
  });
  const app = new SlackApp({ botToken, receiver: connection.receiver, tasks, log, logger, clientOptions });
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
    store,
    receipts,
    follower,
    ticketLister,
    home,
    maxLinksPerHour: config.maxLinksPerHour,
    log,
    sentenceContext,
  });

  const jobs = new Jobs({
    tenant,
    store,
    archive,
    audit,
    seal,
    log,
    database,
    leases,
    instance,
    messenger,
    receipts,
    follower,
    logFollower,
    tasks,
    retentionDays: config.retentionDays,
  });

  const pages = createPages(config, { connection, tenant, database, archive, metrics, stopping });
  const server = new HttpServer({ pages, slackEvents: connection.http });
  let background: NodeJS.Timeout | undefined;
  let readyChecks: NodeJS.Timeout | undefined;
  return {
    async start() {
      const port = await server.listen(config.port);
      try {
        // If Slack doesn't say where the bot is installed, each payload asks again.
        const located = within(ACCESS_CHECK_TIMEOUT_MS, installation.load()).catch(() => undefined);
        await Promise.all([connection.start(), located]);
      } catch (error) {
        server.close();
        throw error;
      }
      if (stopping.aborted) return { port };
      background = setTimeout(() => {
        void jobs.start();
        void checkInstallation(config, { tenant, slack, log });
      }, BACKGROUND_DELAY_MS).unref();
      const { mode } = config.slack.connection;
      readyChecks = logWhenReady(connection, log, { version: VERSION, port, mode, tenant: tenantLabel });
      return { port };
    },
    async stop() {
      connection.stopHealthCheck();
      clearTimeout(background);
      clearInterval(readyChecks);
      server.close();
      if (!(await tasks.stop(STOP_TIMEOUT_MS))) {
        log.warn({ count: tasks.count }, 'Stopped before all work was finished');
      }
      denials.flush();
      await queue.flush();
      await jobs.stop();
      await database.close();
      await connection.stop();
      server.closeAllConnections();
    },
  };
}
