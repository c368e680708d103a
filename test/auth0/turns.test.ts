import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Auth0Problem } from '../../src/auth0/problem.ts';
import { createTurns, type Standing } from '../../src/auth0/turns.ts';

afterEach(() => {
  vi.useRealTimers();
});

const limited = (retryAt?: number) => new Auth0Problem('rate_limited', { status: 429, retryAt });
const low = (limit: number, remaining: number, resetInMs: number) =>
  new Headers({
    'x-ratelimit-limit': String(limit),
    'x-ratelimit-remaining': String(remaining),
    'x-ratelimit-reset': String((Date.now() + resetInMs) / 1000),
  });

describe('calls that people wait for', () => {
  it('go in the order of asking, also after a wait for the rate limit, and none while it lasts', async () => {
    const turns = createTurns();
    const done: number[] = [];
    const refused: number[] = [];
    let left = 4;
    let closedUntil = 0;
    const call = (number: number) => async () => {
      await sleep(5);
      // Those that were on their way when the first was refused are refused with it, and no others.
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
    const standings: Standing[] = [];
    await Promise.all(
      Array.from({ length: 30 }, (_, number) =>
        turns.person('POST', call(number), {
          patienceMs: 20_000,
          onWait: (standing) => {
            if (number === 29 && standing) standings.push(standing);
          },
        }),
      ),
    );
    clearInterval(refill);
    expect(done).toEqual(Array.from({ length: 30 }, (_, number) => number));
    // Ten are under way at once: no more are refused in one go, and it takes eight goes for thirty.
    expect(refused.length).toBeLessThanOrEqual(10 * 7);
    // Whoever waits is told how many come first, and their number shrinks.
    expect(standings[0]?.ahead).toBeGreaterThan(standings.at(-1)?.ahead ?? 99);
  });

  it('of another endpoint go on meanwhile', async () => {
    const turns = createTurns();
    const waits = turns
      .person('POST', () => Promise.reject(limited(Date.now() + 60_000)), { patienceMs: 10_000 })
      .catch((error: unknown) => error);
    expect(await turns.person('GET', async () => 'answer')).toBe('answer');
    expect(await waits).toMatchObject({ kind: 'rate_limited' });
  });

  it('are not made at all where the endpoint is closed for longer than somebody would wait', async () => {
    const turns = createTurns();
    await turns.person('POST', () => Promise.reject(limited(Date.now() + 60_000))).catch(() => undefined);
    const call = vi.fn();
    await expect(turns.person('POST', call, { patienceMs: 5_000 })).rejects.toMatchObject({
      kind: 'rate_limited',
    });
    expect(call).not.toHaveBeenCalled();
  });

  it('end their wait when the bot stops', async () => {
    const turns = createTurns();
    const stop = new AbortController();
    const wait = turns.person('POST', () => Promise.reject(limited(Date.now() + 5_000)), {
      patienceMs: 20_000,
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(), 50);
    await expect(wait).rejects.toMatchObject({ kind: 'stopping' });
  });

  it('begin nothing anew where the bot stopped while they were under way', async () => {
    const turns = createTurns();
    const stop = new AbortController();
    const call = vi.fn(async () => {
      stop.abort();
      throw limited(Date.now() + 100);
    });
    await expect(
      turns.person('POST', call, { patienceMs: 20_000, signal: stop.signal }),
    ).rejects.toMatchObject({ kind: 'stopping' });
    expect(call).toHaveBeenCalledTimes(1);
  });

  it('give up after half a minute in the queue, while Auth0 answers nobody', async () => {
    vi.useFakeTimers();
    const turns = createTurns();
    for (let hung = 0; hung < 10; hung += 1) void turns.person('GET', () => new Promise(() => undefined));
    const call = vi.fn();
    const late = turns.person('POST', call).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(30_001);
    expect(await late).toMatchObject({ kind: 'busy' });
    expect(call).not.toHaveBeenCalled();
  });
});

describe('pages that nobody waits for', () => {
  it('come one at a time, at most five a second, over all lists', async () => {
    const turns = createTurns();
    const began: number[] = [];
    let underWay = 0;
    const page = (list: string) =>
      turns.page(list, async () => {
        began.push(performance.now());
        underWay += 1;
        expect(underWay).toBe(1);
        await sleep(20);
        underWay -= 1;
      });
    await Promise.all(['clients', 'organizations', 'connections', 'clients', 'organizations'].map(page));
    const gaps = began.slice(1).map((at, index) => at - (began[index] ?? 0));
    for (const gap of gaps) expect(gap).toBeGreaterThan(190);
  });

  it('stand back while a person waits, also for the rate limit', async () => {
    const turns = createTurns();
    let waits = true;
    const person = turns
      .person('POST', () => (waits ? Promise.reject(limited(Date.now() + 600)) : Promise.resolve()), {
        patienceMs: 9_000,
      })
      .then(() => 'person');
    setTimeout(() => {
      waits = false;
    }, 300);
    const page = turns.page('organizations', async () => 'page');
    expect(await Promise.race([person, page])).toBe('person');
    expect(await page).toBe('page');
  });

  it('leave an endpoint alone that has less than three quarters of its allowance, and only that one', async () => {
    const turns = createTurns();
    turns.heard('organizations', low(50, 37, 700));
    turns.heard('clients', low(50, 38, 700));
    const from = performance.now();
    const at: Record<string, number> = {};
    await Promise.all(
      ['organizations', 'clients'].map((list) =>
        turns.page(list, async () => {
          at[list] = performance.now() - from;
        }),
      ),
    );
    expect(at.clients).toBeLessThan(500);
    expect(at.organizations).toBeGreaterThan(650);
  });

  it('mind what is heard while they stand back', async () => {
    const turns = createTurns();
    let free = () => {};
    const person = turns.person('POST', () => new Promise<void>((resolve) => (free = resolve)));
    const page = turns.page('organizations', async () => performance.now());
    await sleep(50);
    turns.heard('organizations', low(50, 0, 1_500));
    const heardAt = performance.now();
    free();
    await person;
    expect((await page) - heardAt).toBeGreaterThan(1_400);
  });

  it('pause for longer and longer while an endpoint stays low: its reset may mean one more token only', async () => {
    const turns = createTurns();
    const pauses: number[] = [];
    for (const remaining of [37, 37, 38]) {
      turns.heard('organizations', low(50, remaining, 100));
      const from = performance.now();
      await turns.page('organizations', async () => pauses.push(performance.now() - from));
    }
    expect(pauses.map((ms) => Math.round(ms / 1000))).toEqual([1, 2, 0]);
  });

  it('wait for the rate limit as often as it takes', async () => {
    const turns = createTurns();
    let refusals = 3;
    const page = vi.fn(async () => {
      refusals -= 1;
      if (refusals >= 0) throw limited(Date.now() + 50);
      return 'page';
    });
    expect(await turns.page('organizations', page)).toBe('page');
    expect(page).toHaveBeenCalledTimes(4);
  });

  it('fail as they are, where it is no rate limit', async () => {
    const turns = createTurns();
    await expect(
      turns.page('organizations', () => Promise.reject(new Auth0Problem('failed'))),
    ).rejects.toMatchObject({
      kind: 'failed',
    });
  });
});
