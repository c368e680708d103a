import { randomUUID } from 'node:crypto';
import { errorFields } from '../lib/log.ts';
import { newEvent } from './audit.ts';
import type { TicketDependencies } from './create.ts';
import { openTicketId } from './sealed-id.ts';
import { factsOf, type Ticket, type TicketEvent, type TicketFacts } from './ticket.ts';

/** Who revokes a ticket, and where. */
export interface Actor {
  /** The Slack user ID. Undefined for the person who runs the bot. */
  user: string | undefined;
  channel?: string | undefined;
  reason?: string;
}

/** What is needed to revoke a ticket that is not on record. Buttons of earlier versions contain it, sealed. */
export interface UnrecordedTicket {
  profileId: string;
  ticketId: string;
  facts: TicketFacts;
}

/**
 * Revokes a ticket on record, and ends a setup that was started with it.
 *
 * @returns the event. It is stored, or waits for the database.
 * @throws Auth0Error, SealError if its ID can't be opened
 */
export async function revokeTicket(
  deps: TicketDependencies,
  ticket: Ticket,
  actor: Actor,
): Promise<TicketEvent> {
  const ticketId = await openTicketId(deps.seal, ticket);
  if (ticketId === undefined) throw new Error('Auth0 has not created this ticket');
  const unrecorded = { profileId: ticket.profile.id, ticketId, facts: factsOf(ticket) };
  const event = await callAuth0(deps, unrecorded, actor, ticket.id);
  await deps.audit.write(event, { endedAt: event.at });
  return event;
}

/** Revokes a ticket that is not on record. @throws Auth0Error */
export async function revokeUnrecorded(
  deps: TicketDependencies,
  ticket: UnrecordedTicket,
  actor: Actor,
): Promise<void> {
  await deps.audit.write(await callAuth0(deps, ticket, actor));
}

async function callAuth0(
  { tenant, log }: TicketDependencies,
  { profileId, ticketId, facts }: UnrecordedTicket,
  actor: Actor,
  recordId?: string,
): Promise<TicketEvent> {
  const correlationId = randomUUID();
  try {
    await tenant.api.revokeTicket(profileId, ticketId, correlationId);
  } catch (error) {
    const { user } = actor;
    log.warn(
      { user, ticket: facts.ticket, correlationId, ...errorFields(error) },
      'A ticket was not revoked',
    );
    throw error;
  }
  return newEvent('revoked', { ...facts, ...actor, correlationId }, recordId);
}
