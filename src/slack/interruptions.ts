import { errorFields, type Log } from '../lib/log.ts';
import type { Interruption } from '../tickets/recover.ts';
import type { TicketRecord } from '../tickets/ticket.ts';
import type { Messenger } from './delivery.ts';
import { failure } from './messages/message.ts';
import type { Receipts } from './receipt.ts';
import { interrupted } from './sentences.ts';

/**
 * Tells a person that the creation of their link was interrupted, in the direct message with the bot or where they
 * asked, with a button to create it again. Returns whether Slack accepted it.
 */
export async function tellInterrupted(
  { messenger, receipts, log }: { messenger: Messenger; receipts: Receipts; log: Log },
  record: TicketRecord,
  interruption: Interruption,
): Promise<boolean> {
  const { kind, customer, requester: user, channel, form: values, correlationId } = record.ticket;
  const message = failure(interrupted(customer, interruption, correlationId), { kind, values });
  // It has the button that revokes the link.
  if (interruption === 'not_revoked') await receipts.post(record);
  try {
    await messenger.postDirect(user, message);
    return true;
  } catch (error) {
    log.warn({ user, ...errorFields(error) }, 'A person could not be told about an interruption directly');
    return (await messenger.send({ user, channel }, message)) !== undefined;
  }
}
