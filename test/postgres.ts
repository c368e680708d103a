import * as postgres from '../stand-ins/postgres.ts';

const cluster = process.env.TEST_POSTGRES_URL;

/** Whether `test/setup.ts` has started a cluster. */
export const HAS_POSTGRES = cluster !== undefined;

/** Creates a database in the test cluster, and returns its URL. */
export async function createDatabase(): Promise<string> {
  if (!cluster) throw new Error('There is no PostgreSQL');
  return postgres.createDatabase(cluster);
}
