import * as z from 'zod';
import type { Seal } from '../lib/seal.ts';
import type { UnrecordedTicket } from '../tickets/revoke.ts';
import { type PostedMessage, ticketFacts } from '../tickets/ticket.ts';

/** The value of a “Revoke link” button of the previous version: the ticket, and the receipt to update. */
interface SealedButton extends UnrecordedTicket {
  /** The receipt's own button has none: it is in the receipt. */
  receipt?: PostedMessage | undefined;
}

const sealedButton: z.ZodType<SealedButton> = z.object({
  profileId: z.string(),
  ticketId: z.string(),
  facts: ticketFacts,
  receipt: z.object({ channel: z.string(), ts: z.string() }).optional(),
});

/** The purpose that its value was sealed for. */
export const TICKET_PURPOSE = 'ticket';

/** Opens a button of the previous version. @throws SealError if the value is not ours, or the ticket has ended */
export function openSealedButton(seal: Seal, sealed: string): Promise<SealedButton> {
  return seal.open(TICKET_PURPOSE, sealed, sealedButton);
}

/** Whether a button's value is the ID of a record. */
export const isRecordId = (value: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
