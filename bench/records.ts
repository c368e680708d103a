import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../src/database/database.ts';
import type { Scope } from '../src/database/schema.ts';

export const SCOPE: Scope = { auth0Domain: 'bench.auth0.com', team: 'T0BENCH' };
const DAY_MS = 24 * 3_600_000;
/** 250 links a day: after 400 days, there are 100,000. */
const INTERVAL_MS = DAY_MS / 250;
const REQUESTERS = 50;

const form = JSON.stringify({
  profile: { id: 'ssp_1', name: 'Default profile' },
  connectionName: 'customer',
  clients: [{ id: 'app_1', name: 'Customer Portal' }],
  hours: '120',
  customerName: 'Customer',
});
const details = JSON.stringify({
  requester: 'U1',
  what: 'new',
  profile: 'ssp_1',
  connection: 'customer',
  clients: ['app_1'],
  organizations: ['org_1'],
  correlationId: '00000000-0000-4000-8000-000000000000',
});

/**
 * Adds the links with these numbers, each older than the one before, with their events. Those of the last five days
 * work. Of the others, six in ten are finished, three have expired and one was revoked.
 */
export async function addRecords(
  database: Database,
  { from, to, now }: { from: number; to: number; now: number },
): Promise<void> {
  const numbers = sql`with recursive numbers(i) as (
    select ${sql.lit(from)} union all select i + 1 from numbers where i < ${sql.lit(to)}
  )`;
  // Text in both engines.
  const i = sql`cast(i as text)`;
  const createdAt = sql`(${sql.lit(now)} - cast(i as bigint) * ${sql.lit(INTERVAL_MS)})`;
  const expiresAt = sql`(${createdAt} + ${sql.lit(5 * DAY_MS)})`;
  const isLive = sql`${expiresAt} > ${sql.lit(now)}`;
  const columns: Record<string, RawBuilder<unknown>> = {
    id: sql`'ticket-' || ${i}`,
    auth0_domain: sql.lit(SCOPE.auth0Domain),
    team: sql.lit(SCOPE.team),
    submission: sql`'submission-' || ${i}`,
    kind: sql.lit('new'),
    requester: sql`'U' || cast(i % ${sql.lit(REQUESTERS)} as text)`,
    customer: sql`'Customer ' || ${i}`,
    connection: sql`'customer-' || ${i}`,
    profile_id: sql.lit('ssp_1'),
    profile: sql.lit('Default profile'),
    clients: sql.lit('[{"id":"app_1","name":"Customer Portal"}]'),
    organizations: sql.lit('[{"id":"org_1","name":"Customer"}]'),
    options: sql.lit('[]'),
    form: sql.lit(form),
    search: sql`'customer ' || ${i}`,
    correlation_id: sql`'correlation-' || ${i}`,
    auth0_ticket: sql.lit('x'.repeat(90)),
    fingerprint: sql.lit('0123456789abcdef'),
    expires_at: expiresAt,
    receipt_channel: sql.lit('C0SALES'),
    receipt_ts: sql.lit('1700000000.000100'),
    receipt_due_at: sql`case when ${isLive} then ${expiresAt} end`,
    instance: sql.lit('bench'),
    created_at: createdAt,
    finished_at: createdAt,
    check_at: sql`case when ${isLive} then ${expiresAt} end`,
    ended_at: sql`case when i % 10 = 9 then ${createdAt} end`,
  };
  const event = (type: RawBuilder<unknown>): Record<string, RawBuilder<unknown>> => ({
    id: sql`${type} || '-' || ${i}`,
    auth0_domain: sql.lit(SCOPE.auth0Domain),
    team: sql.lit(SCOPE.team),
    ticket: sql`'ticket-' || ${i}`,
    at: createdAt,
    type,
    actor: sql.lit('U1'),
    details: sql.lit(details),
  });
  const ended = sql`case when i % 10 = 9 then 'revoked' when i % 10 < 6 then 'finished' else 'expired' end`;
  const types = [sql`'requested'`, sql`'created'`, sql`'delivered'`];
  await database.write(async (db) => {
    const insert = (table: string, row: Record<string, RawBuilder<unknown>>, where = sql``) =>
      sql`insert into ${sql.table(table)} (${sql.join(Object.keys(row).map((name) => sql.ref(name)))})
        ${numbers} select ${sql.join(Object.values(row))} from numbers ${where}`.execute(db);
    await insert('tickets', columns);
    for (const type of types) await insert('events', event(type));
    await insert('events', event(ended), sql`where not (${isLive}) or i % 10 = 9`);
  });
}
