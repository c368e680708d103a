import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import { Auth0Error, type Auth0ErrorCode } from './errors.ts';
import type { RateLimiter } from './rate-limiter.ts';
import { ALLOWANCE_LIFETIME_MS, BACKGROUND_INTERVAL_MS, QUEUE_TIMEOUT_MS } from './timeouts.ts';

/** How long a call may wait for the rate limit, and who is told about it. */
export interface WaitOptions {
  /** When to stop waiting, in milliseconds since 1970. By default, the call doesn't wait. */
  deadline?: number;
  /** Ends the wait. */
  signal?: AbortSignal | undefined;
  /** Called before each wait for the rate limit, and with undefined when the call starts. */
  onWait?: ((wait: RateLimitWait | undefined) => void) | undefined;
}

/** A call that waits for the rate limit. */
export interface RateLimitWait {
  /** In milliseconds since 1970. */
  until: number;
  /** The number of earlier calls that wait for the same endpoint. */
  ahead: number;
}

/** The maximum number of calls that run at the same time. */
const CONCURRENCY = 10;

/** A call that a person is waiting for, until it ends. */
interface PendingCall {
  endpoint: string;
  /** In milliseconds since 1970. */
  deadline: number;
  onWait: WaitOptions['onWait'];
  /** A running call can no longer leave the queue. */
  running: boolean;
  cancel: AbortController;
  /** When it last started, from `performance.now`. */
  startedAt: number | undefined;
}

/**
 * Orders all calls to Auth0.
 *
 * Calls that a person is waiting for come first, in the order in which they were made, even after a wait for the rate
 * limit. To avoid refusals, no more calls of an endpoint run than its latest response says it accepts. While it accepts
 * none, or after a 429, its calls wait in their own queue and don't hold up other endpoints.
 */
export class CallQueue {
  readonly #limiter: RateLimiter;
  readonly #onWaited: ((seconds: number) => void) | undefined;
  readonly #queue = new PQueue({ concurrency: CONCURRENCY });
  readonly #background = new PQueue({ concurrency: 1 });
  /** One queue for each endpoint. Its calls then go through the shared queue. */
  readonly #endpointQueues = new Map<string, PQueue>();
  /** The time until which each endpoint's queue is paused, in milliseconds since 1970. */
  readonly #pausedUntil = new Map<string, number>();
  /** Each endpoint's next change: its queue resumes, or its allowance no longer counts. */
  readonly #timers = new Map<string, NodeJS.Timeout>();
  /** Oldest first. */
  readonly #pending = new Set<PendingCall>();
  #sequence = 0;
  #lastBackgroundCallAt = 0;

  /** @param onWaited called when a call ends, with the time that it waited to start, in seconds */
  constructor(limiter: RateLimiter, onWaited?: (seconds: number) => void) {
    this.#limiter = limiter;
    this.#onWaited = onWaited;
  }

  /** The number of calls that people are waiting for and that haven't started. */
  get length(): number {
    return [...this.#pending].filter(({ running }) => !running).length;
  }

  /**
   * Makes a call that a person is waiting for.
   *
   * @param endpoint each has its own allowance
   * @throws Auth0Error `rate_limited` if the rate limit lasts beyond the deadline, `busy` if the call doesn't
   *   start within 30 seconds, `stopping` if `signal` aborts, and whatever `call` throws
   */
  async interactive<T>(
    endpoint: string,
    call: () => Promise<T>,
    { deadline = 0, signal, onWait }: WaitOptions = {},
  ): Promise<T> {
    const cancel = new AbortController();
    const pending: PendingCall = { endpoint, deadline, onWait, running: false, cancel, startedAt: undefined };
    const queuedAt = performance.now();
    const cancelWith = (code: Auth0ErrorCode) => {
      if (!pending.running) cancel.abort(new Auth0Error(code));
    };
    const stop = () => cancelWith('stopping');
    const timer = setTimeout(
      () => cancelWith(this.#wasPaused(endpoint) ? 'rate_limited' : 'busy'),
      QUEUE_TIMEOUT_MS,
    );
    signal?.addEventListener('abort', stop);
    this.#pending.add(pending);
    // Older calls keep their higher priority when they are retried.
    this.#sequence += 1;
    const position = { priority: -this.#sequence, signal: cancel.signal };
    try {
      for (let failures = 0; ; failures += 1) {
        if (signal?.aborted) stop();
        const paced = deadline > Date.now();
        if (this.#limiter.isClosed(endpoint) || (paced && this.#isPaused(endpoint)))
          this.#waitOrCancel(pending);
        const run = () => this.#queue.add(() => this.#run(pending, call, failures), position);
        try {
          // A call that doesn't wait runs unless Auth0 has refused one, because Auth0 may still accept it.
          return await (paced ? this.#endpointQueue(endpoint).add(run, position) : run());
        } catch (error) {
          if (cancel.signal.aborted || !isRateLimited(error)) throw error;
        }
      }
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      this.#pending.delete(pending);
      this.#onWaited?.(((pending.startedAt ?? performance.now()) - queuedAt) / 1000);
    }
  }

  /**
   * Makes a background call: one at a time, at most five a second, only while no person is waiting, and only while
   * most of the endpoint's allowance is left. It waits for the rate limit as often as necessary.
   */
  async background<T>(endpoint: string, call: () => Promise<T>): Promise<T> {
    for (let failures = 0; ; ) {
      await sleepUntil(this.#nextBackgroundCallAt(endpoint));
      try {
        const done = await this.#background.add(async () => {
          await sleepUntil(this.#lastBackgroundCallAt + BACKGROUND_INTERVAL_MS);
          // The limits may have changed while it was queued. Let the other lists go first.
          if (this.#nextBackgroundCallAt(endpoint) > Date.now()) return undefined;
          this.#lastBackgroundCallAt = Date.now();
          return { result: await this.#queue.add(call, { priority: Number.NEGATIVE_INFINITY }) };
        });
        if (done) return done.result;
      } catch (error) {
        if (!isRateLimited(error)) throw error;
        this.#close(endpoint, error, failures);
        failures += 1;
      }
    }
  }

  async #run<T>(pending: PendingCall, call: () => Promise<T>, failures: number): Promise<T> {
    pending.running = true;
    pending.startedAt = performance.now();
    pending.onWait?.(undefined);
    try {
      const answer = await call();
      this.#pace(pending.endpoint);
      return answer;
    } catch (error) {
      pending.running = false;
      // Before the queue starts the next call.
      if (isRateLimited(error)) this.#close(pending.endpoint, error, failures);
      throw error;
    }
  }

  /** Starts no more calls than the endpoint accepts. Calls in progress count: Auth0 may not have counted them yet. */
  #pace(endpoint: string): void {
    const { remaining = CONCURRENCY, resetsAt = 0 } = this.#limiter.allowance(endpoint) ?? {};
    if (remaining === 0 && resetsAt > Date.now()) this.#pause(endpoint, resetsAt);
    else if (!this.#isPaused(endpoint)) this.#limit(endpoint, Math.max(remaining, 1));
  }

  #close(endpoint: string, { retryAt }: Auth0Error, failures: number): void {
    if (this.#limiter.close(endpoint, retryAt, failures)) {
      this.#pause(endpoint, this.#limiter.closedUntil(endpoint));
    }
  }

  /** Pauses an endpoint's calls. Does nothing if they are already paused for longer. */
  #pause(endpoint: string, until: number): void {
    if (until <= (this.#pausedUntil.get(endpoint) ?? 0)) return;
    this.#pausedUntil.set(endpoint, until);
    this.#endpointQueue(endpoint).pause();
    this.#setTimer(endpoint, until - Date.now(), () => this.#resume(endpoint));
    for (const pending of this.#pending) {
      if (pending.endpoint === endpoint && !pending.running) this.#waitOrCancel(pending);
    }
  }

  /** If the endpoint reports its allowance, one call goes first, because its response says how many may follow. */
  #resume(endpoint: string): void {
    this.#limit(endpoint, this.#limiter.allowance(endpoint) ? 1 : CONCURRENCY);
    this.#endpointQueue(endpoint).start();
  }

  /** Limits how many calls of an endpoint run, until its allowance no longer counts. */
  #limit(endpoint: string, calls: number): void {
    const queue = this.#endpointQueue(endpoint);
    queue.concurrency = Math.min(calls, CONCURRENCY);
    this.#setTimer(endpoint, ALLOWANCE_LIFETIME_MS, () => {
      queue.concurrency = CONCURRENCY;
    });
  }

  #setTimer(endpoint: string, ms: number, then: () => void): void {
    clearTimeout(this.#timers.get(endpoint));
    this.#timers.set(endpoint, setTimeout(then, ms).unref());
  }

  #isPaused(endpoint: string): boolean {
    return this.#endpointQueue(endpoint).isPaused;
  }

  /** Whether the rate limit is why a call still waits. */
  #wasPaused(endpoint: string): boolean {
    return (this.#pausedUntil.get(endpoint) ?? 0) > Date.now() - ALLOWANCE_LIFETIME_MS;
  }

  /** Cancels a call if its deadline is before the endpoint accepts calls again. Otherwise, reports the wait. */
  #waitOrCancel({ endpoint, deadline, cancel, onWait }: PendingCall): void {
    const until = Math.max(this.#limiter.closedUntil(endpoint), this.#pausedUntil.get(endpoint) ?? 0);
    if (until > deadline) cancel.abort(new Auth0Error('rate_limited', { retryAt: until }));
    else {
      const waiting = [...this.#pending].filter((other) => other.endpoint === endpoint);
      onWait?.({ until, ahead: waiting.findIndex((other) => other.cancel === cancel) });
    }
  }

  /** Not before all calls that people are waiting for have ended. */
  #nextBackgroundCallAt(endpoint: string): number {
    const people = this.#pending.size > 0 ? Date.now() + BACKGROUND_INTERVAL_MS : 0;
    return Math.max(this.#limiter.nextBackgroundCallAt(endpoint), people);
  }

  #endpointQueue(endpoint: string): PQueue {
    const queue = this.#endpointQueues.get(endpoint) ?? new PQueue({ concurrency: CONCURRENCY });
    this.#endpointQueues.set(endpoint, queue);
    return queue;
  }
}

function isRateLimited(error: unknown): error is Auth0Error {
  return error instanceof Auth0Error && error.code === 'rate_limited';
}

async function sleepUntil(until: number): Promise<void> {
  const ms = until - Date.now();
  if (ms > 0) await sleep(ms, undefined, { ref: false });
}
