import { z } from 'zod';
import { type AuditFacts, auditFacts } from '../audit.ts';
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
  /** What its audit lines say. */
  facts: AuditFacts;
  /** The receipt, which is to say so once the ticket is revoked; unknown to the receipt's own button. */
  receipt?: Posted | undefined;
}

const issuedShape: z.ZodType<Issued> = z.object({
  profileId: z.string(),
  ticketId: z.string(),
  facts: auditFacts,
  receipt: z.object({ channel: z.string(), ts: z.string() }).optional(),
});

/** The longest lists of IDs that fit into a button's value beside the rest, in characters. */
const IDS_LENGTH = 500;

/** Seals a ticket for a button, until the link and any set-up begun with it are over. `expires` in seconds since 1970. */
export function sealIssued(seal: Seal, issued: Issued, expires: number): Promise<string> {
  const left = expires - Math.floor(Date.now() / 1000);
  const { clients, organizations, ...facts } = issued.facts;
  const lists = { clients, organizations };
  const fits = JSON.stringify(lists).length <= IDS_LENGTH;
  // Longer lists stand in the line of the ticket's making, which has the same fingerprint.
  return seal.close('ticket', { ...issued, facts: fits ? issued.facts : facts }, left + SESSION_SECONDS);
}

/** @throws SealError if the value is not ours, or the ticket is over */
export function openIssued(seal: Seal, sealed: string | undefined): Promise<Issued> {
  return seal.open('ticket', sealed ?? '', issuedShape);
}
