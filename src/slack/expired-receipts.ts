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
 * Updates the receipts of links that have expired, once each. Only one instance may run it at a time. One call handles
 * a part of them, and stops when the bot does.
 *
 * @throws DatabaseError
 */
export async function updateExpiredReceipts({
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
    const done = !receipt || (await receipts.update(record));
    const retryAt = Date.now() + RETRY_DELAY_MS;
    await store.setReceiptDue(id, done || retryAt > expiresAt + MAX_AGE_MS ? null : retryAt);
  }
}
