import type { Database } from './database/database.ts';
import { DatabaseError } from './database/errors.ts';
import { Heartbeat, INSTANCE_LEASE_MS } from './database/heartbeat.ts';
import type { Leases } from './database/leases.ts';
import { errorFields } from './lib/log.ts';
import type { TaskTracker } from './lib/task-tracker.ts';
import type { Messenger } from './slack/delivery.ts';
import { updateDueReceipts } from './slack/due-receipts.ts';
import { tellInterrupted } from './slack/interruptions.ts';
import type { Receipts } from './slack/receipt.ts';
import type { TicketArchive } from './tickets/archive.ts';
import type { TicketDependencies } from './tickets/create.ts';
import type { Follower } from './tickets/follower.ts';
import type { LogFollower } from './tickets/log-follower.ts';
import { recoverTickets } from './tickets/recover.ts';

const DAY_MS = 24 * 3_600_000;
/** How often old records are deleted. */
const RETENTION_INTERVAL_MS = 3_600_000;
/** How long an instance may work on a batch of receipts, in milliseconds. Slack may make it wait. */
const RECEIPTS_LEASE_MS = 5 * 60_000;

interface Dependencies extends TicketDependencies {
  database: Database;
  archive: TicketArchive;
  leases: Leases;
  /** The ID of this process. */
  instance: string;
  messenger: Messenger;
  receipts: Receipts;
  follower: Follower;
  logFollower: LogFollower;
  tasks: TaskTracker;
  retentionDays: number;
}

/** What the bot does in the background with its records. */
export class Jobs {
  readonly #deps: Dependencies;
  readonly #heartbeat: Heartbeat;
  #retention: NodeJS.Timeout | undefined;
  #receipts: Promise<void> | undefined;

  constructor(deps: Dependencies) {
    this.#deps = deps;
    const { leases, instance, log } = deps;
    this.#heartbeat = new Heartbeat({ leases, instance, onBeat: () => this.#beat(), log });
  }

  /** Opens the records, and starts the jobs. If the database can't be used, each query tries again. */
  async start(): Promise<void> {
    const { tasks, tenant, follower, logFollower } = this.#deps;
    await this.#open();
    void tenant.restoreLists();
    if (tasks.stopping.aborted) return;
    this.#heartbeat.start();
    void follower.run(tasks.stopping);
    void logFollower.run(tasks.stopping);
    const expire = () =>
      void tasks.track(this.#expire()).catch((error: unknown) => this.#logUnexpected(error));
    this.#retention = setInterval(expire, RETENTION_INTERVAL_MS).unref();
    expire();
  }

  async stop(): Promise<void> {
    clearInterval(this.#retention);
    await this.#heartbeat.stop();
  }

  async #open(): Promise<void> {
    const { database, archive, log } = this.#deps;
    try {
      await database.open();
      const { count, since } = await archive.count();
      const oldest = since === undefined ? undefined : new Date(since).toISOString();
      log.info({ database: database.location, records: count, oldest }, 'The records are open');
    } catch (error) {
      this.#logUnexpected(error);
    }
  }

  async #beat(): Promise<void> {
    const { tasks } = this.#deps;
    // In the background, so that people who wait for news about their link don't wait for receipts.
    this.#receipts ??= tasks
      .track(this.#updateReceipts())
      .catch((error: unknown) => this.#logUnexpected(error))
      .finally(() => {
        this.#receipts = undefined;
      });
    await tasks.track(this.#recover());
  }

  /** Removes the button from the receipts of expired links. */
  async #updateReceipts(): Promise<void> {
    const { leases, instance, tasks, store } = this.#deps;
    if (tasks.stopping.aborted || (await store.dueReceipts(Date.now(), 1)).length === 0) return;
    if (!(await leases.take('receipts', instance, RECEIPTS_LEASE_MS))) return;
    await updateDueReceipts(this.#deps);
  }

  /** Finishes what another instance, or this one before its restart, left unfinished. */
  async #recover(): Promise<void> {
    const { leases, instance, tasks } = this.#deps;
    if (tasks.stopping.aborted || !(await leases.take('recovery', instance, INSTANCE_LEASE_MS))) return;
    await recoverTickets(this.#deps, (record, interruption) =>
      tellInterrupted(this.#deps, record, interruption),
    );
  }

  /** Deletes the records that are older than RETENTION_DAYS. */
  async #expire(): Promise<void> {
    const { leases, instance, tasks, archive, retentionDays, log } = this.#deps;
    if (tasks.stopping.aborted || !(await leases.take('retention', instance, RETENTION_INTERVAL_MS / 2)))
      return;
    await leases.deleteExpired();
    const deleted = await archive.deleteBefore(Date.now() - retentionDays * DAY_MS);
    if (deleted > 0) log.info({ deleted }, 'Old records were deleted');
  }

  /** The database has logged its own errors. */
  #logUnexpected(error: unknown): void {
    if (!(error instanceof DatabaseError)) {
      this.#deps.log.error(errorFields(error), 'The records could not be used');
    }
  }
}
