import { retry } from '../lib/retry.ts';
import { Auth0Error } from './errors.ts';
import type { Page } from './schemas.ts';
import { PAGE_RETRY_DELAY_MS } from './timeouts.ts';

const PAGE_RETRIES = 4;

/**
 * Reads one page of a list, from a checkpoint or from the start.
 *
 * @param urgent someone is waiting for the page, so other calls don't go first
 */
export type ReadPage<T> = (from: string | undefined, urgent: boolean) => Promise<Page<T>>;

/** Reads a page, and tries again if it is not the first: giving up would lose all pages before it. */
export function readPageAgain<T>(
  readPage: ReadPage<T>,
  from: string | undefined,
  urgent: boolean,
): Promise<Page<T>> {
  return retry(
    () => readPage(from, urgent),
    (error, failures) => {
      const again = from !== undefined && failures <= PAGE_RETRIES && isTemporary(error);
      return again ? PAGE_RETRY_DELAY_MS * 2 ** (failures - 1) : undefined;
    },
  );
}

function isTemporary(error: unknown): boolean {
  return error instanceof Auth0Error && ['no_answer', 'failed', 'unreachable', 'busy'].includes(error.code);
}
