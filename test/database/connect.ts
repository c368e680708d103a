import type { DatabaseConfig } from '../../src/config/config.ts';
import { Database } from '../../src/database/database.ts';
import type { Scope } from '../../src/database/schema.ts';
import { createLog } from '../../src/lib/log.ts';

/** Connects to a database. Its log lines are added to `log`. */
export function connect(config: DatabaseConfig, log: string[] = []): Database {
  return new Database({ config, log: createLog('info', { write: (line) => log.push(line) }) });
}

/** Always returns the same scope. */
export const scope =
  (auth0Domain = 'acme.auth0.com', team = 'T1'): (() => Promise<Scope>) =>
  async () => ({ auth0Domain, team });
