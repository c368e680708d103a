import type { Config } from './config/config.ts';
import type { Database } from './database/database.ts';
import type { Leases } from './database/leases.ts';
import type { Scope } from './database/schema.ts';
import type { Access } from './slack/access.ts';
import type { Messenger } from './slack/delivery.ts';
import { Notifier } from './slack/notifier.ts';
import type { People } from './slack/people.ts';
import type { Receipts } from './slack/receipt.ts';
import { FollowStore } from './tickets/follow-store.ts';
import { Follower, type FollowerDependencies } from './tickets/follower.ts';
import { LogFollower } from './tickets/log-follower.ts';
import type { TicketStore } from './tickets/store.ts';

interface Dependencies
  extends Pick<FollowerDependencies, 'tenant' | 'audit' | 'instance' | 'tasks' | 'intervalMs' | 'log'> {
  database: Database;
  scope: () => Promise<Scope>;
  store: TicketStore;
  leases: Leases;
  messenger: Messenger;
  people: People;
  access: Access;
  receipts: Receipts;
  logIntervalMs: number | undefined;
}

/** The parts that follow links: by the state of their connections, and by the tenant's log. */
export interface Followers {
  follower: Follower;
  logFollower: LogFollower;
}

/** Follows links, and shows what it finds out in receipts and in messages to the links' owners. */
export function createFollowers(
  { auditChannel, notifications }: Config,
  { database, scope, messenger, people, access, receipts, logIntervalMs, ...deps }: Dependencies,
): Followers {
  const { tenant, store, audit, leases, instance, log } = deps;
  const followed = new FollowStore({ database, scope });
  const notifier = new Notifier({
    messenger,
    people,
    access,
    followed,
    audit,
    auditChannel,
    isOn: notifications,
    log,
  });
  const follower = new Follower({
    ...deps,
    followed,
    onChange: async (record) => {
      const { id, receipt } = record.ticket;
      // The job for expired receipts tries again.
      if (receipt && !(await receipts.update(record))) await store.setReceiptDue(id, Date.now());
      return notifier.notify(record);
    },
  });
  const logFollower = new LogFollower({
    tenant,
    followed,
    follower,
    leases,
    instance,
    log,
    intervalMs: logIntervalMs,
  });
  return { follower, logFollower };
}
