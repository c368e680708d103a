import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Runs `work` again while a rate limit ends within `ms` milliseconds of the first attempt.
 *
 * @param waitAfter how long the rate limit lasts, in milliseconds, or undefined for any other error
 * @throws the last error of `work`
 */
export function retryWithin<T>(
  ms: number,
  waitAfter: (error: unknown) => number | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const deadline = Date.now() + ms;
  return retry(work, (error) => {
    const wait = waitAfter(error);
    if (wait === undefined) return undefined;
    // A limit that has just ended doesn't make this an endless loop.
    const delay = Math.max(wait, MIN_WAIT_MS);
    return Date.now() + delay <= deadline ? delay : undefined;
  });
}

const MIN_WAIT_MS = 250;

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
      // Keeps the process alive: a command such as `npm run revoke` may have nothing else to do.
      if (delay > 0) await sleep(delay);
    }
  }
}
