import { afterEach, expect, it } from 'vitest';
import type { Database } from '../../src/database/database.ts';
import { TicketArchive } from '../../src/tickets/archive.ts';
import { newEvent } from '../../src/tickets/audit.ts';
import { TicketStore } from '../../src/tickets/store.ts';
import { type EventType, factsOf, type Ticket } from '../../src/tickets/ticket.ts';
import { connect, scope } from '../database/connect.ts';
import { describeEngines, type NewDatabase } from '../database/engines.ts';

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

const open: Database[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((database) => database.close()));
});

let count = 0;
function ticket(more: Partial<Ticket> = {}): Ticket {
  count += 1;
  return {
    id: `ticket-${count}`,
    kind: 'new',
    requester: 'U1',
    channel: 'C1',
    customer: 'Acme Corp',
    connection: 'acme-corp',
    connectionId: undefined,
    profile: { id: 'ssp_1', name: 'Microsoft and Okta' },
    clients: [{ id: 'client_1', name: 'Portal' }],
    organizations: [{ id: 'org_1', name: 'Zoë’s Café' }],
    options: [{ label: 'Domains', value: 'acme.com' }],
    form: { connectionName: 'acme-corp', clients: [{ id: 'client_1', name: 'Portal' }] },
    correlationId: `correlation-${count}`,
    createdAt: NOW,
    ...more,
  };
}

const eventOf = (type: EventType, of: Ticket) =>
  newEvent(type, { ...factsOf(of), user: of.requester, channel: of.channel }, of.id);

interface Parts {
  store: TicketStore;
  archive: TicketArchive;
  /** Begins a ticket. By default, it has its own submission. */
  begin(more?: Partial<Ticket>, submission?: string, maxPerHour?: number): Promise<Ticket | undefined>;
  /** Begins a ticket that Auth0 creates. */
  create(more?: Partial<Ticket>): Promise<Ticket>;
}

function parts(config: Awaited<ReturnType<NewDatabase>>, of = scope(), instance = 'instance-1'): Parts {
  const database = connect(config);
  open.push(database);
  const store = new TicketStore({ database, scope: of, instance });
  const archive = new TicketArchive({ database, scope: of });
  const begin: Parts['begin'] = async (more = {}, submission = undefined, maxPerHour = 1_000) => {
    const begun = ticket(more);
    const isNew = await store.begin(begun, eventOf('requested', begun), {
      submission: submission ?? begun.id,
      maxPerHour,
    });
    return isNew ? begun : undefined;
  };
  const create: Parts['create'] = async (more = {}) => {
    const begun = await begin(more);
    if (!begun) throw new Error('It is there already');
    const expiresAt = more.expiresAt ?? NOW + 24 * HOUR;
    const details = { sealedId: 'sealed', fingerprint: `print-${begun.id}`, expiresAt };
    await store.created(eventOf('created', begun), details);
    return { ...begun, ...details };
  };
  return { store, archive, begin, create };
}

describeEngines('TicketStore', (newDatabase) => {
  it('returns a ticket with all its values and events', async () => {
    const { store, begin } = parts(await newDatabase());
    const begun = await begin();
    if (!begun) throw new Error('It was not stored');
    expect(await store.find(begun.id)).toMatchObject({ ticket: begun, events: [{ type: 'requested' }] });
    const details = { sealedId: 'sealed', fingerprint: 'print', expiresAt: NOW + HOUR };
    const created = eventOf('created', begun);
    expect(await store.created(created, details)).toBe(true);
    await store.setReceipt(begun.id, { channel: 'D1', ts: '1.2' });
    const revoked = newEvent('revoked', { ...factsOf(begun), user: 'U2', reason: 'because' }, begun.id);
    await store.add(revoked, { endedAt: NOW, finishedAt: NOW });
    // An event that is added again is stored once.
    await store.add(revoked, { endedAt: NOW, finishedAt: NOW });
    const record = await store.find(begun.correlationId);
    expect(record?.ticket).toEqual({ ...begun, ...details, receipt: { channel: 'D1', ts: '1.2' } });
    expect(record?.events).toHaveLength(3);
    expect(record?.events).toContainEqual(revoked);
    expect(record?.events).toContainEqual(created);
    expect(await store.find('unknown')).toBeUndefined();
  });

  it('stores a submission once, even if several instances begin it', async () => {
    const config = await newDatabase();
    const [mine, theirs] = [parts(config), parts(config, scope(), 'instance-2')];
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) => (index % 2 ? mine : theirs).begin({}, 'V1 hash')),
    );
    expect(results.filter(Boolean)).toHaveLength(1);
    expect(await mine.archive.count()).toEqual({ count: 1, since: NOW });
    expect(await mine.begin({}, 'V1 other hash')).toBeDefined();
  });

  it('limits the links of a person per hour, even if several instances begin them concurrently', async () => {
    const config = await newDatabase();
    const [mine, theirs] = [parts(config), parts(config, scope(), 'instance-2')];
    const results = await Promise.allSettled(
      Array.from({ length: 10 }, (_, index) => (index % 2 ? mine : theirs).begin({}, undefined, 3)),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    const refused = results.find(({ status }) => status === 'rejected');
    expect(refused).toMatchObject({
      reason: { code: 'too_many_links', details: { max: 3, nextAt: NOW + HOUR } },
    });
    // Others are not limited by it, and neither is the same person later.
    expect(await mine.begin({ requester: 'U2' }, undefined, 3)).toBeDefined();
    expect(await mine.begin({ createdAt: NOW + HOUR }, undefined, 3)).toBeDefined();
  });

  it('does not count failed links toward the limit', async () => {
    const { store, begin } = parts(await newDatabase());
    for (let index = 0; index < 3; index += 1) {
      const begun = await begin({}, undefined, 1);
      if (!begun) throw new Error('It was not stored');
      await store.add(eventOf('failed', begun), { finishedAt: NOW, endedAt: NOW });
    }
    expect(await begin({}, undefined, 1)).toBeDefined();
    await expect(begin({}, undefined, 1)).rejects.toMatchObject({ code: 'too_many_links' });
  });

  it('lets only its own instance mark a ticket as created, and not after it failed', async () => {
    const config = await newDatabase();
    const [mine, theirs] = [parts(config), parts(config, scope(), 'instance-2')];
    const begun = await mine.begin();
    if (!begun) throw new Error('It was not stored');
    const details = { sealedId: 'sealed', fingerprint: 'print', expiresAt: NOW };
    expect(await theirs.store.created(eventOf('created', begun), details)).toBe(false);
    await theirs.store.add(eventOf('failed', begun), { finishedAt: NOW, endedAt: NOW });
    expect(await mine.store.created(eventOf('created', begun), details)).toBe(false);
    expect((await mine.store.find(begun.id))?.events.map(({ type }) => type)).toEqual([
      'requested',
      'failed',
    ]);
  });

  it('lists live links first, then the newest, in pages', async () => {
    const { store, create, begin } = parts(await newDatabase());
    const expired = await create({ createdAt: NOW + 9, expiresAt: NOW });
    const revoked = await create({ createdAt: NOW + 8 });
    await store.add(eventOf('revoked', revoked), { endedAt: NOW });
    const older = await create({ createdAt: NOW + 1 });
    const newer = await create({ createdAt: NOW + 2 });
    const others = await create({ createdAt: NOW + 3, requester: 'U2' });
    const waiting = await begin({ createdAt: NOW + 4 });
    const ids = async (query: Partial<Parameters<TicketStore['list']>[0]>) =>
      (await store.list({ now: NOW, limit: 10, ...query })).map(({ ticket: { id } }) => id);
    const mine = [newer.id, older.id, expired.id, revoked.id, waiting?.id];
    expect(await ids({ requester: 'U1' })).toEqual(mine);
    expect(await ids({ requester: 'U1', limit: 2, offset: 2 })).toEqual(mine.slice(2, 4));
    expect(await ids({})).toEqual([others.id, ...mine]);
    expect(await ids({ liveOnly: true })).toEqual([others.id, newer.id, older.id]);
    expect(await ids({ now: NOW + 25 * HOUR, liveOnly: true })).toEqual([]);
  });

  it.each([
    ['ACME', true],
    ['corp', true],
    ['zoe’s cafe', true],
    ['Café', true],
    ['acme-corp', true],
    ['portal', false],
    ['100%', false],
    ['globex', false],
  ])('searches names for “%s” (found: %s)', async (search, found) => {
    const { store, create } = parts(await newDatabase());
    await create();
    expect(await store.list({ now: NOW, limit: 10, search })).toHaveLength(found ? 1 : 0);
  });

  it('finds the links for exactly this connection', async () => {
    const { store, create } = parts(await newDatabase());
    const { id } = await create();
    await create({ connection: 'acme-corp-2' });
    const found = await store.list({ now: NOW, limit: 10, connection: 'acme-corp', liveOnly: true });
    expect(found.map(({ ticket }) => ticket.id)).toEqual([id]);
  });

  it('lists due receipts, the oldest first, until they are updated', async () => {
    const config = await newDatabase();
    const { store, create } = parts(config);
    const later = await create({ expiresAt: NOW + HOUR });
    const first = await create({ expiresAt: NOW });
    const due = async (now: number, limit = 10) =>
      (await store.dueReceipts(now, limit)).map(({ ticket: { id } }) => id);
    expect(await due(NOW - 1)).toEqual([]);
    expect(await due(NOW)).toEqual([first.id]);
    expect(await due(NOW + HOUR)).toEqual([first.id, later.id]);
    expect(await due(NOW + HOUR, 1)).toEqual([first.id]);
    await parts(config, scope('other.auth0.com')).store.setReceiptDue(first.id, null);
    await store.setReceiptDue(later.id, null);
    expect(await due(NOW + HOUR)).toEqual([first.id]);
    await store.setReceiptDue(first.id, NOW + 2 * HOUR);
    expect(await due(NOW + HOUR)).toEqual([]);
    expect(await due(NOW + 2 * HOUR)).toEqual([first.id]);
    expect(await parts(config, scope('other.auth0.com')).store.dueReceipts(NOW + 9 * HOUR, 10)).toEqual([]);
  });

  it('deletes only tickets and events that are older than a time', async () => {
    const config = await newDatabase();
    const { store, archive, create } = parts(config);
    const old = await create({ createdAt: NOW - HOUR });
    const recent = await create({ createdAt: NOW });
    const other = parts(config, scope('other.auth0.com'));
    const theirs = await other.create({ createdAt: NOW - HOUR });
    const at = (time: number, of?: Ticket) => ({ ...newEvent('access_denied', {}, of?.id), at: time });
    const itsEvents = (await store.find(recent.id))?.events ?? [];
    // An old event stays if its ticket stays. A recent event stays even if its ticket is deleted.
    const kept = [...itsEvents, at(NOW), at(NOW - HOUR, recent), at(NOW, old)];
    for (const event of [at(NOW - HOUR), at(NOW - HOUR, old), ...kept]) await store.add(event);
    const rest = async () => {
      const ids: string[] = [];
      for await (const { event } of archive.events({ until: NOW + 1 })) ids.push(event.id);
      return ids.toSorted();
    };
    expect(await archive.deleteBefore(NOW)).toBe(1);
    expect(await store.find(old.id)).toBeUndefined();
    expect(await rest()).toEqual(kept.map(({ id }) => id).toSorted());
    expect(itsEvents).toHaveLength(2);
    expect(await archive.deleteBefore(NOW)).toBe(0);
    expect((await other.store.find(theirs.id))?.events).toHaveLength(2);
  });

  it('keeps tenants and workspaces apart', async () => {
    const config = await newDatabase();
    const mine = parts(config);
    const created = await mine.create();
    for (const other of [scope('other.auth0.com'), scope('acme.auth0.com', 'T2')]) {
      const { store, archive, begin } = parts(config, other);
      expect(await store.find(created.id)).toBeUndefined();
      expect(await store.list({ now: NOW, limit: 10 })).toEqual([]);
      expect((await archive.count()).count).toBe(0);
      await store.setReceipt(created.id, { channel: 'D1', ts: '1' });
      await store.finish(created.id, NOW);
      await store.add(newEvent('revoked', {}, created.id), { endedAt: NOW });
      // There, the same submission is a different one.
      expect(await begin({}, created.id)).toBeDefined();
    }
    const record = await mine.store.find(created.id);
    expect(record?.ticket.receipt).toBeUndefined();
    expect(record?.events.map(({ type }) => type)).toEqual(['requested', 'created']);
    expect(await mine.store.list({ now: NOW, limit: 10, liveOnly: true })).toHaveLength(1);
  });
});
