import { Kysely, PostgresDialect, sql } from 'kysely';
import { Pool, types } from 'pg';
import type { Engine } from './engine.ts';
import type { Schema } from './schema.ts';

const CONNECTION_TIMEOUT_MS = 2_000;
const QUERY_TIMEOUT_MS = 5_000;
/** Shorter than the query timeout, so that waiting for a lock isn't mistaken for a lost server. */
const LOCK_TIMEOUT_MS = 4_000;
const MAX_CONNECTIONS = 10;
/** PostgreSQL's type int8. Times fit into a number. */
const BIGINT = 20;

/** Opens a pool of connections. Nothing connects before the first query. */
export async function openPostgres(url: string): Promise<Engine> {
  const pool = new Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    types: {
      getTypeParser: (id, format) => (id === BIGINT ? Number : types.getTypeParser(id, format)),
    },
  });
  // Without these, a connection that is lost between two queries would end the process. The next query opens another.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  return {
    db: new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) }),
    async lock(db, key) {
      // In this transaction only: PgBouncer may share the connection.
      await sql`select set_config('lock_timeout', ${String(LOCK_TIMEOUT_MS)}, true),
        pg_advisory_xact_lock(hashtextextended(${key}, 0))`.execute(db);
    },
    close: () => pool.end(),
  };
}
