import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import { LOG_PAGE_SIZE, type SetupEvent } from '../../src/auth0/setup-events.ts';
import type { Tenant } from '../../src/auth0/tenant.ts';
import type { Database } from '../../src/database/database.ts';
import { Leases } from '../../src/database/leases.ts';
import { WriteQueue } from '../../src/database/write-queue.ts';
import { createLog } from '../../src/lib/log.ts';
import { TaskTracker } from '../../src/lib/task-tracker.ts';
import { AuditLog, newEvent } from '../../src/tickets/audit.ts';
import { FollowStore } from '../../src/tickets/follow-store.ts';
import { Follower } from '../../src/tickets/follower.ts';
import { LogFollower } from '../../src/tickets/log-follower.ts';
import { TicketStore } from '../../src/tickets/store.ts';
import { summarize } from '../../src/tickets/summary.ts';
import { factsOf, type Ticket, type TicketRecord } from '../../src/tickets/ticket.ts';
import { connect, scope } from '../database/connect.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = 1_800_000_000_000;
const LINKS = 200;
/** This many links are created together, and the others ten per hour. */
const BURST = 100;
const LOG_DELAY = 2 * MINUTE;

/** What a customer does, in hours after the link was created, and which messages the link's owner gets. */
interface Customer {
  /** Steps in the setup assistant, as in Auth0's log. */
  steps: [hours: number, outcome: SetupEvent['outcome'], name: string][];
  /** When the connection's state changes. */
  configured?: number;
  enabled?: number;
  revoked?: number;
  status: string;
  /** Without the log, and with it. */
  messages: [string[], string[]];
}

const CUSTOMERS: Customer[] = [
  {
    steps: [],
    status: 'expired',
    messages: [
      ['expiring', 'unused'],
      ['expiring', 'unused'],
    ],
  },
  {
    steps: [
      [19.9, 'success', 'ticket_consumption'],
      [20, 'success', 'connection_creation'],
      [20.1, 'info', 'try_connection_start'],
      [20.2, 'info', 'try_connection_end'],
      [21, 'success', 'enable_connection'],
      [21, 'info', 'flow_end'],
    ],
    configured: 20,
    enabled: 21,
    status: 'enabled',
    messages: [['finished'], ['finished']],
  },
  {
    // Their own team enables it later.
    steps: [
      [29.9, 'success', 'ticket_consumption'],
      [30, 'success', 'connection_creation'],
    ],
    configured: 30,
    enabled: 70,
    status: 'enabled',
    messages: [
      ['unfinished', 'finished'],
      ['unfinished', 'finished'],
    ],
  },
  {
    steps: [
      [9.9, 'success', 'ticket_consumption'],
      [10, 'success', 'connection_creation'],
      [10.1, 'info', 'flow_end'],
    ],
    configured: 10,
    status: 'expired',
    messages: [['unfinished'], ['unfinished']],
  },
  { steps: [], configured: 90, revoked: 3, status: 'revoked', messages: [[], []] },
  {
    steps: [
      [5, 'success', 'ticket_consumption'],
      [5.1, 'failure', 'connection_creation'],
      [5.5, 'success', 'connection_creation'],
      [5.6, 'success', 'enable_connection'],
    ],
    configured: 5.5,
    enabled: 5.6,
    status: 'enabled',
    messages: [['finished'], ['step_failed', 'finished']],
  },
  {
    steps: [
      [5, 'success', 'ticket_consumption'],
      [5.1, 'success', 'connection_creation'],
      [5.2, 'info', 'try_connection_start'],
      [5.6, 'info', 'try_connection_end'],
      [5.7, 'success', 'enable_connection'],
    ],
    configured: 5.1,
    enabled: 5.7,
    status: 'enabled',
    messages: [['finished'], ['test_hanging', 'finished']],
  },
  {
    steps: [[6, 'success', 'ticket_consumption']],
    status: 'expired',
    messages: [['expiring', 'unused'], ['unused']],
  },
];
const customerOf = (index: number): Customer => CUSTOMERS[index % CUSTOMERS.length] as Customer; // one of them

let database: Database;
let folder: string;
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

/** A clock that advances only when all callers wait for it. */
class Clock {
  now = START;
  readonly #waiting = new Set<{ until: number; resume: () => void }>();
  #arrived = () => {};

  sleep = (ms: number, signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const abort = () => {
        this.#waiting.delete(waiter);
        reject(signal.reason);
      };
      const resume = () => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      const waiter = { until: this.now + ms, resume };
      signal.addEventListener('abort', abort);
      this.#waiting.add(waiter);
      this.#arrived();
    });

  /** Resumes the caller whose time comes first, until it waits again. */
  async step(): Promise<void> {
    const [next] = [...this.#waiting].toSorted((a, b) => a.until - b.until);
    if (!next) throw new Error('Nothing is waiting');
    this.#waiting.delete(next);
    this.now = next.until;
    const back = new Promise<void>((resolve) => {
      this.#arrived = resolve;
    });
    next.resume();
    await back;
  }
}

/** The log of a tenant. Events are late and out of order, and some come twice. */
class TenantLog {
  readonly #clock: Clock;
  readonly #events: { event: SetupEvent; visibleAt: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  write(connection: string, at: number, outcome: SetupEvent['outcome'], name: string): void {
    const id = `log ${String(this.#events.length).padStart(6, '0')}`;
    const event = { id, at, outcome, name, connection, flow: 'create', tracingId: connection };
    // Not random, so that a failure is reproducible.
    const delay = (this.#events.length * 7_919) % LOG_DELAY;
    this.#events.push({ event, visibleAt: at + delay });
    if (this.#events.length % 5 === 0) this.#events.push({ event, visibleAt: at + LOG_DELAY });
  }

  page(since: number, page: number): { events: SetupEvent[]; size: number; dropped: number } {
    const found = this.#events
      .filter(({ event, visibleAt }) => event.at >= since && visibleAt <= this.#clock.now)
      .map(({ event }) => event)
      .toSorted((a, b) => a.at - b.at);
    const events = found.slice(page * LOG_PAGE_SIZE, (page + 1) * LOG_PAGE_SIZE);
    return { events, size: events.length, dropped: 0 };
  }
}

it.each([
  ['without read:logs', 0],
  ['with read:logs', 1],
] as const)(
  '200 links over five days, %s, end in the right state, with each message sent once and few calls to Auth0',
  async (_, withLog) => {
    folder = await mkdtemp(join(tmpdir(), 'sso-ticket-bot-follow-'));
    database = connect({ dataDir: folder });
    const clock = new Clock();
    const tenantLog = new TenantLog(clock);
    const log = createLog('error', { write: () => true });
    const store = new TicketStore({ database, scope: scope(), instance: 'bot' });
    const followed = new FollowStore({ database, scope: scope() });
    const leases = new Leases({ database, scope: scope(), now: () => clock.now });
    const audit = new AuditLog({ log, store, queue: new WriteQueue({ log }), onEvent: () => undefined });

    const calls: { at: number; by: string; page?: number }[] = [];
    const shown = new Map<string, string[]>();
    const createdAt = new Map<string, number>();
    const hasHappened = (name: string, what: 'configured' | 'enabled') => {
      const hours = customerOf(Number(name.split('-')[1]))[what];
      return hours !== undefined && clock.now >= (createdAt.get(name) ?? 0) + hours * HOUR;
    };
    const tenantFor = (by: string) => {
      const call = <T>(answer: () => T, page?: number) => {
        calls.push({ at: clock.now, by, ...(page !== undefined && { page }) });
        // Every seventh call about a connection fails.
        if (page === undefined && calls.length % 7 === 0) throw new Auth0Error('failed');
        return answer();
      };
      const api = {
        connectionByName: async (name: string) =>
          call(() => (hasHappened(name, 'configured') ? { id: name, strategy: 'okta' } : undefined)),
        connectionClients: async (name: string) =>
          call(() => (hasHappened(name, 'enabled') ? ['client_1'] : [])),
        organizationConnections: async () => call(() => []),
        missingPermissions: async () => (withLog ? [] : ['read:logs']),
        setupEvents: async (since: number, page: number) => call(() => tenantLog.page(since, page), page),
      };
      return { api } as unknown as Tenant; // the followers use nothing else
    };
    const startFollower = (instance: string) => {
      const stop = new AbortController();
      const onChange = async ({ ticket, events }: TicketRecord) => {
        const { isFinished, attention } = summarize(ticket, events, clock.now);
        for (const kind of [isFinished && 'finished', attention]) {
          if (!kind) continue;
          const event = newEvent('notified', { ...factsOf(ticket), reason: kind }, ticket.id);
          if ((await followed.add(ticket.id, [event])).length === 0) continue;
          shown.set(ticket.id, [...(shown.get(ticket.id) ?? []), kind]);
        }
        return true;
      };
      const shared = { tenant: tenantFor(instance), followed, leases, instance, log, now: () => clock.now };
      const follower = new Follower({
        ...shared,
        store,
        audit,
        tasks: new TaskTracker(),
        onChange,
        sleep: clock.sleep,
      });
      const logFollower = new LogFollower({ ...shared, follower, sleep: clock.sleep });
      void follower.run(stop.signal);
      void logFollower.run(stop.signal);
      return { stop: () => stop.abort() };
    };

    const create = async (index: number) => {
      const { steps, revoked } = customerOf(index);
      const name = `customer-${index}`;
      const ticket: Ticket = {
        id: `ticket-${index}`,
        kind: 'new',
        requester: 'U1',
        channel: undefined,
        customer: name,
        connection: name,
        connectionId: undefined,
        profile: { id: 'ssp_1', name: 'Standard' },
        clients: [{ id: 'client_1', name: 'Portal' }],
        organizations: [],
        options: [],
        form: {},
        correlationId: `correlation-${index}`,
        createdAt: clock.now,
      };
      const at = (type: 'requested' | 'created' | 'revoked', time = clock.now) => ({
        ...newEvent(type, {}, ticket.id),
        at: time,
      });
      await store.begin(ticket, at('requested'), { submission: name, maxPerHour: 1_000 });
      const expiresAt = clock.now + 2 * DAY;
      await store.created(at('created'), { sealedId: 'sealed', fingerprint: name, expiresAt });
      createdAt.set(name, clock.now);
      tenantLog.write(name, clock.now, 'success', 'ticket_generation');
      for (const [hours, outcome, event] of steps) {
        tenantLog.write(name, clock.now + hours * HOUR, outcome, event);
      }
      if (revoked) await store.add(at('revoked'), { endedAt: clock.now });
    };

    const first = startFollower('first');
    let second: ReturnType<typeof startFollower> | undefined;
    let created = 0;
    while (clock.now < START + 5 * DAY) {
      while (created < LINKS && (created < BURST || clock.now >= START + ((created - BURST) / 10) * HOUR)) {
        await create(created);
        created += 1;
      }
      // A restart. Both run for a while, and the first one stops without releasing its leases.
      if (!second && clock.now >= START + 2 * DAY) second = startFollower('second');
      if (clock.now >= START + 2 * DAY + 30 * MINUTE) first.stop();
      await clock.step();
    }

    for (let index = 0; index < LINKS; index += 1) {
      const record = await store.find(`ticket-${index}`);
      if (!record) throw new Error('It is not on record');
      const { status, messages } = customerOf(index);
      const notices = shown.get(record.ticket.id) ?? [];
      expect(new Set(notices).size).toBe(notices.length);
      const summary = summarize(record.ticket, record.events, clock.now);
      const expected = messages[withLog];
      expect([index, summary.status, notices.filter((kind) => expected.includes(kind))]).toEqual([
        index,
        status,
        expected,
      ]);
      // Without the log, a state that is seen late may look unfinished, or unopened, for a while.
      if (withLog) expect(notices).toEqual(expected);
    }

    // In each minute, both instances together make at most one call about a connection and three searches.
    const states = calls.filter(({ page }) => page === undefined);
    const gaps = states.slice(1).map(({ at }, index) => at - (states[index]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(MINUTE);
    expect(new Set(states.map(({ by }) => by))).toEqual(new Set(['first', 'second']));
    const searches = calls.filter(({ page }) => page === 0);
    const inAMinute = searches.map(
      ({ at }) => searches.filter((other) => other.at >= at && other.at < at + MINUTE).length,
    );
    expect(Math.max(0, ...inAMinute)).toBeLessThanOrEqual(3);
    expect(new Set(searches.map(({ by }) => by)).size).toBe(withLog ? 2 : 0);
    // After the last session, there are no searches. A connection that isn't enabled yet is looked up once a day, and
    // again after each failure.
    const lastDay = calls.filter(({ at }) => at >= START + 4 * DAY);
    expect(lastDay.length).toBeLessThan(100);
    expect(lastDay.filter(({ page }) => page !== undefined)).toEqual([]);
  },
);
