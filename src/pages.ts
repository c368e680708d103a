import type { Tenant } from './auth0/tenant.ts';
import type { Config } from './config/config.ts';
import type { Database } from './database/database.ts';
import type { Metrics } from './metrics.ts';
import type { Page, Pages } from './server.ts';
import type { SlackConnection } from './slack/connection.ts';
import type { TicketStore } from './tickets/store.ts';

/** The pages of the HTTP server, by path. */
export function createPages(
  config: Config,
  {
    connection,
    tenant,
    database,
    store,
    metrics,
    stopping,
  }: {
    connection: SlackConnection;
    tenant: Tenant;
    database: Database;
    store: TicketStore;
    metrics: Metrics | undefined;
    stopping: AbortSignal;
  },
): Pages {
  const isHealthy = () => connection.healthy && !database.problem && !stopping.aborted;
  const pages: Pages = new Map();
  pages.set('/livez', () => statusPage(!stopping.aborted, 'stopping'));
  pages.set('/healthz', () => statusPage(isHealthy(), 'not healthy: the log says why'));
  if (!metrics) return pages;
  const read = async () => ({
    isHealthy: isHealthy(),
    queueLength: tenant.api.queueLength,
    listAges: Object.fromEntries(Object.entries(tenant.lists).map(([name, { age }]) => [name, age])),
    socketConnections: connection.openSockets,
    liveLinks: await store.countLive(Date.now()).catch(() => undefined),
  });
  return pages.set('/metrics', (request) => metrics.page(request, config.metrics?.token, read));
}

function statusPage(ok: boolean, problem: string): Page {
  return { status: ok ? 200 : 503, body: `${ok ? 'ok' : problem}\n` };
}
