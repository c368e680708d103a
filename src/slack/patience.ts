import { setTimeout as sleep } from 'node:timers/promises';

/** What a promise gives within so many milliseconds, else undefined. If it fails in that time, so does this. */
export function within<T>(ms: number, promise: Promise<T>): Promise<T | undefined> {
  return Promise.race([promise, sleep(ms, undefined, { ref: false })]);
}
