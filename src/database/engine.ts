import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './schema.ts';

/** SQLite or PostgreSQL. */
export interface Engine {
  db: Kysely<Schema>;
  /** Waits until no other transaction holds this key. It is free again when the transaction ends. */
  lock(db: Transaction<Schema>, key: string): Promise<void>;
  close(): Promise<void>;
}
