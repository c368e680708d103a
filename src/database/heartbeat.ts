import { errorFields, type Log } from '../lib/log.ts';
import { DatabaseError } from './errors.ts';
import type { Leases } from './leases.ts';

/** How often an instance renews its lease, and how long it lasts, in milliseconds. */
const RENEWAL_INTERVAL_MS = 5_000;
export const INSTANCE_LEASE_MS = 20_000;

/**
 * Renews the lease of this instance, so that others know that it is working on its tickets. Also finds out when the
 * database works again.
 */
export class Heartbeat {
  readonly #leases: Leases;
  readonly #instance: string;
  readonly #onBeat: () => Promise<void>;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #beating: Promise<void> | undefined;

  /** @param deps.onBeat called after a renewal, but not while it is still running. Renewals continue. */
  constructor(deps: { leases: Leases; instance: string; onBeat: () => Promise<void>; log: Log }) {
    this.#leases = deps.leases;
    this.#instance = deps.instance;
    this.#onBeat = deps.onBeat;
    this.#log = deps.log;
  }

  start(): void {
    const beat = () => void this.#beat();
    this.#timer = setInterval(beat, RENEWAL_INTERVAL_MS).unref();
    beat();
  }

  /** Ends the lease, so that others can recover this instance's unfinished tickets. Never throws. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beating;
    await this.#leases.release(this.#instance, this.#instance).catch((error: unknown) => this.#report(error));
  }

  async #beat(): Promise<void> {
    try {
      await this.#leases.take(this.#instance, this.#instance, INSTANCE_LEASE_MS);
      this.#beating ??= this.#onBeat().finally(() => {
        this.#beating = undefined;
      });
      await this.#beating;
    } catch (error) {
      this.#report(error);
    }
  }

  #report(error: unknown): void {
    // The database has logged its own errors.
    if (!(error instanceof DatabaseError))
      this.#log.error(errorFields(error), 'The background work on the records failed');
  }
}
