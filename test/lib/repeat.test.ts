import { expect, it } from 'vitest';
import { backgroundSleep, repeat } from '../../src/lib/repeat.ts';

it('repeat() continues until the signal aborts, even if a turn fails', async () => {
  const stop = new AbortController();
  const errors: unknown[] = [];
  let turns = 0;
  await repeat(
    async () => {
      turns += 1;
      if (turns === 3) stop.abort();
      throw new Error(`turn ${turns}`);
    },
    { intervalMs: 1, sleep: backgroundSleep, signal: stop.signal, onError: (error) => errors.push(error) },
  );
  expect(turns).toBe(3);
  // A failure after the signal aborts is not reported.
  expect(errors).toEqual([new Error('turn 1'), new Error('turn 2')]);
});

it('repeat() ends without a turn if the signal aborts while it waits', async () => {
  const stop = new AbortController();
  const done = repeat(() => Promise.reject(new Error('no turn')), {
    intervalMs: 60_000,
    sleep: backgroundSleep,
    signal: stop.signal,
    onError: (error) => {
      throw error;
    },
  });
  stop.abort();
  await done;
});
