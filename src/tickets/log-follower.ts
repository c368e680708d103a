import { Auth0Error } from '../auth0/errors.ts';
import { LOG_PAGE_SIZE, MAX_LOG_PAGES, type SetupEvent } from '../auth0/setup-events.ts';
import type { Tenant } from '../auth0/tenant.ts';
import { DatabaseError } from '../database/errors.ts';
import type { Leases } from '../database/leases.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { backgroundSleep, repeat, type Sleep } from '../lib/repeat.ts';
import type { FollowStore } from './follow-store.ts';
import type { Follower } from './follower.ts';
import { bindEvents } from './log-events.ts';
import type { TicketEvent, TicketRecord } from './ticket.ts';

/** The interval between searches of the log, if a link was created or opened in the last hour. */
const LOG_INTERVAL_MS = 20_000;
const RECENT_MS = 3_600_000;
/** The number of intervals between searches otherwise: three minutes. */
const QUIET_INTERVALS = 9;
/** Events appear some seconds late, so each search covers this time again. */
const OVERLAP_MS = 5 * 60_000;
/** After Auth0 has refused a search. */
const RETRY_DELAY_MS = 5 * 60_000;

export interface LogFollowerDependencies {
  tenant: Tenant;
  followed: FollowStore;
  follower: Pick<Follower, 'apply'>;
  leases: Pick<Leases, 'take'>;
  /** The ID of this process. */
  instance: string;
  log: Log;
  intervalMs?: number | undefined;
  now?: () => number;
  sleep?: Sleep;
}

/** Reads what customers do with their links from the tenant's log, if the application has the permission. */
export class LogFollower {
  readonly #deps: LogFollowerDependencies;
  readonly #intervalMs: number;
  readonly #now: () => number;
  readonly #sleep: Sleep;
  #pausedUntil = 0;

  constructor(deps: LogFollowerDependencies) {
    this.#deps = deps;
    this.#intervalMs = deps.intervalMs ?? LOG_INTERVAL_MS;
    this.#now = deps.now ?? Date.now;
    this.#sleep = deps.sleep ?? backgroundSleep;
  }

  /** Reads the log while a link can be in use, until `signal` aborts. Never rejects. */
  run(signal: AbortSignal): Promise<void> {
    return repeat(() => this.#runOnce(), {
      intervalMs: this.#intervalMs,
      sleep: this.#sleep,
      signal,
      onError: (error) => this.#onError(error),
    });
  }

  /** The database and Auth0 have logged their own errors. */
  #onError(error: unknown): void {
    if (error instanceof Auth0Error) this.#pausedUntil = this.#now() + RETRY_DELAY_MS;
    else if (!(error instanceof DatabaseError)) {
      this.#deps.log.error(errorFields(error), "Auth0's log could not be read");
    }
  }

  async #runOnce(): Promise<void> {
    const { tenant, followed, leases, instance } = this.#deps;
    const now = this.#now();
    if (now < this.#pausedUntil) return;
    const links = await followed.logged(now);
    if (!links || (await tenant.api.missingPermissions()).includes('read:logs')) return;
    const readUntil = await followed.logReadUntil();
    const isRecent = links.latest > now - RECENT_MS;
    const interval = isRecent ? this.#intervalMs : QUIET_INTERVALS * this.#intervalMs;
    // Timers are not exact.
    if (readUntil !== undefined && now < readUntil + interval - this.#intervalMs / 2) return;
    if (!(await leases.take('log', instance, 3 * this.#intervalMs))) return;
    await this.#read(Math.max((readUntil ?? 0) - OVERLAP_MS, links.since - OVERLAP_MS));
    await followed.setLogReadUntil(now);
  }

  /** @param since in milliseconds since 1970 */
  async #read(since: number): Promise<void> {
    const events = await this.#eventsSince(since);
    const connections = connectionsOf(events);
    if (connections?.length === 0) return;
    const { followed, follower } = this.#deps;
    const records = await followed.possiblyLogged(since, connections);
    const found = new Map<TicketRecord, TicketEvent[]>();
    for (const { record, event } of bindEvents(events, records, this.#now())) {
      found.set(record, [...(found.get(record) ?? []), event]);
    }
    for (const [record, bound] of found) await follower.apply(record, bound);
  }

  /** A search has at most 1,000 results, so another search begins with the last of them. */
  async #eventsSince(since: number): Promise<SetupEvent[]> {
    const { api } = this.#deps.tenant;
    const events = new Map<string, SetupEvent>();
    for (let start = since, page = 0; ; page += 1) {
      const { events: found, size } = await api.setupEvents(start, page);
      for (const event of found) events.set(event.id, event);
      if (size < LOG_PAGE_SIZE) return [...events.values()];
      if (page + 1 < MAX_LOG_PAGES) continue;
      // Never repeat the same search, even if all results have the same time.
      start = Math.max(start + 1, found.at(-1)?.at ?? 0);
      page = -1;
    }
  }
}

/**
 * The names of the connections that the events are about. Undefined if that is unknown of one of them, because only
 * its tracing ID tells which ticket it is about.
 */
function connectionsOf(events: SetupEvent[]): string[] | undefined {
  const named = events.filter(({ connection }) => connection !== undefined);
  const traced = new Set(named.map(({ tracingId }) => tracingId));
  const isUnknown = events.some(
    ({ connection, tracingId }) => !connection && tracingId !== undefined && !traced.has(tracingId),
  );
  return isUnknown ? undefined : [...new Set(named.flatMap(({ connection }) => connection ?? []))];
}
