import { setTimeout as sleepFor } from 'node:timers/promises';

/** Waits some milliseconds. Rejects once `signal` aborts. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<unknown>;

/** Doesn't keep the process running. */
export const backgroundSleep: Sleep = (ms, signal) => sleepFor(ms, undefined, { signal, ref: false });

interface RepeatOptions {
  /** The wait before each run, in milliseconds. */
  intervalMs: number;
  sleep: Sleep;
  signal: AbortSignal;
  /** Called with what a run throws, unless `signal` has aborted. */
  onError: (error: unknown) => void;
}

/** Waits and then runs `work`, repeatedly, until `signal` aborts. Never rejects. */
export async function repeat(
  work: () => Promise<void>,
  { intervalMs, sleep, signal, onError }: RepeatOptions,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await sleep(intervalMs, signal);
      await work();
    } catch (error) {
      if (!signal.aborted) onError(error);
    }
  }
}
