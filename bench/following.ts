import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Tenant } from '../src/auth0/tenant.ts';
import { Database } from '../src/database/database.ts';
import { Leases } from '../src/database/leases.ts';
import { WriteQueue } from '../src/database/write-queue.ts';
import { createLog } from '../src/lib/log.ts';
import { TaskTracker } from '../src/lib/task-tracker.ts';
import { AuditLog } from '../src/tickets/audit.ts';
import { FollowStore } from '../src/tickets/follow-store.ts';
import { Follower } from '../src/tickets/follower.ts';
import { LogFollower } from '../src/tickets/log-follower.ts';
import { TicketStore } from '../src/tickets/store.ts';
import { addRecords, SCOPE } from './records.ts';

/** Calls to Auth0 in an hour, in the background. */
export interface FollowingCalls {
  links: number;
  /** About connections. */
  connections: number;
  /** Searches of the log: while a link was created or opened in the last hour, and otherwise. */
  recentLog: number;
  quietLog: number;
}

const HOUR_MS = 3_600_000;

/** Counts the calls for following this many links that work, with a simulated clock. */
export async function followingCalls(links: number): Promise<FollowingCalls> {
  const folder = await mkdtemp(join(tmpdir(), 'sso-bench-follow-'));
  const log = createLog('error', { write: () => undefined });
  const database = new Database({ config: { dataDir: folder }, log });
  const scope = async () => SCOPE;
  const store = new TicketStore({ database, scope, instance: 'bench' });
  const followed = new FollowStore({ database, scope });
  const calls = { connections: 0, log: 0 };
  const api = {
    connectionByName: async () => {
      calls.connections += 1;
      return undefined;
    },
    setupEvents: async () => {
      calls.log += 1;
      return { events: [], size: 0 };
    },
    missingPermissions: async () => [],
  };
  // The only part that a follower uses.
  const tenant = { api } as unknown as Tenant;
  const start = Date.now();

  /** Runs one of the two for an hour. */
  const hourOf = async (which: 'connections' | 'log', from: number): Promise<number> => {
    let now = from;
    const stop = new AbortController();
    const clock = {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms;
        if (now <= from + HOUR_MS) return;
        stop.abort();
        throw stop.signal.reason;
      },
    };
    const deps = {
      tenant,
      store,
      followed,
      audit: new AuditLog({ log, store, queue: new WriteQueue({ log }), onEvent: () => undefined }),
      leases: new Leases({ database, scope, now: clock.now }),
      instance: 'bench',
      tasks: new TaskTracker(),
      onChange: async () => true,
      log,
      ...clock,
    };
    const follower = new Follower(deps);
    const runs = which === 'log' ? new LogFollower({ ...deps, follower }) : follower;
    calls[which] = 0;
    await runs.run(stop.signal);
    return calls[which];
  };

  try {
    if (links > 0) await addRecords(database, { from: 1, to: links, now: start });
    const connections = await hourOf('connections', start);
    // The youngest link is some minutes old at first, and hours old later.
    const recentLog = await hourOf('log', start - 5 * 60_000);
    const quietLog = await hourOf('log', start + 3 * HOUR_MS);
    return { links, connections, recentLog, quietLog };
  } finally {
    await database.close();
    await rm(folder, { recursive: true });
  }
}
