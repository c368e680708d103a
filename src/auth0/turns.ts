import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import { Auth0Problem, type ProblemKind, rateLimitReset } from './problem.ts';

/** How a call that a person waits for may wait. */
export interface Waiting {
  /** How long, in all, for the rate limit to let it through. Not at all by default. */
  patienceMs?: number;
  /** Ends the wait. */
  signal?: AbortSignal | undefined;
  /** Told before each wait for the rate limit how it stands, and undefined once the call is under way. */
  onWait?: ((standing: Standing | undefined) => void) | undefined;
}

/** Where a call stands that waits for the rate limit. */
export interface Standing {
  /** In milliseconds since 1970. */
  until: number;
  /** How many calls to the same endpoint were asked for before. */
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

/** An endpoint of Auth0's, which has an allowance of its own. Times are in milliseconds since 1970. */
interface Endpoint {
  /** People's calls on their way into the queue: this is where they stand while the endpoint is closed. */
  door: PQueue;
  /** Until when it takes no calls, since it said 429. */
  closedUntil: number;
  opening?: NodeJS.Timeout;
  /** Until when pages leave it alone, and after how many low answers in a row. */
  quietUntil: number;
  low: number;
}

/** A person's call that has not been answered yet. */
interface Waiter {
  endpoint: Endpoint;
  /** In milliseconds since 1970. */
  deadline: number;
  onWait: Waiting['onWait'];
  /** Whether the call is under way; until then it can still leave the queue. */
  begun: boolean;
  leave: AbortController;
}

export function createTurns(): Turns {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const pages = new PQueue({ concurrency: 1 });
  const endpoints = new Map<string, Endpoint>();
  /** The calls that people wait for, oldest first. */
  const waiters = new Set<Waiter>();
  let asked = 0;
  let lastPageAt = 0;

  function endpointOf(name: string): Endpoint {
    const fresh = () => ({
      door: new PQueue({ concurrency: CONCURRENCY }),
      closedUntil: 0,
      quietUntil: 0,
      low: 0,
    });
    const endpoint = endpoints.get(name) ?? fresh();
    endpoints.set(name, endpoint);
    return endpoint;
  }

  const isClosed = ({ closedUntil }: Endpoint) => closedUntil > Date.now();

  /** Closes an endpoint that said 429 until it may be called again: as it says, else longer each time. */
  function close(endpoint: Endpoint, { retryAt = 0 }: Auth0Problem, tries: number): void {
    if (isClosed(endpoint)) return;
    const now = Date.now();
    const told = retryAt > now ? Math.min(retryAt, now + MAX_PAUSE_MS) : now + 500 * 2 ** Math.min(tries, 4);
    endpoint.closedUntil = told + Math.random() * JITTER_MS;
    endpoint.door.pause();
    clearTimeout(endpoint.opening);
    endpoint.opening = setTimeout(() => endpoint.door.start(), endpoint.closedUntil - now).unref();
    for (const waiter of waiters) if (waiter.endpoint === endpoint && !waiter.begun) stayOrLeave(waiter);
  }

  /** Before a closed endpoint: whoever would have to wait for too long leaves, the others hear how it stands. */
  function stayOrLeave(waiter: Waiter): void {
    const { endpoint, deadline, leave, onWait } = waiter;
    const until = endpoint.closedUntil;
    if (until > deadline) leave.abort(new Auth0Problem('rate_limited', { retryAt: until }));
    else {
      const line = [...waiters].filter((other) => other.endpoint === endpoint);
      onWait?.({ until, ahead: line.indexOf(waiter) });
    }
  }

  /** When the next page of an endpoint may be asked for; not before people are through. */
  const pageAt = ({ closedUntil, quietUntil }: Endpoint) =>
    Math.max(closedUntil, quietUntil, waiters.size > 0 ? Date.now() + PAGE_INTERVAL_MS : 0);

  return {
    async person(name, call, { patienceMs = 0, signal, onWait } = {}) {
      asked += 1;
      // The older goes first, however often it comes back.
      const priority = -asked;
      const endpoint = endpointOf(name);
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
        onWait?.(undefined);
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
            return await endpoint.door.add(() => queue.add(begin, place), place);
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

    async page(name, call) {
      const endpoint = endpointOf(name);
      for (let tries = 0; ; ) {
        await sleepUntil(pageAt(endpoint));
        try {
          const page = await pages.add(async () => {
            await sleepUntil(lastPageAt + PAGE_INTERVAL_MS);
            // What was heard while it stood in line; the lists behind it do not wait for this one.
            if (pageAt(endpoint) > Date.now()) return undefined;
            lastPageAt = Date.now();
            return { answer: await queue.add(call, { priority: Number.NEGATIVE_INFINITY }) };
          });
          if (page) return page.answer;
        } catch (error) {
          if (!isLimited(error)) throw error;
          close(endpoint, error, tries);
          tries += 1;
        }
      }
    },

    heard(name, headers) {
      const endpoint = endpointOf(name);
      const [limit, remaining] = ['limit', 'remaining'].map((header) =>
        Number(headers.get(`x-ratelimit-${header}`) ?? Number.NaN),
      );
      const low = limit !== undefined && remaining !== undefined && remaining < limit * LEFT_TO_OTHERS;
      endpoint.low = low ? endpoint.low + 1 : 0;
      // A reset may mean the next token only, so the pause grows as long as the allowance stays low.
      const now = Date.now();
      const pause = Math.max((rateLimitReset(headers) ?? 0) - now, 500 * 2 ** Math.min(endpoint.low, 10));
      endpoint.quietUntil = low ? now + Math.min(pause, MAX_PAUSE_MS) : 0;
    },
  };
}

const isLimited = (error: unknown): error is Auth0Problem =>
  error instanceof Auth0Problem && error.kind === 'rate_limited';

async function sleepUntil(until: number): Promise<void> {
  const ms = until - Date.now();
  if (ms > 0) await sleep(ms, undefined, { ref: false });
}
