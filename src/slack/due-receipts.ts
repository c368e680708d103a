import type { TaskTracker } from '../lib/task-tracker.ts';
import type { TicketStore } from '../tickets/store.ts';
import type { Receipts } from './receipt.ts';

/** Slack allows about 50 changes of messages a minute, and there is a batch every 5 seconds. */
const BATCH = 3;
/** When a receipt that Slack didn't change is tried again, in milliseconds. */
const RETRY_DELAY_MS = 3_600_000;
/** A receipt that can't be changed this long after its link has expired stays as it is, in milliseconds. */
const MAX_AGE_MS = 24 * 3_600_000;

/**
 * Updates the receipts of links that have expired, and those that Slack didn't change before. Only one instance may run
 * it at a time. One call handles a part of them, and stops when the bot does.
 *
 * @throws DatabaseError
 */
export async function updateDueReceipts({
  store,
  receipts,
  tasks: { stopping },
}: {
  store: TicketStore;
  receipts: Receipts;
  tasks: TaskTracker;
}): Promise<void> {
  for (const record of await store.dueReceipts(Date.now(), BATCH)) {
    if (stopping.aborted) return;
    const { id, receipt, expiresAt = 0 } = record.ticket;
    const isShown = !receipt || (await receipts.update(record));
    await store.setReceiptDue(id, nextUpdateAt(isShown, expiresAt, Date.now()));
  }
}

/** When to update a receipt again: while its link works, at the latest when it expires. Null for never. */
function nextUpdateAt(isShown: boolean, expiresAt: number, now: number): number | null {
  const retryAt = now + RETRY_DELAY_MS;
  if (expiresAt > now) return isShown ? expiresAt : Math.min(expiresAt, retryAt);
  return isShown || retryAt > expiresAt + MAX_AGE_MS ? null : retryAt;
}
