import { setTimeout as sleepFor } from 'node:timers/promises';

/** Waits some milliseconds. Rejects once `signal` aborts. */
export type Sleep = (ms: number, signal: AbortSignal) => Promise<unknown>;

/** Doesn't keep the process running. */
export const backgroundSleep: Sleep = (ms, signal) => sleepFor(ms, undefined, { signal, ref: false });

interface Repetition {
  /** Between the end of a turn and the next one, in milliseconds. */
  intervalMs: number;
  sleep: Sleep;
  signal: AbortSignal;
  /** Called with what a turn throws, unless `signal` has aborted. */
  onError: (error: unknown) => void;
}

/** Waits, then takes a turn, again and again until `signal` aborts. Never rejects. */
export async function repeat(
  turn: () => Promise<void>,
  { intervalMs, sleep, signal, onError }: Repetition,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await sleep(intervalMs, signal);
      await turn();
    } catch (error) {
      if (!signal.aborted) onError(error);
    }
  }
}
