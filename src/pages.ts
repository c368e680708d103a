import type { Tenant } from './auth0/tenant.ts';
import type { Config } from './config/config.ts';
import type { Database } from './database/database.ts';
import type { Metrics } from './metrics.ts';
import type { Page, Pages } from './server.ts';
import type { SlackConnection } from './slack/connection.ts';
import type { TicketArchive } from './tickets/archive.ts';

/** The pages of the HTTP server, by path. */
export function createPages(
  config: Config,
  {
    connection,
    tenant,
    database,
    archive,
    metrics,
    stopping,
  }: {
    connection: SlackConnection;
    tenant: Tenant;
    database: Database;
    archive: TicketArchive;
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
    liveLinks: await archive.countLive(Date.now()).catch(() => undefined),
  });
  return pages.set('/metrics', (request) => metrics.page(request, config.metrics?.token, read));
}

function statusPage(ok: boolean, problem: string): Page {
  return { status: ok ? 200 : 503, body: `${ok ? 'ok' : problem}\n` };
}
