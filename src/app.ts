import { randomUUID } from 'node:crypto';
import type { Dispatcher } from 'undici';
import type { ListSnapshot } from './auth0/cached-list.ts';
import { ManagementApi } from './auth0/management-api.ts';
import { PERMISSIONS, PROFILE_EDITOR_PERMISSIONS } from './auth0/permissions.ts';
import { Tenant } from './auth0/tenant.ts';
import { type AccessConfig, type Config, isNobody } from './config/config.ts';
import { sealKeys } from './config/seal-keys.ts';
import { Database } from './database/database.ts';
import { DatabaseError } from './database/errors.ts';
import { Heartbeat, INSTANCE_LEASE_MS } from './database/heartbeat.ts';
import { Leases } from './database/leases.ts';
import { ListSnapshots } from './database/list-snapshots.ts';
import { WriteQueue } from './database/write-queue.ts';
import { errorFields, type Log } from './lib/log.ts';
import { once } from './lib/memoize.ts';
import { Seal } from './lib/seal.ts';
import { TaskTracker } from './lib/task-tracker.ts';
import { within } from './lib/timeouts.ts';
import { VERSION } from './lib/version.ts';
import { Metrics } from './metrics.ts';
import { HttpServer, type Page, type Pages } from './server.ts';
import { Access } from './slack/access.ts';
import { SlackApp } from './slack/app.ts';
import { AuditChannel } from './slack/audit-channel.ts';
import { SlackConnection } from './slack/connection.ts';
import { Messenger } from './slack/delivery.ts';
import { DenialLog } from './slack/denial-log.ts';
import { Installation } from './slack/installation.ts';
import { tellInterrupted } from './slack/interruptions.ts';
import { ListenerRunner } from './slack/listener-runner.ts';
import { registerListeners } from './slack/listeners/index.ts';
import { People } from './slack/people.ts';
import { Receipts } from './slack/receipt.ts';
import { TICKET_PURPOSE } from './slack/revoke-button.ts';
import { Router } from './slack/router.ts';
import { ACCESS_CHECK_TIMEOUT_MS } from './slack/timeouts.ts';
import { TokenCheck } from './slack/token-check.ts';
import { ObservedWebClient, slackLogger, WEB_API_OPTIONS } from './slack/web-api.ts';
import { AuditLog } from './tickets/audit.ts';
import { recoverTickets } from './tickets/recover.ts';
import { TicketStore } from './tickets/store.ts';

/** A create call may take 15 seconds, and its link must still be delivered. */
const STOP_TIMEOUT_MS = 25_000;
const DAY_MS = 24 * 3_600_000;
/** How often old records are deleted. */
const RETENTION_INTERVAL_MS = 3_600_000;
/** People who are already waiting for the bot come first. */
const CHECK_DELAY_MS = 500;
/** How often to check whether Slack can be reached, after a start without it. */
const READY_CHECK_INTERVAL_MS = 500;

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

interface AppOptions {
  /** For the WebSocket to Slack, which ignores the global dispatcher. */
  proxy?: Dispatcher | undefined;
  /** When the process started, in milliseconds since 1970. */
  startedAt?: number;
}

/** Builds all parts of the bot and connects them. */
export function createApp(
  config: Config,
  log: Log,
  { proxy, startedAt = performance.timeOrigin }: AppOptions = {},
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
  const queue = new WriteQueue({ log });
  const receipts = new Receipts({ messenger, store, queue, log, sentenceContext });
  const channel = auditChannel && new AuditChannel({ channel: auditChannel, messenger, tenant, log });
  const audit = new AuditLog({
    log,
    store,
    queue,
    onEvent: (event, details) => {
      metrics?.onEvent(event, details);
      if (channel) void tasks.track(channel.announce(event, details));
    },
  });
  const denials = new DenialLog({ audit });
  const access = new Access({ config: config.access, token, installation, people, denials, log });
  const former = { secret: botToken, purpose: TICKET_PURPOSE };
  const seal = new Seal({ keys: sealKeys(config), former });

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
    maxLinksPerHour: config.maxLinksPerHour,
    log,
    sentenceContext,
  });

  const ticketDeps = { tenant, store, audit, seal, log };
  const recover = async () => {
    if (stopping.aborted || !(await leases.take('recovery', instance, INSTANCE_LEASE_MS))) return;
    await recoverTickets(ticketDeps, (record, interruption) =>
      tellInterrupted({ messenger, receipts, log }, record, interruption),
    );
  };
  const expire = async () => {
    if (stopping.aborted || !(await leases.take('retention', instance, RETENTION_INTERVAL_MS / 2))) return;
    const deleted = await store.deleteBefore(Date.now() - config.retentionDays * DAY_MS);
    if (deleted > 0) log.info({ deleted }, 'Old records were deleted');
  };
  const heartbeat = new Heartbeat({ leases, instance, onBeat: () => tasks.track(recover()), log });

  const pages = createPages(config, { connection, tenant, database, metrics, stopping });
  const server = new HttpServer({ pages, slackEvents: connection.http });
  let checks: NodeJS.Timeout | undefined;
  let readyChecks: NodeJS.Timeout | undefined;
  let retention: NodeJS.Timeout | undefined;
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
      if (stopping.aborted) return { port };
      checks = setTimeout(() => checkInstallation(config, tenant, log), CHECK_DELAY_MS).unref();
      const { mode } = config.slack.connection;
      readyChecks = logWhenReady(connection, log, { version: VERSION, port, mode, tenant: tenantLabel });
      setImmediate(async () => {
        await openRecords(database, store, log);
        void tenant.restoreLists();
        if (stopping.aborted) return;
        heartbeat.start();
        const run = () => void tasks.track(expire()).catch((error) => logUnexpected(error, log));
        retention = setInterval(run, RETENTION_INTERVAL_MS).unref();
        run();
      });
      return { port };
    },
    async stop() {
      connection.stopHealthCheck();
      clearTimeout(checks);
      clearInterval(readyChecks);
      clearInterval(retention);
      server.close();
      if (!(await tasks.stop(STOP_TIMEOUT_MS))) {
        log.warn({ count: tasks.count }, 'Stopped before all work was finished');
      }
      denials.flush();
      await queue.flush();
      await heartbeat.stop();
      await database.close();
      await connection.stop();
      server.closeAllConnections();
    },
  };
}

/** How long an instance is alone with loading a list after its last page, in milliseconds. */
const LIST_CLAIM_MS = 60_000;
/** Changes when the stored form of an entry does: another version's lists are not read. */
const SNAPSHOT_VERSION = 1;

/** Lets lists be stored, and one instance load them. */
const listSnapshots =
  (stored: ListSnapshots, leases: Leases, instance: string) =>
  <T>(list: string): ListSnapshot<T> => {
    const name = `${list}/${SNAPSHOT_VERSION}`;
    const lease = `list ${name}`;
    return {
      async load(after) {
        const found = await stored.load(name, after);
        // Only `save` writes what is read here.
        return found && { ...found, parts: found.parts as T[][] };
      },
      save: (entries, loadedAt) => stored.save(name, entries, loadedAt),
      claim: () => leases.take(lease, instance, LIST_CLAIM_MS),
      release: () => leases.release(lease, instance),
    };
  };

/** The pages of the HTTP server, by path. */
function createPages(
  config: Config,
  {
    connection,
    tenant,
    database,
    metrics,
    stopping,
  }: {
    connection: SlackConnection;
    tenant: Tenant;
    database: Database;
    metrics: Metrics | undefined;
    stopping: AbortSignal;
  },
): Pages {
  const isHealthy = () => connection.healthy && !database.problem && !stopping.aborted;
  const pages: Pages = new Map();
  pages.set('/livez', () => statusPage(!stopping.aborted, 'stopping'));
  pages.set('/healthz', () => statusPage(isHealthy(), 'not healthy: the log says why'));
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

/** Logs that the bot is ready. @returns the timer that does so later, if Slack can't be reached yet */
function logWhenReady(connection: SlackConnection, log: Log, fields: object): NodeJS.Timeout | undefined {
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

/** Opens the database, which takes a moment. Each query tries it again if that fails. */
async function openRecords(database: Database, store: TicketStore, log: Log): Promise<void> {
  try {
    await database.open();
    const { count, since } = await store.count();
    const oldest = since === undefined ? undefined : new Date(since).toISOString();
    log.info({ database: database.location, records: count, oldest }, 'The records are open');
  } catch (error) {
    logUnexpected(error, log);
  }
}

/** The database has logged its own errors. */
function logUnexpected(error: unknown, log: Log): void {
  if (!(error instanceof DatabaseError)) log.error(errorFields(error), 'The records could not be used');
}

/** Logs what is missing or wrong. The bot starts anyway, also while Auth0 can't be reached. */
async function checkInstallation({ warnings, access }: Config, tenant: Tenant, log: Log): Promise<void> {
  for (const warning of warnings) log.warn(warning);
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
      const without = PERMISSIONS[permission];
      log.warn({ permission }, `The Auth0 application lacks the permission ${permission}: ${without}`);
    }
  } catch (error) {
    log.warn(errorFields(error), 'The permissions of the Auth0 application could not be checked');
  }
}
