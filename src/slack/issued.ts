import { z } from 'zod';
import type { Seal } from '../seal.ts';
import { SESSION_SECONDS } from '../ticket/lifetime.ts';

/** A message of the bot's, as Slack finds it again. */
export interface Posted {
  channel: string;
  ts: string;
}

/** A ticket that was made: what its "Revoke link" buttons hold, sealed. */
export interface Issued {
  profileId: string;
  ticketId: string;
  connection: string;
  requester: string;
  /** The receipt, which is to say so once the ticket is revoked; unknown to the receipt's own button. */
  receipt?: Posted | undefined;
}

const issuedShape: z.ZodType<Issued> = z.object({
  profileId: z.string(),
  ticketId: z.string(),
  connection: z.string(),
  requester: z.string(),
  receipt: z.object({ channel: z.string(), ts: z.string() }).optional(),
});

/** Seals a ticket for a button, until the link and any set-up begun with it are over. `expires` in seconds since 1970. */
export function sealIssued(seal: Seal, issued: Issued, expires: number): Promise<string> {
  const left = expires - Math.floor(Date.now() / 1000);
  return seal.close('ticket', issued, left + SESSION_SECONDS);
}

/** @throws SealError if the value is not ours, or the ticket is over */
export function openIssued(seal: Seal, sealed: string | undefined): Promise<Issued> {
  return seal.open('ticket', sealed ?? '', issuedShape);
}
