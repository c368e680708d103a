import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { CreatedTicket } from '../auth0/schemas.ts';
import { cut } from '../lib/text.ts';
import type { TicketRequest } from './form/request.ts';

/** What identifies a ticket on record. Never its URL or ID. Buttons carry it too, so any part may be missing. */
export const ticketFacts = z.object({
  /** The Slack user ID of the person whose ticket it is. */
  requester: z.string().optional(),
  /** The kind of ticket, `new` or `edit`. */
  what: z.string().optional(),
  /** The profile's ID. */
  profile: z.string().optional(),
  /** The connection's name. */
  connection: z.string().optional(),
  /** Only for an edit: a new connection has no ID yet. */
  connectionId: z.string().optional(),
  clients: z.array(z.string()).optional(),
  organizations: z.array(z.string()).optional(),
  /** When the link expires unless it is opened, ISO 8601. */
  expires: z.string().optional(),
  /** The `fingerprint` of the ticket's ID. */
  ticket: z.string().optional(),
});
export type TicketFacts = z.output<typeof ticketFacts>;

/** An action on a ticket: what it is about, who acts, and where. */
export interface TicketRecord extends TicketFacts {
  /** The Slack user ID of the person who acts. */
  user: string;
  /** The conversation in which they act. */
  channel: string | undefined;
  /** Auth0's own log has it as `references.correlation_id`. */
  correlationId: string;
}

/** A ticket that Auth0 has created. */
export interface IssuedTicket {
  request: TicketRequest;
  record: TicketRecord;
  /** Grants access, like the URL: never log it. */
  id: string;
  url: string;
  /** When the link expires unless it is opened, in seconds since 1970. */
  expires: number;
}

/** The record of a ticket that is about to be created. */
export function newRecord(request: TicketRequest, user: string, channel: string | undefined): TicketRecord {
  return {
    requester: user,
    what: request.kind,
    profile: request.profile.id,
    connection: cut(request.connection, 128),
    connectionId: request.body.connection_id,
    clients: request.clients.map(({ id }) => id),
    organizations: request.organizations.map(({ id }) => id),
    user,
    channel,
    correlationId: randomUUID(),
  };
}

/** @param expires in seconds since 1970 */
export function issuedTicket(
  request: TicketRequest,
  record: TicketRecord,
  { id, url }: CreatedTicket,
  expires: number,
): IssuedTicket {
  const facts = { expires: new Date(expires * 1000).toISOString(), ticket: fingerprint(id) };
  return { request, record: { ...record, ...facts }, id, url, expires };
}

/** The parts of a record that don't depend on who acts. */
export function factsOf(record: TicketRecord): TicketFacts {
  return ticketFacts.parse(record);
}

/** 64 bits of a hash, in hexadecimal: tells whether two tickets are the same, and nothing else about them. */
export function fingerprint(ticketId: string): string {
  return createHash('sha256').update(ticketId).digest('hex').slice(0, 16);
}
