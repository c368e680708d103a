import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { CallQueue, type RateLimitWait } from '../../src/auth0/call-queue.ts';
import { Auth0Error } from '../../src/auth0/errors.ts';
import { RateLimiter } from '../../src/auth0/rate-limiter.ts';

afterEach(() => {
  vi.useRealTimers();
});

const limited = (retryAt?: number) => new Auth0Error('rate_limited', { status: 429, retryAt });
const low = (limit: number, remaining: number, resetInMs: number) =>
  new Headers({
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String((Date.now() + resetInMs) / 1000),
  });

function newQueue() {
  const limiter = new RateLimiter();
  return { limiter, queue: new CallQueue(limiter) };
}

describe('interactive calls', () => {
  it('run in the order they were requested, even after a rate limit', async () => {
    const { queue } = newQueue();
    const done: number[] = [];
    const refused: number[] = [];
    let left = 4;
    let closedUntil = 0;
    const call = (number: number) => async () => {
      await sleep(5);
      // Calls that are running when the first is refused are refused too, but no others.
      if (left === 0) {
        if (closedUntil <= Date.now()) closedUntil = Date.now() + 300;
        refused.push(number);
        throw limited(closedUntil);
      }
      left -= 1;
      done.push(number);
    };
    const refill = setInterval(() => {
      if (closedUntil && closedUntil <= Date.now()) {
        left = 4;
        closedUntil = 0;
      }
    }, 5);
    const waits: RateLimitWait[] = [];
    await Promise.all(
      Array.from({ length: 30 }, (_, number) =>
        queue.interactive('POST', call(number), {
          deadline: Date.now() + 20_000,
          onWait: (wait) => {
            if (number === 29 && wait) waits.push(wait);
          },
        }),
      ),
    );
    clearInterval(refill);
    expect(done).toEqual(Array.from({ length: 30 }, (_, number) => number));
    // At most ten run at a time, so each rate limit refuses at most ten. Thirty calls, four at a time, meet seven.
    expect(refused.length).toBeLessThanOrEqual(10 * 7);
    // A caller that waits is told how many calls are ahead of it, and the number goes down.
    expect(waits[0]?.ahead).toBeGreaterThan(waits.at(-1)?.ahead ?? 99);
  });

  it('to another endpoint continue during a rate limit', async () => {
    const { queue } = newQueue();
    const waits = queue
      .interactive('POST', () => Promise.reject(limited(Date.now() + 60_000)), {
        deadline: Date.now() + 10_000,
      })
      .catch((error: unknown) => error);
    expect(await queue.interactive('GET', async () => 'answer')).toBe('answer');
    expect(await waits).toMatchObject({ code: 'rate_limited' });
  });

  it('are rejected without being sent if the rate limit lasts longer than their deadline', async () => {
    const { queue } = newQueue();
    await queue
      .interactive('POST', () => Promise.reject(limited(Date.now() + 60_000)))
      .catch(() => undefined);
    const call = vi.fn();
    await expect(queue.interactive('POST', call, { deadline: Date.now() + 5_000 })).rejects.toMatchObject({
      code: 'rate_limited',
    });
    expect(call).not.toHaveBeenCalled();
  });

  it('stop waiting when the bot stops', async () => {
    const { queue } = newQueue();
    const stop = new AbortController();
    const wait = queue.interactive('POST', () => Promise.reject(limited(Date.now() + 5_000)), {
      deadline: Date.now() + 20_000,
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(), 50);
    await expect(wait).rejects.toMatchObject({ code: 'stopping' });
  });

  it('are not retried if the bot stops while they run', async () => {
    const { queue } = newQueue();
    const stop = new AbortController();
    const call = vi.fn(async () => {
      stop.abort();
      throw limited(Date.now() + 100);
    });
    await expect(
      queue.interactive('POST', call, { deadline: Date.now() + 20_000, signal: stop.signal }),
    ).rejects.toMatchObject({ code: 'stopping' });
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('give up after 30 seconds in the queue if Auth0 does not respond', async () => {
    vi.useFakeTimers();
    const { queue } = newQueue();
    for (let hung = 0; hung < 10; hung += 1)
      void queue.interactive('GET', () => new Promise(() => undefined));
    const call = vi.fn();
    const late = queue.interactive('POST', call).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(30_001);
    expect(await late).toMatchObject({ code: 'busy' });
    expect(call).not.toHaveBeenCalled();
  });
});

describe('background pages', () => {
  it('load one at a time, at most five per second across all lists', async () => {
    const { queue } = newQueue();
    const began: number[] = [];
    let running = 0;
    const page = (list: string) =>
      queue.background(list, async () => {
        began.push(performance.now());
        running += 1;
        expect(running).toBe(1);
        await sleep(20);
        running -= 1;
      });
    await Promise.all(['clients', 'organizations', 'connections', 'clients', 'organizations'].map(page));
    const gaps = began.slice(1).map((at, index) => at - (began[index] ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThan(190);
  });

  it('wait for interactive calls, even for one that waits for the rate limit', async () => {
    const { queue } = newQueue();
    let waits = true;
    const person = queue
      .interactive('POST', () => (waits ? Promise.reject(limited(Date.now() + 600)) : Promise.resolve()), {
        deadline: Date.now() + 9_000,
      })
      .then(() => 'person');
    setTimeout(() => {
      waits = false;
    }, 300);
    const page = queue.background('organizations', async () => 'page');
    expect(await Promise.race([person, page])).toBe('person');
    expect(await page).toBe('page');
  });

  it('pause only for the endpoint that has less than three-quarters of its allowance left', async () => {
    const { limiter, queue } = newQueue();
    limiter.observe('organizations', low(50, 37, 700));
    limiter.observe('clients', low(50, 38, 700));
    const from = performance.now();
    const at: Record<string, number> = {};
    await Promise.all(
      ['organizations', 'clients'].map((list) =>
        queue.background(list, async () => {
          at[list] = performance.now() - from;
        }),
      ),
    );
    expect(at.clients).toBeLessThan(500);
    expect(at.organizations).toBeGreaterThan(650);
  });

  it('respect a rate limit that is reported while they wait', async () => {
    const { limiter, queue } = newQueue();
    let free = () => {};
    const person = queue.interactive('POST', () => new Promise<void>((resolve) => (free = resolve)));
    const page = queue.background('organizations', async () => performance.now());
    await sleep(50);
    limiter.observe('organizations', low(50, 0, 1_500));
    const reportedAt = performance.now();
    free();
    await person;
    expect((await page) - reportedAt).toBeGreaterThan(1_400);
  });

  // The reset may add only one more token.
  it('pause longer each time while the allowance stays low', async () => {
    const { limiter, queue } = newQueue();
    const pauses: number[] = [];
    for (const remaining of [37, 37, 38]) {
      limiter.observe('organizations', low(50, remaining, 100));
      const from = performance.now();
      await queue.background('organizations', async () => pauses.push(performance.now() - from));
    }
    expect(pauses.map((ms) => Math.round(ms / 1000))).toEqual([1, 2, 0]);
  });

  it('wait for the rate limit as often as necessary', async () => {
    const { queue } = newQueue();
    let refusals = 3;
    const page = vi.fn(async () => {
      refusals -= 1;
      if (refusals >= 0) throw limited(Date.now() + 50);
      return 'page';
    });
    expect(await queue.background('organizations', page)).toBe('page');
    expect(page).toHaveBeenCalledTimes(4);
  });

  it('fail immediately if the error is not a rate limit', async () => {
    const { queue } = newQueue();
    await expect(
      queue.background('organizations', () => Promise.reject(new Auth0Error('failed'))),
    ).rejects.toMatchObject({
      code: 'failed',
    });
  });
});
