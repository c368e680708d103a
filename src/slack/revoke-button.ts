import { z } from 'zod';
import type { Seal } from '../lib/seal.ts';
import { SESSION_SECONDS } from '../tickets/lifetime.ts';
import type { RevocableTicket } from '../tickets/revoke.ts';
import { factsOf, type IssuedTicket, ticketFacts } from '../tickets/ticket.ts';

/** Where Slack finds a message again. */
export interface PostedMessage {
  channel: string;
  ts: string;
}

/** What a “Revoke link” button holds, sealed: the ticket, and the receipt to update after the revocation. */
export interface RevokeButtonValue extends RevocableTicket {
  /** The receipt's own button has none: it is in the receipt. */
  receipt?: PostedMessage | undefined;
}

const buttonValue: z.ZodType<RevokeButtonValue> = z.object({
  profileId: z.string(),
  ticketId: z.string(),
  facts: ticketFacts,
  receipt: z.object({ channel: z.string(), ts: z.string() }).optional(),
});

/** What its values are sealed for. */
export const TICKET_PURPOSE = 'ticket';
/** The longest lists of IDs that fit into a button beside the rest, in characters. */
const MAX_IDS_LENGTH = 500;

/** Seals a ticket for its button. The button works until the link and any setup started with it are over. */
export function sealRevokeButton(
  seal: Seal,
  { request, record, id, expires }: IssuedTicket,
  receipt?: PostedMessage,
): Promise<string> {
  const facts = factsOf(record);
  const { clients, organizations, ...short } = facts;
  const fits = JSON.stringify({ clients, organizations }).length <= MAX_IDS_LENGTH;
  const value: RevokeButtonValue = {
    profileId: request.profile.id,
    ticketId: id,
    // The audit line of the ticket's creation has the whole lists, under the same fingerprint.
    facts: fits ? facts : short,
    receipt,
  };
  const secondsLeft = expires - Math.floor(Date.now() / 1000);
  return seal.seal(TICKET_PURPOSE, value, secondsLeft + SESSION_SECONDS);
}

/** @throws SealError if the value is not ours, or the ticket is over */
export function openRevokeButton(seal: Seal, sealed: string | undefined): Promise<RevokeButtonValue> {
  return seal.open(TICKET_PURPOSE, sealed ?? '', buttonValue);
}
