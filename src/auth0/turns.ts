import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import { Auth0Problem, type ProblemKind, rateLimitReset } from './problem.ts';

/** How a call that a person waits for may wait. */
export interface Waiting {
  /** How long, in all, for the rate limit to let it through. Not at all by default. */
  patienceMs?: number;
  /** Ends the wait. */
  signal?: AbortSignal | undefined;
  /** Told before each wait for the rate limit: until when, and how many calls were asked for before this one. */
  onWait?: ((standing: Standing) => void) | undefined;
}

/** Where a call stands that waits for the rate limit. */
export interface Standing {
  /** In milliseconds since 1970. */
  until: number;
  ahead: number;
}

/** The order in which all calls to Auth0 are made, and how they keep to its rate limits. */
export interface Turns {
  /**
   * A call that a person waits for: before all that is fetched in the background, and among people's in the order
   * of asking, also after a wait for the rate limit.
   *
   * @param endpoint each has an allowance of its own
   * @throws Auth0Problem `rate_limited` if patience ends, `busy` if its turn does not come within 30 seconds
   */
  person<T>(endpoint: string, call: () => Promise<T>, waiting?: Waiting): Promise<T>;
  /**
   * A page that nobody waits for: one at a time, at most five a second, only while no person waits, and only while
   * its endpoint has three quarters of its allowance left, since the tenant's own backends live on it too. It waits
   * for the rate limit as often as it has to.
   */
  page<T>(endpoint: string, call: () => Promise<T>): Promise<T>;
  /** Told what an answer's headers say of its endpoint's allowance, for the next page. */
  heard(endpoint: string, headers: Headers): void;
}

/** How many calls are under way at once, at most. */
const CONCURRENCY = 10;
/** How long a person's call may stand in the queue. */
const TURN_MS = 30_000;
const PAGE_INTERVAL_MS = 200;
/** Background listing leaves this share of an endpoint's allowance alone. */
const LEFT_TO_OTHERS = 3 / 4;
/** However far off a reset may be, an endpoint is tried again after this. */
const MAX_PAUSE_MS = 60_000;
/** Several instances shall not come back at the very same moment. */
const JITTER_MS = 250;

/** A person's call that has not been answered yet. */
interface Waiter {
  endpoint: string;
  /** In milliseconds since 1970. */
  deadline: number;
  onWait: Waiting['onWait'];
  /** Whether the call is under way; until then it can still leave the queue. */
  begun: boolean;
  leave: AbortController;
}

export function createTurns(): Turns {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const pages = new PQueue({ concurrency: 1, interval: PAGE_INTERVAL_MS, intervalCap: 1 });
  /** People's calls to each endpoint on their way into the queue: this is where they stand while it is closed. */
  const doors = new Map<string, PQueue>();
  /** Until when an endpoint takes no calls, and until when pages leave it alone; in milliseconds since 1970. */
  const limitedUntil = new Map<string, number>();
  const quietUntil = new Map<string, number>();
  /** The calls that people wait for, oldest first. */
  const waiters = new Set<Waiter>();
  let asked = 0;

  function doorTo(endpoint: string): PQueue {
    const door = doors.get(endpoint) ?? new PQueue({ concurrency: CONCURRENCY });
    doors.set(endpoint, door);
    return door;
  }

  const isClosed = (endpoint: string) => (limitedUntil.get(endpoint) ?? 0) > Date.now();

  /** Closes an endpoint that said 429 until it may be called again: as it says, else longer each time. */
  function close(endpoint: string, { retryAt = 0 }: Auth0Problem, tries: number): void {
    if (isClosed(endpoint)) return;
    const now = Date.now();
    const told = retryAt > now ? Math.min(retryAt, now + MAX_PAUSE_MS) : now + 500 * 2 ** Math.min(tries, 4);
    const until = told + Math.random() * JITTER_MS;
    limitedUntil.set(endpoint, until);
    const door = doorTo(endpoint);
    door.pause();
    setTimeout(() => door.start(), until - now).unref();
    for (const waiter of waiters) if (waiter.endpoint === endpoint && !waiter.begun) stayOrLeave(waiter);
  }

  /** Before a closed endpoint: whoever would have to wait for too long leaves, the others hear how it stands. */
  function stayOrLeave(waiter: Waiter): void {
    const until = limitedUntil.get(waiter.endpoint) ?? 0;
    if (until > waiter.deadline) waiter.leave.abort(new Auth0Problem('rate_limited', { retryAt: until }));
    else waiter.onWait?.({ until, ahead: [...waiters].indexOf(waiter) });
  }

  return {
    async person(endpoint, call, { patienceMs = 0, signal, onWait } = {}) {
      asked += 1;
      // The older goes first, however often it comes back.
      const priority = -asked;
      const leave = new AbortController();
      const waiter: Waiter = { endpoint, deadline: Date.now() + patienceMs, onWait, begun: false, leave };
      const leaveFor = (kind: ProblemKind) => {
        if (!waiter.begun) leave.abort(new Auth0Problem(kind));
      };
      const stop = () => leaveFor('stopping');
      const timer = setTimeout(() => leaveFor(isClosed(endpoint) ? 'rate_limited' : 'busy'), TURN_MS);
      signal?.addEventListener('abort', stop);
      waiters.add(waiter);
      let tries = 0;
      const begin = async () => {
        waiter.begun = true;
        try {
          return await call();
        } catch (error) {
          waiter.begun = false;
          // At once, before the queue lets the next one go.
          if (isLimited(error)) close(endpoint, error, tries);
          throw error;
        }
      };
      const place = { priority, signal: leave.signal };
      try {
        for (; ; tries += 1) {
          if (signal?.aborted) stop();
          if (isClosed(endpoint)) stayOrLeave(waiter);
          try {
            return await doorTo(endpoint).add(() => queue.add(begin, place), place);
          } catch (error) {
            // Refused by Auth0 it stays; what made it leave is the end.
            if (leave.signal.aborted || !isLimited(error)) throw error;
          }
        }
      } finally {
        clearTimeout(timer);
        signal?.removeEventListener('abort', stop);
        waiters.delete(waiter);
      }
    },

    async page(endpoint, call) {
      for (let tries = 0; ; tries += 1) {
        await sleepUntil(Math.max(quietUntil.get(endpoint) ?? 0, limitedUntil.get(endpoint) ?? 0));
        try {
          return await pages.add(async () => {
            while (waiters.size > 0) await sleep(PAGE_INTERVAL_MS, undefined, { ref: false });
            return queue.add(call, { priority: Number.NEGATIVE_INFINITY });
          });
        } catch (error) {
          if (!isLimited(error)) throw error;
          close(endpoint, error, tries);
        }
      }
    },

    heard(endpoint, headers) {
      const [limit, remaining] = ['limit', 'remaining'].map((name) =>
        Number(headers.get(`x-ratelimit-${name}`) ?? Number.NaN),
      );
      const low = limit !== undefined && remaining !== undefined && remaining < limit * LEFT_TO_OTHERS;
      const reset = rateLimitReset(headers) ?? 0;
      quietUntil.set(endpoint, low ? Math.min(reset, Date.now() + MAX_PAUSE_MS) : 0);
    },
  };
}

const isLimited = (error: unknown): error is Auth0Problem =>
  error instanceof Auth0Problem && error.kind === 'rate_limited';

async function sleepUntil(until: number): Promise<void> {
  const ms = until - Date.now();
  if (ms > 0) await sleep(ms, undefined, { ref: false });
}
