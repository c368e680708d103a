import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './schema.ts';

/** SQLite or PostgreSQL. */
export interface Engine {
  db: Kysely<Schema>;
  /** Locks a key until the transaction ends. Waits while another transaction has the lock. */
  lock(db: Transaction<Schema>, key: string): Promise<void>;
  close(): Promise<void>;
}
