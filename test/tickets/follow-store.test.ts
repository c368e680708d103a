import { afterEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { newEvent } from '../../src/tickets/audit.ts';
import { FollowStore } from '../../src/tickets/follow-store.ts';
import { TicketStore } from '../../src/tickets/store.ts';
import { type EventType, factsOf, type Ticket } from '../../src/tickets/ticket.ts';
import { connect, scope } from '../database/connect.ts';
import { describeEngines, type NewDatabase } from '../database/engines.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const open: Database[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.close()));
});

const ticket = (name: string, more: Partial<Ticket> = {}): Ticket => ({
  id: name,
  kind: 'new',
  requester: 'U1',
  channel: undefined,
  customer: name,
  connection: name,
  connectionId: undefined,
  profile: { id: 'ssp_1', name: 'Standard' },
  clients: [],
  organizations: [],
  options: [],
  form: {},
  correlationId: `correlation of ${name}`,
  createdAt: NOW,
  ...more,
});

const eventOf = (type: EventType, of: Ticket, more: { reason?: string } = {}) => ({
  ...newEvent(type, { ...factsOf(of), ...more }, of.id),
  at: NOW,
});

function parts(config: Awaited<ReturnType<NewDatabase>>, of = scope()) {
  const database = connect(config);
  open.push(database);
  const store = new TicketStore({ database, scope: of, instance: 'instance-1' });
  const followed = new FollowStore({ database, scope: of });
  /** Creates a ticket whose link expires after a day. */
  const create = async (name: string, more: Partial<Ticket> = {}) => {
    const begun = ticket(name, more);
    await store.begin(begun, eventOf('requested', begun), { submission: name, maxPerHour: 1_000 });
    const details = { sealedId: 'sealed', fingerprint: name, expiresAt: NOW + DAY };
    await store.created(eventOf('created', begun), details);
    return begun;
  };
  const next = async (now: number) => (await followed.nextToAsk(now))?.ticket.id;
  return { store, followed, create, next };
}

describeEngines('followed links', (newDatabase) => {
  it('are looked up in turn, the one that has waited longest first', async () => {
    const { followed, create, next } = parts(await newDatabase());
    expect(await next(NOW)).toBeUndefined();
    await create('one');
    await create('two', { createdAt: NOW + 1 });
    expect(await next(NOW)).toBe('one');
    await followed.asked('one', NOW);
    expect(await next(NOW)).toBe('two');
    await followed.asked('two', NOW + 1);
    expect(await next(NOW)).toBe('one');
  });

  it('are looked up only once a day after their session, unless another link for the connection works', async () => {
    const { followed, create, next } = parts(await newDatabase());
    await create('one');
    await followed.asked('one', NOW + DAY);
    expect(await next(NOW + DAY + 5 * HOUR - 1)).toBe('one');
    expect(await next(NOW + DAY + 5 * HOUR)).toBeUndefined();
    expect(await next(NOW + 2 * DAY)).toBe('one');
    const later = await create('an edit', { kind: 'edit', connection: 'one' });
    await followed.add(later.id, [eventOf('opened', later)], { expiresAt: NOW + 3 * DAY });
    expect(await next(NOW + DAY + 5 * HOUR)).toBe('one');
  });

  it('are not looked up if they are edits, have ended, or belong to another workspace', async () => {
    const config = await newDatabase();
    const { store, followed, create, next } = parts(config);
    await create('edit', { kind: 'edit' });
    const revoked = await create('revoked');
    await store.add(eventOf('revoked', revoked), { endedAt: NOW });
    const finished = await create('finished');
    await followed.checked(finished.id, NOW + DAY, undefined);
    await parts(config, scope('acme.auth0.com', 'T2')).create('elsewhere');
    expect(await next(NOW)).toBeUndefined();
    const due = await followed.due(NOW + DAY);
    expect(due.map(({ ticket: { id } }) => id)).toEqual(['edit']);
  });

  it('are due before they expire, and then at the time that is set', async () => {
    const { followed, create } = parts(await newDatabase());
    const { id } = await create('one');
    expect(await followed.due(NOW + 18 * HOUR - 1)).toEqual([]);
    expect(await followed.due(NOW + 18 * HOUR)).toMatchObject([{ ticket: { id } }]);
    await followed.checked(id, NOW + 18 * HOUR, NOW + 2 * DAY);
    expect(await followed.due(NOW + 2 * DAY - 1)).toEqual([]);
    expect(await followed.due(NOW + 2 * DAY)).toMatchObject([{ ticket: { id } }]);
  });

  it('stay due if an event arrives during a check, and use the earlier of two next checks', async () => {
    const { followed, create } = parts(await newDatabase());
    const one = await create('one');
    const isDue = async (now: number) => (await followed.due(now)).length > 0;
    // An event arrives while an older one is checked.
    await followed.add(one.id, [eventOf('opened', one)], { checkAt: NOW });
    await followed.add(one.id, [eventOf('configured', one)], { checkAt: NOW + 1 });
    await followed.checked(one.id, NOW, NOW + 5 * HOUR);
    expect(await isDue(NOW + 1)).toBe(true);
    // Its own check ends, then one that didn't know about it.
    await followed.checked(one.id, NOW + 1, NOW + HOUR);
    await followed.checked(one.id, NOW + 1, NOW + 5 * HOUR);
    await followed.checked(one.id, NOW + 1, undefined);
    expect([await isDue(NOW + HOUR - 1), await isDue(NOW + HOUR)]).toEqual([false, true]);
    // In the opposite order.
    await followed.checked(one.id, NOW + HOUR, NOW + 5 * HOUR);
    await followed.checked(one.id, NOW + HOUR, NOW + 2 * HOUR);
    expect(await isDue(NOW + 2 * HOUR)).toBe(true);
  });

  it('store each event and each kind of message once, and ignore repeats', async () => {
    const { store, followed, create } = parts(await newDatabase());
    const one = await create('one');
    const first = eventOf('configured', one);
    const at = { checkAt: NOW, expiresAt: NOW + 5 * HOUR };
    expect(await followed.add(one.id, [first], at)).toEqual([first]);
    const again = eventOf('configured', one);
    expect(await followed.add(one.id, [again], { checkAt: NOW + DAY, expiresAt: NOW })).toEqual([]);
    expect((await store.find(one.id))?.ticket.expiresAt).toBe(NOW + 5 * HOUR);
    // Its receipt is due when the session ends.
    expect(await store.dueReceipts(NOW + 5 * HOUR - 1, 10)).toEqual([]);
    expect((await store.dueReceipts(NOW + 5 * HOUR, 10)).map(({ ticket }) => ticket.id)).toEqual([one.id]);
    expect(await followed.due(NOW)).toHaveLength(1);
    const notices = ['expiring', 'finished'].map((reason) => eventOf('notified', one, { reason }));
    expect(
      await followed.add(one.id, [...notices, eventOf('notified', one, { reason: 'finished' })]),
    ).toEqual(notices);
    for (const notice of notices) await followed.remove(notice);
    expect(await followed.add(one.id, [eventOf('notified', one, { reason: 'finished' })])).toHaveLength(1);
  });

  it('store an event once, even if several callers add it concurrently', async () => {
    const { followed, create } = parts(await newDatabase());
    const one = await create('one');
    const seen = await Promise.all(
      Array.from({ length: 10 }, () => followed.add(one.id, [eventOf('finished', one)])),
    );
    expect(seen.flat()).toHaveLength(1);
  });
});
