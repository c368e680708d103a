import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` again while it fails and `delayAfter` says so.
 *
 * @param delayAfter the milliseconds to wait after a failure, or undefined to give up. `failures` counts from 1.
 * @throws the last error of `work`
 */
export async function retry<T>(
  work: () => Promise<T>,
  delayAfter: (error: unknown, failures: number) => number | undefined,
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await work();
    } catch (error) {
      const delay = delayAfter(error, failures);
      if (delay === undefined) throw error;
      if (delay > 0) await sleep(delay, undefined, { ref: false });
    }
  }
}
