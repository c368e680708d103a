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
  /** A ticket whose link expires a day later. */
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

describeEngines('the links that are followed', (newDatabase) => {
  it('are asked about in turn: the one that waits the longest comes first', async () => {
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

  it('come once a day after their session, unless another link for their connection works', async () => {
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

  it('are no edits, none that ended, none that nobody follows, and none of another workspace', async () => {
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

  it('are due before they expire, then when it is set', async () => {
    const { followed, create } = parts(await newDatabase());
    const { id } = await create('one');
    expect(await followed.due(NOW + 18 * HOUR - 1)).toEqual([]);
    expect(await followed.due(NOW + 18 * HOUR)).toMatchObject([{ ticket: { id } }]);
    await followed.checked(id, NOW + 18 * HOUR, NOW + 2 * DAY);
    expect(await followed.due(NOW + 2 * DAY - 1)).toEqual([]);
    expect(await followed.due(NOW + 2 * DAY)).toMatchObject([{ ticket: { id } }]);
  });

  it('stay due if something happens during a check, and the earlier of two next checks counts', async () => {
    const { followed, create } = parts(await newDatabase());
    const one = await create('one');
    const isDue = async (now: number) => (await followed.due(now)).length > 0;
    // An event comes while an older one is checked.
    await followed.add(one.id, [eventOf('opened', one)], { checkAt: NOW });
    await followed.add(one.id, [eventOf('configured', one)], { checkAt: NOW + 1 });
    await followed.checked(one.id, NOW, NOW + 5 * HOUR);
    expect(await isDue(NOW + 1)).toBe(true);
    // Its own check ends, then another one that knew less.
    await followed.checked(one.id, NOW + 1, NOW + HOUR);
    await followed.checked(one.id, NOW + 1, NOW + 5 * HOUR);
    await followed.checked(one.id, NOW + 1, undefined);
    expect([await isDue(NOW + HOUR - 1), await isDue(NOW + HOUR)]).toEqual([false, true]);
    // The other way around.
    await followed.checked(one.id, NOW + HOUR, NOW + 5 * HOUR);
    await followed.checked(one.id, NOW + HOUR, NOW + 2 * HOUR);
    expect(await isDue(NOW + 2 * HOUR)).toBe(true);
  });

  it('have each event once, and each kind of message; what comes too late changes nothing', async () => {
    const { store, followed, create } = parts(await newDatabase());
    const one = await create('one');
    const first = eventOf('configured', one);
    const at = { checkAt: NOW, expiresAt: NOW + 5 * HOUR };
    expect(await followed.add(one.id, [first], at)).toEqual([first]);
    const again = eventOf('configured', one);
    expect(await followed.add(one.id, [again], { checkAt: NOW + DAY, expiresAt: NOW })).toEqual([]);
    expect((await store.find(one.id))?.ticket.expiresAt).toBe(NOW + 5 * HOUR);
    // Its receipt changes when the session ends.
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

  it('have each event once, even if several instances see it', async () => {
    const { followed, create } = parts(await newDatabase());
    const one = await create('one');
    const seen = await Promise.all(
      Array.from({ length: 10 }, () => followed.add(one.id, [eventOf('finished', one)])),
    );
    expect(seen.flat()).toHaveLength(1);
  });
});
