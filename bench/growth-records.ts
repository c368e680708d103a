import { sql } from 'kysely';
import type { DatabaseConfig } from '../src/config/config.ts';
import { Database } from '../src/database/database.ts';
import { createLog } from '../src/lib/log.ts';
import { FollowStore } from '../src/tickets/follow-store.ts';
import { TicketStore } from '../src/tickets/store.ts';
import { addRecords, SCOPE } from './records.ts';
import { median } from './world.ts';

/** The queries, in the order of the tables. */
export const QUERIES = {
  list: 'List with a search',
  own: 'Home tab, own links',
  all: 'Home tab, everybody’s links',
  follow: 'Following: what is next',
} as const;
export type QueryName = keyof typeof QUERIES;

/** Medians in ms, with this many links on record. */
export interface RecordTimes {
  records: number;
  times: Record<QueryName, number>;
}

/** As many as fit into the time of one query. */
const CHUNK = 5_000;
const RUNS = 40;
const WARM_UP = 5;

/** Fills a database, and times the queries at each size. */
export async function measureRecords(config: DatabaseConfig, sizes: number[]): Promise<RecordTimes[]> {
  const log = createLog('error', { write: () => undefined });
  const database = new Database({ config, log });
  const scope = async () => SCOPE;
  const store = new TicketStore({ database, scope, instance: 'bench' });
  const followed = new FollowStore({ database, scope });
  const now = Date.now();
  const queries: Record<QueryName, () => Promise<unknown>> = {
    list: () => store.list({ search: 'customer 77', now, limit: 11 }),
    own: () => store.list({ requester: 'U7', now, limit: 10 }),
    all: () => store.list({ now, limit: 10 }),
    follow: async () => [await followed.due(now), await followed.nextToAsk(now)],
  };
  const curve: RecordTimes[] = [];
  let stored = 0;
  try {
    for (const records of sizes) {
      while (stored < records) {
        const next = Math.min(stored + CHUNK, records);
        await addRecords(database, { from: stored + 1, to: next, now });
        stored = next;
      }
      // PostgreSQL would do this later on its own.
      if ('url' in config) await database.read((db) => sql`analyze`.execute(db));
      curve.push({
        records,
        times: {
          list: await time(queries.list),
          own: await time(queries.own),
          all: await time(queries.all),
          follow: await time(queries.follow),
        },
      });
    }
    return curve;
  } finally {
    await database.close();
  }
}

async function time(query: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < WARM_UP + RUNS; run += 1) {
    const start = performance.now();
    await query();
    if (run >= WARM_UP) times.push(performance.now() - start);
  }
  return median(times);
}
