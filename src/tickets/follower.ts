import { Auth0Error } from '../auth0/errors.ts';
import type { CallWait } from '../auth0/management-api.ts';
import type { Tenant } from '../auth0/tenant.ts';
import { DatabaseError } from '../database/errors.ts';
import type { Leases } from '../database/leases.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { backgroundSleep, repeat, type Sleep } from '../lib/repeat.ts';
import type { TaskTracker } from '../lib/task-tracker.ts';
import { type AuditLog, newEvent } from './audit.ts';
import {
  type ConnectionState,
  connectionIdOf,
  eventsFrom,
  isFollowed,
  lacksProvider,
  nextCheckAt,
  sessionEnd,
  withFinish,
} from './follow.ts';
import { DAILY_MS, type FollowChanges, type FollowStore } from './follow-store.ts';
import { SESSION_MS } from './lifetime.ts';
import { MAX_ORGANIZATIONS } from './reach.ts';
import type { TicketStore } from './store.ts';
import { factsOf, firstOf, type Ticket, type TicketEvent, type TicketRecord } from './ticket.ts';

/** The interval between background calls to Auth0, across all instances. */
const FOLLOW_INTERVAL_MS = 60_000;

export interface FollowerDependencies {
  tenant: Tenant;
  store: Pick<TicketStore, 'find'>;
  followed: FollowStore;
  audit: AuditLog;
  leases: Pick<Leases, 'take'>;
  /** The ID of this process. */
  instance: string;
  /** The tasks that a stop waits for. */
  tasks: Pick<TaskTracker, 'track'>;
  /** Shows the state of a link. Returns whether everything was shown; if not, it is called again later. */
  onChange: (record: TicketRecord) => Promise<boolean>;
  log: Log;
  intervalMs?: number | undefined;
  now?: () => number;
  sleep?: Sleep;
}

/** After a failure, how long until the bot asks again about a link that is checked daily. */
const RETRY_DELAY_MS = 3_600_000;

/** Another instance now follows the links. */
class LeaseLost extends Error {
  override name = 'LeaseLost';
}

/** Finds out the progress of each link, from the state of its connection. */
export class Follower {
  readonly #deps: FollowerDependencies;
  readonly #intervalMs: number;
  readonly #now: () => number;
  readonly #sleep: Sleep;

  constructor(deps: FollowerDependencies) {
    this.#deps = deps;
    this.#intervalMs = deps.intervalMs ?? FOLLOW_INTERVAL_MS;
    this.#now = deps.now ?? Date.now;
    this.#sleep = deps.sleep ?? backgroundSleep;
  }

  /**
   * Follows all links one after another, with one call to Auth0 in each interval, until `signal` aborts. Never rejects.
   */
  run(signal: AbortSignal): Promise<void> {
    return repeat(() => this.#runOnce(signal), {
      intervalMs: this.#intervalMs,
      sleep: this.#sleep,
      signal,
      onError: (error) => this.#logUnexpected(error),
    });
  }

  /** The database and Auth0 have logged their own errors. The next run tries again. */
  #logUnexpected(error: unknown): void {
    if ([DatabaseError, Auth0Error, LeaseLost].some((known) => error instanceof known)) return;
    this.#deps.log.error(errorFields(error), 'A link could not be followed');
  }

  /**
   * Asks Auth0 for the state of one link, for a person who waits, and stores what is new.
   *
   * @throws Auth0Error, DatabaseError
   */
  async look(
    record: TicketRecord,
    wait: CallWait,
  ): Promise<{ record: TicketRecord; state: ConnectionState }> {
    const state = await this.#ask(record.ticket, { wait, knownId: undefined, pause: async () => undefined });
    return { record: await this.#store(record, state), state };
  }

  async #runOnce(signal: AbortSignal): Promise<void> {
    const { followed, tenant } = this.#deps;
    if (!(await this.#takeLease())) return;
    for (const { ticket } of await followed.due(this.#now())) {
      // A link that can't be shown must not hold up the others.
      await this.#check(ticket.id).catch((error: unknown) => this.#logUnexpected(error));
    }
    const record = await followed.nextToAsk(this.#now());
    // Without the permission, Auth0 would refuse every call.
    if (!record || (await tenant.api.missingPermissions()).includes('read:connections')) return;
    const { ticket } = record;
    const pause = async () => {
      await this.#sleep(this.#intervalMs, signal);
      if (!(await this.#takeLease())) throw new LeaseLost();
    };
    const knownId = connectionIdOf(record);
    let failed = true;
    try {
      await this.#store(record, await this.#ask(ticket, { wait: 'background', knownId, pause }));
      failed = false;
    } finally {
      // A link that can't be checked must not hold up the others. One that is checked daily doesn't lose a day.
      const now = this.#now();
      const isDaily = now >= (ticket.expiresAt ?? 0) + SESSION_MS;
      await followed.asked(ticket.id, failed && isDaily ? now - DAILY_MS + RETRY_DELAY_MS : now);
    }
  }

  /**
   * Stores what Auth0's log says about a link, and shows it. Skips what is already on record.
   *
   * @throws DatabaseError
   */
  async apply(record: TicketRecord, logged: TicketEvent[]): Promise<void> {
    const known = new Set(record.events.map(({ details }) => details.logId));
    const found = logged.filter(({ details }) => !known.has(details.logId));
    if (found.length === 0) return;
    const events = withFinish(record, found);
    const after = { ...record, events: [...record.events, ...events] };
    const opened = firstOf(after.events, 'opened');
    const shows = events.some(({ type }) => type !== 'traced');
    const changed = await this.#add(record, events, {
      ...(shows && { checkAt: this.#now() }),
      ...(opened && { openedAt: opened.at, expiresAt: opened.at + SESSION_MS }),
      // Only the connection says which provider it has.
      ...(lacksProvider(after) && !lacksProvider(record) && { askedAt: null }),
    });
    if (shows && changed !== record) await this.#check(record.ticket.id);
  }

  #takeLease(): Promise<boolean> {
    const { leases, instance } = this.#deps;
    return leases.take('follow', instance, 3 * this.#intervalMs);
  }

  /** @param options.pause waits between two calls */
  async #ask(
    { connection: name, organizations }: Ticket,
    { wait, knownId, pause }: { wait: CallWait; knownId: string | undefined; pause: () => Promise<void> },
  ): Promise<ConnectionState> {
    const { api } = this.#deps.tenant;
    const nothing = { connection: undefined, clients: [], organizations: [] };
    const connection = knownId ? { id: knownId, strategy: '' } : await api.connectionByName(name, wait);
    if (!connection) return nothing;
    if (!knownId) await pause();
    const clients = await api.connectionClients(connection.id, wait).catch((error: unknown) => {
      if (error instanceof Auth0Error && error.status === 404) return undefined;
      throw error;
    });
    if (!clients) return nothing;
    const enabled: string[] = [];
    const missing = clients.length > 0 ? await api.missingPermissions() : [];
    if (clients.length > 0 && !missing.includes('read:organization_connections')) {
      for (const { id } of organizations.slice(0, MAX_ORGANIZATIONS)) {
        await pause();
        const connections = await api.organizationConnections(id, wait);
        if (connections.some((each) => each.id === connection.id)) enabled.push(id);
      }
    }
    return { connection, clients, organizations: enabled };
  }

  /** Returns the updated record. @throws DatabaseError */
  async #store(record: TicketRecord, state: ConnectionState): Promise<TicketRecord> {
    const now = this.#now();
    // A background call can take minutes. The link may have been revoked since, or someone else may follow it.
    const current = (await this.#deps.store.find(record.ticket.id)) ?? record;
    const { expiresAt } = current.ticket;
    const found = eventsFrom(current, state, now);
    // Auth0's log says when it was opened.
    const isNew = found.some(({ type }) => type === 'configured') && !firstOf(current.events, 'opened');
    const ends = isNew && expiresAt !== undefined ? sessionEnd(expiresAt, now) : undefined;
    const changed = await this.#add(current, found, { checkAt: now, expiresAt: ends });
    if (changed !== current) await this.#check(current.ticket.id);
    return changed;
  }

  /**
   * Shows the state of a link, which can change just because time passes. The next run tries again until all is shown.
   */
  #check(id: string): Promise<void> {
    return this.#deps.tasks.track(this.#show(id));
  }

  async #show(id: string): Promise<void> {
    // The links before this one may have waited for Slack, and this one may have been revoked in the meantime.
    const record = await this.#deps.store.find(id);
    if (!record) return;
    const now = this.#now();
    const next = isFollowed(record) ? nextCheckAt(record, now) : undefined;
    const { ticket, events } = record;
    const isOver = isFollowed(record) && next === undefined && !firstOf(events, 'finished');
    const expired = { ...newEvent('expired', factsOf(ticket), ticket.id), at: now };
    const current = isOver ? await this.#add(record, [expired], { checkAt: now }) : record;
    if (!(await this.#deps.onChange(current))) return;
    await this.#deps.followed.checked(ticket.id, now, next);
  }

  async #add(record: TicketRecord, events: TicketEvent[], changes: FollowChanges): Promise<TicketRecord> {
    const { followed, audit } = this.#deps;
    const { ticket } = record;
    if (events.length === 0) return record;
    const added = await followed.add(ticket.id, events, changes);
    for (const event of added) audit.logStored(event);
    if (added.length === 0) return record;
    const { expiresAt = ticket.expiresAt } = changes;
    return { ticket: { ...ticket, expiresAt }, events: [...record.events, ...added] };
  }
}
