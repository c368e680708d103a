import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, SqliteDialect } from 'kysely';
import Libsql from 'libsql';
import type { Engine } from './engine.ts';
import type { Schema } from './schema.ts';

/** Its calls block the process, so it waits for a lock only this long, in milliseconds. The caller tries again. */
const BUSY_TIMEOUT_MS = 50;

/** Opens a file, and creates it and its folder if necessary. @throws if that fails */
export async function openSqlite(file: string): Promise<Engine> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const database = new Libsql(file);
  const db = new Kysely<Schema>({ dialect: new ImmediateDialect(database) });
  try {
    // Before journal_mode, which two processes may set at the same time.
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
  } catch (error) {
    database.close();
    throw error;
  }
  return {
    db,
    // A transaction holds the lock of the whole file.
    lock: async () => undefined,
    async close() {
      database.close();
    },
  };
}

/**
 * Takes the write lock at the beginning of a transaction, because one that starts to write later can't wait for it.
 * So only the beginning can fail because of a lock. That matters: a failed statement of libsql stays active until it is
 * garbage-collected, and until then no statement outside a transaction is committed.
 */
class ImmediateDialect extends SqliteDialect {
  readonly #database: Libsql.Database;

  constructor(database: Libsql.Database) {
    super({ database });
    this.#database = database;
  }

  override createDriver() {
    const driver = super.createDriver();
    const database = this.#database;
    driver.beginTransaction = async () => void database.exec('BEGIN IMMEDIATE');
    driver.commitTransaction = async () => void database.exec('COMMIT');
    driver.rollbackTransaction = async () => {
      // If the disk is full, it has already ended. On a closed database, libsql ends the process instead of throwing.
      if (database.open && database.inTransaction) database.exec('ROLLBACK');
    };
    return driver;
  }
}
