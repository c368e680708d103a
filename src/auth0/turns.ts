import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import { Auth0Problem, rateLimitReset } from './problem.ts';

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
/** Several instances shall not come back at the very same moment. */
const JITTER_MS = 250;

export function createTurns(): Turns {
  const queue = new PQueue({ concurrency: CONCURRENCY });
  const pages = new PQueue({ concurrency: 1, interval: PAGE_INTERVAL_MS, intervalCap: 1 });
  /** Until when an endpoint takes no calls, and until when pages leave it alone; in milliseconds since 1970. */
  const limitedUntil = new Map<string, number>();
  const quietUntil = new Map<string, number>();
  /** The calls that people wait for, oldest first. */
  const waiting = new Set<number>();
  let asked = 0;

  /** Closes an endpoint that said 429 until it may be called again: as it says, else longer each time. */
  function close(endpoint: string, { retryAt = 0 }: Auth0Problem, tries: number): number {
    const now = Date.now();
    const known = limitedUntil.get(endpoint) ?? 0;
    if (known > now) return known;
    const told = retryAt > now ? retryAt : now + 500 * 2 ** Math.min(tries, 4);
    const until = told + Math.random() * JITTER_MS;
    limitedUntil.set(endpoint, until);
    return until;
  }

  /** One call in its turn; not made at all where its endpoint has been closed meanwhile. */
  async function inTurn<T>(endpoint: string, call: () => Promise<T>, place: number): Promise<T> {
    const tooLong = new AbortController();
    const timer = setTimeout(() => tooLong.abort(new Auth0Problem('busy')), TURN_MS);
    return queue.add(
      () => {
        clearTimeout(timer);
        const until = limitedUntil.get(endpoint) ?? 0;
        if (until > Date.now()) throw new Auth0Problem('rate_limited', { retryAt: until });
        return call();
      },
      // The older goes first, however often it comes back.
      { priority: -place, signal: tooLong.signal },
    );
  }

  return {
    async person(endpoint, call, { patienceMs = 0, signal, onWait } = {}) {
      asked += 1;
      const place = asked;
      const deadline = Date.now() + patienceMs;
      waiting.add(place);
      try {
        for (let tries = 0; ; tries += 1) {
          if (signal?.aborted) throw new Auth0Problem('stopping');
          try {
            return await inTurn(endpoint, call, place);
          } catch (error) {
            if (!isLimited(error)) throw error;
            const until = close(endpoint, error, tries);
            if (until > deadline) throw error;
            onWait?.({ until, ahead: [...waiting].indexOf(place) });
            // An end to the wait is seen above.
            await sleepUntil(until, { signal }).catch(() => undefined);
          }
        }
      } finally {
        waiting.delete(place);
      }
    },

    async page(endpoint, call) {
      for (let tries = 0; ; tries += 1) {
        await sleepUntil(Math.max(quietUntil.get(endpoint) ?? 0, limitedUntil.get(endpoint) ?? 0), {
          ref: false,
        });
        try {
          return await pages.add(async () => {
            while (waiting.size > 0) await sleep(PAGE_INTERVAL_MS, undefined, { ref: false });
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
      quietUntil.set(endpoint, (low && rateLimitReset(headers)) || 0);
    },
  };
}

const isLimited = (error: unknown): error is Auth0Problem =>
  error instanceof Auth0Problem && error.kind === 'rate_limited';

async function sleepUntil(
  until: number,
  { signal, ref = true }: { signal?: AbortSignal | undefined; ref?: boolean },
): Promise<void> {
  const ms = until - Date.now();
  if (ms > 0) await sleep(ms, undefined, { ref, ...(signal && { signal }) });
}
