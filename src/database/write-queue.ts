import { errorFields, type Log } from '../lib/log.ts';
import { DatabaseError } from './errors.ts';

/** How long to wait before failed writes are retried, in milliseconds. */
const RETRY_DELAY_MS = 1_000;
/** The maximum number of waiting writes. Others are dropped, because the log has them. */
const MAX_WAITING = 1_000;

/**
 * Writes in the background. While the database can't be used, writes stay in memory, in order, and are retried. They
 * must be safe to repeat.
 */
export class WriteQueue {
  readonly #log: Log;
  readonly #waiting: (() => Promise<unknown>)[] = [];
  #running: Promise<void> | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor({ log }: { log: Log }) {
    this.#log = log;
  }

  /** Resolves when the write is stored, or waits for a retry. Never rejects. */
  async add(write: () => Promise<unknown>): Promise<void> {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#log.error('Something was not stored, because the database has been unavailable for too long');
      return;
    }
    this.#waiting.push(write);
    // While another write waits for a retry, this one waits too.
    if (!this.#retry) await this.flush();
  }

  /** Tries to store everything. */
  flush(): Promise<void> {
    clearTimeout(this.#retry);
    this.#retry = undefined;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #run(): Promise<void> {
    for (let write = this.#waiting[0]; write; write = this.#waiting[0]) {
      try {
        await write();
      } catch (error) {
        if (error instanceof DatabaseError) {
          this.#retry = setTimeout(() => void this.flush(), RETRY_DELAY_MS).unref();
          return;
        }
        this.#log.error(errorFields(error), 'Something was not stored');
      }
      this.#waiting.shift();
    }
  }
}
