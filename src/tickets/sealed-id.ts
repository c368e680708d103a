import * as z from 'zod';
import type { Seal } from '../lib/seal.ts';
import { SESSION_SECONDS } from './lifetime.ts';
import type { Ticket } from './ticket.ts';

const sealedId = z.object({ auth0Ticket: z.string() });

/** Binds the sealed ID to its record. */
const purposeOf = (id: string) => `auth0_ticket ${id}`;

/**
 * Encrypts Auth0's ticket ID for the record with this ID. It can be opened until the link and any setup started with
 * it have ended.
 *
 * @param expiresAt in milliseconds since 1970
 */
export function sealTicketId(
  seal: Seal,
  auth0Ticket: string,
  { id, expiresAt }: { id: string; expiresAt: number },
): Promise<string> {
  const seconds = Math.ceil((expiresAt - Date.now()) / 1000) + SESSION_SECONDS;
  return seal.seal(purposeOf(id), { auth0Ticket }, seconds);
}

/** Undefined if Auth0 has not created it. @throws SealError if it has ended, or was sealed with another key */
export async function openTicketId(
  seal: Seal,
  { id, sealedId: sealed }: Ticket,
): Promise<string | undefined> {
  if (sealed === undefined) return undefined;
  return (await seal.open(purposeOf(id), sealed, sealedId)).auth0Ticket;
}
