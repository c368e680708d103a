import { randomUUID } from 'node:crypto';
import { errorFields } from '../lib/log.ts';
import type { TicketDependencies } from './create.ts';
import type { TicketFacts } from './ticket.ts';

/** What it takes to revoke a ticket. */
export interface RevocableTicket {
  profileId: string;
  ticketId: string;
  facts: TicketFacts;
}

/**
 * Revokes a ticket, and ends a setup that was started with it.
 *
 * @param user who revokes it, in which `channel`
 * @throws Auth0Error
 */
export async function revokeTicket(
  { tenant, audit, log }: TicketDependencies,
  { profileId, ticketId, facts }: RevocableTicket,
  { user, channel }: { user: string; channel?: string | undefined },
): Promise<void> {
  const correlationId = randomUUID();
  try {
    await tenant.api.revokeTicket(profileId, ticketId, correlationId);
  } catch (error) {
    log.warn(
      { user, ticket: facts.ticket, correlationId, ...errorFields(error) },
      'A ticket was not revoked',
    );
    throw error;
  }
  audit.write('ticket_revoked', { ...facts, user, channel, correlationId });
}
