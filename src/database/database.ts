import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Kysely, Transaction } from 'kysely';
import type { DatabaseConfig } from '../config/config.ts';
import { errorFields, type Log } from '../lib/log.ts';
import { type CallObserver, observe } from '../lib/observe.ts';
import { retry } from '../lib/retry.ts';
import type { Engine } from './engine.ts';
import { DatabaseError, toDatabaseError } from './errors.ts';
import { migrate } from './migrations.ts';
import { databaseProblem } from './problems.ts';
import type { Schema } from './schema.ts';

const { W_OK } = constants;

/** How long a query waits for a lock in total, and between two attempts, in milliseconds. */
const LOCK_WAIT_MS = 2_000;
const LOCK_RETRY_DELAY_MS = 20;
/** A disk with less space than this, in bytes, is full: SQLite's files next to an open database need some, too. */
const MIN_FREE_BYTES = 1_000_000;

/**
 * The database: SQLite in a folder, or PostgreSQL. It opens on first use. While it can't be used, each query tries
 * again.
 */
export class Database {
  /** The path of the file, or the host and name of the database, without credentials. */
  readonly location: string;
  readonly #log: Log;
  readonly #config: DatabaseConfig;
  readonly #onCall: CallObserver | undefined;
  #opening: Promise<Engine> | undefined;
  #opened: Engine | undefined;
  #problem: DatabaseError | undefined;
  #closed = false;
  readonly #running = new Set<Promise<unknown>>();

  /** @param deps.onCall called after each `read` and `write`, with the time that it waited for locks */
  constructor(deps: { config: DatabaseConfig; log: Log; onCall?: CallObserver | undefined }) {
    const { config, log, onCall } = deps;
    this.location = databaseLocation(config);
    this.#log = log;
    this.#onCall = onCall;
    this.#config = config;
  }

  /** Why the latest query failed. Undefined if it succeeded, or if there was none. */
  get problem(): DatabaseError | undefined {
    return this.#problem;
  }

  /** Opens it and brings its tables up to date. @throws DatabaseError */
  async open(): Promise<void> {
    await this.#attempt(async () => undefined);
  }

  /** Runs queries that only read. @throws DatabaseError, or what `queries` throws */
  read<T>(queries: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    return this.#observed('read', ({ db }) => queries(db));
  }

  /**
   * Runs queries in a transaction, and retries while the database is locked. Resolves once everything is stored.
   *
   * @param key no two transactions with the same key run at the same time
   * @throws DatabaseError, or what `queries` throws; then nothing is stored
   */
  write<T>(queries: (db: Transaction<Schema>) => Promise<T>, key?: string): Promise<T> {
    return this.#observed('write', ({ db, lock }) =>
      db.transaction().execute(async (transaction) => {
        if (key !== undefined) await lock(transaction, key);
        return queries(transaction);
      }),
    );
  }

  /** Waits for the queries that run. Later ones are refused. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#running);
    const opened = this.#opened;
    this.#opened = undefined;
    await opened?.close();
  }

  /** Concurrent queries share one attempt to open it. */
  async #engine(): Promise<Engine> {
    if (this.#opened) return this.#opened;
    this.#opening ??= openEngine(this.#config).finally(() => {
      this.#opening = undefined;
    });
    this.#opened = await this.#opening;
    return this.#opened;
  }

  #observed<T>(method: string, work: (engine: Engine) => Promise<T>): Promise<T> {
    const codeOf = (error: unknown) => (error instanceof DatabaseError ? error.code : 'refused');
    return observe(this.#onCall, method, () => this.#attempt(work), codeOf);
  }

  async #attempt<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
    if (this.#closed) throw new DatabaseError('failed', { message: 'The database is closed' });
    const result = this.#try(work);
    this.#running.add(result);
    return result.finally(() => this.#running.delete(result));
  }

  async #try<T>(work: (engine: Engine) => Promise<T>): Promise<T> {
    const deadline = performance.now() + LOCK_WAIT_MS;
    try {
      const result = await retry(
        async () => work(await this.#engine()),
        (error) =>
          toDatabaseError(error)?.code === 'locked' && performance.now() < deadline
            ? LOCK_RETRY_DELAY_MS
            : undefined,
      );
      if (this.#problem) this.#log.info({ database: this.location }, 'The database works again');
      this.#problem = undefined;
      return result;
    } catch (error) {
      const known = toDatabaseError(error);
      // Until it is open, no error can be from `work`.
      const problem = known ?? (this.#opened ? undefined : unknownError(error));
      if (!problem) throw error;
      if (this.#problem?.code !== problem.code) {
        this.#log.error(errorFields(problem), databaseProblem(problem, this.location));
      }
      this.#problem = problem;
      throw problem;
    }
  }
}

/**
 * Checks whether the bot could use the database, and changes nothing: the tables are brought up to date in a
 * transaction that is rolled back. A file that does not exist yet is not created.
 *
 * @throws DatabaseError
 */
export async function checkDatabase(config: DatabaseConfig): Promise<void> {
  let engine: Engine | undefined;
  try {
    if ('dataDir' in config) {
      checkFolder(existing(config.dataDir));
      if (!existsSync(databaseFile(config))) return;
    }
    engine = await connect(config);
    await update(engine, async () => {
      throw new CheckedError();
    });
  } catch (error) {
    if (error instanceof CheckedError) return;
    throw toDatabaseError(error) ?? unknownError(error);
  } finally {
    await engine?.close();
  }
}

/** While the database is opening, every error comes from it. */
function unknownError(cause: unknown): DatabaseError {
  return new DatabaseError('failed', { cause, ...(cause instanceof Error && { message: cause.message }) });
}

/** Ends a transaction that must change nothing. */
class CheckedError extends Error {
  override name = 'CheckedError';
}

/** @throws an error of Node's, or DatabaseError `full` */
function checkFolder(folder: string): void {
  // Fails for a file.
  accessSync(`${folder}/.`, W_OK);
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < MIN_FREE_BYTES) throw new DatabaseError('full');
}

/** The folder, or the nearest one above it that exists. */
const existing = (folder: string): string =>
  existsSync(folder) ? folder : existing(dirname(resolve(folder)));

async function openEngine(config: DatabaseConfig): Promise<Engine> {
  const engine = await connect(config);
  try {
    await update(engine, async () => undefined);
  } catch (error) {
    await engine.close();
    throw error;
  }
  return engine;
}

/** The drivers and Kysely load only now, because they would slow down the start. */
async function connect(config: DatabaseConfig): Promise<Engine> {
  if ('url' in config) return (await import('./postgres.ts')).openPostgres(config.url);
  return (await import('./sqlite.ts')).openSqlite(databaseFile(config));
}

/** Brings the tables up to date. @param then runs in the same transaction */
async function update({ db, lock }: Engine, then: () => Promise<void>): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await lock(transaction, 'migrations');
    // Migrations know tables by name only.
    await migrate(transaction as unknown as Kysely<never>);
    await then();
  });
}

const databaseFile = ({ dataDir }: { dataDir: string }) => join(dataDir, 'tickets.db');

export function databaseLocation(config: DatabaseConfig): string {
  if (!('url' in config)) return databaseFile(config);
  const { host, pathname } = new URL(config.url);
  return `${host || 'the local socket'}${pathname}`;
}
