import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Auth0Error } from '../../src/auth0/errors.ts';
import type { Tenant } from '../../src/auth0/tenant.ts';
import type { Database } from '../../src/database/database.ts';
import { Leases } from '../../src/database/leases.ts';
import { WriteQueue } from '../../src/database/write-queue.ts';
import { createLog } from '../../src/lib/log.ts';
import { TaskTracker } from '../../src/lib/task-tracker.ts';
import { AuditLog, newEvent } from '../../src/tickets/audit.ts';
import { FollowStore } from '../../src/tickets/follow-store.ts';
import { Follower } from '../../src/tickets/follower.ts';
import { TicketStore } from '../../src/tickets/store.ts';
import { summarize } from '../../src/tickets/summary.ts';
import { factsOf, type Ticket, type TicketRecord } from '../../src/tickets/ticket.ts';
import { connect, scope } from '../database/connect.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = 1_800_000_000_000;
const LINKS = 200;

/** What customers do, in hours after the link was created. */
const CUSTOMERS = [
  { does: 'nothing' },
  { does: 'enable', configured: 20, enabled: 21 },
  { does: 'enable', configured: 30, enabled: 70 },
  { does: 'configure', configured: 10 },
  { does: 'revoked', configured: 90, revoked: 3 },
] as const;
type Customer = { does: string; configured?: number; enabled?: number; revoked?: number };

let database: Database;
let folder: string;
afterEach(async () => {
  await database.close();
  await rm(folder, { recursive: true });
});

/** Time that passes only when all who wait have come to rest. */
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

  /** Lets the first one go on, and waits until it waits again. */
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

it('200 links over five days: each ends in the right state, each message is sent once, and Auth0 is asked once a minute', async () => {
  folder = await mkdtemp(join(tmpdir(), 'sso-ticket-bot-follow-'));
  database = connect({ dataDir: folder });
  const clock = new Clock();
  const log = createLog('error', { write: () => true });
  const store = new TicketStore({ database, scope: scope(), instance: 'bot' });
  const followed = new FollowStore({ database, scope: scope() });
  const leases = new Leases({ database, scope: scope(), now: () => clock.now });
  const audit = new AuditLog({ log, store, queue: new WriteQueue({ log }), onEvent: () => undefined });

  const calls: { at: number; by: string }[] = [];
  const shown = new Map<string, string[]>();
  const customers = new Map<string, { customer: Customer; createdAt: number }>();
  const hasHappened = (name: string, what: 'configured' | 'enabled') => {
    const { customer, createdAt } = customers.get(name) ?? { customer: undefined, createdAt: 0 };
    const hours = customer?.[what];
    return hours !== undefined && clock.now >= createdAt + hours * HOUR;
  };
  const tenantFor = (by: string) => {
    const call = <T>(answer: () => T) => {
      calls.push({ at: clock.now, by });
      // Every seventh call fails.
      if (calls.length % 7 === 0) throw new Auth0Error('failed');
      return answer();
    };
    const api = {
      connectionByName: async (name: string) =>
        call(() => (hasHappened(name, 'configured') ? { id: name, strategy: 'okta' } : undefined)),
      connectionClients: async (name: string) =>
        call(() => (hasHappened(name, 'enabled') ? ['client_1'] : [])),
      organizationConnections: async () => call(() => []),
      missingPermissions: async () => [],
    };
    return { api } as unknown as Tenant; // all that a follower asks
  };
  const startFollower = (instance: string) => {
    const stop = new AbortController();
    const onChange = async ({ ticket, events }: TicketRecord) => {
      const { isFinished, attention } = summarize(ticket, events, clock.now);
      const kind = isFinished ? 'finished' : attention;
      if (!kind) return true;
      const event = newEvent('notified', { ...factsOf(ticket), reason: kind }, ticket.id);
      if ((await followed.add(ticket.id, [event])).length === 0) return true;
      shown.set(ticket.id, [...(shown.get(ticket.id) ?? []), kind]);
      return true;
    };
    const follower = new Follower({
      tenant: tenantFor(instance),
      store,
      followed,
      audit,
      leases,
      instance,
      tasks: new TaskTracker(),
      onChange,
      log,
      now: () => clock.now,
      sleep: clock.sleep,
    });
    const done = follower.run(stop.signal);
    return { stop: () => stop.abort(), done };
  };

  const create = async (index: number) => {
    const customer: Customer = CUSTOMERS[index % CUSTOMERS.length] ?? { does: 'nothing' };
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
    customers.set(name, { customer, createdAt: clock.now });
    if (customer.revoked) await store.add(at('revoked'), { endedAt: clock.now });
  };

  const first = startFollower('first');
  let second: ReturnType<typeof startFollower> | undefined;
  let created = 0;
  while (clock.now < START + 5 * DAY) {
    // Ten each hour.
    while (created < LINKS && clock.now >= START + (created / 10) * HOUR) {
      await create(created);
      created += 1;
    }
    // A restart in which both run for a while, and the first one goes without ending its lease.
    if (!second && clock.now >= START + 2 * DAY) second = startFollower('second');
    if (clock.now >= START + 2 * DAY + 30 * MINUTE) first.stop();
    await clock.step();
  }

  for (let index = 0; index < LINKS; index += 1) {
    const record = await store.find(`ticket-${index}`);
    if (!record) throw new Error('It is not on record');
    const { does } = CUSTOMERS[index % CUSTOMERS.length] ?? { does: 'nothing' };
    const { status } = summarize(record.ticket, record.events, clock.now);
    const notices = shown.get(record.ticket.id) ?? [];
    expect(new Set(notices).size).toBe(notices.length);
    const expected = {
      nothing: ['expired', ['expiring', 'unused']],
      enable: ['enabled', expect.arrayContaining(['finished'])],
      configure: ['expired', ['unfinished']],
      revoked: ['revoked', []],
    }[does];
    expect([does, status, notices]).toEqual([does, ...expected]);
  }
  // At most one call in each minute, no matter which instance makes it.
  const gaps = calls.slice(1).map(({ at }, index) => at - (calls[index]?.at ?? 0));
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(MINUTE);
  expect(new Set(calls.map(({ by }) => by))).toEqual(new Set(['first', 'second']));
  // When every session is over, 80 connections wait to be enabled: one look a day, and one more after each failure.
  const lastDay = calls.filter(({ at }) => at >= START + 4 * DAY);
  expect(lastDay.length).toBeLessThan(100);
});
