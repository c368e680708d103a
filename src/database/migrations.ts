import type { CreateTableBuilder, Kysely } from 'kysely';
import { DatabaseError } from './errors.ts';

/** Changes the tables from one version to the next. */
type Migration = (db: Kysely<never>) => Promise<void>;

/** All migrations, oldest first. A released one never changes. */
export const MIGRATIONS: Record<string, Migration> = {
  '0001_tickets': createTickets,
  '0002_list_snapshots': createListSnapshots,
  '0003_receipts': addReceiptDueAt,
  '0004_following': addFollowing,
  '0005_log': addLog,
};

const NAMES = 'schema_migrations';

/**
 * Brings the tables up to date. The caller runs it in one transaction, and alone. (Kysely's own Migrator has no
 * transaction on SQLite.)
 *
 * @throws DatabaseError `schema_too_new` if a newer version changed the tables
 */
export async function migrate(db: Kysely<never>, migrations = MIGRATIONS): Promise<void> {
  const names = db as Kysely<{ [NAMES]: { name: string } }>;
  await names.schema
    .createTable(NAMES)
    .ifNotExists()
    .addColumn('name', 'text', (column) => column.primaryKey())
    .execute();
  const done = new Set((await names.selectFrom(NAMES).select('name').execute()).map(({ name }) => name));
  if ([...done].some((name) => !Object.hasOwn(migrations, name))) throw new DatabaseError('schema_too_new');
  for (const [name, run] of Object.entries(migrations)) {
    if (done.has(name)) continue;
    await run(db);
    await names.insertInto(NAMES).values({ name }).execute();
  }
}

async function createTickets(db: Kysely<never>): Promise<void> {
  await createTable(db, 'tickets')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('submission', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('requester', 'text', (column) => column.notNull())
    .addColumn('channel', 'text')
    .addColumn('customer', 'text', (column) => column.notNull())
    .addColumn('connection', 'text', (column) => column.notNull())
    .addColumn('connection_id', 'text')
    .addColumn('profile_id', 'text', (column) => column.notNull())
    .addColumn('profile', 'text', (column) => column.notNull())
    .addColumn('clients', 'text', (column) => column.notNull())
    .addColumn('organizations', 'text', (column) => column.notNull())
    .addColumn('options', 'text', (column) => column.notNull())
    .addColumn('form', 'text', (column) => column.notNull())
    .addColumn('search', 'text', (column) => column.notNull())
    .addColumn('correlation_id', 'text', (column) => column.notNull())
    .addColumn('auth0_ticket', 'text')
    .addColumn('fingerprint', 'text')
    .addColumn('expires_at', 'bigint')
    .addColumn('receipt_channel', 'text')
    .addColumn('receipt_ts', 'text')
    .addColumn('instance', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('finished_at', 'bigint')
    .addColumn('ended_at', 'bigint')
    .addUniqueConstraint('tickets_submission', ['auth0_domain', 'team', 'submission'])
    .execute();
  const index = (name: string, table: string, columns: string[]) =>
    db.schema
      .createIndex(name)
      .on(table)
      .columns(['auth0_domain', 'team', ...columns])
      .execute();
  await index('tickets_of_requester', 'tickets', ['requester', 'created_at']);
  await index('tickets_by_age', 'tickets', ['created_at']);
  await index('tickets_live', 'tickets', ['ended_at', 'expires_at']);
  await index('tickets_unfinished', 'tickets', ['finished_at']);
  await index('tickets_correlation', 'tickets', ['correlation_id']);
  await createTable(db, 'events')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('ticket', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('type', 'text', (column) => column.notNull())
    .addColumn('actor', 'text')
    .addColumn('channel', 'text')
    .addColumn('details', 'text', (column) => column.notNull())
    .addColumn('source_id', 'text')
    .addUniqueConstraint('events_source', ['auth0_domain', 'team', 'source_id'])
    .execute();
  await index('events_of_ticket', 'events', ['ticket']);
  await index('events_by_time', 'events', ['at', 'id']);
  await createTable(db, 'leases')
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('leases_name', ['auth0_domain', 'team', 'name'])
    .execute();
}

async function createListSnapshots(db: Kysely<never>): Promise<void> {
  await createTable(db, 'list_snapshots')
    .addColumn('list', 'text', (column) => column.notNull())
    .addColumn('part', 'integer', (column) => column.notNull())
    .addColumn('data', 'text', (column) => column.notNull())
    .addColumn('loaded_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('list_snapshots_part', ['auth0_domain', 'team', 'list', 'part'])
    .execute();
}

async function addReceiptDueAt(db: Kysely<never>): Promise<void> {
  await db.schema.alterTable('tickets').addColumn('receipt_due_at', 'bigint').execute();
  await db.schema
    .createIndex('tickets_receipt_due')
    .on('tickets')
    .columns(['auth0_domain', 'team', 'receipt_due_at'])
    .execute();
  const tickets = db as Kysely<{
    tickets: { receipt_due_at: number | null; expires_at: number | null; ended_at: number | null };
  }>;
  await tickets
    .updateTable('tickets')
    .set((row) => ({ receipt_due_at: row.ref('expires_at') }))
    .where('ended_at', 'is', null)
    .execute();
}

async function addFollowing(db: Kysely<never>): Promise<void> {
  await db.schema.alterTable('tickets').addColumn('check_at', 'bigint').execute();
  await db.schema.alterTable('tickets').addColumn('asked_at', 'bigint').execute();
  await db.schema
    .createIndex('tickets_to_check')
    .on('tickets')
    .columns(['auth0_domain', 'team', 'check_at'])
    .execute();
  // Links that work now are followed, too.
  const tickets = db as Kysely<{
    tickets: { check_at: number | null; expires_at: number | null; ended_at: number | null };
  }>;
  await tickets
    .updateTable('tickets')
    .set((row) => ({ check_at: row.ref('expires_at') }))
    .where('ended_at', 'is', null)
    .where('expires_at', '>', Date.now())
    .execute();
}

async function addLog(db: Kysely<never>): Promise<void> {
  await db.schema.alterTable('tickets').addColumn('opened_at', 'bigint').execute();
  await createTable(db, 'log_cursors')
    .addColumn('read_until', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('log_cursors_scope', ['auth0_domain', 'team'])
    .execute();
  await db.schema
    .createIndex('tickets_of_connection')
    .on('tickets')
    .columns(['auth0_domain', 'team', 'connection'])
    .execute();
}

/** Every table has the columns of a `Scope`. */
function createTable(db: Kysely<never>, name: string): CreateTableBuilder<string, string> {
  return db.schema
    .createTable(name)
    .addColumn('auth0_domain', 'text', (column) => column.notNull())
    .addColumn('team', 'text', (column) => column.notNull());
}
