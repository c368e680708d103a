import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createRequire } from 'node:module';
import type * as PromClient from 'prom-client';
import type { CallObserver } from './lib/observe.ts';
import type { Page } from './server.ts';
import type { AuditDetails, AuditEvent } from './tickets/audit.ts';
import type { TicketErrorDetails } from './tickets/errors.ts';
import type { TicketStatus } from './tickets/summary.ts';

/** In seconds. People wait for these calls, and most take less than one. */
const CALL_BUCKETS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];
/** A query waits up to two seconds for locks. */
const QUERY_BUCKETS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 2, 5];
const WAIT_BUCKETS = [0.01, 0.1, 0.5, 1, 2.5, 5, 10, 20, 30];

/** Why the rules forbid a link. Every other reason is a failure. */
const REFUSALS: ReadonlySet<string> = new Set([
  'resource_protected',
  'protection_unresolved',
  'organization_has_connection',
  'connection_not_editable',
] satisfies TicketErrorDetails['code'][]);

/** The values that are read for each request for the metrics. */
export interface Readings {
  isHealthy: boolean;
  /** The number of calls to Auth0 that wait to start. */
  queueLength: number;
  /** The age of each list by its name, in seconds. Undefined until it is loaded. */
  listAges: Record<string, number | undefined>;
  /** Undefined over HTTP. */
  socketConnections: number | undefined;
  /** How many links can still be opened, by status. Undefined if the database can't be used. */
  liveLinks: Partial<Record<TicketStatus, number>> | undefined;
}

/**
 * Counts and measures what the bot does, for Prometheus. No label contains a name, an ID or a URL: there are only
 * methods, codes, and the names of lists.
 */
export class Metrics {
  readonly #registry: PromClient.Registry;
  readonly #counters: ReturnType<typeof createCounters>;
  readonly #queueWait: PromClient.Histogram;
  readonly #setGauges: (readings: Readings) => void;
  /** Called after each call to Auth0. */
  readonly onAuth0Call: CallObserver;
  /** Called after each call to Slack. */
  readonly onSlackCall: CallObserver;
  /** Called after each query of the database. */
  readonly onDatabaseCall: CallObserver;

  constructor() {
    // Loaded only if metrics are on.
    const prometheus = createRequire(import.meta.url)('prom-client') as typeof PromClient;
    this.#registry = new prometheus.Registry();
    prometheus.collectDefaultMetrics({ register: this.#registry });
    this.#counters = createCounters(prometheus, this.#registry);
    this.#setGauges = createGauges(prometheus, this.#registry);
    this.onAuth0Call = callObserver(prometheus, this.#registry, 'Auth0', CALL_BUCKETS);
    this.onSlackCall = callObserver(prometheus, this.#registry, 'Slack', CALL_BUCKETS);
    this.onDatabaseCall = callObserver(prometheus, this.#registry, 'database', QUERY_BUCKETS);
    this.#queueWait = new prometheus.Histogram({
      name: 'sso_bot_auth0_queue_wait_seconds',
      help: 'How long calls to Auth0 that a person waits for have waited to start',
      buckets: WAIT_BUCKETS,
      registers: [this.#registry],
    });
  }

  /** Called when a call to Auth0 that has waited in the queue has ended. */
  readonly onQueueWait = (seconds: number): void => this.#queueWait.observe(seconds);

  /** Called for each event of the audit trail. */
  onEvent(event: AuditEvent, { reason = '', count = 1 }: Pick<AuditDetails, 'reason' | 'count'>): void {
    const { created, delivered, revoked, refused, failed, denied } = this.#counters;
    const code = reason.replaceAll(' ', '_');
    switch (event) {
      case 'ticket_made':
        created.inc();
        break;
      case 'ticket_delivered':
        delivered.inc();
        break;
      case 'ticket_revoked':
        revoked.inc({ reason: code || 'requested' });
        break;
      case 'ticket_not_delivered':
        failed.inc({ reason: 'not_delivered' });
        break;
      case 'ticket_failed':
        (REFUSALS.has(code) ? refused : failed).inc({ reason: code });
        break;
      case 'limit_reached':
        refused.inc({ reason: event });
        break;
      case 'access_denied':
        denied.inc({ reason: code }, count);
        break;
      case 'seal_refused':
        denied.inc({ reason: `seal_${code}` });
    }
  }

  /**
   * The response to `GET /metrics`.
   *
   * @param token the token that the request must have, if one is set
   * @param read called only for an accepted request
   */
  async page(
    { headers }: IncomingMessage,
    token: string | undefined,
    read: () => Promise<Readings>,
  ): Promise<Page> {
    if (token !== undefined && !isEqual(headers.authorization ?? '', `Bearer ${token}`)) {
      return { status: 401, body: 'Send METRICS_TOKEN as a bearer token.\n' };
    }
    this.#setGauges(await read());
    return { status: 200, body: await this.#registry.metrics(), type: this.#registry.contentType };
  }
}

function createCounters({ Counter }: typeof PromClient, registry: PromClient.Registry) {
  const registers = [registry];
  const counter = (name: string, help: string) =>
    new Counter({ name: `sso_bot_${name}_total`, help, registers });
  const byReason = (name: string, help: string) =>
    new Counter({ name: `sso_bot_${name}_total`, help, labelNames: ['reason'], registers });
  return {
    created: counter('links_created', 'Links that Auth0 created'),
    delivered: counter('links_delivered', 'Links that Slack accepted for their requester'),
    revoked: byReason('links_revoked', 'Links that were revoked'),
    refused: byReason('links_refused', 'Links that the rules forbid'),
    failed: byReason('links_failed', 'Links that could not be created or delivered'),
    denied: byReason(
      'requests_denied',
      'Requests of people without access, or with a value that is not sealed',
    ),
  };
}

function callObserver(
  { Histogram }: typeof PromClient,
  registry: PromClient.Registry,
  system: 'Auth0' | 'Slack' | 'database',
  buckets: number[],
): CallObserver {
  const histogram = new Histogram({
    name: `sso_bot_${system.toLowerCase()}_call_seconds`,
    help: `Calls to ${system}, in seconds, by method and outcome`,
    labelNames: ['method', 'outcome'],
    buckets,
    registers: [registry],
  });
  return ({ method, outcome, seconds }) => histogram.observe({ method, outcome }, seconds);
}

function createGauges({ Gauge }: typeof PromClient, registry: PromClient.Registry) {
  const registers = [registry];
  const gauge = (name: string, help: string) => new Gauge({ name: `sso_bot_${name}`, help, registers });
  const healthy = gauge('healthy', 'Whether links can be created: 1 or 0, as /healthz');
  const queue = gauge(
    'auth0_queue_length',
    'Calls to Auth0 that a person waits for and that have not started',
  );
  // Only in Socket Mode: over HTTP, a zero would look like a problem.
  let sockets: PromClient.Gauge | undefined;
  const ages = new Gauge({
    name: 'sso_bot_list_age_seconds',
    help: 'How long ago each list of the tenant was loaded. None until it is',
    labelNames: ['list'],
    registers,
  });
  const links = new Gauge({
    name: 'sso_bot_live_links',
    help: 'Links that can still be opened, by status. None while the database is away',
    labelNames: ['status'],
    registers,
  });
  return ({ isHealthy, queueLength, socketConnections, listAges, liveLinks }: Readings) => {
    healthy.set(isHealthy ? 1 : 0);
    queue.set(queueLength);
    if (socketConnections !== undefined) {
      sockets ??= gauge('socket_mode_connections', 'Open Socket Mode connections');
      sockets.set(socketConnections);
    }
    ages.reset();
    for (const [list, age] of Object.entries(listAges)) if (age !== undefined) ages.set({ list }, age);
    links.reset();
    for (const [status, count] of Object.entries(liveLinks ?? {})) links.set({ status }, count);
  };
}

/** Compares in constant time. */
function isEqual(one: string, other: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(one), hash(other));
}
